"""What the buttons of live training do: the visit in, the newest frame out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from .live import LIVES, Live


def visit(request: gr.Request) -> Live:
    """The trainings of whoever asks."""
    return LIVES.of(request.session_hash or "nobody")


def look(matched: str, encoder: str, beta: float, request: gr.Request) -> str:
    """The trainings as they stand; they are built here, so that Play and Pause find them. Other settings start anew."""
    live = visit(request)
    if (live.race.matched, live.race.encoder, live.race.beta) != (matched, encoder, beta):
        live.start(matched, encoder, beta)
    return live.frame()


def arrive(tab: str, matched: str, encoder: str, beta: float, request: gr.Request) -> Any:
    """The page was opened: a link may lead straight to the training."""
    return look(matched, encoder, beta, request) if tab == "live" else gr.skip()


def ready(request: gr.Request) -> None:
    """Play was clicked: the frames of ``play`` may come."""
    visit(request).allow(True)


def play(request: gr.Request) -> Iterator[str]:
    """Frames while both train; after ``ready`` only."""
    yield from visit(request).play()


def pause(request: gr.Request) -> str:
    """The picture as it stands."""
    live = visit(request)
    live.allow(False)
    return live.frame()


def step(turn: str, request: gr.Request) -> str:
    """A whole step of both (no turn named), or one turn of the AAE's phases."""
    live = visit(request)
    live.step(turn)
    return live.frame()


def rewind(moment: float, request: gr.Request) -> str:
    """Both at another moment on record."""
    live = visit(request)
    live.rewind(int(moment))
    return live.frame()


def anew(matched: str, encoder: str, beta: float, request: gr.Request) -> str:
    """The same settings from the start: the same seed, so the same runs."""
    live = visit(request)
    live.allow(False)
    live.start(matched, encoder, beta)
    return live.frame()


def drawn(number: float, request: gr.Request) -> None:
    """The browser has drawn this frame."""
    visit(request).drawn = int(number)


def leave(request: gr.Request) -> Any:
    """The tab was closed."""
    LIVES.leave(request.session_hash or "nobody")
