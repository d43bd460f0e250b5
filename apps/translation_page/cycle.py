"""The tab "Without pairs": there and back again, with the truth beside it, and what the cycle hides on its way."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor

from gan_lab import zoo
from gan_lab.metrics.translation import error, steganography

from ..latent_page import pictures
from ..latent_page.view import pngs
from . import cycle_view, heat, translators, view
from .controls import CONTROLS, NOISES

Answer = dict[str, Any]
SEED = 0
"""Of the noise: the same for every strength, so that a slider only scales it."""
OTHER = {"AtoB": "BtoA", "BtoA": "AtoB"}


def cycle(
    model: str,
    way: str = "AtoB",
    source: str = "face",
    face: int = 0,
    path: str | None = None,
    back: str = "own",
    noise: float = 0.0,
) -> Answer:
    """A picture to the other domain and back.

    Args:
        model: a CycleGAN.
        way: "AtoB" for A -> B -> A, "BtoA" for B -> A -> B.
        source: "face" or "upload".
        face: number of a held-out face, for the first.
        path: of the uploaded file, for the second.
        back: whether the way back starts from its "own" picture or from the "true" one.
        noise: standard deviation of what is added before it goes back; pictures lie in [-1, 1].

    Returns:
        ``given``, ``there``, ``home`` and, where it is known, ``truth``: pictures; ``error`` there, ``nothing`` (that
        of doing nothing) and ``round_trip``; ``curve``: errors of the way back by noise.

    Raises:
        ValueError, FileNotFoundError: there is no such model, face or picture, or a control is out of its range.
    """
    if not model:
        return {"html": view.missing(translators.MADE[translators.CYCLE])}
    for name, value in (("way", way), ("source", source), ("back", back), ("noise", noise)):
        CONTROLS[name].parse(str(value))
    net = translators.cycle(model)
    x, truth = given(net, way, source, face, path)
    if back == "true" and truth is None:
        raise ValueError("nobody knows what your picture should become: the way back starts from its own")
    there = net.translate(x, way)
    start = there if back == "own" or truth is None else truth
    home = net.translate(disturbed(start, float(noise)), OTHER[way])
    answer: Answer = dict(zip(("given", "there", "home"), pngs(torch.cat([x, there, home]))))
    answer |= {
        "truth": None if truth is None else pngs(truth)[0],
        "error": None if truth is None else error(there, truth),
        "nothing": None if truth is None else error(x, truth),
        "round_trip": error(home, x),
        "curve": curve(net, way, x, truth),
    }
    verdict = heat.scored(net, there, way[-1])
    answer["html"] = cycle_view.shown(answer, _names(net, way), way, back, float(noise), verdict)
    return answer


def waiting(model: str, way: str, source: str, face: int, path: str | None, *rest: Any) -> Answer:
    """``cycle``; while nothing has been uploaded, a sentence says what to do."""
    if model and source == "upload" and not path:
        words = "Upload a picture: it is then taken to the other side and back."
        return {"note": words, "html": view.missing(words)}
    return cycle(model, way, source, face, path, *rest)


def given(
    net: zoo.CycleTranslator, way: str, source: str, face: int, path: str | None
) -> tuple[Tensor, Tensor | None]:
    """The picture that sets out, and the truth of the other domain where it is known, each ``(1, 3, size, size)``."""
    if source == "upload":
        return pictures.uploaded(path, 3, net.recipe.size), None
    a, b = translators.held_out(net, face)
    return (a, b) if way == "AtoB" else (b, a)


def disturbed(picture: Tensor, std: float) -> Tensor:
    """A picture with noise on it, within [-1, 1], drawn as ``metrics.steganography`` draws it."""
    draw = torch.randn(picture.shape, generator=torch.Generator().manual_seed(SEED))
    return (picture + std * draw).clamp(-1, 1)


def curve(net: zoo.CycleTranslator, way: str, x: Tensor, truth: Tensor | None) -> dict[str, list[float]]:
    """Errors of the way back by noise, from its own picture and from the true one, for each of ``NOISES``."""
    return _curve(Kept(net), way, Kept(x), None if truth is None else Kept(truth))


class Kept:
    """A thing that is told from others by what it holds: a key to what was computed of it."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        self.key = thing.numpy().tobytes() if isinstance(thing, Tensor) else id(thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=64)
def _curve(net: Kept, way: str, x: Kept, truth: Kept | None) -> dict[str, list[float]]:
    """While somebody moves the noise it stays the same."""
    there = net.thing.translate(x.thing, way)
    back = partial(net.thing.translate, direction=OTHER[way])
    true = there if truth is None else truth.thing
    found = steganography(back, there, true, x.thing, NOISES, SEED)
    kinds = {"own": "its own"} | ({} if truth is None else {"true": "the true"})
    return {
        kind: [found[f"back from {words}, noise {std:g}"]["value"] for std in NOISES]
        for kind, words in kinds.items()
    }


def _names(net: zoo.CycleTranslator, way: str) -> tuple[str, str]:
    """What the two sides are called, that of the start first."""
    a, b = translators.sides(net)
    return (a, b) if way == "AtoB" else (b, a)
