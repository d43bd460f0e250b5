"""The two models of a prior, with their held-out codes: computed once for the whole server."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import torch
from torch import Tensor

from gan_lab import zoo
from gan_lab.metrics.latent import nearest
from gan_lab.zoo import Autoencoder, autoencoding

from ..latent_page.view import pngs
from .contours import SHARES, contours, spread
from .controls import KINDS, MODELS, PRIORS, there

GRID = 22
"""Pictures along each side of the decoded manifold."""
UNITS = 1000
"""Codes travel as 16-bit numbers, so many to a unit of z: finer than a pixel of the plane."""


@dataclass(frozen=True)
class Side:
    """One model of the pair.

    Attributes:
        kind: "aae" or "vae".
        codes: one sample of q(z|x) for each held-out digit, ``(n, 2)``; never means, which leave holes of their own.
    """

    kind: str
    model: Autoencoder
    codes: Tensor

    def manifold(self, window: float) -> str:
        """The plane decoded, ``GRID`` pictures a side in one PNG, from its upper left corner."""
        ticks = (torch.arange(GRID) + 0.5) / GRID * 2 * window - window
        y, x = torch.meshgrid(-ticks, ticks, indexing="ij")
        tiles = self.model.generate(torch.stack([x, y], -1).flatten(0, 1))[:, 0]
        side = tiles.shape[-1]
        rows = tiles.unflatten(0, (GRID, GRID)).transpose(1, 2).reshape(GRID * side, GRID * side)
        return pngs(rows[None, None])[0]


@dataclass(frozen=True)
class Pair:
    """Both models of a prior (for some priors there is an AAE only), of the same architecture.

    Attributes:
        reach: how near a code counts as near: 95 of 100 samples of the prior have another one within it.
        window: half the side of the square of the plane that is shown.
    """

    prior: str
    sides: dict[str, Side]
    reach: float
    window: float

    @cached_property
    def inner(self) -> Tensor:
        """Samples of the prior that have others in reach, ``(n, 2)``: where codes may be expected."""
        samples, others = _samples(next(iter(self.sides.values())).model)
        return samples[nearest(samples, others) <= self.reach]

    @cached_property
    def packed(self) -> dict[str, Any]:
        """What the browser draws: codes as little-endian 16-bit numbers, the manifolds as PNG, the prior's contours."""
        model = next(iter(self.sides.values())).model
        sides = [
            {"kind": side.kind, "codes": packed(side.codes), "manifold": side.manifold(self.window)}
            for side in self.sides.values()
        ]
        _, labels = held_out()
        return {
            "prior": self.prior,
            "sides": sides,
            "labels": b64encode(bytes(labels.tolist())).decode(),
            "contours": contours(model.prior, 1.3 * self.window),
            "shares": SHARES,
            "window": self.window,
            "reach": self.reach,
            "units": UNITS,
        }


def packed(codes: Tensor) -> str:
    """Codes ``(n, 2)`` as 16-bit numbers; what lies out of their range ends at its edge, far outside the plane."""
    numbers = (codes * UNITS).round().clamp(-32767, 32767).to(torch.int16)
    return b64encode(numbers.contiguous().numpy().astype("<i2").tobytes()).decode()


@lru_cache(maxsize=1)
def held_out() -> tuple[Tensor, Tensor]:
    """The digits that no model of the zoo was trained on, ``(5000, 1, 28, 28)`` in [-1, 1], and their labels.

    In the order of the cards' metrics, so that the codes are the very ones that were measured.
    """
    return autoencoding.held_out_digits(autoencoding.COMPARED)


def load(prior: str) -> Pair:
    """The pair of a prior.

    Raises:
        ValueError: no such prior, or the zoo has no model for it; the message lists those it has.
    """
    if prior not in there():
        names = ", ".join(there()) or "none yet"
        raise ValueError(f"no models for a prior called {prior!r}: there are {names}")
    return _load(prior)


@lru_cache(maxsize=len(PRIORS))
def _load(prior: str) -> Pair:
    sides = {}
    for kind in KINDS:
        name = MODELS[prior].get(kind, "")
        if name in zoo.names():
            model = zoo.load(name)
            assert isinstance(model, Autoencoder)
            sides[kind] = Side(kind, model, model.encode(held_out()[0], 0))
    model = next(iter(sides.values())).model
    reach = nearest(*_samples(model)).quantile(0.95).item()
    outermost = max(torch.quantile(side.codes.abs().amax(1), 0.995).item() for side in sides.values())
    return Pair(prior, sides, reach, round(1.06 * max(outermost, spread(model.prior)), 2))


def _samples(model: Autoencoder) -> tuple[Tensor, Tensor]:
    """The very samples of the prior that the card's hole rate was measured with, and as many others."""
    return model.latents(autoencoding.COMPARED, 1), model.latents(autoencoding.COMPARED, 2)


def forget() -> None:
    """Drops what was computed (the zoo has changed)."""
    _load.cache_clear()
