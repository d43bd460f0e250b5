"""What all pages show: a head with the slide it belongs to, and the switch between light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from html import escape
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr

TOGGLE_THEME = """() => {
  const dark = document.body.classList.toggle('dark');
  const query = new URLSearchParams(location.search);
  query.set('__theme', dark ? 'dark' : 'light');
  history.replaceState(history.state, '', location.pathname + '?' + query);
}"""

HTML_VALUE = "${value.html || ''}"
"""Template of a ``gr.HTML`` whose value is a dictionary: data for a client, ``html`` for the page."""


@dataclass
class Page:
    """The components of a page: its controls by their names in the link, its places, and its tabs."""

    inputs: dict[str, gr.components.Component] = field(default_factory=dict)
    at: dict[str, Any] = field(default_factory=dict)
    tab: dict[str, gr.Tab] = field(default_factory=dict)


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


def html(**options: Any) -> gr.HTML:
    """An empty place for an answer: a dictionary whose ``html`` is shown."""
    return gr.HTML(html_template=HTML_VALUE, apply_default_css=False, **options)


def hint(words: str) -> None:
    """A quiet sentence: what to predict, what to look at."""
    gr.HTML(f"<p class='hint'>{escape(words)}</p>", apply_default_css=False)


def link() -> gr.Textbox:
    """Where the address of the present state is shown, to be copied."""
    return gr.Textbox(
        label="Link to all of this", placeholder="Change something: the link to it appears here.",
        interactive=False, buttons=["copy"], elem_classes="link",
    )  # fmt: skip


def notice(sentences: Sequence[str]) -> dict[str, Any]:
    """What could not be done as asked, in one line; nothing where all went well."""
    text = " ".join(sentences)
    return {"html": f'<p class="note" role="alert">{escape(text)}</p>' if text else "", "text": text}


def spoken(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler, with its refusals shown to the user as they stand instead of as a bare "Error"."""
    if isgeneratorfunction(handler):

        @wraps(handler)
        def speak_on(*args: Any, **options: Any) -> Iterator[Any]:
            try:
                yield from handler(*args, **options)
            except (ValueError, FileNotFoundError) as error:
                raise gr.Error(str(error), print_exception=False) from error

        return speak_on

    @wraps(handler)
    def speak(*args: Any, **options: Any) -> Any:
        try:
            return handler(*args, **options)
        except (ValueError, FileNotFoundError) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return speak
