"""Where things stand on the page on Progressive GAN; what they do is in ``progressive_growing``."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from .. import parts
from . import album, view
from .controls import FACES, REALS, TABS, controls

CLIENT = Path(__file__).parent / "client"

LEAD = (
    "Both networks begin at 4×4 pixels and grow level by level. A new level is faded in: α says how much of its way "
    "counts, while the old way goes past it."
)
TRY = """<ol class="try">
<li><b>Predict</b> what a level shows at α = 0. Then pull α from 0 to 1 at 8×8, and again at the highest level.</li>
<li><b>Look</b> at which blocks light up. Which layers take no part at all until their level comes?</li>
<li><b>Compare</b> the two ways into the critic: why must real images be faded as well?</li>
</ol>"""
GROW = (
    '<button type="button" id="grow" class="grow-button">▶ Grow from 4×4</button>'
    '<span class="grow-said" role="status"></span>'
)
PREPARING = '<p class="empty">Preparing the training; the first time this takes some seconds.</p>'


def lay_out() -> parts.Page:
    """Builds the page's components inside the current Blocks."""
    page, table = parts.Page(), controls()
    at, inputs = page.at, page.inputs
    parts.header("Progressive growing", "Slide: Progressive GAN, smooth transition", LEAD)
    at["notice"] = parts.html(elem_id="notice")
    at["query"] = gr.Textbox(visible="hidden", label="query")
    inputs["tab"] = gr.Textbox(table["tab"].default, visible="hidden", label="tab")
    inputs["face"] = gr.Number(table["face"].default, visible="hidden", label="face", precision=0)
    with gr.Row(elem_classes="grow-controls"):
        inputs["model"] = gr.Dropdown(
            album.names(), value=album.default() or None, allow_custom_value=True, label="Model that grew",
            elem_id="model", min_width=240,
        )  # fmt: skip
        inputs["level"] = table["level"].slider("Level (0 is 4×4)", "level")
        inputs["alpha"] = table["alpha"].slider("α (0: old way, 1: new)", "alpha")
        at["grow"] = gr.HTML(GROW, apply_default_css=False, elem_classes="grow-bar", min_width=240,
                             js_on_load=_script("bar"))  # fmt: skip
    with gr.Row(elem_classes="columns"):
        with (
            gr.Column(scale=9, min_width=300),
            gr.Tabs(selected=table["tab"].default, elem_id="tabs") as at["tabs"],
        ):
            for name, make in (("fade", _fade), ("critic", _critic), ("film", _film), ("live", _live)):
                with gr.Tab(TABS[name], id=name) as page.tab[name]:
                    make(page)
        with gr.Column(scale=4, min_width=300):
            at["networks"] = parts.html(elem_id="networks", js_on_load=_script("grow"))
            gr.HTML(TRY, apply_default_css=False)
    at["link"] = parts.link()
    return page


def _fade(page: parts.Page) -> None:
    table = controls()
    page.inputs["guess"] = table["guess"].radio(
        "Predict first: a level has just been added, its layers are random, α = 0. What does G show?", "guess"
    )
    page.at["answer"] = parts.html(elem_id="answer")
    page.at["faces"] = gr.HTML(
        view.faces(), apply_default_css=False, elem_id="faces", js_on_load=_script("faces")
    )
    parts.hint(
        f"{FACES} fixed latents. Either end of a fade is shown as its own size’s training left it. Choose one of the "
        "middle pictures: the film strip follows it through training."
    )


def _critic(page: parts.Page) -> None:
    parts.hint(
        "Predict: if G’s picture is half faded and the real images are not, what would the critic look for?"
    )
    page.inputs["real"] = controls()["real"].slider(f"Which of {REALS} real images", "real")
    page.at["critic"] = parts.html(elem_id="critic")


def _film(page: parts.Page) -> None:
    page.at["film"] = parts.html(elem_id="film")


def _live(page: parts.Page) -> None:
    table, at = controls(), page.at
    parts.hint("A small Progressive GAN trains here, on the processor of this machine, from 4×4 to 16×16.")
    with gr.Row(elem_classes="live-controls"):
        page.inputs["data"] = table["data"].radio("Images", "data")
        page.inputs["images"] = table["images"].slider(
            "Images for each phase (another number starts anew)", "images"
        )
    with gr.Row(elem_classes="live-transport"):
        for name, words, look in (
            ("play", "▶ Play", "primary"),
            ("pause", "❚❚ Pause", "primary"),
            ("step", "One step", "secondary"),
            ("anew", "↺ Start anew", "secondary"),
        ):
            at[name] = gr.Button(words, variant=look, size="md", min_width=60, elem_id=name)
    at["live"] = gr.HTML(
        html_template=f'<div class="live">{PREPARING}</div>', js_on_load=_script("live"), apply_default_css=False,
        elem_id="live",
    )  # fmt: skip


def _script(name: str) -> str:
    return (CLIENT / f"{name}.js").read_text(encoding="utf-8")
