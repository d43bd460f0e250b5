"""A pad to draw a digit on, and the drawing as MNIST would hold it. For every page that reads digits.

The strokes stay in the browser; ``window.ganLabPad()`` is the drawing as a PNG, or nothing if there is none.
"""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import torch
import torch.nn.functional as F
from torch import Tensor

from . import strokes
from .latent_page.pictures import drawn

SCRIPT = Path(__file__).with_name("digit_pad.js")
SIDE, BOX = 28, 20
"""MNIST's pictures, and the box inside them that the digit fills (LeCun et al. 1998)."""
FAINTEST = 0.1
"""From which intensity on a pixel counts as ink."""


def pad(name: str = "pad") -> gr.HTML:
    """The pad itself. It fires ``drawn`` after each stroke, and after it was cleared."""
    return strokes.board("<div class='digit-pad'></div>", SCRIPT, name)


def read(address: str | None) -> Tensor:
    """The drawing, a PNG as a data address, as a digit of MNIST: ``(1, 1, 28, 28)`` in [-1, 1].

    Raises:
        ValueError: nothing was drawn, or this is no PNG.
    """
    if not address:
        raise ValueError("the pad is empty: draw a digit first")
    return centred((drawn(address, 1, 140)[0, 0] + 1) / 2)


def centred(ink: Tensor) -> Tensor:
    """Ink ``(H, W)`` in [0, 1], wherever it is and however large, as ``(1, 1, 28, 28)`` in [-1, 1].

    As MNIST was made: scaled so that its longer side is 20 pixels, then moved so that its centre of mass is the
    picture's centre.

    Raises:
        ValueError: another shape, numbers that are not finite or out of range, or no ink.
    """
    if ink.dim() != 2 or not torch.isfinite(ink).all() or not 0 <= ink.min() <= ink.max() <= 1:
        raise ValueError("a drawing is a table of finite numbers from 0, no ink, to 1")
    rows, columns = ((ink > FAINTEST).any(dim).nonzero()[:, 0] for dim in (1, 0))
    if not len(rows):
        raise ValueError("the drawing is empty: draw a digit first")
    inside = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(inside.shape)
    size = [max(1, round(side * scale)) for side in inside.shape]
    small = F.interpolate(inside[None, None], size, mode="bilinear", antialias=True, align_corners=False)[
        0, 0
    ]
    mass = small.sum().clamp_min(1e-9)
    picture = torch.zeros(SIDE, SIDE)
    corner = []
    for dim, length in enumerate(size):
        middle = ((small.sum(1 - dim) * torch.arange(length)).sum() / mass).item()
        corner.append(min(max(round((SIDE - 1) / 2 - middle), 0), SIDE - length))
    picture[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = small
    return (picture.clamp(0, 1) * 2 - 1)[None, None]
