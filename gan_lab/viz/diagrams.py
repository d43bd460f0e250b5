"""The lecture's two-network picture, drawn rather than shipped as an image."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from gan_lab.viz.style import BLACK, BLUE, GREEN, PURPLE, VERMILION

BOXES: list[tuple[float, float, str, str, str]] = [
    (0.0, 1.1, "noise\nz ~ p(z)", BLACK, "round,pad=0.08"),
    (2.6, 1.1, "generator\nG", GREEN, "square,pad=0.08"),
    (5.2, 1.1, "fake\nG(z)", VERMILION, "round,pad=0.08"),
    (5.2, 2.6, "real\nx ~ p(data)", BLUE, "round,pad=0.08"),
    (7.8, 1.85, "discriminator\nD", PURPLE, "square,pad=0.08"),
    (10.4, 1.85, "D(·) in [0, 1]\n1 real, 0 fake", BLACK, "round,pad=0.08"),
]
"""Left edge, bottom edge, text, colour and shape: squares are networks, round ones what flows between."""

WIDTH, HEIGHT = 1.9, 0.9


def box(
    ax: Axes,
    left: float,
    bottom: float,
    text: str,
    colour: str,
    shape: str,
    width: float = WIDTH,
    height: float = HEIGHT,
) -> None:
    """A framed word or two; colour and shape of the frame say the same."""
    ax.add_patch(
        FancyBboxPatch(
            (left, bottom), width, height, boxstyle=shape, facecolor="white", edgecolor=colour, lw=2
        )
    )
    ax.text(left + width / 2, bottom + height / 2, text, ha="center", va="center", fontsize=10, color=BLACK)


def arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str = BLACK,
    bend: float = 0.0,
) -> None:
    """A straight solid arrow, or a bent dashed one for a gradient on its way back."""
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=13,
            color=colour,
            linewidth=1.6,
            linestyle="--" if bend else "-",
            connectionstyle=f"arc3,rad={bend}",
        )
    )


def two_networks(ax: Axes) -> Axes:
    """Noise, generator, discriminator and data: samples along solid arrows, gradients along dashed ones."""
    for left, bottom, text, colour, shape in BOXES:
        box(ax, left, bottom, text, colour, shape)
    for start, end in [
        ((2.0, 1.55), (2.5, 1.55)),
        ((4.6, 1.55), (5.1, 1.55)),
        ((7.2, 1.55), (7.7, 2.1)),
        ((7.2, 3.05), (7.7, 2.5)),
        ((9.8, 2.3), (10.3, 2.3)),
    ]:
        arrow(ax, start, end)
    arrow(ax, (11.35, 2.88), (8.75, 2.88), PURPLE, bend=0.3)
    ax.text(10.05, 3.55, "D's turn: climb C", color=BLACK, ha="center", fontsize=9)
    arrow(ax, (11.35, 1.72), (3.55, 0.98), GREEN, bend=-0.22)
    ax.text(7.6, -0.1, "G's turn: its gradient comes back through D", color=BLACK, ha="center", fontsize=9)
    ax.set(xlim=(-0.3, 12.6), ylim=(-0.5, 3.8), aspect="equal")
    ax.axis("off")
    return ax
