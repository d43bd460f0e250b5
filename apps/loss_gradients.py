"""Loss gradients: what G feels with each loss, D trained while G stands still, WGAN's figure 2, and the distances.

Which hand moves what; the events are in ``gradients_page.events``, the looks in its ``layout`` and ``view``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from . import links, parts, serve
from .gradients_page import events
from .gradients_page.controls import CONTROLS, INPUTS
from .gradients_page.layout import Page, lay_out

TITLE = "Loss gradients"
SLUG = "loss-gradients"
SLIDE = "The Issue and a Solution; Effect of the Wasserstein Loss"
SUMMARY = "What the generator feels: which loss saturates, how flat D gets, what a critic's slope is worth."


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        connect(page, demo)
    return demo


def connect(page: Page, demo: gr.Blocks) -> None:
    """Which hand moves what. Events with an ``api_name`` are the ones a Python client calls."""
    at = page.inputs

    def live(handler: Callable[..., Any], names: tuple[str, ...], output: gr.HTML, api: str) -> None:
        inputs = [at[name] for name in names]
        gr.on([one.input for one in inputs], handler, inputs, output, api_name=api, **serve.LIVE)

    live(events.felt, ("logit", "guess"), page.felt, "felt")
    live(events.look, ("turns",), page.look, "look")
    live(events.truth, ("distance",), page.figure2, "truth")
    live(events.distances, ("shift",), page.distances, "distances")
    connect_trainings(page)
    links.remember_tab(page.tab, at["tab"])
    demo.load(
        restore,
        page.query,
        [
            *(at[name] for name in INPUTS),
            page.felt,
            page.look,
            page.figure2,
            page.distances,
            page.tabs,
            page.notice,
        ],
        js="() => location.search",
        api_visibility="private",
        show_progress="hidden",
    )
    links.remember(at, page.link)


def connect_trainings(page: Page) -> None:
    """Three buttons that train something; one training at a time for the whole server."""
    at = page.inputs
    bounded: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "training", "trigger_mode": "once"}
    page.train_looks.click(
        parts.spoken(events.train_looks), None, [page.look, at["turns"]], api_name="train_looks",
        show_progress="hidden", **bounded,
    )  # fmt: skip
    settings = [at[name] for name in ("distance", "steps", "clip", "penalty", "width")]
    page.train_figure2.click(
        parts.spoken(events.train_figure2), settings, page.figure2, api_name="figure2", **bounded
    )
    page.run_race.click(parts.spoken(events.run_race), None, page.race, api_name="race", **bounded)


def restore(query: str) -> list[Any]:
    """What a link asks for: a value for each control, what each section shows then, and what could not be had."""
    values, sentences = links.read(query, CONTROLS)
    drawn = events.redraw(*(values[name] for name in ("logit", "guess", "turns", "distance", "shift")))
    return [*values.values(), *drawn, gr.Tabs(selected=values["tab"]), parts.notice(sentences)]
