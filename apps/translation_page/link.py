"""What a link to the page on image translation restores."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from .. import links, parts
from . import cycle, desk, translators
from .controls import CONTROLS, INPUTS

LOAD = {"model": (translators.PAIRS, translators.paired), "cycle": (translators.CYCLE, translators.cycle)}


def restore(query: str) -> list[Any]:
    """A value for every control, what the open tab shows then, and what could not be had."""
    values, sentences = links.read(query, CONTROLS)
    asked = dict(parse_qsl(query.lstrip("?")[:2000]))
    found, choices = {}, {}
    for name, (algorithm, load) in LOAD.items():
        found[name], said = links.usable(asked.get(name, ""), translators.names(algorithm), load)
        choices[name] = gr.Dropdown(
            translators.names(algorithm), value=found[name] or None, allow_custom_value=True
        )
        sentences += said
    return [
        *({**values, **choices}[name] for name in INPUTS),
        *shown(found["model"], found["cycle"], values),
        gr.Tabs(selected=values["tab"]),
        parts.notice(sentences),
    ]


def shown(model: str, coder: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The board, and the way there and back if its tab is open; it is empty until then."""
    board = desk.start(model, values["number"])
    if values["tab"] == "pairs":
        return [board, {}]
    way = [values[name] for name in ("way", "source", "face")]
    return [board, cycle.waiting(coder, *way, None, values["back"], values["noise"])]
