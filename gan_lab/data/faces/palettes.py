"""Colours that go together, each a path that one number walks along. All in [0, 1] RGB."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

Palette = tuple[str, ...]

SKIN: Palette = ("ffe3d0", "fbd0b0", "f2bd95", "e5a577", "cf8a5b", "b06d43", "8d5233", "74452d", "5a3725")
HAIR: Palette = ("1d1a22", "2f2324", "47302a", "6a4229", "8a4a26", "b25a2a", "c98743", "dcab5c", "f0d08a")
EYES: Palette = ("3b2418", "5f3a1f", "7d5a2b", "5f7a3c", "4c8a76", "3f7fb0", "4b8fd0")
CLOTHES: Palette = (
    "e4572e", "f2a541", "f4d06f", "7fb069", "2a9d8f", "3a7ca5", "4059ad", "6b4e9b", "b5508e", "d1495b",
    "e4572e",
)  # fmt: skip
BACKGROUND: Palette = (
    "a8d8ea", "b8e0d2", "d6eadf", "f4e3b2", "f7cfb4", "f3b6b6", "e3c1e0", "c5c1ea", "b4c9f0", "a8d8ea",
)  # fmt: skip
GREY = "d0d4dc"
WHITE = "fffdf8"


@lru_cache(maxsize=512)
def rgb(colour: str, device: torch.device) -> Tensor:
    """``(3,)`` of a hexadecimal colour; do not write to it."""
    with torch.inference_mode(False):  # kept, so it must serve training as well
        return torch.tensor([int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)], device=device)


def walk(palette: Palette, t: Tensor) -> Tensor:
    """The colours ``(n, 3)`` at places t ``(n,)`` in [0, 1] along a palette, interpolated; differentiable in t."""
    colours = _table(palette, t.device)
    place = t.clamp(0, 1) * (len(palette) - 1)
    left = place.detach().floor().clamp(max=len(palette) - 2).long()
    return torch.lerp(colours[left], colours[left + 1], (place - left)[:, None])


@lru_cache(maxsize=64)
def _table(palette: Palette, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        return torch.stack([rgb(colour, device) for colour in palette])
