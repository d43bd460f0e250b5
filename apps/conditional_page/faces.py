"""The tab "Ageing": whose face it is, its age group, and the noises that were found for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor

from gan_lab import latent, zoo
from gan_lab.data import AgedFaces, ages
from gan_lab.data.faces import Factors, render
from gan_lab.metrics.verification import EqualError
from gan_lab.zoo import ageing

from .. import models
from ..latent_page import pictures
from ..latent_page.view import pngs
from . import generators
from .controls import CONTROLS, EACH, OLDEST
from .kept import Kept

STEPS, EVERY = 50, 5
"""Iterations of each search, and between two reports."""
SEED = 3
"""Of the faces to choose from: others than those of the cards (2) and of the recogniser's threshold (1)."""
NO_PROBE = "The zoo has no probe of faces here: without it nobody reads an age or knows a person again."


@dataclass(frozen=True)
class Face:
    """A face with its age group, and where that is known from.

    Attributes:
        x: ``(1, 3, H, W)`` in [-1, 1].
        group: 0 to 5.
        source: "picked", "upload" or "drawn".
        known: whether the group is the truth, was told, or is the probe's reading.
        truth: a drawn face's factors.
    """

    x: Tensor
    group: int
    source: str
    known: str
    truth: Factors | None = None


@dataclass
class Subject:
    """A face, the model that ages it, the noise of each way that has been gone, and whether a search is wanted."""

    model: zoo.AgeSampler
    face: Face
    z: dict[str, Tensor] = field(default_factory=dict)
    wanted: bool = False

    def __post_init__(self) -> None:
        self.z["initial"] = self.model.encode(self.face.x)

    def at(self, way: str, age: float) -> Tensor:
        """The face at an age in groups, 0 to 5: ``(1, 3, H, W)``; between two, the label is shared out to both."""
        below = min(int(age), OLDEST - 1)
        label = torch.zeros(1, self.model.classes)
        label[0, below], label[0, below + 1] = below + 1 - age, age - below
        return self.model.generate(self.z[way], label)

    def at_all(self, way: str) -> Tensor:
        """The face in all six age groups, ``(6, 3, H, W)``."""
        return self.model.generate(self.z[way].expand(OLDEST + 1, -1), torch.arange(OLDEST + 1))

    def search(self) -> Iterator[tuple[str, latent.Step]]:
        """Both searches from the encoder's guess; what has been found so far is kept when somebody stops."""
        reader = probe()
        looks = {"pixelwise": latent.pixels, "identity-preserving": partial(ageing.identity, reader)}
        group, start = torch.tensor([self.face.group]), self.z["initial"]
        for way, look in looks.items():
            for told in latent.seek(
                self.model.generator, self.face.x, group, start, look, STEPS, every=EVERY
            ):
                self.z[way] = told.z
                yield way, told


def probe() -> zoo.FaceReader:
    """The zoo's reader of faces; ValueError where there is none."""
    reader = models.probe()
    if reader is None:
        raise ValueError(NO_PROBE)
    return reader


line: Kept[tuple[EqualError, Tensor]] = Kept(ageing.threshold)
"""``line(reader, size)``: where one person and two are told apart; takes some seconds when first asked for."""


@lru_cache(maxsize=8)
def page_of_faces(size: int, sheet: int) -> tuple[Tensor, Factors]:
    """Twelve held-out drawn faces ``(12, 3, size, size)``, and the truth about them."""
    truth = AgedFaces(size, "test").factors(sheet, EACH, SEED)
    return render(truth, size), truth


def sheet(ager: str, sheet: int = 0, number: int = 0) -> dict[str, Any]:
    """Twelve faces to choose from; one is chosen already.

    Raises:
        ValueError, FileNotFoundError: there is no such model or sheet.
    """
    if not ager:
        return {}
    CONTROLS["sheet"].parse(str(int(sheet)))
    faces, truth = page_of_faces(generators.load_ager(ager).recipe.size, int(sheet))
    which = [EACH * int(sheet) + k for k in range(EACH)]
    groups = [ages.SIXTHS[k] for k in ages.of_drawn(truth.age).tolist()]
    alts = [f"face number {i}, of {years} years" for i, years in zip(which, groups)]
    return {"which": which, "pictures": pngs(faces), "alts": alts, "pick": str(int(number))}


def wanted(
    size: int, source: str, number: int, path: str | None = None, drawing: str | None = None, own: str = ""
) -> Face:
    """The face that was picked, uploaded or drawn, with the age group that it is of, is said to be of, or is read.

    Raises:
        ValueError: an unknown source or group, a number out of range, no picture, or one that cannot be read.
    """
    CONTROLS["source"].parse(source)
    CONTROLS["own"].parse(own)
    truth = None
    if source == "picked":
        if number is None:
            raise ValueError("choose a face first")
        CONTROLS["number"].parse(str(int(number)))
        faces, table = page_of_faces(size, int(number) // EACH)
        k = int(number) % EACH
        x, truth = faces[k : k + 1], table[k : k + 1]
    elif source == "upload":
        x = pictures.uploaded(path, 3, size)
    else:
        x = pictures.drawn(drawing, 3, size)
    if own:
        return Face(x, int(own), source, "as you say", truth)
    if truth is not None:
        return Face(x, int(ages.of_drawn(truth.age)), source, "as it was drawn", truth)
    return Face(x, int(read(x)), source, "as the probe reads it")


def read(x: Tensor) -> Tensor:
    """The age group that the probe reads in faces ``(B, 3, H, W)``, int64 ``(B,)``."""
    return ages.of_drawn(probe().read(x).age)


def drawn_at_all(face: Face) -> Tensor | None:
    """The truth: a drawn face drawn anew in the middle of each age group, all else kept, ``(6, 3, H, W)``."""
    if face.truth is None:
        return None
    n = OLDEST + 1
    return render(face.truth.repeat(n).replace(age=(torch.arange(n) + 0.5) / n), face.x.shape[-1])
