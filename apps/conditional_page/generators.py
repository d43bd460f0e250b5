"""The models behind the page, what their classes are called, and who reads them."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from gan_lab import zoo
from gan_lab.data import ages
from gan_lab.zoo import conditioning
from gan_lab.zoo.evaluation import READERS

from .. import models
from .controls import MOST

CLASSES, AGES = "cgan", "age-cgan"
MADE = {
    CLASSES: "There is no class-conditional model yet: train one with gan-lab train cgan --data mnist-5k "
    "--out runs/classes, then load this page again.",
    AGES: "There is no model for ageing yet: train one with gan-lab train age-cgan --data faces "
    "--out runs/ages, then load this page again.",
}
"""What to say where there is none."""
CLOTHES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
"""Fashion-MNIST's classes in their order."""
PREFERRED = ("cgan-mnist", "age-cgan-faces")


def names(algorithm: str) -> list[str]:
    """Models of one kind, of the zoo and then of the finished runs; who is told age groups is told classes, too."""
    kinds = (CLASSES, AGES) if algorithm == CLASSES else (AGES,)
    found = [name for kind in kinds for name in models.made_by(kind)]
    return sorted(found, key=lambda name: name not in PREFERRED)  # a stable sort: else as they come


def default(algorithm: str) -> str:
    """What the page opens with, or nothing."""
    return next(iter(names(algorithm)), "")


def load(name: str) -> zoo.ConditionalSampler:
    """A generator that is told a class, by its name, or of a run by its path below the runs folder.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or it is told no class, or more than this page shows.
    """
    if not name:
        raise ValueError(MADE[CLASSES])
    model = models.load_any(name)
    if not isinstance(model, zoo.ConditionalSampler):
        there = ", ".join(names(CLASSES)) or "none yet"
        raise ValueError(
            f"{name} was made by {model.recipe.algorithm}, which is told no class; there are: {there}"
        )
    if model.classes > MOST:
        raise ValueError(f"{name} knows {model.classes} classes, and this page shows at most {MOST}")
    return model


def load_ager(name: str) -> zoo.AgeSampler:
    """A model for ageing drawn faces.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or it ages no drawn faces.
    """
    if not name:
        raise ValueError(MADE[AGES])
    model = models.load_any(name)
    if not isinstance(model, zoo.AgeSampler):
        there = ", ".join(names(AGES)) or "none yet"
        raise ValueError(f"{name} was made by {model.recipe.algorithm}, not by {AGES}; there are: {there}")
    if model.recipe.data != "faces":
        raise ValueError(f"{name} was not trained on drawn faces, and the recogniser here reads no others")
    return model


def class_names(model: zoo.ConditionalSampler) -> tuple[str, ...]:
    """What its labels stand for, as far as that is known of its data."""
    data, n = model.recipe.data, model.classes
    known = {"faces": ages.SIXTHS, "fashion-mnist": CLOTHES}.get(data, ())
    return known if len(known) == n else tuple(str(k) for k in range(n))


def check_class(model: zoo.ConditionalSampler, *classes: float) -> None:
    """Raises ValueError for a class that the model does not know."""
    for k in classes:
        if k is None or not (0 <= k < model.classes and float(k).is_integer()):
            raise ValueError(f"{model.name} knows the classes 0 to {model.classes - 1}, not {k}")


def reading(model: zoo.ConditionalSampler) -> Callable[[Tensor], Tensor] | None:
    """From its pictures to the class read in each, int64 ``(B,)``; None where nobody here reads such pictures."""
    name = READERS.get(model.recipe.data, "")
    if name not in zoo.names() or (name != models.PROBE and model.recipe.size not in (28, 32)):
        return None
    reader = models.load_any(name)
    return conditioning.reading(reader) if isinstance(reader, zoo.Reader) else None
