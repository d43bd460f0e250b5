"""What the page on latent coverage answers. Plain arguments in, dictionaries out: data, and ``html`` for the page."""

from __future__ import annotations

import math
from base64 import b64encode
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from gan_lab.data import to_uint8
from gan_lab.metrics.latent import nearest

from .. import digit_pad, links, parts
from ..latent_page.view import pngs
from . import numbers as figures
from . import pairs, view
from .controls import FAR, INPUTS, controls, there
from .path import across, follow

Answer = dict[str, Any]


def point(prior: str, x: float = 0.0, y: float = 0.0) -> Answer:
    """One place of the plane, decoded by both models, and the held-out code that is nearest to it in each.

    Pictures are 28x28 bytes, base64; ``distance`` is in units of z, ``hole`` says that it is beyond the pair's reach.
    """
    pair, z = pairs.load(prior), _place(x, y)
    answer: Answer = {"x": float(x), "y": float(y), "reach": pair.reach, "sides": {}}
    digits, labels = pairs.held_out()
    for kind, side in pair.sides.items():
        apart = (side.codes - z).norm(dim=1)
        which = int(apart.argmin())
        distance = apart[which].item()
        answer["sides"][kind] = {
            "pixels": _bytes(side.model.generate(z[None])),
            "near": _bytes(digits[which]),
            "label": int(labels[which]),
            "distance": distance,
            "hole": distance > pair.reach,
        }
    return answer


def place(asked: list[Any]) -> Answer:
    """``point`` for the planes' script, which calls it past Gradio's events, to be quick: prior, x, y."""
    try:
        return point(*asked)
    except (ValueError, TypeError) as error:
        return {"note": str(error), "sides": {}}


def path(prior: str, ax: float, ay: float, bx: float, by: float) -> Answer:
    """The straight line from A to B: decoded at eleven places by both, with the distance to the nearest code."""
    if not prior:
        return {"html": ""}
    pair, a, b = pairs.load(prior), _place(ax, ay), _place(bx, by)
    ways = follow(pair, a, b)
    found = {
        kind: {"pictures": pngs(way.pictures), "distances": way.distances.tolist(), "hole": way.hole}
        for kind, way in ways.items()
    }
    return {"sides": found, "reach": pair.reach, "html": view.path(pair, ways, (b - a).norm().item())}


def widest(prior: str, kind: str = "vae") -> list[float]:
    """A and B of a line across the emptiest place that one model leaves: ax, ay, bx, by."""
    a, b = across(pairs.load(prior), kind)
    return [round(float(v), 3) for v in (*a, *b)]


def write(prior: str, drawing: str | None) -> Answer:
    """A drawn digit (a PNG as a data address): 20 codes of each model, and what the first of them is decoded to."""
    return read(prior, digit_pad.read(drawing))


def read(prior: str, x: Tensor) -> Answer:
    """The same for a digit ``(1, 1, 28, 28)`` in [-1, 1]."""
    pair = pairs.load(prior)
    answer: Answer = {"drawn": pngs(x)[0], "sides": {}}
    for kind, side in pair.sides.items():
        codes = side.model.encode(x.expand(20, -1, -1, -1), 0)
        back = side.model.generate(codes[:1])
        answer["sides"][kind] = {
            "codes": codes.tolist(),
            "picture": pngs(back)[0],
            "error": (back - x).square().mean().item() / 4,  # of intensities in [0, 1]
            "distance": nearest(codes[:1], side.codes).item(),
        }
    return answer | {"html": view.drawing(answer, pair.reach)}


def drawn(prior: str, drawing: str | None) -> Answer:
    """``write`` for the page: an empty pad clears the place of the answer."""
    return write(prior, drawing) if drawing and prior else {"sides": {}, "html": view.NO_DRAWING}


def numbers(prior: str) -> Answer:
    """How well both cover the prior, as their cards have it: nothing is measured here."""
    if not prior:
        return {"html": view.nothing(view.NO_MODEL)}
    cards = {kind: side.model.card.get("metrics", {}) for kind, side in pairs.load(prior).sides.items()}
    return {"metrics": cards, "html": figures.compare(pairs.load(prior), cards)}


def answer(prior: str, guess: str = "") -> Answer:
    """The guess about the holes against what both models' cards say."""
    if not prior or not guess:
        return {"html": ""}
    pair = pairs.load(prior)
    rates = {kind: side.model.card.get("metrics", {}).get("hole rate") for kind, side in pair.sides.items()}
    return {"rates": rates, "html": figures.answer(guess, prior, rates)}


def choose(
    prior: str, x: float, y: float, ax: float, ay: float, bx: float, by: float, guess: str
) -> list[Any]:
    """Another prior: the path across its widest hole, both planes, and everything that hangs on them."""
    del ax, ay, bx, by  # a line across another model's hole says nothing here
    ends = _widest(prior)
    return [*ends, *_everything(prior, x, y, *ends, guess), parts.notice([])]


def _widest(prior: str) -> list[float]:
    """Across the VAE's widest hole; the AAE's where there is no VAE."""
    return widest(prior, "vae" if "vae" in pairs.load(prior).sides else "aae")


def restore(query: str) -> list[Any]:
    """What a link asks for: a value for each control, everything there is to see, and what could not be had."""
    known, table = there(), controls()
    values, sentences = links.read(query, table)
    if not known:
        sentences = [view.NO_MODEL]
    if known and not any(f"{name}=" in query for name in ("ax", "ay", "bx", "by")):
        values |= dict(zip(("ax", "ay", "bx", "by"), _widest(values["prior"]), strict=True))
    shown = {
        **values,
        "prior": gr.Radio([(text, key) for key, text in known.items()], value=values["prior"] or None),
    }
    seen = [values[name] for name in ("prior", "x", "y", "ax", "ay", "bx", "by", "guess")]
    planes, *rest = _everything(*seen)
    planes |= {"tab": values["tab"], "show": values["show"]}
    tab = gr.Tabs(selected=values["tab"])
    return [*(shown[name] for name in INPUTS), planes, *rest, parts.notice(sentences), tab]


def _everything(
    prior: str, x: float, y: float, ax: float, ay: float, bx: float, by: float, guess: str
) -> list[Answer]:
    """Both planes, the point, the path, the numbers, the answer."""
    if not prior:
        empty: Answer = {"html": ""}
        return [{"html": view.nothing(view.NO_MODEL), "pair": None}, {}, empty, numbers(""), empty]
    pair = pairs.load(prior)
    planes = {
        "html": view.planes(pair),
        "pair": pair.packed,
        "at": {"z": [x, y], "a": [ax, ay], "b": [bx, by]},
    }
    return [planes, point(prior, x, y), path(prior, ax, ay, bx, by), numbers(prior), answer(prior, guess)]


def _place(x: float, y: float) -> Tensor:
    """A point of the plane as ``(2,)``."""
    for value in (x, y):
        if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > FAR:
            raise ValueError(
                f"a point of the plane has two numbers from {-FAR:g} to {FAR:g}, not {value!r}: the prior is "
                "nowhere near there"
            )
    return torch.tensor([float(x), float(y)])


def _bytes(pictures: Tensor) -> str:
    return b64encode(to_uint8(pictures).numpy().tobytes()).decode()
