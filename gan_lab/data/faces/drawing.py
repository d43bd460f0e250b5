"""Three ways to put the same layers on paper: in colour, as a line drawing, and as a map of labels."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.data.faces.anatomy import face
from gan_lab.data.faces.factors import Factors
from gan_lab.data.faces.palettes import rgb
from gan_lab.data.faces.scene import Scene
from gan_lab.data.faces.shapes import band
from gan_lab.data.order import check

CHUNK = {"cpu": 1 << 17, "cuda": 1 << 23}
"""Pixels drawn at once, by device: on a CPU what is written must still be near when it is read again, on a GPU each of
some 2,000 small steps must be worth its start."""
FINEST = 32
"""Smaller pictures are drawn at a multiple of their size of at least this, and averaged."""
LINE = 0.012
"""Half the width of a drawn line, in units of the canvas (which is 2 wide)."""

LABELS = (
    "background", "clothes", "skin", "hair", "brow", "eye", "nose", "mouth", "glasses", "hat", "facial hair",
)  # fmt: skip
LABEL_COLOURS = (
    "f0f0f0", "0072b2", "e6b89c", "5a3a22", "000000", "56b4e9", "d55e00", "cc3355", "999999", "009e73", "8a6d3b",
)  # fmt: skip


def sizes(size: int) -> tuple[int, int]:
    """The size to draw at, and over how many pixels of it to average.

    Raises:
        ValueError: when the size is not a whole number from 4 to 128.
    """
    if check("size", size, 4) > 128:
        raise ValueError(f"size is {size}; faces are drawn at 4 to 128 pixels")
    times = -(-FINEST // int(size))
    return int(size) * times, times


def render(factors: Factors, size: int = 64) -> Tensor:
    """The faces in colour: float32 ``(n, 3, size, size)`` in [-1, 1], on the factors' device.

    Deterministic, and differentiable in the continuous factors.

    Raises:
        ValueError: when the size is not a whole number from 4 to 128, or a factor is out of its range.
    """
    return in_parts(paint, factors, size).mul_(2).sub_(1)


def edges(factors: Factors, size: int = 64) -> Tensor:
    """The faces as a line drawing: float32 ``(n, 1, size, size)``, from -1 (a line) to 1 (paper).

    Raises:
        ValueError: as for ``render``.
    """
    return in_parts(ink, factors, size).mul_(-2).add_(1)


def label_map(factors: Factors, size: int = 64) -> Tensor:
    """What each pixel shows: int64 ``(n, size, size)``, numbers of ``LABELS``; ``LABEL_COLOURS`` shows them.

    A pixel belongs to the topmost thing that covers more than half of it; lenses show what is behind them.

    Raises:
        ValueError: as for ``render``.
    """
    return in_parts(shares, factors, size).argmax(1)


def coloured(labels: Tensor) -> Tensor:
    """A label map ``(n, h, w)`` as a picture in its ``LABEL_COLOURS``: float32 ``(n, 3, h, w)`` in [-1, 1]."""
    colours = torch.stack([rgb(colour, labels.device) for colour in LABEL_COLOURS]) * 2 - 1
    return colours[labels].permute(0, 3, 1, 2)


def in_parts(draw: Callable[[Factors, int], Tensor], factors: Factors, size: int) -> Tensor:
    """``draw(factors, canvas size)`` for some faces at a time, averaged down to the size, and put together."""
    factors.check()
    canvas, times = sizes(size)
    step = max(1, CHUNK.get(factors.age.device.type, CHUNK["cpu"]) // canvas**2)
    parts = [draw(factors[i : i + step], canvas) for i in range(0, max(1, len(factors)), step)]
    return torch.cat([part if times == 1 else F.avg_pool2d(part, times) for part in parts])


def paint(factors: Factors, size: int, matte: Tensor | None = None) -> Tensor:
    """The picture ``(n, 3, size, size)`` in [0, 1].

    Args:
        matte: zeros ``(n, 1, size, size)``, filled with how far each pixel is the person's and not the ground's.
    """
    scene = Scene(factors)
    image = scene.ground[:, :, None, None].expand(-1, -1, size, size).clone()
    # painted in place: autograd then needs a copy of what was there
    tracked = torch.is_grad_enabled() and any(x.requires_grad for x in vars(factors).values())
    for layer in face(scene, size):
        rows, columns = layer.at.rows, layer.at.columns
        part, cover = image[:, :, rows, columns], layer.cover[:, None]
        colour = layer.colour[:, :, None, None]
        if tracked:
            part.copy_(torch.lerp(part.clone(), colour, cover))
        else:
            part.lerp_(colour, cover)
        if matte is not None and layer.d is not None:
            there = matte[:, :, rows, columns]
            there.copy_(torch.maximum(there, cover.detach()))
    return image


def ink(factors: Factors, size: int) -> Tensor:
    """How much ink is on each pixel, ``(n, 1, size, size)``: outlines, each hidden by what is painted over it."""
    page = torch.zeros(len(factors), size, size, device=factors.device)
    for layer in face(Scene(factors), size):
        part = page[:, layer.at.rows, layer.at.columns]
        if layer.d is not None:
            line = band(layer.d, LINE, layer.at.pixel)
            part.copy_(torch.maximum(part * (1 - layer.cover), line))
        elif layer.line:
            part.copy_(torch.maximum(part, layer.cover))
    return page[:, None]


def shares(factors: Factors, size: int) -> Tensor:
    """Which label each pixel has, one-hot: float32 ``(n, K, size, size)``."""
    labels = torch.zeros(len(factors), size, size, dtype=torch.int64, device=factors.device)
    for layer in face(Scene(factors), size):
        if layer.label is not None:
            part = labels[:, layer.at.rows, layer.at.columns]
            part.masked_fill_(layer.cover > 0.5, LABELS.index(layer.label))
    return F.one_hot(labels, len(LABELS)).permute(0, 3, 1, 2).float()
