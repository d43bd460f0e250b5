"""Where things stand on the page on latent coverage; what they do is in ``latent_coverage``."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from .. import digit_pad, parts
from . import events, view
from .controls import KINDS, TABS, controls, there

CLIENT = Path(__file__).parent / "client"

LEAD = (
    "Two autoencoders of the same architecture, one prior. The VAE is held to it by a KL term, the AAE by a "
    "discriminator that sees samples only. Press into either plane: both decode the same z."
)
TRY = """<ol class="try">
<li><b>Predict</b> where held-out codes leave the prior empty. Then look at the decoded manifold at that place.</li>
<li><b>Cross</b> the widest hole of either model along a line. What do the pictures do where no code is in reach?</li>
<li><b>Train</b> both live, then phase by phase: which turn moves the codes, which only the grey ground?</li>
</ol>"""
KEY = (
    "Each code is its digit. Contours of the prior hold 50 % (solid), 90 % (dashed) and 99 % (dotted) of it. "
    "Press or drag in a plane; by keyboard, arrows move the point."
)
PREPARING = '<p class="empty">Preparing the training; the first time this takes some seconds.</p>'
PLACES = ("x", "y", "ax", "ay", "bx", "by")


def lay_out() -> parts.Page:
    """Builds the page's components inside the current Blocks."""
    page, table, priors = parts.Page(), controls(), there()
    at, inputs = page.at, page.inputs
    parts.header("Latent coverage", "Slide: AAE Vs VAE", LEAD)
    at["notice"] = parts.html(elem_id="notice")
    at["query"] = gr.Textbox(visible="hidden", label="query")
    inputs["tab"] = gr.Textbox(table["tab"].default, visible="hidden", label="tab")
    for name in PLACES:
        inputs[name] = gr.Number(table[name].default, visible="hidden", label=name)
    at["drawing"] = gr.Textbox(visible="hidden", label="drawing")
    with gr.Row(elem_classes="coverage-top"):
        inputs["prior"] = gr.Radio(
            [(text, key) for key, text in priors.items()], value=next(iter(priors), None), label="Prior p(z)",
            elem_id="prior", min_width=280,
        )  # fmt: skip
        inputs["show"] = table["show"].radio("Show", "show")
    with gr.Column(elem_classes=["coverage-top", "coverage-middle"]):
        at["planes"] = parts.html(
            elem_id="planes", js_on_load=_script("plane", "planes"), server_functions=[events.place]
        )
        at["point"] = gr.HTML(
            html_template="", js_on_load=_script("answer").replace("$TO", "told"), elem_id="point",
            apply_default_css=False,
        )  # fmt: skip
        parts.hint(KEY)
        inputs["guess"] = table["guess"].radio(
            "Predict first: both met the same digits and the same prior. Whose codes leave more of it empty?",
            "guess",
        )
        at["answer"] = parts.html(elem_id="answer")
    with gr.Tabs(selected=table["tab"].default, elem_id="tabs") as at["tabs"]:
        for name, make in (("path", _path), ("draw", _draw), ("numbers", _numbers), ("live", _live)):
            with gr.Tab(TABS[name], id=name) as page.tab[name]:
                make(page)
    gr.HTML(TRY, apply_default_css=False)
    at["link"] = parts.link()
    return page


def _path(page: parts.Page) -> None:
    with gr.Row(elem_classes="coverage-buttons"):
        for kind, name in KINDS.items():
            page.at[f"across-{kind}"] = gr.Button(
                f"Across the {name}’s widest hole", size="sm", elem_id=f"across-{kind}", min_width=180
            )
    parts.hint(
        "A line from A to B, the same in both planes. Drag A or B (keys A and B choose them) to lay it elsewhere."
    )
    page.at["path"] = parts.html(elem_id="path")


def _draw(page: parts.Page) -> None:
    with gr.Row(elem_classes="coverage-pad"):
        with gr.Column(scale=0, min_width=240):
            page.at["pad"] = digit_pad.pad()
        with gr.Column(scale=4, min_width=280):
            page.at["drawn"] = gr.HTML(
                html_template=parts.HTML_VALUE, value={"html": view.NO_DRAWING}, apply_default_css=False,
                js_on_load=_script("answer").replace("$TO", "star"), elem_id="written",
            )  # fmt: skip


def _numbers(page: parts.Page) -> None:
    page.at["numbers"] = parts.html(elem_id="numbers")


def _live(page: parts.Page) -> None:
    table, at = controls(), page.at
    parts.hint(
        "A small AAE and a small VAE train here, on the processor of this machine, on 4,000 real digits. A whole "
        "step is every turn once; the VAE, which has one phase only, takes it with the AAE’s reconstruction."
    )
    with gr.Row(elem_classes="live-controls"):
        page.inputs["matched"] = table["matched"].dropdown("Prior", "matched")
        page.inputs["encoder"] = table["encoder"].radio("The AAE’s encoder", "encoder")
        page.inputs["beta"] = table["beta"].slider("β of the VAE (another one starts anew)", "beta")
    with gr.Row(elem_classes="live-transport coverage-transport"):
        for name, words, look in (
            ("play", "▶ Play", "primary"),
            ("pause", "⏸ Pause", "primary"),
            ("step", "One step", "secondary"),
            ("reconstruct", "Reconstruct", "secondary"),
            ("discriminate", "Discriminate", "secondary"),
            ("regularise", "Regularise", "secondary"),
            ("anew", "↺ Start anew", "secondary"),
        ):
            at[name] = gr.Button(words, variant=look, size="md", min_width=60, elem_id=name)
    at["moment"] = gr.Number(0, visible="hidden", label="moment", precision=0)
    at["turn"] = gr.Textbox(visible="hidden", label="turn")
    at["live"] = gr.HTML(
        html_template=f'<div class="live">{PREPARING}</div>', js_on_load=_script("plane", "live"),
        apply_default_css=False, elem_id="live",
    )  # fmt: skip


def _script(*names: str) -> str:
    return "\n".join((CLIENT / f"{name}.js").read_text(encoding="utf-8") for name in names)
