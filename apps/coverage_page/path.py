"""A straight line through the codes' plane: what is decoded along it, and how far the nearest code is."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gan_lab.latent import lerp
from gan_lab.metrics.latent import nearest

from .controls import KINDS
from .pairs import Pair

STOPS, FINE = 11, 101
"""Pictures along the way, and points at which the distance is measured."""


@dataclass(frozen=True)
class Way:
    """One model's side of a path.

    Attributes:
        pictures: ``(STOPS, 1, H, W)``, decoded at equal steps.
        distances: to the nearest held-out code, ``(FINE,)``, at finer ones.
        hole: the share of the way on which no code is within reach.
    """

    pictures: Tensor
    distances: Tensor
    hole: float


def follow(pair: Pair, a: Tensor, b: Tensor) -> dict[str, Way]:
    """Both models along the straight line from a to b, ``(2,)`` each."""
    stops, fine = (lerp(a, b, torch.linspace(0, 1, n)) for n in (STOPS, FINE))
    ways = {}
    for kind, side in pair.sides.items():
        far = nearest(fine, side.codes)
        ways[kind] = Way(side.model.generate(stops), far, (far > pair.reach).double().mean().item())
    return ways


def across(pair: Pair, kind: str) -> tuple[Tensor, Tensor]:
    """The ends of a line across a hole of one model: from code to code, past a place that codes leave empty.

    Among the samples of the prior that have other ones in reach, the hundred farthest from any code are looked at;
    the line goes past the first of them that has codes on either side, the far one at most three times as far away
    as the near one. Ends lie a twentieth of the plane from it at least, so that the way into the hole is seen as
    well. Where no place has codes on either side, the line ends in the emptiest one.

    Raises:
        ValueError: there is no such model for this prior.
    """
    if kind not in pair.sides:
        raise ValueError(
            f"there is no {KINDS.get(kind, kind)} for this prior: choose {', '.join(pair.sides)}"
        )
    side = pair.sides[kind]
    empty = pair.inner[nearest(pair.inner, side.codes).topk(min(100, len(pair.inner))).indices]
    lines = (_either_side(place, side.codes, pair.window / 10) for place in empty)
    into = side.codes[(side.codes - empty[0]).norm(dim=1).argmin()], empty[0]
    return next((ends for ends in lines if ends), into)


def _either_side(place: Tensor, codes: Tensor, least: float) -> tuple[Tensor, Tensor] | None:
    """The nearest code to a place that is not nearer than ``least``, and the nearest such one opposite of it."""
    away = codes - place
    distance = away.norm(dim=1)
    apart = torch.where(distance >= least, distance, torch.inf)
    first = int(apart.argmin())
    cosine = (away @ away[first]) / (distance * distance[first]).clamp_min(1e-9)
    opposite = torch.where(cosine < -0.95, apart, torch.inf)
    second = int(opposite.argmin())
    return (codes[first], codes[second]) if opposite[second] <= 3 * distance[first] else None
