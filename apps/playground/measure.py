"""The numbers beside the picture: modes found, divergences with their floors, the gap to D*."""

from __future__ import annotations

import math
from typing import Any

import torch

from gan_lab.algorithms.base import watching
from gan_lab.algorithms.gan import GAN
from gan_lab.data.toy2d import ToySet
from gan_lab.metrics import Grid, divergences_to_density, js_between_samples, mode_coverage

from . import optimum
from .settings import Configuration

SAMPLES = 2500
"""As in the papers' tables."""
GRID = Grid(bins=32)
ROUNDS = 20


class Ruler:
    """Measures one run, always with the same noise and the same real points, so that readings compare.

    Attributes:
        z: noise ``(SAMPLES, d)``.
        real: examples ``(SAMPLES, 2)`` that the training does not see.
    """

    def __init__(self, config: Configuration, data: ToySet) -> None:
        generator = torch.Generator().manual_seed(1)
        shape = (SAMPLES, config.latent)
        uniform = config.noise == "uniform"
        self.z = (
            torch.rand(shape, generator=generator) * 2 - 1
            if uniform
            else torch.randn(shape, generator=generator)
        )
        self.real = data.sample(SAMPLES, seed=2**20 + 1)
        self.config, self.data = config, data
        try:
            self.truth = GRID.log_masses(data.log_prob)
        except ValueError:  # no density in closed form: two samples are compared
            self.truth = None

    def measure(self, gan: GAN) -> dict[str, Any]:
        """``modes``, ``quality``, ``counts`` (where there are modes), ``kl`` (where a density is known), ``js``, each
        with its floor, and ``gap``. Nothing of it where a sample is not a finite number."""
        with watching(gan):
            fake = gan.shown(self.z)
        if not torch.isfinite(fake).all():
            return {}
        found: dict[str, Any] = {
            "gap": optimum.gap(self.config, self.data, gan, gan.loss.name, self.z, self.real)
        }
        if self.truth is not None:
            both = divergences_to_density(fake, self.truth, GRID, ROUNDS)
            found |= _with_floor("kl", both["kl"]) | _with_floor("js", both["js"])
        else:
            found |= _with_floor("js", js_between_samples(fake, self.real, GRID, ROUNDS))
        if self.data.modes is not None and self.data.std is not None:
            coverage = mode_coverage(fake, self.data.modes, self.data.std)
            found["modes"] = coverage["modes"]["value"]
            found["quality"] = coverage["high_quality"]["value"]
            found["counts"] = coverage["modes"]["counts"]
        return {name: value for name, value in found.items() if _finite(value)}


def _with_floor(name: str, metric: dict[str, Any]) -> dict[str, Any]:
    return {name: metric["value"], f"{name}_floor": metric["floor"]}


def _finite(value: Any) -> bool:
    return value is not None and (not isinstance(value, float) or math.isfinite(value))
