"""The tab "Ageing", answered: a face at any age, in all six groups, and what the recogniser says of it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gan_lab.data import ages
from gan_lab.zoo import ageing

from ..latent_page.view import pngs
from . import age_view, faces
from .controls import CONTROLS, OLDEST, WAYS
from .faces import Subject

Answer = dict[str, Any]


def moment(subject: Subject, way: str, age: float, progress: tuple[str, float] | None = None) -> Answer:
    """The face, and what the noise found for it makes of it at one age.

    Args:
        age: in groups, 0 to 5.
        progress: of a search that goes on: which, and how much of it is done.

    Raises:
        ValueError: no such way, or an age out of range.
    """
    _check(way, age)
    shown = way if way in subject.z else "initial"
    made = subject.at(shown, age)
    (score,), line = _likeness(subject, made), _line(subject)[0]
    answer: Answer = {
        "face": pngs(subject.face.x)[0],
        "picture": pngs(made)[0],
        "way": shown,
        "likeness": score,
        "threshold": line,
        "read": int(faces.read(made)),
        "group": subject.face.group,
    }
    answer["html"] = age_view.moment(answer, subject.face, age, progress, asked=way)
    return answer


def strip(subject: Subject, way: str) -> Answer:
    """The face in all six age groups with its scores, beside the truth where that is known, and a row for each way.

    Raises:
        ValueError: no such way.
    """
    _check(way, 0)
    shown = way if way in subject.z else "initial"
    made, truth = subject.at_all(shown), faces.drawn_at_all(subject.face)
    line, rate = _line(subject)
    answer: Answer = {
        "pictures": pngs(made),
        "likeness": _likeness(subject, made),
        "threshold": line,
        "rate": rate,
        "read": faces.read(made).tolist(),
        "truth": None if truth is None else pngs(truth),
        "ways": {name: scores(subject, name) for name in WAYS if name in subject.z},
    }
    answer["html"] = age_view.strip(answer, subject.face, shown)
    return answer


def scores(subject: Subject, way: str) -> dict[str, float | None]:
    """Of one way: likeness and pixel error of the reconstruction, and how many of the other five ages are right.

    ``verified`` counts those that the recogniser takes for the same person, None while its threshold is not known;
    ``asked`` those in which the asked age group is read.
    """
    made, own = subject.at_all(way), subject.face.group
    others = [k for k in range(OLDEST + 1) if k != own]
    likeness, (line, _) = _likeness(subject, made), _line(subject)
    right = faces.read(made) == torch.arange(OLDEST + 1)
    return {
        "likeness": likeness[own],
        "verified": None if line is None else sum(likeness[k] > line for k in others),
        "asked": int(right[others].sum()),
        "error": (made[own] - subject.face.x[0]).square().mean().sqrt().item(),
    }


def is_measured(subject: Subject) -> bool:
    """Whether the recogniser's threshold is known."""
    return _line(subject)[0] is not None


def measure(subject: Subject) -> None:
    """Has the recogniser's threshold measured, if that has not been done yet."""
    faces.line(faces.probe(), subject.face.x.shape[-1])


def _check(way: str, age: float) -> None:
    CONTROLS["way"].parse(way)
    if not 0 <= age <= OLDEST:
        raise ValueError(
            f"the age is a number of groups from 0 ({ages.SIXTHS[0]}) to {OLDEST} ({ages.SIXTHS[-1]}), not {age}"
        )


def _likeness(subject: Subject, made: Tensor) -> list[float]:
    return ageing.likeness(faces.probe(), subject.face.x, made).tolist()


def _line(subject: Subject) -> tuple[float | None, float | None]:
    """The recogniser's threshold and its rate of errors, if they have been measured."""
    known = faces.line.known(faces.probe(), subject.face.x.shape[-1])
    return (None, None) if known is None else (known[0].threshold, known[0].rate)
