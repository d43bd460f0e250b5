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
    """The ends of a line across a hole of one model: from code to code, past the emptiest place of the prior.

    That place is the sample of the prior (of its inner 80 per cent, by distance from the middle) that is farthest
    from any code; the ends are its nearest code, and the nearest one on the other side.

    Raises:
        ValueError: there is no such model for this prior.
    """
    if kind not in pair.sides:
        raise ValueError(f"there is no {KINDS.get(kind, kind)} for this prior: choose {', '.join(pair.sides)}")
    side = pair.sides[kind]
    samples = side.model.latents(5000, 1)
    inner = samples[samples.norm(dim=1) <= samples.norm(dim=1).quantile(0.8)]
    place = inner[nearest(inner, side.codes).argmax()]
    away = side.codes - place
    distance = away.norm(dim=1)
    first = int(distance.argmin())
    cosine = (away @ away[first]) / (distance * distance[first]).clamp_min(1e-9)
    second = int(torch.where(cosine < -0.9, distance, torch.inf).argmin())
    return side.codes[first], side.codes[second]
