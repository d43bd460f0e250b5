"""Latent arithmetic: z1 - z2 + z3 as on the slide and as DCGAN did it, each concept the mean of three.

Which hand moves what; the events are in ``latent_page.events``, the looks in its ``layout`` and ``view``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from . import links, parts, serve
from .latent_page import attributes, events, inversion
from .latent_page.layout import Page, lay_out
from .latent_page.state import INPUTS, MOVED

TITLE = "Latent arithmetic"
SLUG = "latent-arithmetic"
SLIDE = "Latent Space Arithmetic"
SUMMARY = (
    "Add and subtract the noise behind pictures, walk between two of them, change one attribute, and search the "
    "noise behind a picture."
)
BASE = ("model", "seed", "picks", "w1", "w2", "w3", "project")
WITH_DRAWING = """(model, source, number, path, _, seen) =>
  [model, source, number, path, window.ganLabDrawing?.() ?? '', seen]"""
SHOW_SOURCE = "source => document.querySelector('#mine')?.setAttribute('data-source', source)"


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        connect(page, demo)
    return demo


def connect(page: Page, demo: gr.Blocks) -> None:
    """Which hand moves what. Events with an ``api_name`` are the ones a Python client calls."""
    at = page.inputs

    def values(*names: str) -> list[gr.components.Component]:
        return [at[name] for name in names]

    def moved(*names: str) -> list[Callable[..., Any]]:
        return [at[name].input for name in names]

    def live(triggers: list[Any], handler: Callable[..., Any], extra: list, outputs: Any, api: str) -> None:
        public = {"api_name": api} if api else {"api_visibility": "private"}
        gr.on(triggers, parts.spoken(handler), [*base, *extra], outputs, **public, **serve.LIVE)

    base = values(*BASE)
    sums, path, ends, steps = (
        values(*n) for n in (["guess"], ["start", "end", "t"], ["start", "end"], ["radius", "noise"])
    )
    shown = [page.result, page.lengths]
    live(moved("w1", "w2", "w3", "project", "guess"), events.arithmetic, sums, shown, "arithmetic")
    live(moved("t"), events.interpolate, path, page.moment, "interpolate")
    live(moved("radius", "noise"), events.neighbourhood, steps, page.nine, "neighbourhood")
    # What another tab changed is drawn when its own tab is opened, not while somebody drags.
    opened = [*moved("start", "end"), page.tab["interpolation"].select]
    live(opened, events.strip, ends, page.strips, "strip")
    live(opened, events.interpolate, path, page.moment, "")
    live([page.tab["neighbourhood"].select], events.neighbourhood, steps, page.nine, "")
    faces(page, live)
    choose(page, demo)
    invert(page)
    remember(page)


def faces(page: Page, live: Callable[..., None]) -> None:
    """The attributes' sliders; their directions are fitted when the tab is opened for the first time."""
    names = ["who", *MOVED, "pure"]
    moves = [page.inputs[name] for name in names]
    live([control.input for control in moves], attributes.attributes, moves, page.changed, "attributes")
    page.tab["attributes"].select(
        parts.spoken(attributes.attributes),
        [*(page.inputs[name] for name in BASE), *moves],
        page.changed,
        api_visibility="private",
    )


def invert(page: Page) -> None:
    """The search for a picture's noise: it goes on until it is done or somebody presses Stop."""
    at, found = page.inputs, page.search
    chosen = [at["model"], at["source"], at["number"], found.upload, found.drawing, found.seen]
    search = found.start.click(
        inversion.search_or_say,
        chosen,
        [found.shown, found.seen],
        js=WITH_DRAWING,
        api_name="invert",
        show_progress="hidden",
        concurrency_limit=2,
    )
    at["source"].change(None, at["source"], None, js=SHOW_SOURCE, api_visibility="private")
    found.stop.click(None, cancels=[search], api_visibility="private")
    for_row = {"api_visibility": "private", "show_progress": "hidden"}
    page.tab["inversion"].select(None, at["source"], None, js=SHOW_SOURCE, api_visibility="private")
    page.tab["inversion"].select(inversion.empty, [at["model"], found.seen], found.shown, **for_row)


def choose(page: Page, demo: gr.Blocks) -> None:
    """A link, another model, another seed, other exemplars: then everything is drawn again."""
    at = page.inputs
    hidden = {"api_visibility": "private", "show_progress": "hidden"}
    # Two quick clicks: the second drawing waits for the first, and is not left out (the default would drop it).
    in_turn = {"trigger_mode": "always_last", "concurrency_id": "draw", "concurrency_limit": 1}
    everything = {
        "fn": parts.spoken(events.redraw),
        "inputs": [at[name] for name in INPUTS[: INPUTS.index("tab")]],
        "outputs": [*page.cards, *(page.result, page.lengths, page.strips, page.moment, page.nine)],
        **hidden,
        **in_turn,
    }
    # What nobody looks at waits until its tab is opened.
    rest = {
        "fn": parts.spoken(attributes.when_open),
        "inputs": [at[name] for name in ("tab", *BASE, "who", *MOVED, "pure")],
        "outputs": page.changed,
        **hidden,
    }
    sheet = {
        "fn": parts.spoken(events.sheet),
        "inputs": [at["model"], at["seed"]],
        "outputs": [page.gallery, at["picks"]],
        "show_progress": "hidden",
        **in_turn,
    }
    quiet = {**sheet, "api_visibility": "private"}
    restored = [*(at[name] for name in INPUTS), page.gallery, page.tabs, page.notice]
    demo.load(events.restore, page.query, restored, js="() => location.search", **hidden).then(
        **everything
    ).then(**rest)
    page.gallery.input(
        None, page.gallery, at["picks"], js="sheet => sheet.picks", api_visibility="private"
    ).then(**everything).then(**rest)
    at["seed"].input(**sheet, api_name="sheet").then(**everything).then(**rest)
    page.fresh.click(
        None, None, at["seed"], js="() => Math.floor(Math.random() * 1e6)", api_visibility="private"
    ).then(**quiet).then(**everything).then(**rest)
    model = at["model"].input(events.choose_model, at["model"], [at["model"], page.notice], **hidden)
    model.then(**quiet).then(**everything).then(**rest)
    model.then(inversion.empty, [at["model"], page.search.seen], page.search.shown, **hidden)


def remember(page: Page) -> None:
    """The link follows whatever changes; it is made in the browser, so it costs the server nothing."""
    links.remember_tab(page.tab, page.inputs["tab"])
    links.remember({name: page.inputs[name] for name in INPUTS}, page.link)
