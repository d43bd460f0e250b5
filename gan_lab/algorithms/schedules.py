"""Schedules: pure functions of the number of real images seen."""

from __future__ import annotations

import math


def linear_decay(seen: int, start: int, end: int, final: float = 0.0) -> float:
    """1 until ``start`` images, then linearly down to ``final`` at ``end`` images and after.

    Example: ``partial(linear_decay, start=500_000, end=1_000_000)`` as an algorithm's ``lr_factor``.
    """
    if seen <= start:
        return 1.0
    return 1.0 + (final - 1.0) * min(1.0, (seen - start) / max(1, end - start))


def cosine_decay(seen: int, end: int) -> float:
    """Half a cosine from 1 down to 0 at ``end`` images and after."""
    return 0.5 * (1 + math.cos(math.pi * min(seen / end, 1.0)))
