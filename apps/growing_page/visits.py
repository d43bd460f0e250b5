"""What the buttons of live training do: the visit in, the newest frame out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from .live import LIVES, Live


def visit(request: gr.Request) -> Live:
    """The training of whoever asks."""
    return LIVES.of(request.session_hash or "nobody")


def look(name: str, images: float, request: gr.Request) -> str:
    """The training as it stands; it is built here, so that Play and Pause find it. Other settings start it anew."""
    live = visit(request)
    if (live.name, live.count) != (name, int(images)):
        live.start(name, images)
    return live.frame()


def arrive(tab: str, name: str, images: float, request: gr.Request) -> Any:
    """The page was opened: a link may lead straight to the training."""
    return look(name, images, request) if tab == "live" else gr.skip()


def ready(request: gr.Request) -> None:
    """Play was clicked: the frames of ``play`` may come."""
    visit(request).allow(True)


def play(request: gr.Request) -> Iterator[str]:
    """Frames while the training goes on; after ``ready`` only."""
    yield from visit(request).play()


def pause(request: gr.Request) -> str:
    """The picture as it stands."""
    live = visit(request)
    live.allow(False)
    return live.frame()


def step(request: gr.Request) -> str:
    """One step of both players."""
    live = visit(request)
    live.step()
    return live.frame()


def anew(name: str, images: float, request: gr.Request) -> str:
    """The same settings from the start: the same seed, so the same run."""
    live = visit(request)
    live.allow(False)
    live.start(name, images)
    return live.frame()


def leave(request: gr.Request) -> Any:
    """The tab was closed."""
    LIVES.leave(request.session_hash or "nobody")
