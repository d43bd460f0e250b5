"""Two players with one number each: where they would move, where they went, and the eigenvalues of a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from gan_lab.viz.style import BLACK, CURVES, GREY, curve_styles, label

MARKERS = ("o", "^", "s", "D", "v", "P")


def field(
    ax: Axes, at: np.ndarray, velocity: np.ndarray, title: str = "", x: str = "x", y: str = "y"
) -> Axes:
    """Arrows of the velocities, their length as the square root of the speed; a cross at the equilibrium (0, 0).

    Args:
        at: an even lattice ``(n * n, 2)``, as of :func:`gan_lab.viz.fields.mesh`.
        velocity: what both players would do there, ``(n * n, 2)``.

    Raises:
        ValueError: the two differ in shape or are no points of the plane.
    """
    if at.shape != velocity.shape or at.ndim != 2 or at.shape[1] != 2:
        raise ValueError(f"a field needs two arrays (n, 2), not {at.shape} and {velocity.shape}")
    reach, side = float(np.abs(at).max()), max(2.0, len(at) ** 0.5)
    speed = np.linalg.norm(velocity, axis=1, keepdims=True)
    longest = 2 * reach / (side - 1) * 0.9
    length = longest * np.sqrt(speed / max(float(speed.max()), 1e-12))
    arrows = velocity / np.maximum(speed, 1e-12) * length
    ax.quiver(
        *at.T, *arrows.T, angles="xy", scale_units="xy", scale=1, pivot="mid", width=0.0045, color=GREY,
        alpha=0.75,
    )  # fmt: skip
    ax.plot(0, 0, marker="x", markersize=9, markeredgewidth=2, color=BLACK, linestyle="none")
    ax.set(xlim=(-1.08 * reach, 1.08 * reach), ylim=(-1.08 * reach, 1.08 * reach), aspect="equal")
    return label(ax, title, x, y)


def runs(ax: Axes, points: Mapping[str, np.ndarray], dots: int = 40) -> Axes:
    """Runs ``(m, 2)`` over a field: the first steps as dots, a ring where each starts, a diamond where it ends.

    The limits of the axes stay: what leaves them is cut off.
    """
    limits = ax.get_xlim(), ax.get_ylim()
    for (name, run), look in zip(points.items(), curve_styles()):
        ax.plot(*run.T, linewidth=1.3, label=name, **look)
        ax.plot(*run[:dots].T, linestyle="none", marker=".", markersize=5, color=look["color"])
        ax.plot(*run[0], marker="o", markersize=8, markerfacecolor="white", color=look["color"])
        ax.plot(*run[-1], marker="D", markersize=7, markeredgecolor="white", color=look["color"])
    ax.set(xlim=limits[0], ylim=limits[1])
    ax.legend(fontsize=8, framealpha=0.9)
    return ax


def circle(ax: Axes, values: Mapping[str, Sequence[complex]], title: str = "") -> Axes:
    """Eigenvalues of a step in the complex plane, beside the unit circle: inside means that a step shrinks."""
    angle = np.linspace(0, 2 * np.pi, 361)
    ax.plot(np.cos(angle), np.sin(angle), color=GREY, linewidth=1, label="unit circle")
    for i, (name, pair) in enumerate(values.items()):
        numbers, colour = np.asarray(pair, dtype=complex), CURVES[i % len(CURVES)]["color"]
        marker = MARKERS[i % len(MARKERS)]
        ax.scatter(
            np.real(numbers), np.imag(numbers), s=45, color=colour, marker=marker, edgecolors="white", label=name,
            zorder=3,
        )  # fmt: skip
    ax.set_aspect("equal")
    return label(ax, title, "real part", "imaginary part")


def distances(
    ax: Axes,
    runs: Mapping[str, np.ndarray],
    radii: Mapping[str, float] | None = None,
    title: str = "",
    x: str = "steps",
    y: str = "distance from the equilibrium",
) -> Axes:
    """How far from (0, 0) each run ``(m, 2)`` is, on a logarithmic axis.

    Args:
        radii: name -> spectral radius; drawn as a thick pale line, what it alone would make of the start.
    """
    for (name, points), look in zip(runs.items(), curve_styles()):
        far = np.hypot(*points.T)
        if name in (radii or {}):
            steps = np.arange(len(far))
            ax.plot(
                steps, far[0] * (radii or {})[name] ** steps, color=look["color"], alpha=0.25, linewidth=6
            )
        ax.plot(far, label=name, linewidth=1.6, **look)
    ax.set_yscale("log")
    return label(ax, title, x, y)
