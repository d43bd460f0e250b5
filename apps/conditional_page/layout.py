"""Where things stand on the page on conditional generation; what they do is in ``conditional``."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from .. import parts
from ..latent_page.layout import easel
from . import generators
from .controls import CONTROLS, TABS

STYLE_PAGE = Path(__file__).parents[1] / "style_page"
LEAD = (
    "The generator is told what to make, G: {x, z} → y. Look at what the told class decides and what is left to the "
    "noise z; ask for a class that does not exist; and make a face older with its z held."
)


def lay_out() -> parts.Page:
    """Builds the page's components inside the current Blocks."""
    page = parts.Page()
    at, inputs = page.at, page.inputs
    parts.header(
        "Conditional generation", "Slide: Conditional Generation (face ageing: Antipov et al, 2017)", LEAD
    )
    at["notice"] = parts.html(elem_id="notice")
    at["query"] = gr.Textbox(visible="hidden", label="query")
    inputs["tab"] = gr.Textbox(CONTROLS["tab"].default, visible="hidden", label="tab")
    inputs["number"] = gr.Number(
        CONTROLS["number"].default, visible="hidden", label="number of the face", precision=0
    )
    at["drawing"] = gr.Textbox(visible="hidden", label="drawing")
    with gr.Row(elem_id="told", elem_classes="moves-of-style"):
        inputs["model"] = _models(generators.CLASSES, "Class-conditional model", "model")
        inputs["seed"] = CONTROLS["seed"].slider("Seed of the noises", "seed")
    with gr.Tabs(selected=CONTROLS["tab"].default) as at["tabs"]:
        for name, make in (("grid", _grid), ("between", _between), ("ageing", _ageing)):
            with gr.Tab(TABS[name], id=name) as page.tab[name]:
                make(page)
    at["link"] = parts.link()
    return page


def _grid(page: parts.Page) -> None:
    parts.hint(
        "A row is one noise z, a column one class. Predict: what do the pictures of one row have in common?"
    )
    page.at["grid"] = parts.html(elem_id="classes")
    page.inputs["guess"] = CONTROLS["guess"].radio(
        "Predict first: over all noises and classes, how much of the pixels’ variance does the label decide?",
        "guess",
    )


def _between(page: parts.Page) -> None:
    inputs, at = page.inputs, page.at
    parts.hint(
        "The same six noises, and a label that is partly one class and partly another. Predict: half-way, are both "
        "pictures laid over each other, does one turn into the other, or is it suddenly the other?"
    )
    with gr.Row(elem_classes="moves-of-style"):
        for name, words in (("first", "From the class"), ("second", "to the class")):
            inputs[name] = gr.Dropdown(
                [(str(k), k) for k in range(10)], value=CONTROLS[name].default, label=words, elem_id=name,
                min_width=130,
            )  # fmt: skip
        inputs["t"] = CONTROLS["t"].slider("t: share of the second label", "t")
    at["between"] = parts.html(elem_id="between")
    at["way"] = parts.html(elem_id="way-between")


def _ageing(page: parts.Page) -> None:
    inputs, at = page.inputs, page.at
    parts.hint(
        "Find the z whose face G(z, y) is this face at its own age y; then keep z and switch the label. Predict: which "
        "search keeps the person better, the one for equal pixels or the one for what a face recogniser sees?"
    )
    with gr.Row(elem_classes="columns"):
        with gr.Column(scale=4, min_width=280):
            inputs["ager"] = _models(generators.AGES, "Model for ageing", "ager")
            inputs["source"] = CONTROLS["source"].radio("Face", "source")
            _faces(page)
            inputs["own"] = CONTROLS["own"].dropdown("Its age group", "own")
        with gr.Column(scale=9, min_width=300):
            with gr.Row(elem_classes="moves-of-style"):
                inputs["way"] = CONTROLS["way"].radio("z is", "way")
                with gr.Column(min_width=200), gr.Row(elem_classes="settings"):
                    at["search"] = gr.Button("Search z", variant="primary", min_width=100, elem_id="search")
                    at["stop"] = gr.Button("Stop", min_width=80, elem_id="stop")
            inputs["age"] = CONTROLS["age"].slider("Age group asked for, 0 (4–17 years) to 5 (72–85)", "age")
            at["moment"] = parts.html(elem_id="moment")
    at["ages"] = parts.html(elem_id="ages")


def _faces(page: parts.Page) -> None:
    """The three ways to bring a face; the style sheet shows the one that is chosen."""
    inputs, at = page.inputs, page.at
    with gr.Column(elem_id="face-picked"):
        at["sheet"] = gr.HTML(
            html_template=(Path(__file__).parent / "sheet.html").read_text(encoding="utf-8"),
            js_on_load=(STYLE_PAGE / "picker.js").read_text(encoding="utf-8"),
            apply_default_css=False, elem_id="sheet-of-faces",
        )  # fmt: skip
        inputs["sheet"] = CONTROLS["sheet"].slider("Other held-out faces", "sheet")
    with gr.Column(elem_id="face-upload"):
        at["upload"] = gr.File(
            label="My file: a face, its centre square is taken", type="filepath", height=150
        )
    with gr.Column(elem_id="face-drawn"):
        at["easel"] = easel()


def _models(algorithm: str, label: str, name: str) -> gr.Dropdown:
    return gr.Dropdown(
        generators.names(algorithm), value=generators.default(algorithm) or None, allow_custom_value=True,
        label=label, elem_id=name,
    )  # fmt: skip
