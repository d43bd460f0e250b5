"""Which models grew, and the pictures of one: both ends of every fade, computed once for the whole server."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from gan_lab import data
from gan_lab.models.progressive import blend, check_level, double
from gan_lab.zoo import GrowingSampler

from .. import models
from .controls import FACES, REALS

DEFAULT = "progressive-faces"
SEED = 3
SCALE = 4_000
"""Paths travel as 16-bit numbers, finer than a shade of grey, so that the browser's blend is the network's."""


@dataclass(frozen=True)
class Album:
    """A model's pictures of the same latents at every level, ``(FACES, C, H, H)`` each.

    Attributes:
        fades: both ends of the fade to each level, the first at its own smaller size; None at the lowest.
        grown: each level as its own training left it, at alpha = 1.
        film: every stage's pictures at its own level, in the order of training.
        last: the last stage's generator, asked for each level.
    """

    model: GrowingSampler
    z: Tensor
    fades: list[tuple[Tensor, Tensor] | None]
    grown: list[Tensor]
    film: list[tuple[str, Tensor]]
    last: list[Tensor]

    @property
    def top(self) -> int:
        return self.model.top

    @cached_property
    def shown(self) -> tuple[Tensor, str]:
        """Images ``(REALS, C, S, S)`` to show the critic, loaded when asked for; a sentence where they are not real."""
        return _reals(self.model)

    @property
    def reals(self) -> Tensor:
        return self.shown[0]

    def at(self, level: int, alpha: float) -> Tensor:
        """The pictures in the middle of a fade; at alpha = 1 those of the level's own training, as ``generate``."""
        fade = self.fades[check_level(level, alpha, self.top)]
        if fade is None or alpha == 1:
            return self.grown[level]
        return blend(double(fade[0]), fade[1], alpha).clamp(-1, 1)


_MADE: dict[int, Album] = {}
"""Albums by the identity of their model, which each of them holds; the one made first makes room."""


def names() -> list[str]:
    """The models that grew: those of the zoo, then the finished runs."""
    return models.made_by("progressive")


def default() -> str:
    """What the page opens with: the faces, else the first there is, else nothing."""
    there = names()
    return DEFAULT if DEFAULT in there else next(iter(there), "")


def load(name: str) -> Album:
    """The album of a model by its name, or of a run by its path below the runs folder.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or it did not grow.
    """
    model = models.load(name)
    if not isinstance(model, GrowingSampler):
        there = ", ".join(names()) or "none yet"
        raise ValueError(f"{name} did not grow, it has one level only; models that grew: {there}")
    return _album(model)


def packed(album: Album) -> dict[str, Any]:
    """What the browser blends: little-endian 16-bit numbers, ``(FACES, H, H, C)``, a picture's range is +-SCALE."""
    levels = []
    for level, (fade, grown) in enumerate(zip(album.fades, album.grown, strict=True)):
        old, new = (None, None) if fade is None else map(_packed, fade)
        levels.append({"size": 4 << level, "old": old, "new": new, "grown": _packed(grown)})
    return {"levels": levels, "channels": album.grown[0].shape[1], "count": FACES, "scale": SCALE}


def _packed(pictures: Tensor) -> str:
    numbers = (pictures * SCALE).round().clamp(-32767, 32767).to(torch.int16).permute(0, 2, 3, 1)
    return b64encode(numbers.contiguous().numpy().astype("<i2").tobytes()).decode()


def _album(model: GrowingSampler) -> Album:
    found = _MADE.get(id(model))
    if found is None:
        found = _MADE[id(model)] = _make(model)
        while len(_MADE) > 4:
            del _MADE[next(iter(_MADE))]
    return found


@torch.no_grad()
def _make(model: GrowingSampler) -> Album:
    z = model.latents(FACES, SEED)
    levels = range(model.top + 1)
    fades: list[tuple[Tensor, Tensor] | None] = [None]
    fades += [model.paths(z, level) for level in levels[1:]]
    grown = [model.generate(z, level=level, alpha=1.0) for level in levels]
    film = [(stage.name, model.generate(z, stage=stage.name, alpha=1.0)) for stage in model.stages]
    last = [model.generate(z, level=level, stage=model.stages[-1].name, alpha=1.0) for level in levels]
    return Album(model, z, fades, grown, film, last)


def _reals(model: GrowingSampler) -> tuple[Tensor, str]:
    """Images of the model's data; where they do not come with gan_lab, its own ones, and a sentence."""
    recipe = model.recipe
    name = "mnist-5k" if recipe.data == "mnist" else recipe.data
    if name in data.names():  # never a folder of somebody's pictures
        try:
            dataset = data.load(name, size=recipe.size, channels=recipe.channels)
            return dataset.batch(0, REALS, seed=SEED).x.float().cpu(), ""
        except (FileNotFoundError, ValueError):
            pass
    note = f"The images of {recipe.data} do not come with gan_lab: here the model’s own best ones stand in for them."
    return model.generate(model.latents(REALS, SEED + 1)), note
