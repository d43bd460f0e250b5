"""What all pages show: a head with the slide it belongs to, and the switch between light and dark."""

from __future__ import annotations

from html import escape

import gradio as gr

TOGGLE_THEME = """() => {
  const dark = document.body.classList.toggle('dark');
  const query = new URLSearchParams(location.search);
  query.set('__theme', dark ? 'dark' : 'light');
  history.replaceState(history.state, '', location.pathname + '?' + query);
}"""

HTML_VALUE = "${value.html || ''}"
"""Template of a ``gr.HTML`` whose value is a dictionary: data for a client, ``html`` for the page."""


def header(title: str, slide: str, lead: str) -> None:
    """Title, the slide it belongs to, one sentence, and the light/dark switch; call it inside a page."""
    with gr.Row(elem_classes="head"):
        gr.HTML(
            f"<h1>{escape(title)}</h1><p class='slide'>{escape(slide)}</p><p class='lead'>{escape(lead)}</p>",
            elem_classes="grow",
            apply_default_css=False,
        )
        theme = gr.Button("◐ Light / dark", size="sm", scale=0, min_width=120, elem_id="theme-switch")
    theme.click(fn=None, js=TOGGLE_THEME, api_visibility="private")
