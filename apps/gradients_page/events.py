"""What the page on loss gradients answers. Plain arguments in, a dictionary out: numbers, and ``html`` for the page."""

from __future__ import annotations

from math import log
from threading import Lock
from typing import Any

import gradio as gr
import torch

from gan_lab import theory
from gan_lab.experiments import frozen, race
from gan_lab.experiments.figure2 import Figure2, figure2, penalised_slope
from gan_lab.losses import gradients, hinge, least_squares, minimax, non_saturating, wasserstein

from ..plots import nothing
from . import distances_view, felt_view, figure2_view, look_view, race_view

Answer = dict[str, Any]

LOOK_EVERY = 50
_looks: list[frozen.Look] = []
_figures: dict[tuple[float, ...], Figure2] = {}
_arrivals: dict[tuple[str, str, float], race.Arrival] = {}
_training = Lock()
"""Trainings draw from the process's one random stream: one at a time, else they would disturb each other."""


def felt(logit: float, guess: str = "") -> Answer:
    """Every generator loss and its slope where D answers this logit on a fake."""
    at = torch.tensor([logit], dtype=torch.float64)
    rows = {}
    for loss in (minimax, non_saturating, least_squares, hinge, wasserstein):
        rows[loss.name] = {
            "cost": gradients.cost(loss, at).item(),
            "slope": gradients.slope(loss, at).item(),
        }
    ratio = rows["non-saturating"]["slope"] / rows["minimax"]["slope"]
    belief = torch.sigmoid(at).item()
    html = felt_view.felt(logit, belief, rows, ratio, guess)
    return {"logit": logit, "belief": belief, "losses": rows, "ratio": ratio, "html": html}


def look_answer(look: frozen.Look | None, complete: bool) -> Answer:
    """What the page shows of one look; of none, what to do."""
    if look is None:
        return {"html": nothing("Press the button: five discriminators start to train, G stands still.")}
    medians = {row: look.norms(row).median().item() for row in frozen.ROWS}
    return {
        "turns": look.step,
        "medians": medians,
        "decades": look.decades,
        "complete": complete,
        "html": look_view.look(look, medians),
    }


def look(turns: float) -> Answer:
    """The last look at or before this many turns of D, out of what has been trained so far."""
    seen = [one for one in list(_looks) if one.step <= turns]
    return look_answer(seen[-1] if seen else None, len(_looks) > frozen.MAX_STEPS // LOOK_EVERY)


def train_looks() -> Any:
    """Trains the discriminators to the end, once for all visitors, with a look after every 50 turns of D."""
    with _training:
        if len(_looks) <= frozen.MAX_STEPS // LOOK_EVERY:
            _looks.clear()
            for one in frozen.freeze_and_look(frozen.MAX_STEPS, LOOK_EVERY, samples=60):
                _looks.append(one)
                yield look_answer(one, False), one.step
    yield look_answer(_looks[-1], True), frozen.MAX_STEPS


def truth(distance: float) -> Answer:
    """Both Gaussians and D* = p/(p + q), before anything is trained."""
    return {"html": figure2_view.truth(distance)}


def train_figure2(
    distance: float,
    steps: float,
    clip: float,
    penalty: float,
    width: float,
    progress: gr.Progress = gr.Progress(),
) -> Answer:
    """Trains a GAN's discriminator, a clipped and a penalised critic; ``clip`` and ``penalty`` are powers of ten."""
    c, weight, key = 10**clip, 10**penalty, (distance, steps, clip, penalty, width)
    with _training:
        if key not in _figures:
            for done, figure in figure2(distance, int(steps), c, weight, int(width)):
                if figure is not None:
                    _figures[key] = figure
                elif done % 20 == 0:
                    progress(done / steps, desc=f"{done} of {steps:g} steps")
        while len(_figures) > 64:
            _figures.pop(next(iter(_figures)))
    figure = _figures[key]
    estimates = {name: figure.estimate(name) for name in figure.critics}
    predicted = penalised_slope(distance, weight)
    return {
        "slope_on_fakes": figure.slope_on_fakes.median().item(),
        "critics": {name: vars(one) for name, one in estimates.items() if one.evenness != float("inf")},
        "predicted": {"slope": predicted, "estimate": predicted * distance},
        "weights": figure.weights,
        "html": figure2_view.trained(figure, estimates, c, weight, int(width), predicted),
    }


def distances(shift: float) -> Answer:
    """Four distances between Gaussians and between parallel lines, and what the losses read at D*."""
    gaussians = {name: v.item() for name, v in theory.shifted_gaussians(shift).items()}
    lines = {name: v.item() for name, v in theory.parallel_lines(shift).items()}
    p, q = theory.Mixture(), theory.Mixture((float(shift),))
    x = theory.grid(p, q, points=2001)
    log_p, log_q = p.log_density(x), q.log_density(x)
    logit = theory.optimal_logit(log_p, log_q)
    reads = {
        "discriminator": log(4) - 2 * gaussians["js"],
        "minimax": torch.trapezoid(log_q.exp() * gradients.cost(minimax, logit), x).item(),
        "non-saturating": torch.trapezoid(log_q.exp() * gradients.cost(non_saturating, logit), x).item(),
    }
    finite = {name: v if v != float("inf") else None for name, v in lines.items()}
    html = distances_view.distances(shift, gaussians, lines, reads)
    return {"gaussians": gaussians, "lines": finite, "reads": reads, "html": html}


def run_race(progress: gr.Progress = gr.Progress()) -> Answer:
    """Four generators on their way from W1 = 4 to 0.5: clipping or penalty, plain descent or RMSprop."""
    entries = [
        ("penalised", "sgd", 10.0),
        ("clipped", "sgd", 0.01),
        ("clipped", "sgd", 0.1),
        ("penalised", "rmsprop", 10.0),
        ("clipped", "rmsprop", 0.01),
    ]
    with _training:
        for i, entry in enumerate(entries):
            progress((i, len(entries)), desc=" ".join(map(str, entry)))
            if entry not in _arrivals:
                _arrivals[entry] = race.race(entry[0], entry[1], strength=entry[2], limit=150)
    runs = {entry: _arrivals[entry] for entry in entries}
    return {"steps": [run.steps for run in runs.values()], "html": race_view.race(runs)}


def redraw(logit: float, guess: str, turns: float, distance: float, shift: float) -> list[Answer]:
    """Everything that has a closed form, and what has been trained already."""
    return [felt(logit, guess), look(turns), truth(distance), distances(shift)]
