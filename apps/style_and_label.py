"""Style and label: one style writes all digits, a digit lends its style, and what images without labels are worth.

Which hand moves what; the events are in ``style_page.grid``, ``transfer`` and ``few``, the looks in its ``layout``,
``view`` and ``few_view``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from . import links, parts, serve
from .style_page import few, grid, link, transfer
from .style_page.controls import INPUTS, MOVES
from .style_page.layout import lay_out

TITLE = "Style and label"
SLUG = "style-and-label"
SLIDE = "AAE – Style transfer (supervised); AAE – Semi-supervised learning"
SUMMARY = "Write all ten digits in one style, take the style from a digit you draw, and learn from a hundred labels."

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
SHOW_SOURCE = "source => document.body.setAttribute('data-style-of', source)"
WITH_DRAWING = """(model, source, number, _, strength) =>
  [model, source, number, window.ganLabPad?.() ?? '', strength]"""
NAMES = {
    "grid": ("model", "rows", "seed", "along", *MOVES),
    "sheet": ("sheet", "number"),
    "transfer": ("model", "source", "number", "drawing", "strength"),
    "few": ("guess",),
    "errors": ("reader", "cell"),
}
"""What each event takes."""


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        connect(page, demo)
    return demo


def connect(page: parts.Page, demo: gr.Blocks) -> None:
    """Which hand moves what. Events with an ``api_name`` are the ones a Python client calls."""
    at, inputs = page.at, page.inputs
    everything = {**inputs, "drawing": at["drawing"]}

    def live(
        triggers: list[Any], handler: Callable[..., Any], output: gr.HTML, api: str, **more: Any
    ) -> None:
        taken = [everything[name] for name in NAMES[api]]
        gr.on(triggers, parts.spoken(handler), taken, output, api_name=api, **serve.LIVE, **more)

    moved = [inputs[name].input for name in NAMES["grid"]]
    live([*moved, page.tab["grid"].select], grid.grid, at["grid"], "grid")
    labels, ten = page.tab["labels"].select, page.tab["transfer"].select
    live([inputs["guess"].input, labels], few.few, at["few"], "few")
    live([inputs["reader"].input, inputs["cell"].change, labels], few.errors, at["errors"], "errors")
    live([inputs["sheet"].input, ten], transfer.sheet, at["sheet"], "sheet")
    written = {"js": WITH_DRAWING}
    asked = [inputs["source"].input, inputs["strength"].input, inputs["number"].change, ten]
    live(asked, transfer.write_or_wait, at["ten"], "transfer", **written)
    at["pad"].drawn(
        parts.spoken(transfer.write_or_wait),
        [everything[name] for name in NAMES["transfer"]],
        at["ten"],
        **written,
        **PRIVATE,
        **serve.LIVE,
    )
    choose(page, demo)


def choose(page: parts.Page, demo: gr.Blocks) -> None:
    """Clicks on digits and cells, tabs that are opened, and a link."""
    at, inputs = page.at, page.inputs
    at["sheet"].input(None, at["sheet"], inputs["number"], js="sheet => Number(sheet.pick)", **PRIVATE)
    at["errors"].input(None, at["errors"], inputs["cell"], js="table => table.pick", **PRIVATE)
    page.tab["transfer"].select(None, inputs["source"], None, js=SHOW_SOURCE, **PRIVATE)
    inputs["source"].change(None, inputs["source"], None, js=SHOW_SOURCE, **PRIVATE)
    moves = [inputs[name] for name in MOVES]
    still = at["still"].click(None, None, moves, js=f"() => {[0] * len(moves)}", **PRIVATE)
    taken = [inputs[name] for name in NAMES["grid"]]
    still.then(parts.spoken(grid.grid), taken, at["grid"], **PRIVATE, show_progress="hidden")
    places = [at[name] for name in ("grid", "sheet", "ten", "few", "errors")]
    links.remember_tab(page.tab, inputs["tab"])
    demo.load(
        link.restore,
        at["query"],
        [*(inputs[name] for name in INPUTS), *places, at["tabs"], at["notice"]],
        js="() => location.search",
        show_progress="hidden",
        **PRIVATE,
    )
    links.remember({name: inputs[name] for name in INPUTS}, at["link"])
