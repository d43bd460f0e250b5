"""Curves over the steps of a training, with the values that theory expects drawn as marks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from gan_lab.viz.style import GREY, curve_styles, label

MARKS: dict[str, float] = {
    "2 log 2": 2 * math.log(2),
    "log 2": math.log(2),
    "-log 4": -math.log(4),
    "0": 0.0,
}
"""Values worth a line: where D answers 1/2 everywhere, its loss reads 2 log 2, a non-saturating G's log 2."""


def smooth(values: Sequence[float] | np.ndarray, window: int) -> np.ndarray:
    """Running mean over the last ``window`` values (fewer at the start); same length as the input.

    Raises:
        ValueError: for a window under 1.
    """
    if window < 1:
        raise ValueError(f"the window of a running mean is at least 1, not {window}")
    if window == 1:  # differences of sums would round small values beside large ones to nothing
        return np.array(values, dtype=np.float64)
    sums = np.cumsum(np.concatenate([[0.0], np.asarray(values, dtype=np.float64)]))
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def lines(
    ax: Axes,
    series: Mapping[str, Sequence[float] | np.ndarray],
    steps: Sequence[float] | np.ndarray | None = None,
    marks: Sequence[str] = (),
    window: int = 1,
    title: str = "",
    x: str = "training step",
    y: str = "loss (nats)",
) -> Axes:
    """Draws each series by its name, smoothed, over its raw values in a paler tone.

    Args:
        series: name -> values, one per entry of ``steps``.
        steps: where the values belong; by default 0, 1, 2, ...
        marks: names from :data:`MARKS`, drawn as thin horizontal lines with their name at the right edge.
        window: length of the running mean; 1 leaves the values as they are.

    Raises:
        ValueError: a mark that does not exist, or a series whose length is not that of ``steps``.
    """
    for (name, values), look in zip(series.items(), curve_styles()):
        where = np.arange(len(values)) if steps is None else np.asarray(steps)
        if len(where) != len(values):
            raise ValueError(f"{name!r} has {len(values)} values for {len(where)} steps")
        if window > 1:
            ax.plot(where, values, color=look["color"], alpha=0.2, linewidth=0.7)
        ax.plot(where, smooth(values, window), label=name, linewidth=1.8, **look)
    mark(ax, marks)
    return label(ax, title, x, y)


def mark(ax: Axes, names: Sequence[str]) -> Axes:
    """A thin dotted line, named at the right edge, at each of the values of :data:`MARKS` asked for.

    Raises:
        ValueError: a mark that does not exist.
    """
    if unknown := set(names) - MARKS.keys():
        raise ValueError(f"no mark called {', '.join(sorted(unknown))}; there are {', '.join(MARKS)}")
    for name in names:
        ax.axhline(MARKS[name], color=GREY, linewidth=1, linestyle=(0, (2, 3)))
        ax.annotate(
            name.replace("-", "−"), (1.01, MARKS[name]), xycoords=("axes fraction", "data"),
            fontsize=8, color=GREY, va="center", annotation_clip=False,
        )  # fmt: skip
    return ax
