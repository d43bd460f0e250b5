"""What a page's controls may be set to, and the link that restores them: one table per page says it all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

SCRIPT = (Path(__file__).parent / "link.js").read_text(encoding="utf-8")
OPEN_TAB = """async () => {
  await new Promise(done => setTimeout(done));  // until the tab is drawn as the open one
  const names = $NAMES, open = [...document.querySelectorAll('[role=tab][aria-selected=true]')];
  return open.map(tab => names[tab.innerText.trim()]).find(Boolean) ?? '$NAME';
}"""


@dataclass(frozen=True)
class Number:
    """A slider's value, from low to high."""

    default: float
    low: float
    high: float
    step: float

    def parse(self, text: str) -> float | int:
        """The number a link gives; ValueError says what it must be."""
        whole = float(self.step).is_integer()
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            value = None
        if value is None or not self.low <= value <= self.high:
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{kind} from {self.low:g} to {self.high:g}, not {_quote(text)}")
        return value

    def slider(self, label: str, name: str, info: str | None = None, visible: bool = True) -> gr.Slider:
        """The slider itself; ``name`` is its id on the page."""
        return gr.Slider(
            self.low, self.high, self.default, step=self.step, label=label, info=info, elem_id=name,
            min_width=130, buttons=[], visible=visible,
        )  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One of several names, each with what the page calls it."""

    default: str
    options: dict[str, str]

    def parse(self, text: str) -> str:
        """The name a link gives; ValueError lists the allowed ones."""
        if text not in self.options:
            raise ValueError(f"one of {', '.join(o for o in self.options if o)}, not {_quote(text)}")
        return text

    @property
    def choices(self) -> list[tuple[str, str]]:
        """As Gradio's lists want them: (what is shown, name)."""
        return [(text, name) for name, text in self.options.items()]

    def radio(self, label: str, name: str) -> gr.Radio:
        """All of them side by side."""
        return gr.Radio(self.choices, value=self.default, label=label, elem_id=name)

    def dropdown(self, label: str, name: str) -> gr.Dropdown:
        """One at a time."""
        return gr.Dropdown(self.choices, value=self.default, label=label, elem_id=name, min_width=150)


Table = dict[str, "Number | Choice"]


def _quote(text: str) -> str:
    """The text as it was given, but never a page of it."""
    return repr(text if len(text) <= 40 else text[:40] + "...")


def read(query: str, table: Table) -> tuple[dict[str, Any], list[str]]:
    """What a link asks for: a value for every control, and a sentence for each that could not be used.

    Args:
        query: what stands after the address, with or without its question mark.
        table: the page's controls.
    """
    values: dict[str, Any] = {name: control.default for name, control in table.items()}
    sentences = []
    for name, text in parse_qsl(query.lstrip("?")[:2000], keep_blank_values=True):
        if name in table:
            try:
                values[name] = table[name].parse(text)
            except ValueError as error:
                sentences.append(f"The link's {name} must be {error}; the default is shown instead.")
    return values, sentences


def usable(name: str, others: Sequence[str], load: Callable[[str], object]) -> tuple[str, list[str]]:
    """The model that was asked for, else the first that can be loaded; a sentence for each that cannot.

    Args:
        name: the one asked for; "" for none.
        others: what there is instead, in order.
        load: loads one, or raises ValueError or FileNotFoundError.
    """
    sentences = []
    for one in [*([name] if name else []), *others]:
        try:
            load(one)
        except (ValueError, FileNotFoundError) as error:
            who = "The link’s model" if one == name else f"The model {one}"
            sentences.append(f"{who} cannot be shown: {error}.")
        else:
            return one, sentences
    return "", sentences


def remember(inputs: dict[str, gr.components.Component], link: gr.Textbox) -> None:
    """Writes every control into the address bar and the link as it changes; call it inside the page."""
    gr.on(
        [control.change for control in inputs.values()],
        fn=None,
        js=SCRIPT.replace("$NAMES", json.dumps(list(inputs))),
        inputs=list(inputs.values()),
        outputs=link,
        api_visibility="private",
    )


def remember_tab(tabs: dict[str, gr.Tab], tab: gr.Textbox) -> None:
    """Keeps the open tab's name in ``tab``, which is one of the link's controls.

    The browser is asked which tab is open: on a busy machine the first one tells that it was selected after a link
    has already opened another.

    Args:
        tabs: by their names in the link.
    """
    names = json.dumps({one.label: name for name, one in tabs.items()})
    for name, one in tabs.items():
        script = OPEN_TAB.replace("$NAMES", names).replace("'$NAME'", json.dumps(name))
        one.select(fn=None, js=script, outputs=tab, api_visibility="private")
