"""Progressive GAN: fade a level in by hand, follow a real image through the critic, watch both networks grow.

Which hand moves what; the events are in ``growing_page.events`` and ``visits``, the looks in ``layout``, ``view``,
``drawing`` and ``client``.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from . import links, parts, serve
from .growing_page import events, visits
from .growing_page.controls import INPUTS
from .growing_page.layout import lay_out

TITLE = "Progressive growing"
SLUG = "progressive-growing"
SLIDE = "Progressive GAN"
SUMMARY = "Fade a new level in by hand, follow a real image through the critic, and let both networks grow."

HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "concurrency_limit": None}
"""How buttons listen: past the queue, for a click must not wait for anybody's training."""


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        fading(page)
        choosing(page, demo)
        training(page, demo)
        links.remember({name: page.inputs[name] for name in INPUTS}, page.at["link"])
        gr.api(parts.spoken(events.fade), api_name="fade", queue=False)
    return demo


def fading(page: parts.Page) -> None:
    """Level and alpha: the browser blends and lights up on its own; only the critic's side asks the server."""
    at, inputs = page.at, page.inputs
    networks, moves = at["networks"], [inputs["level"], inputs["alpha"]]
    private = {"api_visibility": "private"}
    gr.on([one.input for one in moves], None, moves, js="(l, a) => ganGrowing.show(l, a, true)", **private)
    gr.on([one.change for one in moves], None, moves, js="(l, a) => ganGrowing.show(l, a, false)", **private)
    networks.grown(None, None, moves, js="() => [ganGrowing.level, ganGrowing.alpha]", **private)
    at["faces"].input(None, None, inputs["face"], js="() => ganGrowing.face", **private)
    judged = [inputs[name] for name in ("model", "level", "alpha", "real")]
    judge = {
        "fn": parts.spoken(events.judge),
        "inputs": judged,
        "outputs": at["critic"],
        "js": "(model, level, alpha, real) => [model, ...ganGrowing.now(level, alpha), real]",
        **serve.LIVE,
    }
    gr.on([inputs["real"].input, page.tab["critic"].select], **judge, api_name="judge")
    networks.judge(**judge, **private)
    filmed = [inputs["model"], inputs["face"]]
    inputs["face"].change(parts.spoken(events.film), filmed, at["film"], api_name="film", **serve.LIVE)
    gr.on(
        [inputs["guess"].input, inputs["level"].change],  # growing moves the level too
        parts.spoken(events.answer),
        [inputs[name] for name in ("model", "level", "guess")],
        at["answer"],
        api_name="answer",
        **serve.LIVE,
    )


def choosing(page: parts.Page, demo: gr.Blocks) -> None:
    """A link, or another model: then everything is drawn again."""
    at, inputs = page.at, page.inputs
    drawn = [at[name] for name in ("networks", "critic", "film", "answer", "notice")]
    restored = [*(inputs[name] for name in INPUTS), *drawn, at["tabs"]]
    live = [inputs[name] for name in ("tab", "data", "images")]
    demo.load(events.restore, at["query"], restored, js="() => location.search", **HIDDEN).then(
        visits.arrive, live, at["live"], **HIDDEN
    )
    inputs["model"].input(
        events.choose,
        [inputs[name] for name in ("model", "level", "alpha", "face", "real", "guess", "tab")],
        [inputs["model"], inputs["level"], *drawn],
        trigger_mode="always_last",
        **HIDDEN,
    )
    for name, tab in page.tab.items():
        tab.select(None, None, inputs["tab"], js=f"() => ganGrowing.open('{name}')", api_visibility="private")


def training(page: parts.Page, demo: gr.Blocks) -> None:
    """Live training: built when its tab is opened, so that an early Pause finds it; freed when the page closes."""
    at, settings, live = page.at, [page.inputs["data"], page.inputs["images"]], page.at["live"]
    looked = {"fn": parts.spoken(visits.look), "inputs": settings, "outputs": live, **AT_ONCE}
    gr.on([page.tab["live"].select, page.inputs["data"].input], **looked, api_name="look")
    # not at the end of a drag only: arrow keys and typing have none
    page.inputs["images"].input(**looked, trigger_mode="always_last", api_visibility="private")
    at["play"].click(visits.ready, None, None, api_name="ready", **AT_ONCE).then(
        visits.play,
        None,
        live,
        api_name="play",
        concurrency_limit=None,
        show_progress="hidden",
        trigger_mode="multiple",
    )
    at["pause"].click(visits.pause, None, live, api_name="pause", **AT_ONCE)
    at["step"].click(visits.step, None, live, api_name="step", trigger_mode="multiple", **AT_ONCE)
    at["anew"].click(parts.spoken(visits.anew), settings, live, api_name="anew", **AT_ONCE)
    demo.unload(visits.leave)
