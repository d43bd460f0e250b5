"""Where things stand on the page on style and label; what they do is in ``style_and_label``."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from .. import digit_pad, parts
from . import coders
from .controls import CONTROLS, MOVES, TABS

HERE = Path(__file__).parent
LEAD = (
    "Tell the decoder which digit to write, and the code z is left with how it is written. "
    "Let the encoder name the digit itself, and a few labels are enough to know what it means."
)


def lay_out() -> parts.Page:
    """Builds the page's components inside the current Blocks."""
    page = parts.Page()
    at, inputs = page.at, page.inputs
    parts.header(
        "Style and label",
        "Slides: AAE – Style transfer (supervised) · AAE – Semi-supervised learning",
        LEAD,
    )
    at["notice"] = parts.html(elem_id="notice")
    at["query"] = gr.Textbox(visible="hidden", label="query")
    inputs["tab"] = gr.Textbox(CONTROLS["tab"].default, visible="hidden", label="tab")
    inputs["number"] = gr.Number(
        CONTROLS["number"].default, visible="hidden", label="number of the digit", precision=0
    )
    inputs["cell"] = gr.Textbox("", visible="hidden", label="cell")
    at["drawing"] = gr.Textbox(visible="hidden", label="drawing")
    with gr.Tabs(selected=CONTROLS["tab"].default) as at["tabs"]:
        for name, make in (("grid", _grid), ("transfer", _transfer), ("labels", _labels)):
            with gr.Tab(TABS[name], id=name) as page.tab[name]:
                make(page)
    at["link"] = parts.link()
    return page


def _grid(page: parts.Page) -> None:
    inputs = page.inputs
    parts.hint(
        "A row is one style z, a column one label. Predict: a step along one direction of z moves every row. "
        "Do all ten digits of a row follow it, or only those that look alike?"
    )
    with gr.Row(elem_classes="columns"):
        with gr.Column(scale=4, min_width=280):
            inputs["model"] = _models(coders.STYLE, "Model of style and label", "model")
            inputs["rows"] = CONTROLS["rows"].radio("Styles of the rows", "rows")
            with gr.Row(elem_classes="moves-of-style"):
                inputs["seed"] = CONTROLS["seed"].slider("Seed of the styles", "seed")
                inputs["along"] = CONTROLS["along"].dropdown("The walk goes towards", "along")
            for name, words in MOVES.items():
                inputs[name] = CONTROLS[name].slider(f"Step: {words}", name)
            page.at["still"] = gr.Button("All steps back to 0", size="sm", elem_id="still")
        with gr.Column(scale=9, min_width=300):
            page.at["grid"] = parts.html(elem_id="grid")


def _transfer(page: parts.Page) -> None:
    inputs, at = page.inputs, page.at
    parts.hint(
        "The encoder sees one digit and keeps its style; the decoder writes all ten in it. "
        "Predict: which digits can have the style of a slanted 1, and which are hard to write in it?"
    )
    with gr.Row(elem_classes="columns"):
        with gr.Column(scale=4, min_width=280):
            inputs["source"] = CONTROLS["source"].radio("The style of", "source")
            with gr.Column(elem_id="picked"):
                at["sheet"] = gr.HTML(
                    html_template=(HERE / "sheet.html").read_text(encoding="utf-8"), js_on_load=_picker(),
                    apply_default_css=False, elem_id="sheet-of-digits",
                )  # fmt: skip
                inputs["sheet"] = CONTROLS["sheet"].slider("Other digits of mnist-5k", "sheet")
            with gr.Column(elem_id="drawn"):
                at["pad"] = digit_pad.pad()
            inputs["strength"] = CONTROLS["strength"].slider(
                "Strength of the style", "strength", "z times this: 0 is the middle of the prior"
            )
        with gr.Column(scale=9, min_width=300):
            at["ten"] = parts.html(elem_id="ten")


def _labels(page: parts.Page) -> None:
    inputs, at = page.inputs, page.at
    inputs["guess"] = CONTROLS["guess"].radio(
        "Predict first: 100 labelled digits, and 54,900 without a label. By how much do those without a label lower "
        "the error?",
        "guess",
    )
    at["few"] = parts.html(elem_id="few")
    gr.HTML(
        "<h2 class='section'>Which digits does a semi-supervised model get wrong?</h2>",
        apply_default_css=False,
    )
    inputs["reader"] = _models(coders.SEMI, "Semi-supervised model", "reader")
    parts.hint("Read on mnist-5k, which no model of the zoo was trained on. Choose a number in the table.")
    at["errors"] = parts.html(elem_id="errors", js_on_load=_picker())


def _models(algorithm: str, label: str, name: str) -> gr.Dropdown:
    return gr.Dropdown(
        coders.names(algorithm), value=coders.default(algorithm) or None, allow_custom_value=True, label=label,
        elem_id=name,
    )  # fmt: skip


def _picker() -> str:
    return (HERE / "picker.js").read_text(encoding="utf-8")
