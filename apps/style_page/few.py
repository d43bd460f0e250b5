"""The tab "Few labels": the error against the number of labels, and where a semi-supervised model errs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan_lab import zoo
from gan_lab.experiments import few_labels

from ..latent_page.view import pngs
from . import coders, few_view, view
from .controls import CONTROLS

Answer = dict[str, Any]
SHOWN = 24
"""Wrongly read digits on the page at once."""
_reading = threading.Lock()


def few(guess: str = "") -> Answer:
    """Errors of the log by kind and number of labels, a list of seeds each; the AAE's only after a guess.

    Raises:
        ValueError: an unknown guess.
    """
    CONTROLS["guess"].parse(guess)
    try:
        log = few_labels.shipped()
    except FileNotFoundError as error:
        sentence = f"The errors by number of labels cannot be shown: {error}."
        return {"note": sentence, "html": view.missing(sentence)}
    errors = by_labels(log["runs"])
    told = {kind: {str(n): seeds for n, seeds in by.items()} for kind, by in errors.items()}  # as JSON has it
    answer: Answer = {"errors": told if guess else {few_labels.ALONE: told[few_labels.ALONE]}}
    answer["html"] = few_view.few(errors, guess, log)
    return answer


def by_labels(runs: dict[str, list[list[few_labels.Row]]]) -> dict[str, dict[int, list[float]]]:
    """Per cent of wrong answers on the test set, by kind and number of labels, a list of seeds."""
    found: dict[str, dict[int, list[float]]] = {}
    for kind, seeds in runs.items():
        rows = [row for rows in seeds for row in rows]
        counts = sorted({int(row.labels) for row in rows})
        found[kind] = {n: [100 * row.test for row in rows if row.labels == n] for n in counts}
    return found


@dataclass(frozen=True)
class Reading:
    """What a semi-supervised model reads in mnist-5k.

    Attributes:
        labels, read: what each is and what it is taken for, int64 ``(5000,)``.
        sure: the share it gives to what it reads ``(5000,)``.
    """

    labels: Tensor
    read: Tensor
    sure: Tensor

    @property
    def confusion(self) -> list[list[int]]:
        """Digits by what they are (rows) and what they are taken for (columns)."""
        return torch.bincount(10 * self.labels + self.read, minlength=100).view(10, 10).tolist()


_READ: dict[int, tuple[zoo.Autoencoder, Reading]] = {}
"""By the model's identity, with the model itself; the one read first makes room."""


def reading(model: zoo.Autoencoder) -> Reading:
    """Computed when first asked for, once for all visitors."""
    with _reading:
        if id(model) not in _READ:
            _READ[id(model)] = (model, _read(model))
            while len(_READ) > 4:
                del _READ[next(iter(_READ))]
        return _READ[id(model)][1]


def _read(model: zoo.Autoencoder) -> Reading:
    digits = coders.digits()
    assert digits.labels is not None
    shares = torch.cat([model.classify(batch.x).softmax(1) for batch in digits.in_order(1000)])
    sure, read = shares.max(1)
    return Reading(digits.labels, read, sure)


def errors(model: str, cell: str = "") -> Answer:
    """The confusion matrix on mnist-5k, and digits that are read wrongly, those it is surest of first.

    Args:
        model: a semi-supervised one.
        cell: "4-9" for fours that are read as nines; nothing for all that are read wrongly.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or no such cell.
    """
    if not model:
        return {"html": view.missing(coders.MADE[coders.SEMI])}
    at = reading(coders.load(model, coders.SEMI))
    wrong = at.read != at.labels
    if CONTROLS["cell"].parse(cell):
        asked, got = map(int, cell.split("-"))
        wrong = (at.labels == asked) & (at.read == got)
    which = wrong.nonzero()[:, 0]
    which = which[at.sure[which].argsort(descending=True, stable=True)]
    shown = which[:SHOWN]
    faces = pngs(coders.digits().images_float(shown)) if len(shown) else []
    answer: Answer = {
        "confusion": at.confusion,
        "error": (at.read != at.labels).double().mean().item(),
        "cell": cell,
        "which": shown.tolist(),
        "pictures": faces,
    }
    found = [
        (face, *(int(t[i]) for t in (at.labels, at.read)), at.sure[i].item()) for face, i in zip(faces, shown)
    ]
    answer["html"] = few_view.errors(answer["confusion"], cell, found, len(which))
    return answer
