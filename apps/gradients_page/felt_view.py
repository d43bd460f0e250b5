"""What the page on loss gradients draws of the losses themselves: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import log10

import torch

from gan_lab.losses import gradients, least_squares, minimax, non_saturating, wasserstein

from ..plots import Plot, duo, figure, legend, nothing, number, table

KINDS = {"minimax": "s1", "non-saturating": "s0", "least-squares": "s3", "wasserstein": "s2"}
WORDS = {
    "minimax": "minimax: log(1 − D)",
    "non-saturating": "non-saturating: −log D",
    "least-squares": "least squares: (f − 1)²",
    "wasserstein": "Wasserstein, hinge: −f",
}
SHAPES = {"minimax": "diamond", "non-saturating": "ring", "least-squares": "square", "wasserstein": "round"}
CURVES = (minimax, non_saturating, least_squares, wasserstein)


@lru_cache(maxsize=1)
def _curves() -> dict[str, tuple[list[float], list[float], list[float]]]:
    """Logits, costs and log10 of the slopes' magnitude; they never change."""
    at = torch.linspace(-12, 6, 145, dtype=torch.float64)
    return {
        loss.name: (
            at.tolist(),
            gradients.cost(loss, at).tolist(),
            gradients.slope(loss, at).abs().clamp_min(1e-9).log10().tolist(),
        )
        for loss in CURVES
    }


def felt(
    logit: float, belief: float, rows: Mapping[str, Mapping[str, float]], ratio: float, guess: str
) -> str:
    """Costs and slopes over the logit, and a table of both at the operating point; slopes only after a guess."""
    costs, slopes = Plot((-12, 6), (-3, 13)), Plot((-12, 6), (-6, 2))
    for name, (at, values, magnitudes) in _curves().items():
        kind, shape = KINDS[name], SHAPES[name]
        costs.line(at, values, kind).dot(logit, rows[name]["cost"], kind, shape)
        size = abs(rows[name]["slope"])
        slopes.line(at, magnitudes, kind)
        if size:
            slopes.dot(logit, log10(size), kind, shape)
    costs.mark_x(logit)
    slopes.mark_x(logit)
    x_ticks = [(v, number(v)) for v in (-12, -8, -4, 0, 4)]
    label = "logit f on a fake; D = σ(f)"
    told = "; ".join(f"{name} {number(row['cost'])}" for name, row in rows.items())
    left = costs.svg(
        f"Generator costs over the logit. At {logit:.1f}: {told}.",
        x_ticks,
        [(v, number(v)) for v in (0, 4, 8, 12)],
        label,
    )
    if not guess:
        right = nothing("Guess first: then the slopes appear.")
    else:
        told = "; ".join(f"{name} {number(row['slope'])}" for name, row in rows.items())
        ticks = [(-6, "10⁻⁶"), (-4, "10⁻⁴"), (-2, "0.01"), (0, "1"), (2, "100")]
        right = slopes.svg(
            f"Magnitude of the slopes, logarithmic. At {logit:.1f}: {told}.", x_ticks, ticks, label
        )
    return (
        duo(figure("The cost of one fake", left), figure("How hard it pushes: |dC/df|, logarithmic", right))
        + legend([(KINDS[loss.name], WORDS[loss.name]) for loss in CURVES])
        + _felt_words(logit, belief, rows, ratio, guess)
    )


def _felt_words(
    logit: float, belief: float, rows: Mapping[str, Mapping[str, float]], ratio: float, guess: str
) -> str:
    """The table at the operating point and, after a guess, what it shows."""
    if not guess:
        return ""
    cells = [(name, number(row["cost"]), number(row["slope"])) for name, row in rows.items()]
    caption = f"At logit {number(logit)}, where D = {number(belief)}"
    read = table(
        ["loss", "cost", "slope dC/df"],
        cells,
        caption,
        [KINDS[name] if name != "hinge" else "s2" for name in rows],
    )
    verdict = "Yes" if guess == "far" else "No"
    words = (
        f"<p><b>{verdict}: at logit −10 the two differ by e¹⁰ ≈ 22,026. "
        f"Here by e<sup>{number(-logit)}</sup> = {number(ratio)}.</b></p>"
        "<p>Where D rejects a fake, D(G(z)) is near 0, and there log(1 − D) is flat in the logit: its slope is −D. "
        "The slope of −log D is −(1 − D), near −1. Same D, same direction of the push, another strength.</p>"
        "<p>Hinge and Wasserstein give <em>G</em> the same cost −f, yet they are different games: hinge's D stops at "
        "a margin, a Wasserstein critic needs a bound on its slope. Least squares takes f itself as the score, "
        "without σ.</p>"
    )
    return duo(read, f'<div class="words">{words}</div>')
