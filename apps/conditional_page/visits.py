"""What hands do on the tab "Ageing": each visitor has a face and the noises found for it, until the tab closes."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any

import gradio as gr

from ..visits import Visits
from . import age_view, ageing, faces, generators
from .faces import Subject

Answers = list[dict[str, Any]]
"""The face at one age, and all six ages with their scores."""

PAUSE = 0.15
"""Seconds between two reports of a search: else it would leave the browser no time for the Stop button."""


GONE = "There is no face here now: choose one, upload one or draw one."


class Desk:
    """One visitor's face; another one takes its place when other controls ask for it."""

    def __init__(self) -> None:
        self.asked: tuple[Any, ...] = ()
        self.subject: Subject | None = None

    def take(
        self, ager: str, source: str, number: int, path: str | None, drawing: str | None, own: str
    ) -> Subject:
        """The face that is asked for; a new one is encoded, the same one keeps the noises found for it.

        Raises:
            ValueError, FileNotFoundError: there is no such model, or no such face.
        """
        model = generators.load_ager(ager)
        asked = (id(model), source, {"upload": path, "drawn": drawing}.get(source, number), own)
        if self.subject is None or asked != self.asked:
            self.subject = None  # nothing of the face before, should this one be refused
            face = faces.wanted(model.recipe.size, source, number, path, drawing, own)
            self.asked, self.subject = asked, Subject(model, face)
        return self.subject


def desks(most: int = 64) -> Visits[Desk]:
    """All visitors' faces."""
    return Visits(Desk, lambda desk: None, most)


DESKS = desks()
"""One face for each open page of this server that has asked for one."""


def look(
    ager: str,
    source: str,
    number: int,
    path: str | None,
    drawing: str | None,
    own: str,
    way: str,
    age: float,
    request: gr.Request,
) -> Answers:
    """A face, at one age and at all six; what cannot be shown is said in its place."""
    if not ager:
        return _said(age_view.nothing(generators.MADE[generators.AGES]))
    desk = DESKS.of(_name(request))
    if (source == "upload" and not path) or (source == "drawn" and not drawing):
        desk.subject = None
        return _said(age_view.waiting(source))
    try:
        desk.take(ager, source, number, path, drawing, own)
        return again(way, age, request)
    except (ValueError, FileNotFoundError) as error:
        return _said(age_view.refused(str(error)), str(error))


def again(way: str, age: float, request: gr.Request) -> Answers:
    """The same face, by another way, or as it stands after a search.

    Raises:
        ValueError: there is no face, no such way, or the age is out of range.
    """
    subject = _subject(request)
    return [ageing.moment(subject, way, age), ageing.strip(subject, way)]


def at_age(way: str, age: float, request: gr.Request) -> dict[str, Any]:
    """The same face at one age alone: what the slider asks for.

    Raises:
        ValueError: as ``again``.
    """
    return ageing.moment(_subject(request), way, age)


def measured(way: str, age: float, request: gr.Request) -> Any:
    """``again`` once the recogniser's threshold is known; where it was known before there is nothing to do."""
    subject = _known(request)
    if subject is None or ageing.is_measured(subject):
        return [gr.skip(), gr.skip()]
    ageing.measure(subject)
    return shown(way, age, request)


def search(way: str, age: float, request: gr.Request) -> Iterator[Any]:
    """Both searches for the face's noise, and how far they have come, until they end, or are stopped, or another face
    is looked at; what has been found is kept.

    Raises:
        ValueError: as ``again``.
    """
    subject, told = _subject(request), 0.0
    subject.wanted = True
    for now, step in subject.search():
        if not subject.wanted or _known(request) is not subject:
            break
        if step.step == faces.STEPS or monotonic() - told >= PAUSE:
            told = monotonic()
            yield [ageing.moment(subject, now, age, (now, step.step / faces.STEPS)), gr.skip()]
    yield shown(way, age, request)  # the last word is the search's own: none of its pictures comes after it


def shown(way: str, age: float, request: gr.Request) -> Any:
    """``again`` where there is a face: after a search, for controls that were moved in the meantime."""
    return [gr.skip(), gr.skip()] if _known(request) is None else again(way, age, request)


def stop(request: gr.Request) -> None:
    """A search that goes on ends at its next report."""
    subject = _known(request)
    if subject is not None:
        subject.wanted = False


def leave(request: gr.Request) -> Any:
    """The tab was closed."""
    DESKS.leave(_name(request))


def _name(request: gr.Request) -> str:
    return request.session_hash or "nobody"


def _known(request: gr.Request) -> Subject | None:
    """This visitor's face; a visitor who has left by now gets no new desk."""
    name = _name(request)
    return DESKS.of(name).subject if name in DESKS else None


def _subject(request: gr.Request) -> Subject:
    subject = _known(request)
    if subject is None:
        raise ValueError(GONE)
    return subject


def _said(html: str, note: str = "") -> Answers:
    return [{"note": note, "html": html}, {"html": ""}]
