"""The page's events. Each takes plain arguments, so that a Python client can drive what a hand can.

A picture comes back as a data address (base64 PNG), a length as a number; ``html`` is what the page shows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from gan_lab import latent

from .. import models
from . import readings, view
from .state import INPUTS, read
from .vectors import Scene, draws, generate, possible_ways, scene, suggest, suggest_faces

STEPS = 9
NO_MODEL = (
    "There is no generator yet: train one with gan-lab train dcgan --data mnist-5k --out runs/digits, "
    "then start the apps again."
)


def one(net: models.Model, z: Tensor) -> str:
    """G(z) of one latent ``(d,)``, always in a batch of one: equal latents give equal pictures to the bit."""
    return view.pngs(generate(net, z[None]))[0]


def sheet(model: str, seed: int) -> tuple[dict[str, Any], str]:
    """Forty pictures to choose from, and the exemplars to begin with, as ``"3,7,12;1,2,4;5,6,8"``."""
    net = models.load(model)
    pictures = generate(net, draws(net, seed))
    read = readings.read(net, pictures)
    picks = suggest(pictures) if read is None else suggest_faces(read)
    return {"pictures": view.pngs(pictures), "picks": picks, "active": 0}, picks


@lru_cache(maxsize=64)
def _concepts(model: str, which: int, seed: int, picks: str) -> Tensor:
    """What is read of the three concepts ``(3, 6)``: the same while somebody drags a weight.

    ``which`` is the identity of the loaded model: one that was trained again is read again.
    """
    at = scene(model, seed, picks)
    read = readings.read(at.net, generate(at.net, at.concepts))
    assert read is not None
    return read


def arithmetic(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    guess: str = "",
) -> tuple[dict[str, Any], dict[str, str]]:
    """G(w1 z1 + w2 z2 + w3 z3) and the norm of that vector; with a guess, those of single exemplars too.

    The first part holds the data, the second what the page draws of the lengths.
    """
    at = scene(model, seed, picks, w1, w2, w3, project)
    picture = generate(at.net, at.total[None])
    answer = {
        "picture": view.pngs(picture)[0],
        "norm": latent.norm(at.total).item(),
        "norms": latent.norm(at.concepts).tolist(),
        "shell": at.shell,
        "note": at.note,
    }
    if guess and all(len(z) for z in at.exemplars):
        alone = latent.arithmetic(*(z[0] for z in at.exemplars), weights=(w1, w2, w3))
        answer["single"] = {"picture": one(at.net, alone), "norm": latent.norm(alone).item()}
    scales, summed = "", readings.read(at.net, picture)
    if summed is not None:
        read = torch.cat([_concepts(model, id(at.net), seed, picks), summed])
        answer["readings"] = dict(zip((*view.NAMES, "sum"), map(readings.numbers, read)))
        answer["reads"] = readings.words(read[3])
        marks = zip((*view.NAMES, "their sum"), ("c0", "c1", "c2", "sum"), readings.SHAPES, read)
        scales = readings.scales(list(marks))
    answer["html"] = view.result(answer, (w1, w2, w3), project) + scales
    verdict = view.answer(guess, answer, (w1, w2, w3), at.noise)
    return answer, {"html": view.bars(answer, at.noise) + verdict}


def interpolate(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    start: str = "z1-first",
    end: str = "z3-first",
    t: float = 0.5,
) -> dict[str, Any]:
    """The pictures at t on the chord and on the arc, and the norm along both ways."""
    at = scene(model, seed, picks, w1, w2, w3, project)
    a, b = at.point(start), at.point(end)
    ways, note = possible_ways(a, b)
    z = torch.stack([way(a, b, float(t)) for way in ways.values()])
    pictures = dict(zip(ways, view.pngs(generate(at.net, z))))
    norms = dict(zip(ways, latent.norm(z).tolist()))
    along = torch.linspace(0, 1, 41)
    curves = {name: latent.norm(way(a, b, along)).tolist() for name, way in ways.items()}
    html = view.pair(pictures, norms, t) + view.path_plot(curves, norms, t, at.shell)
    return {"html": html, "pictures": pictures, "norms": norms, "shell": at.shell, "note": note}


def strip(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    start: str = "z1-first",
    end: str = "z3-first",
) -> dict[str, Any]:
    """Nine pictures from start to end along each way, with their norms."""
    at = scene(model, seed, picks, w1, w2, w3, project)
    a, b = at.point(start), at.point(end)
    ways, note = possible_ways(a, b)
    z = torch.stack([way(a, b, torch.linspace(0, 1, STEPS)) for way in ways.values()])
    pictures = view.pngs(generate(at.net, z.flatten(0, 1)))
    rows = {
        name: {"pictures": pictures[i * STEPS : (i + 1) * STEPS], "norms": latent.norm(z[i]).tolist()}
        for i, name in enumerate(ways)
    }
    return {"html": view.strips(rows, note), "note": note, **rows}


def neighbourhood(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    radius: float = 0.25,
    noise: int = 0,
) -> dict[str, Any]:
    """The paper's 3x3: the sum in the middle, eight small steps of uniform noise around it."""
    at = scene(model, seed, picks, w1, w2, w3, project)
    around = latent.neighbourhood(at.total, float(radius), n=8, seed=int(noise), noise=at.noise)
    centre, *pictures = view.pngs(generate(at.net, torch.cat([at.total[None], around])))
    return {"html": view.grid(centre, pictures, radius), "centre": centre, "pictures": pictures}


def cards(at: Scene) -> list[dict[str, str]]:
    """The three concepts: what each mean generates, its exemplars, its norm."""
    shown = []
    for k, mean in enumerate(at.concepts):
        exemplars = view.pngs(generate(at.net, at.exemplars[k])) if len(at.exemplars[k]) else []
        read = readings.read(at.net, generate(at.net, mean[None]))
        said = "" if read is None else readings.words(read[0])
        shown.append({"html": view.card(k, one(at.net, mean), exemplars, latent.norm(mean).item(), said)})
    return shown


def redraw(model: str, seed: int, picks: str, *rest: Any) -> list[Any]:
    """Everything that hangs on the exemplars; ``rest`` are the other inputs, in the order of INPUTS."""
    if not model:
        return [gr.skip()] * 8
    w1, w2, w3, project, guess, start, end, t, radius, noise = rest
    base = (model, seed, picks, w1, w2, w3, project)
    return [
        *cards(scene(*base)),
        *arithmetic(*base, guess),
        strip(*base, start, end),
        interpolate(*base, start, end, t),
        neighbourhood(*base, radius, noise),
    ]


def restore(query: str) -> list[Any]:
    """What a link asks for: a value for each input, the sheet, the open tab, and what could not be had."""
    state, sentences = read(query)
    known = models.names()
    model = state.model or models.default()
    try:
        models.load(model)
    except (ValueError, FileNotFoundError) as error:
        sentences.append(f"The link's model cannot be shown: {error}." if known else NO_MODEL)
        model = models.default()
    gallery, picks = sheet(model, state.seed) if model else ({}, "")
    gallery["picks"] = picks = state.picks or picks
    values = {
        **vars(state),
        "picks": picks,
        "model": gr.Dropdown(known, value=model, allow_custom_value=True),
    }
    return [*(values[name] for name in INPUTS), gallery, gr.Tabs(selected=state.tab), view.notice(sentences)]


def choose_model(name: str) -> tuple[str, dict[str, Any]]:
    """The chosen model if it can be loaded, else the first there is and a sentence that says why."""
    try:
        models.load(name or "")
    except (ValueError, FileNotFoundError) as error:
        other = models.default()
        return other, view.notice([f"{error}. Showing {other} instead." if other else NO_MODEL])
    return name, view.notice([])
