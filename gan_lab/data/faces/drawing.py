"""Three ways to put the same layers on paper: in colour, as a line drawing, and as a map of labels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.data.faces.anatomy import face
from gan_lab.data.faces.factors import Factors
from gan_lab.data.faces.scene import Scene
from gan_lab.data.order import check

CHUNK = 1 << 17
"""Pixels drawn at once: what is written must still be near when it is read again."""
FINEST = 32
"""Smaller pictures are drawn at a multiple of their size of at least this, and averaged."""

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
        ValueError: when the size is not a whole number from 4 to 128.
    """
    canvas, times = sizes(size)
    return torch.cat(
        [_pooled(_colour(part, canvas), times).mul_(2).sub_(1) for part in _parts(factors, canvas)]
    )


def _parts(factors: Factors, canvas: int) -> list[Factors]:
    step = max(1, CHUNK // canvas**2)
    return [factors[i : i + step] for i in range(0, max(1, len(factors)), step)]


def _pooled(images: Tensor, times: int) -> Tensor:
    return images if times == 1 else F.avg_pool2d(images, times)


def _colour(factors: Factors, size: int) -> Tensor:
    scene = Scene(factors)
    image = scene.ground[:, :, None, None].expand(-1, -1, size, size).clone()
    for layer in face(scene, size):
        part = image[:, :, layer.at.rows, layer.at.columns]
        colour = layer.colour[:, :, None, None]
        if torch.is_grad_enabled() and (image.requires_grad or layer.cover.requires_grad):
            part.copy_(torch.lerp(part.clone(), colour, layer.cover[:, None]))
        else:
            part.lerp_(colour, layer.cover[:, None])
    return image
