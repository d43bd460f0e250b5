"""What the page on saddle points draws: the plane with its field and the run, the eigenvalues, the distance."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import hypot
from typing import Any

import numpy as np

from gan_lab.theory.games import Game

from ..plots import Plot, duo, figure, nothing, number, symbol
from .controls import GAMES

SIZE = 400
"""Of the plane, in its own units; the page scales it."""

PEEK = 8
"""Steps that are shown before there is a guess."""

KEY = '<p class="hint">● start, ◆ end, ✕ the equilibrium; arrows: where both would move. Click to start elsewhere.</p>'
NAMES = {"xy": ("x", "y"), "dirac": ("θ, where G puts its mass", "ψ, the slope of D")}
MEANING = {
    "still": "It started on the equilibrium.",
    "too short": "Too few steps to tell: give it 200 or more.",
    "linear": "converges linearly",
    "sublinear": "converges, but sublinearly: ever more slowly",
    "none": "does not converge",
}
FATES = {"round": "it keeps circling", "away": "it runs away", "in": "it converges", "": ""}


def everything(
    game: str, rule: str, played: Game, points: np.ndarray, answer: Mapping[str, Any], guess: str
) -> str:
    """The plane on the left; verdict, distance and eigenvalues on the right, once there is a guess."""
    shown = points if guess else points[: PEEK + 1]
    reach = _reach(shown)
    plane = figure(f"{GAMES[game]}, {rule}", _plane(game, played, shown, reach, bool(guess)), KEY)
    if not guess:
        return duo(plane, nothing(f"The first {len(shown) - 1} steps. Guess how it goes on."))
    right = _verdict(answer, guess) + figure("Distance to the equilibrium, logarithmic", _distance(points))
    right += figure("Eigenvalues of one update, and the unit circle", _circle(answer)) + _promise(answer)
    return duo(plane, f"<div>{right}</div>")


def _reach(points: np.ndarray) -> float:
    """Half the side of the plane: 2.2, or more for a run that goes further, but never beyond 8."""
    far = float(np.abs(points).max())
    return next((r for r in (2.2, 4.0) if far <= r), 8.0)


def _plane(game: str, played: Game, points: np.ndarray, reach: float, ended: bool) -> str:
    """The field as arrows, the run over it, where it starts and ends, the equilibrium."""

    def place(x: float, y: float) -> tuple[float, float]:
        return SIZE / 2 * (1 + x / reach), SIZE / 2 * (1 - y / reach)

    outside = 3 * reach
    run = " ".join("{:.1f},{:.1f}".format(*place(*p)) for p in np.clip(points, -outside, outside))
    dots = "".join(
        '<circle class="step" cx="{:.1f}" cy="{:.1f}" r="2.2"/>'.format(*place(*p))
        for p in points[:60]
        if np.abs(p).max() < reach
    )
    sx, sy = place(*points[0])
    parts = [
        f'<path class="field" d="{_field(played, reach)}"/>',
        f'<line class="axis" x1="0" x2="{SIZE}" y1="{SIZE / 2}" y2="{SIZE / 2}"/>',
        f'<line class="axis" y1="0" y2="{SIZE}" x1="{SIZE / 2}" x2="{SIZE / 2}"/>',
        f'<polyline class="s0" points="{run}"/>{dots}',
        symbol(f"{sx:.1f}", f"{sy:.1f}", "s0", "round"),
    ]
    if ended and np.abs(points[-1]).max() < reach:
        ex, ey = place(*points[-1])
        parts.append(symbol(f"{ex:.1f}", f"{ey:.1f}", "s1", "diamond"))
    middle = SIZE / 2
    parts.append(
        f'<path class="cross" d="M{middle - 6} {middle - 6}l12 12M{middle + 6} {middle - 6}l-12 12"/>'
    )
    x_name, y_name = NAMES["xy" if game == "xy" else "dirac"]
    parts.append(f'<text class="faint" x="{SIZE - 6}" y="{SIZE / 2 - 6}" text-anchor="end">{x_name}</text>')
    parts.append(f'<text class="faint" x="{SIZE / 2 + 6}" y="14">{y_name}</text>')
    parts.append(f'<text class="faint" x="6" y="{SIZE - 8}">shown: ±{reach:g}</text>')
    x, y = points[-1]
    alt = (
        f"Vector field of {GAMES[game]} and a run of {len(points) - 1} steps "
        f"from ({points[0][0]:.1f}, {points[0][1]:.1f}) "
        f"to ({number(x)}, {number(y)}). Click to start elsewhere."
    )
    return (
        f'<svg class="plot plane-xy" data-reach="{reach}" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {SIZE} {SIZE}">{"".join(parts)}</svg>'
    )


def _field(played: Game, reach: float, n: int = 13) -> str:
    """Arrows on an n by n lattice: direction of the velocity, length by the square root of its size."""
    lattice = [(i + 0.5) / n * 2 - 1 for i in range(n)]
    velocities = [(u, v, *played.field(u * reach, v * reach)) for u in lattice for v in lattice]
    peak = max(hypot(dx, dy) for *_, dx, dy in velocities) or 1.0
    path = []
    for u, v, dx, dy in velocities:
        size = hypot(dx, dy)
        if size < 1e-9:
            continue
        length = 22 * (size / peak) ** 0.5
        a, b = dx / size, -dy / size
        x, y = SIZE / 2 * (1 + u) - a * length / 2, SIZE / 2 * (1 - v) - b * length / 2
        barb = min(5.0, length / 2)
        path.append(
            f"M{x:.0f} {y:.0f}l{a * length:.1f} {b * length:.1f}"
            f"l{(-a - 0.5 * b) * barb:.1f} {(-b + 0.5 * a) * barb:.1f}m{b * barb:.1f} {-a * barb:.1f}"
            f"l{(a - 0.5 * b) * barb:.1f} {(b + 0.5 * a) * barb:.1f}"
        )
    return "".join(path)


def _distance(points: np.ndarray) -> str:
    """log10 of the distance over the steps."""
    logs = np.log10(np.maximum(np.hypot(*points.T), 1e-16))
    low, high = min(-2.0, max(-16.0, float(np.floor(logs.min())))), max(1.0, float(np.ceil(logs.max())))
    every = max(1, len(points) // 400)
    last = max(len(points) - 1, 1)
    plot = Plot((0, last), (low, high), 170)
    plot.line(range(0, len(points), every), logs[::every].tolist(), "s0").mark_y(0)
    ticks = [
        (v, "1" if v == 0 else f"10{_raised(v)}")
        for v in sorted({int(low), 0, int(high)})
        if v == 0 or abs(v) > 0.12 * (high - low)
    ]
    alt = f"Distance to the equilibrium: {number(10 ** logs[0])} at first, {number(10 ** logs[-1])} after {last} steps."
    return plot.svg(alt, [(0, "0"), (last, str(last))], ticks, "steps")


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _circle(answer: Mapping[str, Any]) -> str:
    """The unit circle and both eigenvalues; inside means that a step shrinks the distance."""
    values = answer["eigenvalues"]
    if not values:
        return nothing("The penalty has a kink at ψ = 0: there is no derivative, and so no eigenvalue.")
    reach = max(1.25, *(1.1 * max(abs(a), abs(b)) for a, b in values))
    scale = 80 / reach
    dots = "".join(
        symbol(f"{100 + a * scale:.1f}", f"{90 - b * scale:.1f}", "s1", "diamond") for a, b in values
    )
    told = " and ".join(_complex(a, b) for a, b in values)
    return (
        f'<svg class="plot circle-xy" role="img" viewBox="0 0 200 180" '
        f'aria-label="Eigenvalues {told}; spectral radius {answer["radius"]:.4f}.">'
        '<line class="axis" x1="5" x2="195" y1="90" y2="90"/><line class="axis" x1="100" x2="100" y1="5" y2="175"/>'
        f'<circle class="unit" cx="100" cy="90" r="{scale:.1f}"/>{dots}</svg><p class="hint">{told}</p>'
    )


def _complex(a: float, b: float) -> str:
    return (
        f"{a:.4f} {'+' if b >= 0 else '−'} {abs(b):.4f}i".replace("-", "−") if abs(b) > 1e-12 else f"{a:.4f}"
    )


def _promise(answer: Mapping[str, Any]) -> str:
    """What the spectral radius says, in a sentence."""
    rho = answer["radius"]
    if rho is None:
        return ""
    digits = f"{rho:.6f}" if abs(rho - 1) < 5e-4 and abs(rho - 1) > 1e-9 else f"{rho:.4f}"
    words = {
        "linear": f"ρ = {digits} &lt; 1: near the equilibrium every step shrinks the distance by about that factor. "
        "Linear convergence.",
        "none": f"ρ = {digits} &gt; 1: near the equilibrium every step grows the distance. No convergence.",
        "silent": "ρ = 1: the linear part is silent, curvature decides. Sublinear convergence at best.",
    }
    return f'<p class="promise">{words[answer["promised"]]}</p>'


def _verdict(answer: Mapping[str, Any], guess: str) -> str:
    """The guess against what happened in the steps shown."""
    ended, fate = answer["outcome"], answer["fate"]
    if ended in ("still", "too short"):
        return f'<p class="verdict">{MEANING[ended]}</p>'
    right = "Yes" if guess == fate else "No"
    what = MEANING[ended] if ended != "none" else f"{MEANING[ended]}, {FATES[fate]}"
    return (
        f'<p class="verdict"><b>{right}: it {what}.</b> Distance at the end {number(answer["distance"])}.</p>'
    )
