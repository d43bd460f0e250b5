"""Where things stand on the latent arithmetic page; what they do is in ``latent_arithmetic``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from .. import models, parts, strokes
from .state import GUESSES, MAX_NUMBER, MAX_SEED, MOVED, POINTS, REACH, SOURCES, TABS, State

HERE = Path(__file__).parent

LEAD = (
    "A generator turns noise z into a picture. Here you add and subtract the noise itself: "
    "does the picture of z₁ − z₂ + z₃ do what the sum says?"
)

TRY = """<ol class="try">
<li><b>Predict.</b> It opens with a sum that can be guessed. Faces: glasses, minus none on much the same kind of
person, plus another kind without. Digits: bold, minus thin of one shape, plus another shape. What comes out?</li>
<li><b>Look.</b> Choose other exemplars in the sheet. Swap single exemplars for means: which is steadier?</li>
<li><b>Explain.</b> Pull a weight to 0, then to 2. How far from the shell does the picture still hold?</li>
</ol>"""

HTML = {"html_template": parts.HTML_VALUE, "apply_default_css": False}


@dataclass
class Search:
    """What the tab "Inversion" has beside its inputs."""

    upload: gr.File
    drawing: gr.Textbox
    canvas: gr.HTML
    start: gr.Button
    stop: gr.Button
    shown: gr.HTML
    seen: gr.State


@dataclass
class Page:
    """The components of the page, by the names of the state where they are part of it."""

    inputs: dict[str, gr.components.Component]
    gallery: gr.HTML
    fresh: gr.Button
    notice: gr.HTML
    cards: list[gr.HTML]
    result: gr.HTML
    lengths: gr.HTML
    strips: gr.HTML
    moment: gr.HTML
    nine: gr.HTML
    changed: gr.HTML
    search: Search
    tabs: gr.Tabs
    tab: dict[str, gr.Tab]
    link: gr.Textbox
    query: gr.Textbox


def lay_out() -> Page:
    """Builds the page's components inside the current Blocks."""
    state, inputs = State(), {}
    parts.header("Latent arithmetic", "Slide: Latent Space Arithmetic, z = z₁ − z₂ + z₃", LEAD)
    notice = gr.HTML(elem_id="notice", **HTML)
    query = gr.Textbox(visible="hidden", label="query")
    inputs["picks"] = gr.Textbox(visible="hidden", label="picks")
    inputs["tab"] = gr.Textbox(state.tab, visible="hidden", label="tab")
    with gr.Row(elem_classes="columns"):
        with gr.Column(scale=5, min_width=300, elem_classes="left"):
            gallery, fresh = _choose(state, inputs)
        with gr.Column(scale=9, min_width=300), gr.Tabs(selected=state.tab) as tabs:
            with gr.Tab("Arithmetic", id="arithmetic") as first:
                cards, result, lengths = _sum(state, inputs)
            with gr.Tab("Interpolation", id="interpolation") as second:
                strips, moment = _paths(state, inputs)
            with gr.Tab("Neighbourhood", id="neighbourhood") as third:
                nine = _around(state, inputs)
            with gr.Tab("Attributes", id="attributes") as fourth:
                changed = _attributes(state, inputs)
            with gr.Tab("Inversion", id="inversion") as fifth:
                search = _inversion(state, inputs)
    link = parts.link()
    tab = dict(zip(TABS, (first, second, third, fourth, fifth), strict=True))
    shown = (cards, result, lengths, strips, moment, nine, changed, search)
    return Page(inputs, gallery, fresh, notice, *shown, tabs, tab, link, query)


def _choose(state: State, inputs: dict) -> tuple[gr.HTML, gr.Button]:
    """The sheet to choose exemplars from; below it the model and the seed, which change less often."""
    gr.HTML(
        "<p class='hint'>Choose a concept, then click up to three pictures: the concept is their mean.</p>",
        apply_default_css=False,
    )
    gallery = gr.HTML(
        html_template=(HERE / "sheet.html").read_text(encoding="utf-8"),
        js_on_load=(HERE / "sheet.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id="gallery",
    )
    with gr.Row(elem_classes="settings"):
        inputs["seed"] = gr.Number(
            state.seed, precision=0, minimum=0, maximum=MAX_SEED, label="Seed of the sheet", min_width=120
        )
        fresh = gr.Button("New sheet", min_width=120, elem_id="fresh")
    inputs["model"] = gr.Dropdown(
        models.names(),
        value=models.default() or None,
        allow_custom_value=True,
        label="Generator",
        info="one of the zoo, or the path of a run's final.safetensors",
        elem_id="model",
    )
    gr.HTML(TRY, apply_default_css=False)
    return gallery, fresh


def _sum(state: State, inputs: dict) -> tuple[list[gr.HTML], gr.HTML, gr.HTML]:
    """Three concepts with their weights, the sum, and the lengths."""
    cards = []
    with gr.Row(elem_classes="equation"):
        with gr.Column(min_width=300, scale=9):
            with gr.Row(elem_classes="terms"):
                for _ in range(3):
                    cards.append(gr.HTML(min_width=90, **HTML))
            with gr.Row(elem_classes="weights"):
                for k, name in enumerate(("z₁", "z₂", "z₃")):
                    weight = f"w{k + 1}"
                    inputs[weight] = _slider(
                        -2, 2, getattr(state, weight), 0.05, f"× {name}", weight, f"c{k}"
                    )
        with gr.Column(min_width=220, scale=5):
            result = gr.HTML(elem_id="result", **HTML)
            inputs["project"] = gr.Checkbox(
                state.project, label="Put the sum on the shell √d", elem_id="project", container=False
            )
    gr.HTML("<h2 class='section'>How long are these vectors?</h2>", apply_default_css=False)
    inputs["guess"] = gr.Radio(
        [(text, name) for name, text in GUESSES.items()],
        value=state.guess,
        label="Predict first: with ONE picture per concept instead of three, how long is z₁ − z₂ + z₃?",
        elem_id="guess",
    )
    lengths = gr.HTML(elem_id="lengths", **HTML)
    return cards, result, lengths


def _paths(state: State, inputs: dict) -> tuple[gr.HTML, gr.HTML]:
    """The two ways from one latent to another."""
    points = [(text, name) for name, text in POINTS.items()]
    gr.HTML(
        "<p class='hint'>Predict: does the straight way stay on the shell? Watch the length half-way.</p>",
        apply_default_css=False,
    )
    with gr.Row():
        inputs["start"] = gr.Dropdown(points, value=state.start, label="From", min_width=140)
        inputs["end"] = gr.Dropdown(points, value=state.end, label="To", min_width=140)
    strips = gr.HTML(elem_id="strips", **HTML)
    inputs["t"] = _slider(0, 1, state.t, 0.01, "t: how far along", "t")
    return strips, gr.HTML(elem_id="moment", **HTML)


def _around(state: State, inputs: dict) -> gr.HTML:
    """The paper's 3x3 grid."""
    gr.HTML(
        "<p class='hint'>DCGAN's figure: the sum in the middle, around it eight pictures after uniform noise "
        "of ± radius. The paper takes 0.25 for z from U(−1, 1); a Gaussian z is √3 times as wide, and so is "
        "the noise.</p>",
        apply_default_css=False,
    )
    with gr.Row():
        inputs["radius"] = _slider(0, 1, state.radius, 0.01, "Radius of the noise", "radius")
        inputs["noise"] = _slider(0, 99, state.noise, 1, "Seed of the noise", "noise")
    return gr.HTML(elem_id="nine", **HTML)


def _attributes(state: State, inputs: dict) -> gr.HTML:
    """One face, and a slider for each direction."""
    gr.HTML(
        "<p class='hint'>A direction is fitted on 2,000 faces that the generator made and the probe read: along it "
        "the reading rises fastest. Predict: does a step towards <i>beard</i> leave everything else as it is?</p>",
        apply_default_css=False,
    )
    inputs["who"] = gr.Dropdown(
        [(text, name) for name, text in POINTS.items()], value=state.who, label="Start from", min_width=140
    )
    with gr.Row(elem_classes="moves"):
        for name in MOVED:
            inputs[name] = _slider(-REACH, REACH, getattr(state, name), 0.1, name, name)
    inputs["pure"] = gr.Checkbox(
        state.pure,
        label="Hold the others: each direction orthogonal to those of all other attributes",
        elem_id="pure",
        container=False,
    )
    return gr.HTML(elem_id="changed", **HTML)


def _inversion(state: State, inputs: dict) -> Search:
    """A picture, and the search for its noise."""
    gr.HTML(
        "<p class='hint'>A GAN <b>cannot perform inference</b>: it has no way from a picture back to its z. Here z is "
        "searched, by gradient descent on the pixels from four random starts. What comes out is <b>one point, not a "
        "posterior</b>: nothing says how many other z would do as well. Predict: is the error larger for a picture "
        "that the generator did not make?</p>",
        apply_default_css=False,
    )
    with gr.Row():
        sources = [(text, name) for name, text in SOURCES.items()]
        inputs["source"] = gr.Radio(sources, value=state.source, label="Picture", elem_id="source", scale=3)
        inputs["number"] = gr.Number(
            state.number,
            precision=0,
            minimum=0,
            maximum=MAX_NUMBER,
            label="Its number",
            min_width=100,
            scale=1,
        )
    with gr.Row(elem_id="mine"):
        upload = gr.File(label="My file: a picture, its centre square is taken", type="filepath", height=150)
        canvas = easel()
    with gr.Row(elem_classes="settings"):
        start = gr.Button("Search its z", variant="primary", min_width=120, elem_id="search")
        stop = gr.Button("Stop", min_width=90, elem_id="stop")
    drawing = gr.Textbox(visible="hidden", label="drawing")
    return Search(upload, drawing, canvas, start, stop, gr.HTML(elem_id="found", **HTML), gr.State([]))


def easel() -> gr.HTML:
    """A board to paint a picture on; ``window.ganLabDrawing()`` is a PNG, and ``drawn`` fires after each stroke."""
    return strokes.board("<div class='easel'></div>", HERE / "canvas.js", "canvas")


def _slider(
    low: float, high: float, value: float, step: float, label: str, name: str, look: str = ""
) -> gr.Slider:
    return gr.Slider(
        low,
        high,
        value,
        step=step,
        label=label,
        elem_id=name,
        elem_classes=look or None,
        min_width=150,
        buttons=[],
    )
