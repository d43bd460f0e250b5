"""Faces: procedural cartoon faces with known factors, drawn on the device at any size from 4 to 128 pixels.

    factors = faces.sample(64, seed=0)
    images = faces.render(factors, 64)                            # (64, 3, 64, 64) in [-1, 1]
    smiling = faces.render(factors.replace(smile=1.0), 64)

``python -m gan_lab.data.faces SHEET.png`` draws a sheet of them.
"""

from gan_lab.data.faces.drawing import LABEL_COLOURS, LABELS, coloured, edges, label_map, render
from gan_lab.data.faces.factors import CLASSES, NAMES, RANGES, Factors, sample
from gan_lab.data.faces.restyle import STYLES, restyle
from gan_lab.data.faces.stream import FaceStream

__all__ = [
    "CLASSES",
    "LABELS",
    "LABEL_COLOURS",
    "NAMES",
    "RANGES",
    "STYLES",
    "FaceStream",
    "Factors",
    "coloured",
    "edges",
    "label_map",
    "render",
    "restyle",
    "sample",
]
