"""All pages in one place: a start page with a card for each, and each page at its own address."""

from __future__ import annotations

from html import escape
from types import ModuleType

import gradio as gr

from . import (
    conditional,
    gan_playground,
    image_translation,
    latent_arithmetic,
    latent_coverage,
    loss_gradients,
    parts,
    progressive_growing,
    saddle_point,
    serve,
    style_and_label,
)

PAGES: list[ModuleType] = [
    gan_playground,
    loss_gradients,
    saddle_point,
    latent_arithmetic,
    progressive_growing,
    conditional,
    image_translation,
    latent_coverage,
    style_and_label,
]
"""In the order of the lecture. A page has TITLE, SLUG, SLIDE, SUMMARY and build()."""


def find(name: str) -> ModuleType:
    """The page of that name, written with hyphens or underscores.

    Raises:
        ValueError: there is none; the message lists the names there are.
    """
    for page in PAGES:
        if name.replace("_", "-") == page.SLUG:
            return page
    raise ValueError(f"no page called {name!r}: choose one of {', '.join(p.SLUG for p in PAGES)}")


def build() -> gr.Blocks:
    """The start page and every page behind it."""
    cards = "".join(
        f'<a class="page-card" href="./{page.SLUG}"><b>{escape(page.TITLE)}</b>'
        f"<span>{escape(page.SUMMARY)}</span><small>Slide: {escape(page.SLIDE)}</small></a>"
        for page in PAGES
    )
    with serve.page("gan_lab") as demo:
        parts.header(
            "gan_lab",
            "Implicit generative models and adversarial learning",
            "Each page is one slide of the lecture, to be touched. Predict first, then move something.",
        )
        gr.HTML(f'<nav class="page-cards" aria-label="Pages">{cards}</nav>', apply_default_css=False)
    for page in PAGES:
        content = page.build()  # outside the route: a page made inside another one would be in it already
        with demo.route(page.TITLE, page.SLUG):
            content.render()
    return demo
