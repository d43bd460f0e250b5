"""How well label maps agree: intersection over union, class by class."""

from __future__ import annotations

import torch
from torch import Tensor


def confusion(read: Tensor, truth: Tensor, classes: int) -> Tensor:
    """How many pixels of each true class (row) were read as which (column): int64 ``(K, K)``.

    Args:
        read, truth: label maps int64 of one shape, numbers from 0 to K - 1.

    Raises:
        ValueError: shapes that differ, or a label that there is not.
    """
    if read.shape != truth.shape:
        raise ValueError(f"label maps of {tuple(read.shape)} and {tuple(truth.shape)} cannot be compared")
    both = torch.stack([read.flatten(), truth.flatten()])
    if both.numel() and not (both.min() >= 0 and both.max() < classes):
        raise ValueError(f"labels are 0 to {classes - 1}; these go from {both.min()} to {both.max()}")
    return torch.bincount(both[1] * classes + both[0], minlength=classes**2).view(classes, classes)


def class_iou(table: Tensor) -> Tensor:
    """Pixels of a class in both maps over those in either, float64 ``(K,)``; NaN for a class in neither."""
    both = table.diagonal().double()
    either = table.sum(0) + table.sum(1) - both
    return both / torch.where(either > 0, either, torch.nan)


def mean_iou(table: Tensor) -> float:
    """The mean over the classes that occur (Long et al. 2015, section 5)."""
    return class_iou(table).nanmean().item()
