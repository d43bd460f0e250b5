"""Codes in the plane: each one drawn as its own label, so that classes are told apart by shape and by colour."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from gan_lab.viz.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, label

COLOURS = (BLACK, ORANGE, SKY, GREEN, GREY, BLUE, VERMILION, PURPLE)


def scatter(
    ax: Axes, codes: np.ndarray, labels: np.ndarray, limit: float, title: str = "", size: float = 16
) -> Axes:
    """Draws each code as the numeral of its class.

    Args:
        codes: ``(n, 2)``.
        labels: of each, ``(n,)``, whole numbers from 0.
        limit: the axes run from -limit to limit; codes outside are named in the title, not hidden.

    Raises:
        ValueError: codes that are not points of the plane, or another number of labels.
    """
    if codes.ndim != 2 or codes.shape[1] != 2 or labels.shape != codes.shape[:1]:
        raise ValueError(f"codes come as (n, 2), a label for each, not {codes.shape} and {labels.shape}")
    for k in np.unique(labels):
        look = {"marker": f"${k}$", "color": COLOURS[k % len(COLOURS)]}
        ax.scatter(*codes[labels == k].T, s=size, linewidths=0, alpha=0.8, **look)
    outside = int((np.abs(codes) > limit).any(1).sum())
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    return label(ax, title + (f" ({outside} outside)" if outside else ""), "z1", "z2", legend=False)


def plane(limit: float, side: int) -> np.ndarray:
    """Where to decode a map of the plane: float32 ``(side * side, 2)``, row by row from the upper left corner.

    Hand what is decoded there to :func:`gan_lab.viz.grids.show` with ``columns=side``.

    Raises:
        ValueError: fewer than 2 points along a side, or a limit that is not above 0.
    """
    if side < 2 or not limit > 0:
        raise ValueError(f"a map needs a limit above 0 and at least 2 points a side, not {limit} and {side}")
    line = np.linspace(-limit, limit, side, dtype=np.float32)
    across, up = np.meshgrid(line, line[::-1])
    return np.stack([across, up], axis=-1).reshape(-1, 2)
