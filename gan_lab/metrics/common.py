"""What every metric shares: the form of a result, the checks of its input, reading features in portions."""

from __future__ import annotations

from collections.abc import Callable
from typing import NotRequired, TypedDict

import torch
from torch import Tensor

Features = Callable[[Tensor], Tensor]
"""A function from images ``(B, C, H, W)`` in [-1, 1] to numbers ``(B, F)``: features or logits."""


class Metric(TypedDict):
    """One measured number, and what real data would get: a number without its floor says little.

    Keys:
        value: what was measured.
        floor: what real data read in the same way and number; None where there is no such thing.
        unit: what the number counts.
        better: "lower" or "higher".
        counts: what the number was made from, per mode or class, where it was made from counts.
    """

    value: float
    floor: float | None
    unit: str
    better: str
    counts: NotRequired[list[int]]


def metric(value: float, floor: float | None, unit: str, better: str) -> Metric:
    """A :class:`Metric` of plain Python numbers, ready for JSON."""
    return {
        "value": float(value),
        "floor": None if floor is None else float(floor),
        "unit": unit,
        "better": better,
    }


def points(x: Tensor, name: str, least: int = 1, width: int | None = None) -> Tensor:
    """x as ``(n, F)`` in float64, or a ValueError that says what is wrong with it.

    Args:
        x: anything ``(n, F)``.
        name: what to call it in an error.
        least: how many rows there must be.
        width: how many columns there must be.
    """
    if x.ndim != 2 or (width is not None and x.shape[1] != width):
        raise ValueError(f"{name} must have the shape (n, {width or 'F'}), not {tuple(x.shape)}")
    if x.shape[0] < least:
        raise ValueError(f"{name}: {x.shape[0]} samples are too few, at least {least} are needed; draw more")
    if not torch.isfinite(x).all():
        bad = int((~torch.isfinite(x)).any(1).sum())
        raise ValueError(
            f"{name}: {bad} of {x.shape[0]} rows hold NaN or infinity; look at the samples, "
            "the training may have diverged"
        )
    return x.detach().double()


def extract(features: Features, images: Tensor, batch: int = 500) -> Tensor:
    """Features of many images, ``batch`` at a time and without gradients.

    Args:
        features: the function to apply; a network must be in evaluation mode.
        images: ``(n, C, H, W)`` in [-1, 1].

    Returns:
        ``(n, F)`` in float32 on the device of the images.

    Raises:
        ValueError: if there are no images.
    """
    if len(images) == 0:
        raise ValueError("there are no images to measure")
    with torch.no_grad():
        return torch.cat([features(part).float().flatten(1) for part in images.split(batch)])
