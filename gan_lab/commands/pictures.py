"""Pictures of what a run makes, always of the same noise, written whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from gan_lab.algorithms.base import Algorithm, Probe
from gan_lab.algorithms.gan import GAN
from gan_lab.commands import runs
from gan_lab.data.toy2d import ToySet
from gan_lab.recipes import Recipe
from gan_lab.training import seed_for

if TYPE_CHECKING:
    import numpy as np

    from gan_lab.data.loader import AnySet


def draw(algorithm: Algorithm, dataset: AnySet, recipe: Recipe, out: Path, step: int) -> None:
    """Writes ``samples/step-000500.png``. Draws nothing from the run's own random numbers."""
    if not isinstance(algorithm, GAN):
        return  # a classifier makes nothing to look at
    device = next(algorithm.parameters()).device
    points = isinstance(dataset, ToySet)
    z = noise(algorithm, 1000 if points else 64, recipe.seed).to(device)
    fake = algorithm.frame(Probe(z))["fake"]
    if not points:  # a network that grows starts small: the sheets keep one size
        zoom = max(1, recipe.size // fake.shape[-1])
        fake = fake.repeat(zoom, axis=2).repeat(zoom, axis=3)
    real = dataset.sample(1000).cpu().numpy() if isinstance(dataset, ToySet) else None
    picture = png(fake, real, f"{recipe.algorithm} on {recipe.data}, step {step}")
    runs.write(out / runs.SAMPLES / f"step-{step:06d}.png", picture)


def noise(algorithm: GAN, n: int, seed: int) -> torch.Tensor:
    """``(n, d)`` of the algorithm's own kind of noise, from a generator of its own."""
    generator = torch.Generator().manual_seed(seed_for(seed, "pictures"))
    if algorithm.noise == "uniform":
        return torch.rand(n, algorithm.latent_dim, generator=generator) * 2 - 1
    return torch.randn(n, algorithm.latent_dim, generator=generator)


def png(fake: np.ndarray, real: np.ndarray | None, title: str) -> bytes:
    """A grid of images ``(n, C, H, W)``, or points ``(n, 2)`` over real ones."""
    from gan_lab.viz import frame, grids, style

    if fake.ndim == 4:
        return grids.png(fake)
    figure, (axes,) = style.figure()
    largest = 1.1 * float(abs(fake if real is None else real).max())
    frame.draw(axes, {"fake": fake}, real, (-largest, largest), title)
    return style.png(figure)
