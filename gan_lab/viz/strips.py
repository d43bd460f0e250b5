"""Strips: several sets of numbers under one another on a shared logarithmic axis, every number a dot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from gan_lab.viz.style import BLACK, CURVES, label

MARKERS = ("o", "^", "s", "D", "v", "P")
GOLDEN = 0.6180339887498949


def strips(ax: Axes, groups: Mapping[str, np.ndarray], title: str = "", x: str = "") -> Axes:
    """One row for each name, from the top; the bar is the row's median. Colour and marker tell rows apart.

    Args:
        groups: name -> values ``(n,)``, above 0.
        x: what the values are, with their unit.

    Raises:
        ValueError: an empty row, or a value that has no logarithm.
    """
    for row, (name, values) in enumerate(groups.items()):
        values = np.asarray(values, dtype=np.float64)
        if not values.size or not (values > 0).all() or not np.isfinite(values).all():
            raise ValueError(
                f"a strip shows finite values above 0, at least one; {name!r} has others or none"
            )
        spread = (np.arange(values.size) * GOLDEN % 1 - 0.5) * 0.5  # even, and the same every time
        look = {"color": CURVES[row % len(CURVES)]["color"], "marker": MARKERS[row % len(MARKERS)]}
        ax.scatter(values, row + spread, s=14, alpha=0.55, linewidths=0, **look)
        ax.plot([np.median(values)] * 2, [row - 0.38, row + 0.38], color=BLACK, linewidth=2.2)
    ax.set_xscale("log")
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.45, -0.55)
    return label(ax, title, x)
