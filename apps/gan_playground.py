"""The GAN playground: a live 2-D training to play, pause, step, rewind, branch and look into.

Which hand moves what; the events are in ``playground.events``, the looks in its ``layout`` and ``client``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from . import serve
from .playground import events
from .playground.events import SHOWN_FIELDS
from .playground.layout import Page, lay_out
from .playground.settings import LIVE

TITLE = "GAN playground"
SLUG = "gan-playground"
SLIDE = "Generative Adversarial Networks"
SUMMARY = "Train a GAN in the plane: play, step, rewind to any moment, and branch off with another loss."

AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "concurrency_limit": None}
"""How buttons listen: past the queue, for a click must not wait for anybody's training."""

TO_ADDRESS = """link => {
  const query = new URLSearchParams(link);
  const theme = new URLSearchParams(location.search).get('__theme');
  const text = location.pathname + '?' + (theme ? `__theme=${theme}&` : '') + link;
  if (link) {
    clearTimeout(window.ganLabLink);
    window.ganLabLink = setTimeout(() => history.replaceState(history.state, '', text), 250);
  }
  return link ? location.origin + text : '';
}"""
"""Writes the state into the address bar, so that a reload, a bookmark or a copied link restores it."""


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        page.at["state"] = gr.Textbox(visible="hidden", label="state")
        start_and_end(page, demo)
        transport(page)
        settings(page)
        keep(page)
    return demo


def start_and_end(page: Page, demo: gr.Blocks) -> None:
    """Opening the page builds the run before Play can be pressed; closing the tab ends it and frees it."""
    at = page.at
    opened = [*_controls(page), at["view"], at["notice"], at["state"]]
    demo.load(
        events.open_page,
        at["query"],
        opened,
        js="() => location.search",
        api_visibility="private",
        show_progress="hidden",
    )
    demo.unload(events.leave)


def transport(page: Page) -> None:
    """Play, pause, steps, reset, the scrubber, speed, layers, the second run."""
    at = page.at
    view, state = at["view"], at["state"]
    streaming = {"concurrency_limit": None, "show_progress": "hidden", "trigger_mode": "multiple"}
    at["play"].click(events.play, None, view, api_name="play", **streaming)
    at["slow"].click(events.slow, None, view, api_name="slow", **streaming)
    at["pause"].click(events.pause, None, [view, state], api_name="pause", **AT_ONCE)
    at["reset"].click(events.reset, None, [view, state], api_name="reset", **AT_ONCE)
    for action in ("both", "d", "g"):
        name = f"step_{action}"
        at[action].click(
            _stepping(action), None, [view, state], api_name=name, trigger_mode="multiple", **AT_ONCE
        )
    live = [page.settings[name] for name in LIVE]
    view.rewind(
        events.rewind,
        at["moment"],
        [view, *live],
        js="() => window.ganPlayground.to",
        api_name="rewind",
        trigger_mode="always_last",
        **AT_ONCE,
    )
    view.drawn(
        events.drawn,
        at["moment"],
        None,
        js="() => window.ganPlayground.drawn",
        api_visibility="private",
        trigger_mode="always_last",
        **AT_ONCE,
    )
    at["speed"].input(events.set_speed, at["speed"], None, api_name="speed", **AT_ONCE)
    at["layers"].input(
        events.set_layers, at["layers"], view, api_name="layers", trigger_mode="always_last", **AT_ONCE
    )
    at["branch"].click(events.branch, at["choice"], view, api_name="branch", **AT_ONCE)
    at["close"].click(events.close_branch, None, view, api_name="close_branch", **AT_ONCE)


def settings(page: Page) -> None:
    """Presets, every setting, and drawn data."""
    at = page.at
    controls = _controls(page)
    opened = [*controls, at["view"], at["notice"], at["state"]]
    shown = [at["view"], at["notice"], at["state"]]

    def configure(given: dict[Any, Any], request: gr.Request) -> list[Any]:
        return events.configure([given[control] for control in controls], request)

    at["preset"].input(events.preset, at["preset"], opened, api_name="preset", **AT_ONCE)
    gr.on(
        [control.input for control in controls],
        configure,
        set(controls),
        shown,
        api_name="configure",
        trigger_mode="always_last",
        **AT_ONCE,
    )
    at["view"].draw(
        events.draw,
        at["points"],
        [page.settings["data"], *shown],
        js="() => window.ganPlayground.code()",
        api_name="draw",
        **AT_ONCE,
    )


def keep(page: Page) -> None:
    """The link and the run card."""
    at = page.at
    at["state"].change(None, at["state"], at["link"], js=TO_ADDRESS, api_visibility="private")
    at["write"].click(events.card, None, at["card"], api_name="card", **AT_ONCE)
    opened = [*_controls(page), at["view"], at["notice"], at["state"]]
    at["restore"].click(events.restore_card, at["card"], opened, api_name="restore_card", **AT_ONCE)


def _controls(page: Page) -> list[gr.components.Component]:
    return [page.settings[name] for name in SHOWN_FIELDS]


def _stepping(action: str) -> Callable[[gr.Request], list[str]]:
    def step(request: gr.Request) -> list[str]:
        return events.step(action, request)

    return step
