"""Draws a frame, the plain arrays that an algorithm shows of itself, as the picture a reader expects."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from gan_lab.viz import fields, grids
from gan_lab.viz.style import FAKE, REAL, label


def points(ax: Axes, xy: np.ndarray, kind: str = "real", name: str | None = None, size: float = 14) -> Axes:
    """Samples in the plane, ``(n, 2)``: real ones as blue circles, fake ones as vermilion triangles.

    Raises:
        ValueError: a kind other than "real" and "fake", or samples that are not points of the plane.
    """
    looks = {"real": REAL, "fake": FAKE}
    if kind not in looks:
        raise ValueError(f"samples are 'real' or 'fake', not {kind!r}")
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise ValueError(f"points of the plane come as (n, 2), not {xy.shape}")
    ax.scatter(
        *xy.T, s=size, alpha=0.75, linewidths=0.3, edgecolors="white", label=name or kind, **looks[kind]
    )
    return ax


def draw(
    ax: Axes,
    frame: dict[str, np.ndarray],
    real: np.ndarray | None = None,
    limits: fields.Limits = (-1.5, 1.5),
    title: str = "",
    colourbar: bool = False,
) -> Axes:
    """Draws what a game looks like now.

    Args:
        frame: ``fake``, ``(n, 2)`` or images ``(n, C, H, W)``; for the plane perhaps ``logits`` ``(m,)``
            read on :func:`gan_lab.viz.fields.mesh` of the same limits.
        real: real points of the plane to lay beside; not drawn for images.
        limits: the square of the plane to show.

    Raises:
        ValueError: if ``fake`` is missing, or is neither points of the plane nor images.
    """
    if "fake" not in frame:
        raise ValueError(f"nothing to draw: the frame has {', '.join(frame) or 'no arrays'}, but no 'fake'")
    fake = frame["fake"]
    if fake.ndim == 4:
        return grids.show(ax, fake, title=title)
    if fake.ndim != 2 or fake.shape[1] != 2:
        raise ValueError(f"a frame shows points (n, 2) or images (n, C, H, W), not {fake.shape}")
    if "logits" in frame:
        fields.surface(ax, frame["logits"], limits, colourbar)
    if real is not None:
        points(ax, real, "real")
    points(ax, fake, "fake")
    ax.set(xlim=limits, ylim=limits, aspect="equal")
    return label(ax, title, "first coordinate", "second coordinate")
