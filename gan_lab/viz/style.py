"""One look for all figures: Okabe and Ito's colours, and a second cue beside each of them.

The colours stay apart for colour-blind readers; marker and dash carry the same meaning, so that nothing is
told by hue alone. Figures keep an opaque white ground: they read the same on a light page and on a dark one.

Source of the palette: M. Okabe and K. Ito, "Color Universal Design" (2008).
"""

from __future__ import annotations

import io
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#6B6B6B"

REAL = {"color": BLUE, "marker": "o"}
FAKE = {"color": VERMILION, "marker": "^"}

CURVES: list[dict[str, Any]] = [
    {"color": BLUE, "linestyle": "-"},
    {"color": VERMILION, "linestyle": "--"},
    {"color": GREEN, "linestyle": "-."},
    {"color": PURPLE, "linestyle": ":"},
    {"color": ORANGE, "linestyle": (0, (5, 1, 1, 1, 1, 1))},
    {"color": SKY, "linestyle": (0, (1, 1))},
]
"""Colour and dash of the first, second, ... curve of a figure."""

BELIEF = LinearSegmentedColormap.from_list("belief", ["#F0A675", "#FFFFFF", "#86BCE0"])
"""What D believes, from 0 (fake) over 0.5 (white) to 1 (real); pale, so that samples stand out."""


def figure(
    columns: int = 1, rows: int = 1, width: float = 4.6, height: float = 3.6
) -> tuple[Figure, list[Axes]]:
    """A figure of its own, outside pyplot: safe in threads, never kept alive by a global list.

    Args:
        columns, rows: how many axes.
        width, height: size of each, in inches.

    Returns:
        The figure and its axes, row by row.
    """
    fig = Figure(figsize=(columns * width, rows * height), layout="constrained", facecolor="white")
    FigureCanvasAgg(fig)
    return fig, list(fig.subplots(rows, columns, squeeze=False).flat)


def label(ax: Axes, title: str = "", x: str = "", y: str = "", legend: bool = True) -> Axes:
    """Title, axis labels (with their units) and a legend where something has a name; returns the axes."""
    ax.set_title(title, fontsize=11)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.grid(alpha=0.25, linewidth=0.6)
    ax.set_axisbelow(True)
    if legend and ax.get_legend_handles_labels()[1]:
        ax.legend(fontsize=8, framealpha=0.9)
    return ax


def curve_styles() -> cycle[dict[str, Any]]:
    """Endless colours and dashes, for curves drawn one after the other."""
    return cycle(CURVES)


def png(fig: Figure, dpi: int = 90) -> bytes:
    """A figure of :func:`figure` as the bytes of a PNG file; drawn once (``savefig`` draws twice)."""
    fig.set_dpi(dpi)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()
