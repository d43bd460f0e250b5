"""Conditional generation: one noise under every class, a label between two classes, and a face that grows old.

Which hand moves what; the events are in ``conditional_page.grid``, ``between`` and ``visits``, the looks in its
``layout``, ``view`` and ``age_view``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from . import links, parts, serve
from .conditional_page import between, faces, grid, link, visits
from .conditional_page.controls import INPUTS
from .conditional_page.layout import lay_out

TITLE = "Conditional generation"
SLUG = "conditional"
SLIDE = "Conditional Generation"
SUMMARY = "Ask one noise for every class, ask for a class that does not exist, and make a face older."

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
HIDDEN: dict[str, Any] = {**PRIVATE, "show_progress": "hidden"}
SHOW_TAB = "tab => document.body.setAttribute('data-tab', tab)"
SHOW_SOURCE = "source => document.body.setAttribute('data-face-of', source)"
WITH_DRAWING = "(...all) => all.with(4, all[1] === 'drawn' ? window.ganLabDrawing?.() ?? '' : '')"
NAMES = {
    "grid": ("model", "seed", "guess"),
    "between": ("model", "seed", "first", "second"),
    "at": ("model", "seed", "first", "second", "t"),
    "sheet": ("ager", "sheet", "number"),
    "look": ("ager", "source", "number", "upload", "drawing", "own", "way", "age"),
    "again": ("way", "age"),
    "age": ("way", "age"),
    "search": ("way", "age"),
}
"""What each event takes."""


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        classes(page)
        ageing(page, demo)
        choose(page, demo)
    return demo


def taken(page: parts.Page, api: str) -> list[Any]:
    """The components that an event takes."""
    return [{**page.at, **page.inputs}[name] for name in NAMES[api]]


def live(
    page: parts.Page, triggers: list[Any], handler: Callable[..., Any], outputs: Any, api: str, **more: Any
) -> Any:
    """A handler that answers while something moves, under its API name."""
    return gr.on(
        triggers, parts.spoken(handler), taken(page, api), outputs, api_name=api, **{**serve.LIVE, **more}
    )


def classes(page: parts.Page) -> None:
    """The two tabs on classes; what another tab changed is drawn when its own tab is opened."""
    at, inputs, tab = page.at, page.inputs, page.tab
    live(page, [inputs["guess"].input, tab["grid"].select], grid.grid, at["grid"], "grid")
    ends = [inputs["first"].input, inputs["second"].input, tab["between"].select]
    live(page, ends, between.between, at["way"], "between")
    live(page, [inputs["t"].input, *ends], between.at, at["between"], "at")
    shown = [inputs[name] for name in ("tab", "model", "seed", "guess", "first", "second", "t")]
    moved = {"outputs": [at["grid"], at["way"], at["between"]], **HIDDEN, "trigger_mode": "always_last"}
    inputs["seed"].input(parts.spoken(link.classes_shown), shown, **moved, queue=False)
    inputs["model"].input(
        parts.spoken(link.choices),
        [inputs[name] for name in ("model", "first", "second")],
        [inputs["first"], inputs["second"]],
        **HIDDEN,
    ).success(parts.spoken(link.classes_shown), shown, **moved)


def ageing(page: parts.Page, demo: gr.Blocks) -> None:
    """A face is brought, its noise searched, its age asked for; the recogniser's threshold is measured once."""
    at, inputs = page.at, page.inputs
    both = [at["moment"], at["ages"]]
    measure = {"fn": parts.spoken(visits.measured), "inputs": taken(page, "age"), "outputs": both, **HIDDEN}
    brought = [
        *(inputs[name].input for name in ("ager", "source", "own")),
        inputs["number"].change,
        at["upload"].change,
        page.tab["ageing"].select,
    ]
    live(page, brought, visits.look, both, "look", js=WITH_DRAWING).then(**measure)
    at["easel"].drawn(
        parts.spoken(visits.look), taken(page, "look"), both, js=WITH_DRAWING, **PRIVATE, **serve.LIVE
    ).then(**measure)
    opened = [inputs["sheet"].input, inputs["ager"].input, page.tab["ageing"].select]
    live(page, opened, faces.sheet, at["sheet"], "sheet")
    at["sheet"].input(None, at["sheet"], inputs["number"], js="sheet => Number(sheet.pick)", **PRIVATE)
    live(page, [inputs["age"].input], visits.at_age, at["moment"], "age")
    live(page, [inputs["way"].input], visits.again, both, "again")
    search = at["search"].click(
        parts.spoken(visits.search),
        taken(page, "search"),
        both,
        api_name="search",
        show_progress="hidden",
        concurrency_limit=2,
    )
    search.then(parts.spoken(visits.shown), taken(page, "again"), both, **HIDDEN)
    at["stop"].click(parts.spoken(visits.stop), None, None, queue=False, **HIDDEN)
    for moment in (page.tab["ageing"].select, inputs["source"].change):
        moment(None, inputs["source"], None, js=SHOW_SOURCE, **PRIVATE)
    demo.unload(visits.leave)


def choose(page: parts.Page, demo: gr.Blocks) -> None:
    """Tabs that are opened, and a link."""
    at, inputs = page.at, page.inputs
    inputs["tab"].change(None, inputs["tab"], None, js=SHOW_TAB, **PRIVATE)
    links.remember_tab(page.tab, inputs["tab"])
    places = [at[name] for name in link.PLACES]
    demo.load(
        link.restore,
        at["query"],
        [*(inputs[name] for name in INPUTS), *places, at["tabs"], at["notice"]],
        js="() => location.search",
        **HIDDEN,
    ).then(parts.spoken(visits.measured), taken(page, "age"), [at["moment"], at["ages"]], **HIDDEN)
    links.remember({name: inputs[name] for name in INPUTS}, at["link"])
