"""What a link to the page on conditional generation restores."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from .. import links, parts
from . import between, faces, generators, grid, visits
from .controls import CONTROLS, INPUTS, MOST

PLACES = ("grid", "way", "between", "sheet", "moment", "ages")


def restore(query: str, request: gr.Request) -> list[Any]:
    """A value for every control, what the open tab shows then, and what could not be had."""
    values, sentences = links.read(query, CONTROLS)
    asked = dict(parse_qsl(query.lstrip("?")[:2000]))
    for name, algorithm in (("model", generators.CLASSES), ("ager", generators.AGES)):
        load = generators.load if algorithm == generators.CLASSES else generators.load_ager
        values[name], said = links.usable(asked.get(name, ""), generators.names(algorithm), load)
        sentences += said
    if values["model"]:
        most = generators.load(values["model"]).classes - 1
        for name in ("first", "second"):
            if values[name] > most:
                sentences.append(f"The link's {name} must be a class from 0 to {most}, not {values[name]}.")
                values[name] = most
    controls = dict(values)
    controls["first"], controls["second"] = choices(values["model"], values["first"], values["second"])
    for name, algorithm in (("model", generators.CLASSES), ("ager", generators.AGES)):
        there = generators.names(algorithm)
        controls[name] = gr.Dropdown(there, value=values[name] or None, allow_custom_value=True)
    return [
        *(controls[name] for name in INPUTS),
        *shown(values, request),
        gr.Tabs(selected=values["tab"]),
        parts.notice(sentences),
    ]


def shown(values: dict[str, Any], request: gr.Request) -> list[dict[str, Any]]:
    """What the places show: those of the open tab, the others empty."""
    names = ("tab", "model", "seed", "guess", "first", "second", "t")
    if values["tab"] != "ageing":
        return [*classes_shown(*(values[name] for name in names)), {}, {}, {}]
    sheet = faces.sheet(values["ager"], values["sheet"], values["number"])
    face = [values[name] for name in ("ager", "source", "number")]
    more = [values[name] for name in ("own", "way", "age")]
    return [{}, {}, {}, sheet, *visits.look(*face, None, None, *more, request)]  # a file is in no link


def classes_shown(
    tab: str, model: str, seed: int, guess: str, first: int, second: int, t: float
) -> list[dict[str, Any]]:
    """The table of classes, the way between two and a place on it: those of the open tab, the others empty.

    Raises:
        ValueError, FileNotFoundError: there is no such model or class, or a number is out of its range.
    """
    if tab == "between":
        return [{}, between.between(model, seed, first, second), between.at(model, seed, first, second, t)]
    return [grid.grid(model, seed, guess), {}, {}] if tab == "grid" else [{}, {}, {}]


def choices(model: str, first: int, second: int) -> list[gr.Dropdown]:
    """The model's classes to choose from; where one was chosen that it does not know, its last one.

    Raises:
        ValueError, FileNotFoundError: there is no such model.
    """
    names = generators.class_names(generators.load(model)) if model else tuple(map(str, range(MOST)))
    listed = [(name, k) for k, name in enumerate(names)]
    return [gr.Dropdown(listed, value=min(k, len(names) - 1)) for k in (first, second)]
