"""Where things stand on the page on image translation; what they do is in ``image_translation``."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from .. import parts, strokes
from . import desk, translators
from .controls import CONTROLS, TABS

HERE = Path(__file__).parent
LEAD = (
    "A generator can be given a picture instead of noise, and be asked for another one: G: {x, z} → y. "
    "Draw, and see what it becomes; then send a picture away and back without any pairs."
)


def lay_out() -> parts.Page:
    """Builds the page's components inside the current Blocks."""
    page = parts.Page()
    at, inputs = page.at, page.inputs
    parts.header(
        "Image translation",
        "Slides: Conditional Generation – Image2Image · CycleGAN – Style transfer without pairing",
        LEAD,
    )
    at["notice"] = parts.html(elem_id="notice")
    at["query"] = gr.Textbox(visible="hidden", label="query")
    inputs["tab"] = gr.Textbox(CONTROLS["tab"].default, visible="hidden", label="tab")
    at["drawing"] = gr.Textbox(visible="hidden", label="drawing")
    at["held"] = gr.Number(visible="hidden", label="number of the face on the board", precision=0)
    with gr.Tabs(selected=CONTROLS["tab"].default) as at["tabs"]:
        for name, make in (("pairs", _pairs), ("cycle", _cycle)):
            with gr.Tab(TABS[name], id=name) as page.tab[name]:
                make(page)
    at["link"] = parts.link()
    return page


def _pairs(page: parts.Page) -> None:
    inputs, at = page.inputs, page.at
    parts.hint(
        "It opens with a held-out face’s own input. Predict, then draw: what becomes of a second nose, of glasses, of "
        "half a face? What does D, which sees small patches only, find wrong with it?"
    )
    with gr.Row(elem_classes="translation-top"):
        inputs["model"] = _models(translators.PAIRS, "pix2pix", "model")
        inputs["number"] = CONTROLS["number"].slider("Start from held-out face", "number")
        inputs["seed"] = CONTROLS["seed"].slider("Seed of the dropout z", "seed")
        at["upload"] = _upload("upload")
    at["desk"] = strokes.board(
        "<div class='desk'></div>", HERE / "desk.js", "desk", server_functions=[desk.ask]
    )
    gr.HTML("<h2 class='section'>What does the noise do?</h2>", apply_default_css=False)
    parts.hint(
        "z is nothing but dropout in the decoder. The L1 term asks for the one true answer, and D is content with any "
        "that fits: nothing in the loss rewards variety. Predict: how different are eight results for one input?"
    )
    at["noise"] = parts.html(elem_id="noise-does")


def _cycle(page: parts.Page) -> None:
    inputs, at = page.inputs, page.at
    parts.hint(
        "Nobody showed it which day belongs to which night, only that going there and back must change nothing. With "
        "drawn faces the true answer is known all the same. Predict: can colours come back from pencil grey?"
    )
    with gr.Row(elem_classes="columns"):
        with gr.Column(scale=4, min_width=280):
            inputs["cycle"] = _models(translators.CYCLE, "CycleGAN", "cycle")
            inputs["way"] = CONTROLS["way"].radio("Way", "way")
            inputs["source"] = CONTROLS["source"].radio("Picture", "source")
            with gr.Column(elem_id="of-face"):
                inputs["face"] = CONTROLS["face"].slider("Held-out face", "face")
            with gr.Column(elem_id="of-file"):
                at["file"] = _upload("file")
            gr.HTML("<h2 class='section'>What did the cycle hide?</h2>", apply_default_css=False)
            inputs["back"] = CONTROLS["back"].radio("The way back starts", "back")
            inputs["noise"] = CONTROLS["noise"].slider(
                "Noise before it goes back", "noise", "standard deviation; pictures lie in [−1, 1]"
            )
        with gr.Column(scale=9, min_width=300):
            at["there"] = parts.html(elem_id="there")


def _models(algorithm: str, label: str, name: str) -> gr.Dropdown:
    return gr.Dropdown(
        translators.names(algorithm), value=translators.default(algorithm) or None, allow_custom_value=True,
        label=label, elem_id=name, min_width=260,
    )  # fmt: skip


def _upload(name: str) -> gr.File:
    return gr.File(
        label="My file, its centre square", type="filepath", height=140, elem_id=name,
        min_width=200,
    )  # fmt: skip
