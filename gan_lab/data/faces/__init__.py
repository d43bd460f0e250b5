"""Faces: procedural cartoon faces with known factors, drawn on the device at any size."""

from gan_lab.data.faces.drawing import render
from gan_lab.data.faces.factors import CLASSES, NAMES, RANGES, Factors, sample
from gan_lab.data.faces.stream import FaceStream

__all__ = ["CLASSES", "NAMES", "RANGES", "FaceStream", "Factors", "render", "sample"]
