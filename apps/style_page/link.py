"""What a link to the page on style and label restores."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from .. import links, parts
from . import coders, few, grid, transfer
from .controls import CONTROLS, INPUTS, MOVES


def restore(query: str) -> list[Any]:
    """A value for every control, what the open tab and the others show then, and what could not be had."""
    values, sentences = links.read(query, CONTROLS)
    asked = dict(parse_qsl(query.lstrip("?")[:2000]))
    found = {}
    for name, algorithm in (("model", coders.STYLE), ("reader", coders.SEMI)):
        load = partial(coders.load, algorithm=algorithm)
        found[name], said = links.usable(asked.get(name, ""), coders.names(algorithm), load)
        sentences += said
    choices = {
        name: gr.Dropdown(coders.names(algorithm), value=found[name] or None, allow_custom_value=True)
        for name, algorithm in (("model", coders.STYLE), ("reader", coders.SEMI))
    }
    return [
        *({**values, **choices}[name] for name in INPUTS),
        *shown(values["tab"], found["model"], found["reader"], values),
        gr.Tabs(selected=values["tab"]),
        parts.notice(sentences),
    ]


def shown(tab: str, model: str, reader: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The table, the sheet, the ten, the errors by labels, the confusion: those of the open tab, the others empty."""
    if tab == "grid":
        names = ("rows", "seed", "along", *MOVES)
        return [grid.grid(model, *(values[name] for name in names)), {}, {}, {}, {}]
    if tab == "labels":
        return [{}, {}, {}, few.few(values["guess"]), few.errors(reader, values["cell"])]
    sheet = transfer.sheet(values["sheet"], values["number"])
    if values["source"] == "drawn":  # a drawing is in no link
        return [{}, sheet, transfer.waiting(), {}, {}]
    ten = transfer.transfer(model, "picked", values["number"], None, values["strength"])
    return [{}, sheet, ten, {}, {}]
