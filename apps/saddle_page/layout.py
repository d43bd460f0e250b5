"""Where things stand on the page on saddle points; what they do is in ``saddle_point``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from .. import parts
from .controls import CONTROLS

LEAD = (
    "A GAN's solution is a saddle point, and following the gradient need not lead there. Two players with one number "
    "each show why: it depends on the update rule as much as on the loss."
)
TRY = """<ol class="try">
<li><b>Predict</b> f = xy, simultaneous steps of 0.2. Then alternate. Then take steps of 1, and of 2.1.</li>
<li><b>Compare</b> the non-saturating Dirac-GAN, simultaneous and alternating: the eigenvalues see only half of it.</li>
<li><b>Repair</b> it: R1, instance noise, clipping, the gradient penalty. Which of them converge?</li>
</ol>"""


@dataclass
class Page:
    """The components of the page, by the names of the controls where they are part of them."""

    inputs: dict[str, gr.components.Component]
    shown: gr.HTML
    notice: gr.HTML
    link: gr.Textbox
    query: gr.Textbox


def lay_out() -> Page:
    """Builds the page's components inside the current Blocks."""
    inputs: dict[str, gr.components.Component] = dict.fromkeys(CONTROLS)  # type: ignore[arg-type]
    parts.header("Saddle points", "Slide: A Hard Two-Player Game", LEAD)
    notice = parts.html(elem_classes="notice")
    query = gr.Textbox(visible="hidden", label="query")
    with gr.Row(elem_classes="columns"):
        with gr.Column(scale=5, min_width=300):
            _controls(inputs)
        with gr.Column(scale=9, min_width=300):
            shown = parts.html(
                elem_id="run", js_on_load=(Path(__file__).parent / "plane.js").read_text(encoding="utf-8")
            )
    return Page(inputs, shown, notice, parts.link(), query)


def _controls(inputs: dict) -> None:
    """The game and its rule, the guess, and the numbers; strength and beta only where they do something."""
    inputs["game"] = CONTROLS["game"].dropdown("Game", "game")
    inputs["rule"] = CONTROLS["rule"].radio("Update rule", "rule")
    inputs["guess"] = CONTROLS["guess"].radio(
        "Predict first: it starts as drawn. How does it go on?", "guess"
    )
    with gr.Row():
        inputs["h"] = CONTROLS["h"].slider("Step size h", "h")
        inputs["steps"] = CONTROLS["steps"].slider("Steps", "steps")
    with gr.Row():
        inputs["strength"] = CONTROLS["strength"].slider("Strength", "strength", visible=False)
        inputs["beta"] = CONTROLS["beta"].slider("β of consensus", "beta", visible=False)
    with gr.Row():
        inputs["x"] = CONTROLS["x"].slider("Start x or θ", "x")
        inputs["y"] = CONTROLS["y"].slider("Start y or ψ", "y")
    gr.HTML(TRY, apply_default_css=False)
