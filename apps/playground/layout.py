"""Where things stand on the playground's page; what they do is in ``gan_playground`` and ``events``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from .. import parts
from .events import SPEEDS
from .looks import LAYERS, SHOWN
from .presets import PRESETS, WHAT_IF
from .settings import CHOICES, RANGES, Configuration

CLIENT = Path(__file__).parent / "client"
SCRIPT = "\n".join(
    (CLIENT / f"{name}.js").read_text(encoding="utf-8") for name in ("plane", "charts", "view")
)

LEAD = "Two players in the plane, nothing hidden. Stop anywhere, go back, and ask what another loss would have done."

PRESET_NAMES = {
    "start": "Start: a ring",
    "mode-collapse": "Mode collapse: PacGAN's weak recipe",
    "collapse-at-once": "Mode collapse at once",
    "vanishing-gradient": "Vanishing gradient",
    "oscillation": "Oscillation",
    "wgan-saves-it": "WGAN saves it",
    "modern-baseline": "The modern baseline",
}
assert PRESET_NAMES.keys() == PRESETS.keys()

LABELS: dict[str, str] = {
    "data": "Data", "noise": "Noise z", "latent": "Dimensions of z", "batch": "Minibatch m",
    "g_depth": "G: hidden layers", "g_width": "G: width", "g_activation": "G: activation", "g_norm": "G: BatchNorm",
    "d_depth": "D: hidden layers", "d_width": "D: width", "d_activation": "D: activation",
    "loss": "Loss", "r1": "R1 γ", "r2": "R2 γ", "gp": "Gradient penalty λ", "clip": "Clip D's weights at c",
    "d_optimiser": "D: optimiser", "g_optimiser": "G: optimiser",
    "d_lr": "D: learning rate", "g_lr": "G: learning rate",
    "beta1": "Adam β₁", "beta2": "Adam β₂", "d_steps": "k of D", "g_steps": "k of G", "seed": "Seed",
}  # fmt: skip

SLIDERS = ("latent", "g_depth", "d_depth", "g_width", "d_width", "d_steps", "g_steps")


@dataclass
class Page:
    """The components of the page; settings by the names of ``Configuration``."""

    settings: dict[str, gr.components.Component] = field(default_factory=dict)
    at: dict[str, Any] = field(default_factory=dict)


def lay_out() -> Page:
    """Builds the page's components inside the current Blocks."""
    page = Page()
    at = page.at
    parts.header("GAN playground", "Slide: Generative Adversarial Networks", LEAD)
    at["query"] = gr.Textbox(visible="hidden", label="query")
    at["moment"] = gr.Number(visible="hidden", label="moment", precision=0)
    at["points"] = gr.Textbox(visible="hidden", label="points")
    with gr.Row(elem_classes="columns"):
        with gr.Column(scale=10, min_width=300):
            _transport(at)
            at["notice"] = gr.HTML(elem_classes="notice", apply_default_css=False, elem_id="notice")
            at["view"] = gr.HTML(
                html_template='<div class="pg"></div>',
                js_on_load=SCRIPT,
                apply_default_css=False,
                elem_id="view",
            )
            at["layers"] = gr.CheckboxGroup(
                [(text, name) for name, text in LAYERS.items()],
                value=list(SHOWN),
                label="Layers",
                elem_id="layers",
            )
            _what_if(at)
        with gr.Column(scale=3, min_width=270, elem_classes="pg-settings"):
            _settings(page)
    _keeping(at)
    return page


def _transport(at: dict[str, Any]) -> None:
    with gr.Row(elem_classes="pg-transport"):
        buttons = {
            "play": ("▶ Play", "primary"),
            "pause": ("❚❚ Pause", "primary"),
            "both": ("Step both", "secondary"),
            "d": ("Step D", "secondary"),
            "g": ("Step G", "secondary"),
            "slow": ("Slow motion", "secondary"),
            "reset": ("↺ Reset", "secondary"),
        }
        for name, (text, variant) in buttons.items():
            at[name] = gr.Button(text, variant=variant, size="md", min_width=60, elem_id=name)
        at["speed"] = gr.Dropdown(
            list(SPEEDS),
            value="full speed",
            show_label=False,
            label="Speed",
            container=False,
            elem_id="speed",
            elem_classes="speed",
        )


def _what_if(at: dict[str, Any]) -> None:
    with gr.Row(elem_classes="pg-transport"):
        at["choice"] = gr.Dropdown(
            list(WHAT_IF),
            value="wasserstein + gradient penalty",
            label="What if, from this moment on, the loss were …",
            elem_id="choice",
            min_width=260,
            scale=2,
        )
        at["branch"] = gr.Button("Branch: two runs side by side", elem_id="branch", min_width=120)
        at["close"] = gr.Button("One run again", elem_id="close", min_width=100)


def _settings(page: Page) -> None:
    start = Configuration()
    page.at["preset"] = gr.Dropdown(
        [(text, name) for name, text in PRESET_NAMES.items()],
        value="start",
        label="Worth watching",
        elem_id="preset",
    )
    _heading("The game: may change while it runs")
    _control(page, start, "loss")
    for pair in (("d_lr", "g_lr"), ("d_steps", "g_steps"), ("r1", "r2"), ("gp", "clip")):
        _pair(page, start, *pair)
    _heading("Changing these starts a new run")
    _pair(page, start, "data", "noise")
    _pair(page, start, "latent", "batch")
    with gr.Accordion("Networks", open=False):
        for pair in (("g_depth", "d_depth"), ("g_width", "d_width"), ("g_activation", "d_activation")):
            _pair(page, start, *pair)
        _control(page, start, "g_norm")
    with gr.Accordion("Optimisers and seed", open=False):
        for pair in (("d_optimiser", "g_optimiser"), ("beta1", "beta2")):
            _pair(page, start, *pair)
        _control(page, start, "seed")


def _pair(page: Page, start: Configuration, *names: str) -> None:
    with gr.Row():
        for name in names:
            _control(page, start, name)


def _control(page: Page, start: Configuration, name: str) -> None:
    """The control of one setting. Numbers have no limits of their own: what is refused is refused with a reason."""
    common = {"label": LABELS[name], "elem_id": name, "min_width": 110, "interactive": True}
    value = getattr(start, name)
    if name in CHOICES:
        made: Any = gr.Dropdown(list(CHOICES[name]), value=value, **common)
    elif name in SLIDERS:
        low, high = RANGES[name]
        made = gr.Slider(low, high, value, step=1, buttons=[], **common)
    elif name in RANGES:
        made = gr.Number(value, precision=0 if isinstance(value, int) else None, **common)
    else:
        made = gr.Checkbox(value, **common)
    page.settings[name] = made


def _heading(text: str) -> None:
    gr.HTML(f"<p class='pg-heading'>{text}</p>", apply_default_css=False)


def _keeping(at: dict[str, Any]) -> None:
    """The link and the run card."""
    at["link"] = gr.Textbox(
        label="Link to this very run",
        interactive=False,
        buttons=["copy"],
        elem_classes="link",
        elem_id="link",
    )
    with gr.Accordion("Run card", open=False):
        at["card"] = gr.Textbox(
            label="Everything that decides this run: keep it, or paste one here and restore it",
            lines=6,
            max_lines=16,
            buttons=["copy"],
            elem_id="card",
        )
        with gr.Row(elem_classes="pg-transport"):
            at["write"] = gr.Button("Write the card", elem_id="write-card", min_width=120)
            at["restore"] = gr.Button("Restore this card", elem_id="restore-card", min_width=120)
