"""What the page on loss gradients draws of figure 2: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import torch

from gan_lab import theory
from gan_lab.experiments.figure2 import Estimate, Figure2

from ..plots import Plot, Ticks, duo, figure, legend, nothing, number, table


def _belief_plot(distance: float) -> tuple[Plot, list[float], torch.Tensor, torch.Tensor]:
    """Both densities, as high as the figure lets them be, on the grid of the experiment."""
    reach = distance / 2 + 5
    x = torch.linspace(-reach, reach, 241, dtype=torch.float64)
    log_p, log_q = (theory.Mixture((side * distance / 2,)).log_density(x) for side in (-1, 1))
    plot, at = Plot((-reach, reach), (-0.03, 1.05), 250), x.tolist()
    plot.line(at, (log_p.exp() * 2).tolist(), "s0 thin").line(at, (log_q.exp() * 2).tolist(), "s1 thin")
    return plot, at, log_p, log_q


def _x_ticks(distance: float) -> Ticks:
    return [
        (-distance / 2, f"data {number(-distance / 2)}"),
        (0, "0"),
        (distance / 2, f"fakes {number(distance / 2)}"),
    ]


def truth(distance: float) -> str:
    """The closed form alone, until something is trained."""
    plot, at, log_p, log_q = _belief_plot(distance)
    plot.line(at, torch.sigmoid(log_p - log_q).tolist(), "s5")
    alt = f"Two Gaussians, {distance:g} apart, and the best discriminator, a step between them."
    drawn = plot.svg(alt, _x_ticks(distance), [(0, "0"), (0.5, "½"), (1, "1")])
    keys = legend([("s0 thin", "data"), ("s1 thin", "fakes"), ("s5", "D* = p/(p + q)")])
    right = nothing("Which slope will a critic have between the two? Guess, then train.")
    return duo(figure("D*, in closed form", drawn, keys), right)


def trained(
    seen: Figure2, estimates: Mapping[str, Estimate], c: float, weight: float, width: int, predicted: float
) -> str:
    """The trained networks beside the closed form, and what they say of the distance."""
    plot, at, log_p, log_q = _belief_plot(seen.distance)
    plot.line(at, torch.sigmoid(log_p - log_q).tolist(), "s5")
    thin = slice(None, None, 4)
    plot.line(seen.x[thin].tolist(), torch.sigmoid(seen.logit)[thin].tolist(), "s3")
    flat = seen.slope_on_fakes.median().item()
    left = plot.svg(
        f"The trained discriminator beside D*. Median slope on the fakes: {number(flat)}.",
        _x_ticks(seen.distance), [(0, "0"), (0.5, "½"), (1, "1")],
    )  # fmt: skip
    critics = Plot(plot.x, (-0.03, 1.05), 250)
    for name, kind in (("clipped", "s2"), ("penalised", "s4")):
        values = seen.critics[name][thin]
        span = (values.max() - values.min()).clamp_min(1e-30)
        critics.line(seen.x[thin].tolist(), ((values - values.min()) / span).tolist(), kind)
    critics.mark_x(-seen.distance / 2).mark_x(seen.distance / 2)
    told = "; ".join(
        f"{name}: largest over smallest slope {number(one.evenness)}" for name, one in estimates.items()
    )
    right = critics.svg(
        f"Both critics between the means. {told}.", _x_ticks(seen.distance), [(0, "least"), (1, "most")]
    )
    keys = legend([("s0 thin", "data"), ("s1 thin", "fakes"), ("s5", "D*"), ("s3", "D, trained")])
    other = legend([("s2", f"critic, |w| ≤ {number(c)}"), ("s4", f"critic, λ = {number(weight)}")])
    pair = duo(
        figure("A GAN’s D", left, keys),
        figure("WGAN critics, each stretched to the same height", right, other),
    )
    return pair + _estimates(seen, estimates, c, weight, width, predicted, flat)


def _estimates(
    seen: Figure2,
    estimates: Mapping[str, Estimate],
    c: float,
    weight: float,
    width: int,
    predicted: float,
    flat: float,
) -> str:
    """The table under figure 2, and how to read it."""
    names = {"clipped": f"clipped, c = {number(c)}", "penalised": f"penalty, λ = {number(weight)}"}
    rows = [
        (names[name], number(one.raw), number(one.steepest), number(one.bound), number(one.evenness))
        for name, one in estimates.items()
    ]
    head = ["critic", "−loss", "largest slope", "−loss / slope", "steepest : flattest between the means"]
    caption = f"The exact W₁ is {number(seen.distance)}"
    bound = width * width * c**3
    back = " and ".join(names[name] for name, one in estimates.items() if one.evenness == inf)
    verdict = f"On the median fake |dD/dx| = <b>{number(flat)}</b> for the GAN’s D. " + (
        f"Between the means the critic ({back}) turns back: train it longer."
        if back
        else "The critics slope all the way."
    )
    notes = (
        "<b>Clipped:</b> −loss is about K · W₁, with K unknown: the slope depends on c and on the size of the network "
        f"(at most width² c³ = {number(bound)} here). Divided by the largest slope it is a lower bound of W₁.",
        f"<b>Penalty:</b> between two points the best slope is 1 + d/(2λ) = {number(predicted)}, not 1, so −loss is "
        f"about {number(predicted * seen.distance)}: too much.",
        "Only a critic whose slope is at most 1 may be compared with W₁ directly.",
    )
    listed = "".join(f"<li>{note}</li>" for note in notes)
    readings = table(head, rows, caption, ["s2", "s4"])
    return f'<p class="verdict">{verdict}</p>{readings}<ul class="notes">{listed}</ul>'
