"""What the page on loss gradients draws of D trained alone: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import hypot, log10

from gan_lab.experiments.frozen import ROWS, Look

from ..plots import Plot, figure, number

KINDS = {
    "minimax": "s1",
    "non-saturating": "s0",
    "least-squares": "s3",
    "hinge": "s4",
    "wasserstein, clipped": "s2",
    "wasserstein, penalised": "s5",
}
"""Class in the style sheet of each row."""

ARROW, LONGEST = 0.3, 0.7
"""An arrow's length for a gradient of 1, and the length at which it is cut."""


def look(seen: Look, medians: Mapping[str, float]) -> str:
    """Six small planes with arrows, the strip of norms, and what lies between the two first losses."""
    planes = "".join(_plane(seen, row, medians[row]) for row in ROWS)
    gap = (
        f'<p class="verdict">After {seen.step} turns of D, <b>{seen.decades:.1f} decades</b> lie between '
        "minimax and non-saturating "
        f"(medians {number(medians['minimax'])} and {number(medians['non-saturating'])}), for the same D.</p>"
    )
    return (
        gap
        + f'<div class="planes">{planes}</div>'
        + figure("|dC/dx| of every fake, logarithmic", _strip(seen, medians))
        + (
            '<p class="hint">Between different networks do not compare sizes: the clipped critic\'s depends on c '
            "(here 0.01: tiny but even), the penalised one's on its target slope of 1, and λ = 10 decides how "
            "strictly. Compare how even they are, and which way the arrows point. All arrows have one scale, "
            "and long ones are cut.</p>"
        )
    )


def _plane(seen: Look, row: str, median: float) -> str:
    """The ring, the fakes, and an arrow from each the way this loss pushes it."""
    real = "".join(
        f'<circle class="real" cx="{x:.2f}" cy="{-y:.2f}" r=".045"/>' for x, y in seen.real.tolist()[:40]
    )
    fakes, arrows = [], []
    for (x, y), (u, v) in zip(seen.fake.tolist(), seen.pushes[row].tolist()):
        size = hypot(u, v)
        length = min(ARROW * size, LONGEST)
        fakes.append(f"M{x - 0.04:.2f} {-y + 0.03:.2f}h.08l-.04-.07z")
        if length > 0.005:
            arrows.append(_arrow(x, -y, u / size, -v / size, length))
    alt = f"{row}: the median fake is pushed with {number(median)}"
    return (
        f'<figure class="plane"><figcaption class="{KINDS[row]}">{escape(row)}<small>{number(median)}</small>'
        f'</figcaption><svg role="img" aria-label="{escape(alt)}" viewBox="-1.65 -1.65 3.3 3.3">{real}'
        f'<path class="fake" d="{"".join(fakes)}"/><path class="push" d="{"".join(arrows)}"/></svg></figure>'
    )


def _arrow(x: float, y: float, u: float, v: float, length: float) -> str:
    """A shaft with two barbs, as path commands."""
    barb = min(0.09, 0.5 * length)
    tip_x, tip_y = x + u * length, y + v * length
    tip = f"{tip_x:.2f} {tip_y:.2f}"
    one = f"{(-u - 0.6 * v) * barb:.2f} {(-v + 0.6 * u) * barb:.2f}"
    other = f"{(-u + 0.6 * v) * barb:.2f} {(-v - 0.6 * u) * barb:.2f}"
    return f"M{x:.2f} {y:.2f}L{tip}l{one}M{tip}l{other}"


def _strip(seen: Look, medians: Mapping[str, float]) -> str:
    """One row of ticks per loss: a tick is a fake, the diamond their median."""
    plot = Plot((-9, 2), (0, len(ROWS)), height=40 + 34 * len(ROWS) + 10)
    for i, row in enumerate(ROWS):
        base = len(ROWS) - 1 - i
        places = [(max(log10(n), -9.0) + 9) / 11 * 1000 if n > 0 else 0.0 for n in seen.norms(row).tolist()]
        top, high = 1000 * (1 - (base + 0.72) / len(ROWS)), 440 / len(ROWS)
        ticks = "".join(f"M{x:.0f} {top:.0f}v{high:.0f}" for x in places)
        plot.inside.append(f'<path class="strip {KINDS[row]}" d="{ticks}"/>')
        if medians[row] > 0:
            plot.dot(max(log10(medians[row]), -9.0), base + 0.5, KINDS[row], "diamond")
        plot.note(-8.9, base + 0.62, row)
    told = "; ".join(f"{row} {number(value)}" for row, value in medians.items())
    ticks = [(-8, "10⁻⁸"), (-6, "10⁻⁶"), (-4, "10⁻⁴"), (-2, "0.01"), (0, "1"), (2, "100")]
    return plot.svg(
        f"Medians of the gradient's norm: {told}.", ticks, [], "|dC/dx|, a tick for each fake, ◆ the median"
    )
