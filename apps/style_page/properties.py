"""What can be measured in a picture of a digit, so that directions of style can be fitted to it."""

from __future__ import annotations

import torch
from torch import Tensor

NAMES = ("ink", "slant", "width")


def measure(pictures: Tensor) -> Tensor:
    """Ink, slant and width of pictures ``(B, 1, H, W)`` in [-1, 1], as ``(B, 3)``.

    Ink is the mean intensity, from 0 to 1. With the ink as mass: slant is how many pixels the strokes lean to the
    right for each pixel up (the regression of x on height), and width the standard deviation of x in pixels that
    remains when the slant is taken out. Where there is no ink, slant and width are 0.
    """
    ink = (pictures[:, 0] + 1) / 2
    height, width = ink.shape[1:]
    y, x = torch.meshgrid(torch.arange(height).flip(0), torch.arange(width), indexing="ij")
    places = torch.stack([x, y]).to(ink)
    mass = ink.sum((1, 2)).clamp_min(1e-9)
    centre = torch.einsum("bhw,chw->bc", ink, places) / mass[:, None]
    apart = places - centre[:, :, None, None]
    xx, xy, yy = ((ink * apart[:, i] * apart[:, j]).sum((1, 2)) / mass for i, j in ((0, 0), (0, 1), (1, 1)))
    slant = xy / yy.clamp_min(1e-9)
    spread = (xx - slant * xy).clamp_min(0).sqrt()
    return torch.stack([ink.mean((1, 2)), slant, spread], dim=1)
