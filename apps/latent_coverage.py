"""Latent coverage: an AAE against a VAE of the same architecture, their codes and what the prior is decoded to.

Which hand moves what; the events are in ``coverage_page.events`` and ``visits``, the looks in ``layout``, ``view``
and ``client``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from . import links, parts, serve
from .coverage_page import events, visits
from .coverage_page.controls import INPUTS, KINDS
from .coverage_page.layout import PLACES, lay_out
from .coverage_page.race import TURNS

TITLE = "Latent coverage"
SLUG = "latent-coverage"
SLIDE = "AAE Vs VAE"
SUMMARY = (
    "Two planes of codes under one prior: look for holes, walk across one, draw a digit, and train both live."
)

HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "concurrency_limit": None}
"""How buttons listen: past the queue, for a click must not wait for anybody's training."""
ENDS = "[...ganCoverage.a, ...ganCoverage.b]"


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        touching(page)
        choosing(page, demo)
        training(page, demo)
        links.remember({name: page.inputs[name] for name in INPUTS}, page.at["link"])
        gr.api(parts.spoken(events.point), api_name="point", queue=False)
        gr.api(parts.spoken(events.widest), api_name="widest", queue=False)
        gr.api(parts.spoken(events.write), api_name="write", queue=False)
    return demo


def touching(page: parts.Page) -> None:
    """The ends of a path, a drawing: the browser draws them at once, the server decodes. The point asks itself."""
    at, inputs = page.at, page.inputs
    planes, prior = at["planes"], inputs["prior"]
    places = [inputs[name] for name in PLACES]
    bend = {
        "fn": parts.spoken(events.path),
        "inputs": [prior, *places[2:]],
        "outputs": at["path"],
        **serve.LIVE,
    }
    planes.bent(js=f"prior => [prior, ...{ENDS}]", api_name="path", **bend)
    planes.settled(None, None, places, js=f"() => [...ganCoverage.z, ...{ENDS}]", **PRIVATE)
    inputs["show"].input(None, inputs["show"], None, js="show => ganCoverage.look(show)", **PRIVATE)
    for kind in KINDS:
        at[f"across-{kind}"].click(
            parts.spoken(partial(events.widest, kind=kind)), prior, places[2:], **AT_ONCE, **PRIVATE
        ).then(None, places[2:], None, js="(a, b, c, d) => ganCoverage.path([a, b], [c, d])", **PRIVATE).then(
            parts.spoken(events.path), [prior, *places[2:]], at["path"], **AT_ONCE, **PRIVATE
        )
    at["pad"].drawn(
        parts.spoken(events.drawn),
        [prior, at["drawing"]],
        at["drawn"],
        js="prior => [prior, window.ganLabPad?.() ?? '']",
        **PRIVATE,
        **serve.LIVE,
    )
    guessed = [prior, inputs["guess"]]
    inputs["guess"].input(parts.spoken(events.answer), guessed, at["answer"], api_name="answer", **serve.LIVE)


def choosing(page: parts.Page, demo: gr.Blocks) -> None:
    """A link, or another prior: then everything is drawn again."""
    at, inputs = page.at, page.inputs
    drawn = [at[name] for name in ("planes", "point", "path", "numbers", "answer", "notice")]
    live = [inputs[name] for name in ("tab", "matched", "encoder", "beta")]
    restored = [*(inputs[name] for name in INPUTS), *drawn, at["tabs"]]
    demo.load(events.restore, at["query"], restored, js="() => location.search", **HIDDEN).then(
        visits.arrive, live, at["live"], **HIDDEN
    )
    inputs["prior"].input(
        parts.spoken(events.choose),
        [inputs[name] for name in ("prior", *PLACES, "guess")],
        [*(inputs[name] for name in PLACES[2:]), *drawn],
        trigger_mode="always_last",
        **HIDDEN,
    ).then(
        parts.spoken(events.drawn),
        [inputs["prior"], at["drawing"]],
        at["drawn"],
        js="prior => [prior, window.ganLabPad?.() ?? '']",
        **HIDDEN,
    )
    links.remember_tab(page.tab, inputs["tab"])
    inputs["tab"].change(None, inputs["tab"], None, js="tab => ganCoverage.open(tab)", **PRIVATE)


def training(page: parts.Page, demo: gr.Blocks) -> None:
    """Live training: built when its tab is opened, so that an early Pause finds it; freed when the page closes."""
    at, live = page.at, page.at["live"]
    settings = [page.inputs[name] for name in ("matched", "encoder", "beta")]
    looked = {"fn": parts.spoken(visits.look), "inputs": settings, "outputs": live, **AT_ONCE}
    gr.on([page.tab["live"].select, *(one.input for one in settings[:2])], **looked, api_name="look")
    # not at the end of a drag only: arrow keys and typing have none
    settings[2].input(**looked, trigger_mode="always_last", **PRIVATE)
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
    stepping = {"trigger_mode": "multiple", **AT_ONCE}
    at["step"].click(
        parts.spoken(visits.step), at["turn"], live, js="() => ['']", api_name="step", **stepping
    )
    for turn in TURNS:
        at[turn].click(
            parts.spoken(visits.step), at["turn"], live, js=f"() => ['{turn}']", **PRIVATE, **stepping
        )
    live.rewind(
        parts.spoken(visits.rewind),
        at["moment"],
        live,
        js="() => window.ganCoverageLive.to",
        api_name="rewind",
        trigger_mode="always_last",
        **AT_ONCE,
    )
    live.drawn(
        visits.drawn,
        at["moment"],
        None,
        js="() => window.ganCoverageLive.drawn",
        trigger_mode="always_last",
        **PRIVATE,
        **AT_ONCE,
    )
    at["anew"].click(parts.spoken(visits.anew), settings, live, api_name="anew", **AT_ONCE)
    demo.unload(visits.leave)
