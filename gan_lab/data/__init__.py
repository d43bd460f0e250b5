"""Data: toy sets in the plane, real digits, and folders of one's own, all with the same ``batch(i, n)``."""

from gan_lab.data.ages import AgedFaces
from gan_lab.data.batch import Batch, Batches
from gan_lab.data.faces import FaceStream, Factors
from gan_lab.data.images import ImageSet, to_float, to_uint8
from gan_lab.data.loader import AnySet, load, names
from gan_lab.data.pair_folders import load_pairs
from gan_lab.data.pair_set import PairSet
from gan_lab.data.pairs import FacePairs
from gan_lab.data.stream import ImageStream
from gan_lab.data.toy2d import ToySet, from_points

__all__ = [
    "AgedFaces",
    "AnySet",
    "Batch",
    "Batches",
    "FacePairs",
    "FaceStream",
    "Factors",
    "ImageSet",
    "ImageStream",
    "PairSet",
    "ToySet",
    "from_points",
    "load",
    "load_pairs",
    "names",
    "to_float",
    "to_uint8",
]
