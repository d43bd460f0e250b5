"""What the discriminator sees over the plane, and which way it pushes the samples."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from gan_lab.viz.style import BELIEF, BLACK, GREEN

Limits = tuple[float, float]


def mesh(limits: Limits = (-1.5, 1.5), n: int = 48) -> np.ndarray:
    """The points of an ``n`` by ``n`` grid over a square, row by row from the bottom.

    Args:
        limits: least and greatest coordinate, the same along both axes.
        n: points along each axis, at least 2.

    Returns:
        float32 ``(n * n, 2)``; read the discriminator there and hand the logits to :func:`surface`.

    Raises:
        ValueError: fewer than 2 points along an axis, or limits the wrong way round.
    """
    if n < 2 or limits[0] >= limits[1]:
        raise ValueError(f"a mesh needs n >= 2 and rising limits, not n = {n} and {limits}")
    line = np.linspace(*limits, n, dtype=np.float32)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def belief(logits: np.ndarray) -> np.ndarray:
    """D = sigmoid(logit), without overflow at either end; same shape as the logits."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logits, dtype=np.float64)))


def surface(ax: Axes, logits: np.ndarray, limits: Limits = (-1.5, 1.5), colourbar: bool = True) -> Axes:
    """Paints D(x) over the square that :func:`mesh` spans; the line D = 1/2 is drawn dashed.

    Args:
        logits: ``(n * n,)`` in the order of :func:`mesh`.
        limits: those of the mesh.

    Raises:
        ValueError: if the number of logits is not a square.
    """
    n = math.isqrt(logits.size)
    if n * n != logits.size or n < 2:
        raise ValueError(
            f"a surface needs the logits of a square mesh, not {logits.size} of them: use fields.mesh"
        )
    d = belief(logits).reshape(n, n)
    picture = ax.imshow(
        d, cmap=BELIEF, vmin=0, vmax=1, origin="lower", extent=(*limits, *limits), interpolation="bilinear"
    )
    boundary(ax, logits, limits)
    figure = ax.get_figure()
    if colourbar and figure is not None:
        bar = figure.colorbar(picture, ax=ax, shrink=0.8)
        bar.set_label("D(x): 0 fake, 1 real")
    return ax


def boundary(ax: Axes, logits: np.ndarray, limits: Limits = (-1.5, 1.5)) -> Axes:
    """The dashed line D = 1/2, from logits ``(n * n,)`` on a mesh of these limits, if there is one."""
    n = math.isqrt(logits.size)
    if logits.min() < 0.0 < logits.max():
        line = np.linspace(*limits, n)
        drawn = ax.contour(
            line, line, logits.reshape(n, n), [0.0], colors=BLACK, linewidths=1, linestyles="--"
        )
        drawn.set_gid("D = 1/2")
    return ax


def arrows(
    ax: Axes, at: np.ndarray, push: np.ndarray, label: str = "push on the fakes", longest: float = 0.35
) -> Axes:
    """Arrows from the samples the way they are pushed, the longest drawn ``longest`` units of the axes long.

    Only lengths relative to one another can be read off: the scale is chosen anew for each picture.

    Args:
        at: where the samples are, ``(n, 2)``.
        push: which way each is pushed, ``(n, 2)``, for example minus the gradient of the generator's loss.

    Raises:
        ValueError: if the two differ in shape or are not points of the plane.
    """
    if at.shape != push.shape or at.ndim != 2 or at.shape[1] != 2:
        raise ValueError(f"arrows need two arrays (n, 2), not {at.shape} and {push.shape}")
    peak = float(np.linalg.norm(push, axis=1).max(initial=0.0))
    if peak == 0.0:
        ax.plot([], [], color=GREEN, label=f"{label}: none (all gradients are 0)")
        return ax
    ax.quiver(
        *at.T, *(push * (longest / peak)).T, angles="xy", scale_units="xy", scale=1,
        width=0.006, color=GREEN, edgecolor="white", linewidth=0.4, label=label,
    )  # fmt: skip
    return ax
