"""What every control of the page does: plain arguments and the visit in, what the page shows out."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

import gradio as gr
import torch

from ..visits import one_thread
from . import looks, settings, stories
from .desk import Desk, desks
from .presets import PRESETS, WHAT_IF
from .settings import DRAWN, LIVE, NAMES, Configuration

DESKS = desks()
"""One desk for each open page of this server."""

SPEEDS = {"1 step/s": 1.0, "5 steps/s": 5.0, "20 steps/s": 20.0, "100 steps/s": 100.0, "full speed": 0.0}
SHOWN_FIELDS = tuple(name for name in NAMES if name != "points")
"""The settings that have a control; a drawing is made on the picture."""


def visit(request: gr.Request) -> Desk:
    """The desk of whoever asks."""
    return DESKS.of(request.session_hash or "nobody")


def notice(*sentences: str, kind: str = "alert") -> str:
    """What could not be done as asked, or what to look for, as the page shows it."""
    text = " ".join(s for s in sentences if s)
    return f'<p class="note {kind}" role="{kind}">{escape(text)}</p>' if text else ""


def link(desk: Desk) -> str:
    """What stands behind the address: the configuration, and what was done with it."""
    return settings.to_query(desk.run.config, stories.write(desk.run.story))


def values(config: Configuration) -> list[Any]:
    """One value for each control of ``SHOWN_FIELDS``."""
    return [getattr(config, name) for name in SHOWN_FIELDS]


def open_page(query: str, request: gr.Request) -> list[Any]:
    """What a link asks for: values of all controls, the picture, a notice, the link."""
    config, told, sentences = settings.read(query or "")
    story: stories.Story = ()
    try:
        story = stories.read(told)
    except ValueError as error:
        sentences.append(f"The link's story cannot be followed: {error}; the run starts without it.")
    desk = visit(request)
    desk.pause()
    desk.start(config, story)
    lesson = "" if sentences else PRESETS["start"].lesson if config == Configuration() else ""
    said = notice(*sentences) or notice(lesson, kind="status")
    return [*values(config), desk.frame(), said, link(desk)]


def configure(given: list[Any], request: gr.Request) -> list[Any]:
    """All settings as they stand; what a hand has changed is changed in the run, or starts a new one."""
    desk = visit(request)
    said = ""
    try:
        with desk.lock:  # two events may come at once: the second then finds nothing left to change
            _apply(desk, dict(zip(SHOWN_FIELDS, given, strict=True)))
    except ValueError as error:
        said = notice(f"Not changed: {error}.")
    return [desk.frame(), said, link(desk)]


def _apply(desk: Desk, wanted: dict[str, Any]) -> None:
    # Compared with what the page showed: a setting that the run itself has changed since must not be undone.
    touched = {name: value for name, value in wanted.items() if value != getattr(desk.shown, name)}
    now = desk.run.now
    if not touched:
        return
    if touched.get("data") == DRAWN and not now.points:
        raise ValueError("there is no drawing yet; press Draw data, then click or drag on the picture")
    config = replace(now, **touched)
    shown = replace(desk.shown, **touched, points=config.points)
    if all(name in LIVE for name in touched):
        desk.edit({name: getattr(config, name) for name in touched})
    else:
        desk.start(config)
    desk.shown = shown


def play(request: gr.Request) -> Iterator[str]:
    """Frames while the training goes on."""
    yield from visit(request).play()


def slow(request: gr.Request) -> Iterator[str]:
    """Frames in slow motion, with each sub-step's name."""
    yield from visit(request).play_slowly()


def pause(request: gr.Request) -> list[str]:
    """The picture as it stands, and the link."""
    desk = visit(request)
    desk.pause()
    return [desk.frame(), link(desk)]


def step(action: str, request: gr.Request) -> list[str]:
    """One step ("both") or one player's turn ("d", "g")."""
    if action not in ("both", "d", "g"):
        raise gr.Error(f"a step is both, d or g, not {action!r}", print_exception=False)
    desk = visit(request)
    desk.step(action)
    return [desk.frame(), link(desk)]


def reset(request: gr.Request) -> list[Any]:
    """The same settings from the start: the same seed, so the same run."""
    desk = visit(request)
    desk.pause()
    desk.start(desk.shown)
    return [desk.frame(), link(desk)]


def rewind(moment: float, request: gr.Request) -> list[Any]:
    """The picture at another recorded moment, and the live settings as they were then."""
    desk = visit(request)
    try:
        desk.rewind(int(moment))
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from error
    desk.shown = now = desk.run.now
    return [desk.frame(), *(getattr(now, name) for name in LIVE)]


def set_speed(name: str, request: gr.Request) -> None:
    """How fast Play goes."""
    if name in SPEEDS:
        visit(request).speed = SPEEDS[name]


def set_layers(names: list[str], request: gr.Request) -> str:
    """What the picture shows."""
    desk = visit(request)
    desk.layers = tuple(name for name in looks.LAYERS if name in names)
    return desk.frame()


def drawn(number: float, request: gr.Request) -> None:
    """The browser has drawn the frame of that number: it can take more."""
    visit(request).drawn = int(number)


def branch(choice: str, request: gr.Request) -> str:
    """A second run from this moment, with another loss."""
    desk = visit(request)
    if choice not in WHAT_IF:
        raise gr.Error(f"what if: choose one of {', '.join(WHAT_IF)}", print_exception=False)
    desk.branch(WHAT_IF[choice])
    return desk.frame()


def close_branch(request: gr.Request) -> str:
    """Back to one run."""
    desk = visit(request)
    desk.close_second()
    return desk.frame()


def preset(name: str, request: gr.Request) -> list[Any]:
    """A run worth watching: values of all controls, the picture, what to look for, the link."""
    if name not in PRESETS:
        raise gr.Error(
            f"no preset called {name!r}: choose one of {', '.join(PRESETS)}", print_exception=False
        )
    desk, chosen = visit(request), PRESETS[name]
    desk.pause()
    desk.start(chosen.config)
    return [*values(chosen.config), desk.frame(), notice(chosen.lesson, kind="status"), link(desk)]


def draw(code: str, request: gr.Request) -> list[Any]:
    """Trains on drawn points, ``code`` as ``settings.encode_points`` writes them."""
    desk = visit(request)
    try:
        desk.start(replace(desk.run.now, points=code, data=DRAWN))
        desk.shown = replace(desk.shown, points=code, data=DRAWN)
    except ValueError as error:
        return [desk.run.config.data, desk.frame(), notice(f"The drawing was not used: {error}."), link(desk)]
    return [DRAWN, desk.frame(), "", link(desk)]


def card(request: gr.Request) -> str:
    """The run card: configuration, story, and what else a bit-for-bit repetition depends on."""
    run = visit(request).run
    with one_thread():
        threads = torch.get_num_threads()
    return settings.to_card(
        run.config,
        story=stories.write(run.story),
        moment=run.moment,
        step=run.session.progress.step,
        measured={k: v for k, v in looks.ledger(run).items() if k != "modes_at"},
        computed_with={
            "torch": torch.__version__,
            "threads": threads,
            "device": "cpu",
            "precision": "float32",
            "processor": f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}",
            "system": os.name,
        },
    )


def restore_card(text: str, request: gr.Request) -> list[Any]:
    """The run of a card: values of all controls, the picture, a notice, the link."""
    desk = visit(request)
    try:
        config, told = settings.from_card(text)
        story = stories.read(told)
    except ValueError as error:
        return [*values(desk.run.now), desk.frame(), notice(f"Nothing was restored: {error}."), link(desk)]
    desk.pause()
    desk.start(config, story)
    said = "The card's run stands at its start: Play repeats it."
    return [*values(config), desk.frame(), notice(said, kind="status"), link(desk)]


def leave(request: gr.Request) -> None:
    """The tab was closed."""
    DESKS.leave(request.session_hash or "nobody")
