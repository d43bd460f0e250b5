"""What the page on loss gradients draws of the race: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping

from gan_lab.experiments.race import Arrival

from ..plots import Plot, duo, figure, legend, number, table

KINDS = ("s4", "s1", "s3", "s0", "s2")
METHODS = {"penalised": "penalty λ", "clipped": "clipped c"}
OPTIMIZERS = {"sgd": "plain descent", "rmsprop": "RMSprop"}


def race(runs: Mapping[tuple[str, str, float], Arrival]) -> str:
    """W1 over generator steps for every run, and who arrived when."""
    longest = max(len(run.distances) for run in runs.values()) - 1
    plot, rows, keys = Plot((0, longest), (0, 4.3), 230), [], []
    for ((method, optimizer, strength), run), kind in zip(runs.items(), KINDS):
        name = f"{METHODS[method]} = {number(strength)}, {OPTIMIZERS[optimizer]}"
        plot.line(range(len(run.distances)), run.distances, kind)
        arrived = f"{run.steps}" if run.steps is not None else f"not in {len(run.distances) - 1}"
        rows.append((name, arrived, number(run.distances[-1])))
        keys.append((kind, name))
    plot.mark_y(0.5, "goal")
    told = "; ".join(f"{name}: {arrived}" for name, arrived, _ in rows)
    drawn = plot.svg(
        f"Exact distance over generator steps. {told}.",
        [(v, str(v)) for v in (0, longest // 2, longest)],
        [(v, str(v)) for v in (0, 2, 4)],
        "generator steps, five critic updates each",
    )
    head = ["critic, optimiser of G", "steps to W₁ ≤ 0.5", "last W₁"]
    readings = table(head, rows, "Measured here, one seed", KINDS)
    return duo(figure("Exact W₁ of G(z) = a z + b to the data", drawn, legend(keys)), readings) + (
        '<p class="hint">With plain descent G moves by the critic’s slope, and clipping makes that slope as small as '
        "c makes it. RMSprop, which the WGAN paper uses, divides the scale out: then clipping need not be slower.</p>"
    )
