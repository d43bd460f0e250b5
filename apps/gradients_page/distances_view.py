"""What the page on loss gradients draws of the distances: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import log

import torch

from gan_lab import theory

from ..plots import Plot, duo, figure, legend, number, table

DISTANCES = (
    ("js", "JS / log 2", "s0"),
    ("total_variation", "total variation", "s3"),
    ("kl", "KL", "s1"),
    ("w1", "W₁", "s2"),
)


@lru_cache(maxsize=1)
def _distance_curves() -> dict[str, tuple[list[float], dict[str, list[float]]]]:
    shifts = torch.linspace(0, 8, 81, dtype=torch.float64)
    curves = {}
    for name, measure in (("gaussians", theory.shifted_gaussians), ("lines", theory.parallel_lines)):
        values = measure(shifts)
        values["js"] = values["js"] / log(2)
        curves[name] = (shifts.tolist(), {key: v.tolist() for key, v in values.items()})
    return curves


def distances(
    shift: float, gaussians: Mapping[str, float], lines: Mapping[str, float], reads: Mapping[str, float]
) -> str:
    """Four distances over the shift for both pairs, what they are at this one, and what the losses read."""
    drawn = [
        figure("N(0, 1) and N(shift, 1)", _distance_plot("gaussians", shift, gaussians)),
        figure("Two parallel lines", _distance_plot("lines", shift, lines)),
    ]
    rows = [
        (
            name,
            number(gaussians[key] / log(2) if key == "js" else gaussians[key]),
            number(lines[key] / log(2) if key == "js" else lines[key]),
        )
        for key, name, _ in DISTANCES
    ]
    kinds = [kind for _, _, kind in DISTANCES]
    left = table(["distance", "Gaussians", "lines"], rows, f"At shift {shift:.1f}", kinds)
    right = table(
        ["loss, Gaussians, D = D*", "reads", "at shift 0"],
        [
            ("D: log 4 − 2 JS", number(reads["discriminator"]), f"2 log 2 = {2 * log(2):.3f}"),
            ("G, non-saturating", number(reads["non-saturating"]), f"log 2 = {log(2):.3f}"),
            ("G, minimax", number(reads["minimax"]), f"−log 2 = −{log(2):.3f}"),
        ],
        "What should my loss read?",
    )
    words = (
        '<p class="hint">The lines never touch unless the shift is 0: JS and total variation are at their ends at '
        "once, and KL is infinite, however near they are. Only W₁ says how far, and so which way. With D = D*, "
        "minimax moves G down the gradient of 2 JS; −log D moves it down that of KL(q‖p) − 2 JS.</p>"
    )
    return duo(*drawn) + legend([(kind, name) for _, name, kind in DISTANCES]) + words + duo(left, right)


def _distance_plot(which: str, shift: float, now: Mapping[str, float]) -> str:
    plot = Plot((0, 8), (0, 8.4), 230)
    at, curves = _distance_curves()[which]
    for key, _, kind in DISTANCES:
        ys = curves[key]
        if which == "lines" and key != "w1":  # a jump at 0, not a steep rise
            plot.line(at[1:], ys[1:], kind)
        else:
            plot.line(at, ys, kind)
        value = now[key] / log(2) if key == "js" else now[key]
        plot.dot(shift, value, kind, {"w1": "diamond", "js": "ring", "kl": "square"}.get(key, "round"))
    plot.mark_x(shift)
    told = "; ".join(
        f"{name} {number(now[key] / log(2) if key == 'js' else now[key])}" for key, name, _ in DISTANCES
    )
    return plot.svg(
        f"Distances over the shift. At {shift:.1f}: {told}.",
        [(v, f"{v}") for v in (0, 2, 4, 6, 8)],
        [(v, f"{v}") for v in (0, 1, 4, 8)],
        "shift",
    )
