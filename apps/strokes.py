"""A board to draw on: the script that all of them share, and each page's own around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

SCRIPT = Path(__file__).with_name("strokes.js")


def board(template: str, script: Path, name: str, **options: Any) -> gr.HTML:
    """A place with a board in it.

    Args:
        template: its HTML.
        script: what makes a ``Strokes`` of it, to be run after ``strokes.js``.
        name: its id on the page.
        options: further ones of ``gr.HTML``.
    """
    return gr.HTML(
        html_template=template,
        js_on_load="\n".join(path.read_text(encoding="utf-8") for path in (SCRIPT, script)),
        apply_default_css=False,
        elem_id=name,
        **options,
    )
