"""The models behind the page, and the held-out faces whose translations are known."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from gan_lab import zoo
from gan_lab.data import FacePairs

from .. import models
from .controls import CONTROLS

PAIRS, CYCLE = "pix2pix", "cyclegan"
MADE = {
    PAIRS: "There is no pix2pix yet: train one with gan-lab train pix2pix --data edges-faces --size 64 "
    "--out runs/edges, or with --data labels-faces, then load this page again.",
    CYCLE: "There is no CycleGAN yet: train one with gan-lab train cyclegan --data day-night --size 64 "
    "--out runs/night, or with --data pencil, then load this page again.",
}
"""What to say where there is none."""
SIDES = {
    "edges-faces": ("lines", "face"),
    "labels-faces": ("label map", "face"),
    "day-night": ("day", "night"),
    "pencil": ("colour", "pencil"),
}
"""What the two sides of the drawn pairs are called, A and B."""


def names(algorithm: str) -> list[str]:
    """The models of one of the two algorithms: in the zoo, then the finished runs."""
    return models.made_by(algorithm)


def default(algorithm: str) -> str:
    """What the page opens with, or nothing."""
    return next(iter(names(algorithm)), "")


def _load(name: str, algorithm: str) -> zoo.AnyModel:
    if not name:
        raise ValueError(MADE[algorithm])
    model = models.load_any(name)
    if model.recipe.algorithm != algorithm:
        there = ", ".join(names(algorithm)) or "none yet"
        raise ValueError(
            f"{name} was made by {model.recipe.algorithm}, not by {algorithm}; there are: {there}"
        )
    return model


def paired(name: str) -> zoo.PairTranslator:
    """A pix2pix by its name, or of a run by its path below the runs folder.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or another algorithm made it.
    """
    model = _load(name, PAIRS)
    assert isinstance(model, zoo.PairTranslator)
    return model


def cycle(name: str) -> zoo.CycleTranslator:
    """A CycleGAN, refused as by ``paired``."""
    model = _load(name, CYCLE)
    assert isinstance(model, zoo.CycleTranslator)
    return model


def sides(model: zoo.Translator) -> tuple[str, str]:
    """What is given and what is made, in words."""
    a, b = SIDES.get(model.recipe.data, ("A", "B"))
    return (b, a) if model.recipe.direction == "BtoA" else (a, b)


def held_out(model: zoo.Translator, number: int) -> tuple[Tensor, Tensor]:
    """Both sides of a face that the model was not trained on, each ``(1, 3, size, size)``: given, and the truth.

    Raises:
        ValueError: there is no such face, or the model was not made for drawn faces.
    """
    CONTROLS["number"].parse(str(int(number)))
    if model.recipe.data not in SIDES:
        raise ValueError(
            f"{model.name} was trained on {model.recipe.data}, for which no true answers are known: upload a picture"
        )
    pairs = model.pairs()
    assert isinstance(pairs, FacePairs)
    batch = replace(pairs, paired=True).batch(int(number), 1)
    assert batch.y is not None
    return batch.x, batch.y
