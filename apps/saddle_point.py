"""Saddle points: f = xy and the Dirac-GAN under four update rules, with what their eigenvalues promise.

Which hand moves what; the events are in ``saddle_page.events``, the looks in its ``layout`` and ``view``.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from . import links, parts, serve
from .saddle_page import events
from .saddle_page.controls import CONTROLS, INPUTS, STRENGTHS
from .saddle_page.layout import Page, lay_out

TITLE = "Saddle points"
SLUG = "saddle-point"
SLIDE = "A Hard Two-Player Game"
SUMMARY = "Two players with one number each: who circles, who runs away, who converges, and what eigenvalues promise."


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        connect(page, demo)
    return demo


def connect(page: Page, demo: gr.Blocks) -> None:
    """Which hand moves what. The event ``play`` is the one a Python client calls."""
    at, inputs = page.inputs, list(page.inputs.values())
    play = parts.spoken(events.play)
    again: dict[str, Any] = {"api_visibility": "private", **serve.LIVE}
    gr.on([one.input for one in inputs], play, inputs, page.shown, api_name="play", **serve.LIVE)
    gr.on(
        [at["game"].input, at["rule"].input],
        offer,
        [at["game"], at["rule"]],
        [at["strength"], at["beta"]],
        **again,
    )
    page.shown.input(
        fn=None,
        js="run => run.start",
        inputs=page.shown,
        outputs=[at["x"], at["y"]],
        api_visibility="private",
    ).then(play, inputs, page.shown, **again)
    demo.load(
        restore,
        page.query,
        [*inputs, page.shown, page.notice],
        js="() => location.search",
        api_visibility="private",
        show_progress="hidden",
    )
    links.remember(at, page.link)


def offer(game: str, rule: str) -> list[dict[str, Any]]:
    """The strength by the name it has in this game, and beta, each only where it does something."""
    return [
        gr.update(label=STRENGTHS.get(game, "Strength"), visible=game in STRENGTHS),
        gr.update(visible=rule == "consensus"),
    ]


def restore(query: str) -> list[Any]:
    """What a link asks for: a value for each control, the run, and what could not be had."""
    values, sentences = links.read(query, CONTROLS)
    shown = dict(values)
    for name, change in zip(("strength", "beta"), offer(values["game"], values["rule"])):
        shown[name] = {**change, "value": values[name]}
    return [*(shown[name] for name in INPUTS), events.play(**values), parts.notice(sentences)]
