"""The models behind the page, and what is computed of each once for the whole server."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from gan_lab import data, zoo
from gan_lab.data import ImageSet
from gan_lab.latent import directions

from .. import models
from . import properties
from .controls import MOVES

STYLE, SEMI, READER = "aae-style", "aae-semi", "classifier-mnist"
MADE = {
    STYLE: "There is no model of style and label yet: train one with gan-lab train aae-style --data mnist-5k "
    "--out runs/style, then load this page again.",
    SEMI: "There is no semi-supervised model yet: train one with gan-lab train aae-semi --data mnist-5k "
    "--out runs/semi, then load this page again.",
}
"""What to say where there is none."""
_making = threading.Lock()


def names(algorithm: str) -> list[str]:
    """The models of one of the two algorithms: in the zoo, then the finished runs."""
    return models.made_by(algorithm)


def default(algorithm: str) -> str:
    """What the page opens with, or nothing."""
    return next(iter(names(algorithm)), "")


def load(name: str, algorithm: str) -> zoo.Autoencoder:
    """A model of that algorithm by its name, or of a run by its path below the runs folder.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or another algorithm made it, or it writes no digits.
    """
    if not name:
        raise ValueError(MADE[algorithm])
    model = models.load_any(name)
    if model.recipe.algorithm != algorithm or not isinstance(model, zoo.Autoencoder):
        there = ", ".join(names(algorithm)) or "none yet"
        raise ValueError(
            f"{name} was made by {model.recipe.algorithm}, not by {algorithm}; there are: {there}"
        )
    if (model.recipe.channels, model.recipe.size, model.classes) != (1, 28, 10):
        raise ValueError(f"{name} was not trained on 28x28 digits: take --data mnist-5k or mnist")
    return model


def reader() -> zoo.Reader | None:
    """The zoo's classifier of digits, if it has one."""
    found = models.load_any(READER) if READER in zoo.names() else None
    return found if isinstance(found, zoo.Reader) else None


@torch.inference_mode()
def read(pictures: Tensor) -> Tensor | None:
    """The classifier's shares of each digit ``(B, 10)`` in pictures ``(B, 1, 28, 28)``; None without a classifier."""
    by = reader()
    return None if by is None else torch.cat([by.classify(part).softmax(1) for part in pictures.split(500)])


@lru_cache(maxsize=1)
def digits() -> ImageSet:
    """mnist-5k, which no MNIST model of the zoo has seen."""
    return data.digits.mnist_5k()


@dataclass(frozen=True)
class Styles:
    """The codes of mnist-5k, and directions among them.

    Attributes:
        codes: ``(5000, d)``.
        axes: a unit vector for each of ``MOVES``, ``(5, d)``.
        spread: the codes' standard deviation along each of them, ``(5,)``.
        shares: of the codes' variance, along each principal direction, the largest first ``(d,)``.
        known: for each fitted direction, the share of the measured variance that is linear in z ``(3,)``.
    """

    codes: Tensor
    axes: Tensor
    spread: Tensor
    shares: Tensor
    known: Tensor


def styles(model: zoo.Autoencoder) -> Styles:
    """Codes and directions of a model, computed when first asked for."""
    with _making:  # two visitors at once: the second waits instead of computing them too
        return _styles(id(model), model)


_KEPT: dict[int, tuple[zoo.Autoencoder, Styles]] = {}


def _styles(which: int, model: zoo.Autoencoder) -> Styles:
    """By the model's identity, with the model itself, so that the number is not given to another one."""
    if which not in _KEPT:
        _KEPT[which] = (model, _make(model))
        while len(_KEPT) > 4:
            del _KEPT[next(iter(_KEPT))]
    return _KEPT[which][1]


def _make(model: zoo.Autoencoder) -> Styles:
    pictures = digits().images_float()
    codes = torch.cat([model.encode(part) for part in pictures.split(1000)])
    measured = properties.measure(pictures)
    centred = codes - codes.mean(0)
    _, sizes, principal = torch.linalg.svd(centred, full_matrices=False)
    axes = torch.cat([directions.by_regression(codes, measured), principal[: len(MOVES) - measured.shape[1]]])
    fitted = centred @ torch.linalg.lstsq(centred, measured - measured.mean(0)).solution
    return Styles(
        codes,
        axes,
        (centred @ axes.T).std(0),
        sizes.square() / sizes.square().sum(),
        fitted.var(0) / measured.var(0),
    )
