"""Image translation: draw lines or paint labels and see a face; there and back again without pairs.

Which hand moves what; the events are in ``translation_page.desk`` and ``cycle``, the looks in its ``layout``,
``view``, ``heat`` and ``cycle_view``.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from . import links, parts, serve
from .translation_page import cycle, desk, link
from .translation_page.controls import INPUTS
from .translation_page.layout import lay_out

TITLE = "Image translation"
SLUG = "image-translation"
SLIDE = "Conditional Generation – Image2Image; CycleGAN – Style transfer without pairing"
SUMMARY = (
    "Draw lines or paint labels and see them become a face; send a picture away and back without any pairs."
)

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
SHOW_SOURCE = "source => document.body.setAttribute('data-travels', source)"
ON_THE_BOARD = "(model, drawing, number, seed) => [...ganTranslate.asked(), seed]"
CYCLED = ("cycle", "way", "source", "face", "file", "back", "noise")


def build() -> gr.Blocks:
    """The page."""
    with serve.page(TITLE) as demo:
        page = lay_out()
        drawing(page)
        travelling(page)
        opening(page, demo)
        gr.api(parts.spoken(desk.translate), api_name="translate", queue=False)
    return demo


def drawing(page: parts.Page) -> None:
    """The board. While somebody draws, its script asks the server itself; see ``desk.js``."""
    at, inputs = page.at, page.inputs
    chosen = [inputs["model"], inputs["number"]]
    starting = [inputs["model"].input, inputs["number"].input]
    gr.on(starting, parts.spoken(desk.start), chosen, at["desk"], api_name="start", **serve.LIVE)
    laid = [inputs["model"], at["upload"]]
    at["upload"].upload(
        parts.spoken(desk.upload), laid, at["desk"], api_name="upload", show_progress="hidden"
    )  # through the queue: what is wrong with a file is told on the page
    inputs["seed"].input(None, inputs["seed"], None, js="seed => ganTranslate.sow(seed)", **PRIVATE)
    noisy = {
        "fn": parts.spoken(desk.resample_or_say),
        "inputs": [inputs["model"], at["drawing"], at["held"], inputs["seed"]],
        "outputs": at["noise"],
        "js": ON_THE_BOARD,
        **serve.LIVE,
    }
    inputs["seed"].input(api_name="resample", **noisy)
    at["desk"].settled(**noisy, **PRIVATE)


def travelling(page: parts.Page) -> None:
    """There and back again."""
    at, inputs = page.at, page.inputs
    moved = [inputs[name].input for name in CYCLED if name != "file"]
    taken = [{**inputs, "file": at["file"]}[name] for name in CYCLED]
    go = {"fn": parts.spoken(cycle.waiting), "inputs": taken, "outputs": at["there"]}
    gr.on([*moved, page.tab["cycle"].select], api_name="cycle", **go, **serve.LIVE)
    at["file"].change(**go, **HIDDEN)  # through the queue: what is wrong with a file is told on the page
    inputs["source"].change(None, inputs["source"], None, js=SHOW_SOURCE, **PRIVATE)
    page.tab["cycle"].select(None, inputs["source"], None, js=SHOW_SOURCE, **PRIVATE)


def opening(page: parts.Page, demo: gr.Blocks) -> None:
    """Tabs that are opened, and a link."""
    at, inputs = page.at, page.inputs
    seeded = {"fn": None, "inputs": inputs["seed"], "js": "seed => ganTranslate.sow(seed)", **PRIVATE}
    demo.load(
        link.restore,
        at["query"],
        [*(inputs[name] for name in INPUTS), at["desk"], at["there"], at["tabs"], at["notice"]],
        js="() => location.search",
        **HIDDEN,
    ).then(outputs=None, **seeded)
    links.remember_tab(page.tab, inputs["tab"])
    links.remember({name: inputs[name] for name in INPUTS}, at["link"])
