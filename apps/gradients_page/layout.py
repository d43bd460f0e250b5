"""Where things stand on the page on loss gradients; what they do is in ``loss_gradients``."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from .. import parts
from .controls import CONTROLS, TABS

LEAD = (
    "The generator only hears of D's answer. Its push on a fake is the loss's slope times D's own slope: "
    "either factor can vanish."
)


@dataclass
class Page:
    """The components of the page, by the names of the controls where they are part of them."""

    inputs: dict[str, gr.components.Component]
    felt: gr.HTML
    look: gr.HTML
    train_looks: gr.Button
    figure2: gr.HTML
    train_figure2: gr.Button
    distances: gr.HTML
    race: gr.HTML
    run_race: gr.Button
    tabs: gr.Tabs
    tab: dict[str, gr.Tab]
    notice: gr.HTML
    link: gr.Textbox
    query: gr.Textbox


def lay_out() -> Page:
    """Builds the page's components inside the current Blocks."""
    parts.header("Loss gradients", "Slides: The Issue and a Solution · Effect of the Wasserstein Loss", LEAD)
    notice = parts.html(elem_classes="notice")
    query = gr.Textbox(visible="hidden", label="query")
    inputs: dict[str, gr.components.Component] = dict.fromkeys(CONTROLS)  # type: ignore[arg-type]
    inputs["tab"] = gr.Textbox(CONTROLS["tab"].default, visible="hidden", label="tab")
    tab = {}
    with gr.Tabs(selected=CONTROLS["tab"].default) as tabs:
        with gr.Tab(TABS["felt"], id="felt") as tab["felt"]:
            felt = _felt(inputs)
        with gr.Tab(TABS["look"], id="look") as tab["look"]:
            look, train_looks = _look(inputs)
        with gr.Tab(TABS["figure2"], id="figure2") as tab["figure2"]:
            figure2, train_figure2 = _figure2(inputs)
        with gr.Tab(TABS["distances"], id="distances") as tab["distances"]:
            distances, race, run_race = _distances(inputs)
    link = parts.link()
    return Page(
        inputs, felt, look, train_looks, figure2, train_figure2, distances, race, run_race, tabs, tab, notice,
        link, query,
    )  # fmt: skip


def _felt(inputs: dict) -> gr.HTML:
    """One operating point in all curves."""
    inputs["guess"] = CONTROLS["guess"].radio(
        "Predict first: D is sure that a fake is fake, logit −10. Next to −log D, how hard does log(1 − D) push G?",
        "guess",
    )
    inputs["logit"] = CONTROLS["logit"].slider("D's logit f on a fake (D = ½ at 0)", "logit")
    return parts.html(elem_id="felt")


def _look(inputs: dict) -> tuple[gr.HTML, gr.Button]:
    """D trains, G stands still; then a slider goes back and forth in what was seen."""
    parts.hint(
        "Predict: while D gets better and G stands still, which arrows shrink, which stay? "
        "Real ● are the ring, fakes ▲ a blob inside it; an arrow is where that loss would move the fake."
    )
    with gr.Row(elem_classes="settings"):
        inputs["turns"] = CONTROLS["turns"].slider("Turns of D, alone", "turns")
        train = gr.Button(
            "Train the discriminators", variant="primary", scale=0, min_width=220, elem_id="train-looks"
        )
    return parts.html(elem_id="look"), train


def _figure2(inputs: dict) -> tuple[gr.HTML, gr.Button]:
    """Two Gaussians, a discriminator and two critics."""
    parts.hint(
        "Predict: where is D flat, and where are the fakes? What would a critic with bounded slope look like there?"
    )
    with gr.Row():
        inputs["distance"] = CONTROLS["distance"].slider(
            "Distance of the means", "distance", "both stds are 1"
        )
        inputs["steps"] = CONTROLS["steps"].slider("Training steps", "steps", "of each network")
        inputs["width"] = CONTROLS["width"].slider("Units per layer", "width", "two hidden layers")
    with gr.Row(elem_classes="settings"):
        inputs["clip"] = CONTROLS["clip"].slider("log₁₀ clip value c", "clip", "−2 is the paper's 0.01")
        inputs["penalty"] = CONTROLS["penalty"].slider("log₁₀ penalty λ", "penalty", "1 is the paper's 10")
        train = gr.Button("Train", variant="primary", scale=0, min_width=160, elem_id="train-figure2")
    return parts.html(elem_id="figure2"), train


def _distances(inputs: dict) -> tuple[gr.HTML, gr.HTML, gr.Button]:
    """Closed forms over the shift, and the race."""
    parts.hint(
        "Predict: which of the four still change when the two are far apart? And which if they never overlap?"
    )
    inputs["shift"] = CONTROLS["shift"].slider("Shift", "shift")
    distances = parts.html(elem_id="distances")
    with gr.Row(elem_classes="settings"):
        gr.HTML("<h2 class='section'>Is clipping slow to converge?</h2>", apply_default_css=False)
        run = gr.Button("Let them run", variant="primary", scale=0, min_width=160, elem_id="run-race")
    return distances, parts.html(elem_id="race"), run
