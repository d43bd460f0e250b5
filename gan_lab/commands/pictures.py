"""Pictures of what a run makes, always of the same noise, written whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from gan_lab import recipes
from gan_lab.algorithms.aae import AAE
from gan_lab.algorithms.base import Algorithm, Frame, Probe, seeded
from gan_lab.algorithms.gan import GAN
from gan_lab.algorithms.pixelcnn import AutoregressiveModel
from gan_lab.algorithms.vae import VAE
from gan_lab.commands import runs
from gan_lab.data.batch import Batch
from gan_lab.data.pair_folders import AnyPairs
from gan_lab.data.pairs import FacePairs
from gan_lab.data.toy2d import ToySet
from gan_lab.recipes import Recipe
from gan_lab.training import seed_for

if TYPE_CHECKING:
    import numpy as np

    from gan_lab.data.loader import AnySet


COLUMNS = 8
"""Examples that a sheet of translations shows."""


def draw(algorithm: Algorithm, dataset: AnySet | AnyPairs, recipe: Recipe, out: Path, step: int) -> None:
    """Writes ``samples/step-000500.png``. Draws nothing from the run's own random numbers."""
    if recipe.algorithm in recipes.READERS:
        return  # a classifier makes nothing to look at
    device = next(algorithm.parameters()).device
    if isinstance(dataset, AnyPairs):
        batch = placed(dataset.examples(COLUMNS, recipe.seed), device)
        sheet = translations(algorithm.frame(Probe(batch.x, y=batch.y)), batch, belongs(dataset))
        return runs.write(out / runs.SAMPLES / f"step-{step:06d}.png", sheet)
    points = isinstance(dataset, ToySet)
    if isinstance(algorithm, AutoregressiveModel):
        uniforms = noise(16 * recipe.size**2, recipe.seed, uniform=True).view(16, 1, recipe.size, recipe.size)
        fake = algorithm.net.sample(uniforms.to(device)).cpu().numpy()
    elif recipe.classes:  # a class in each column, a noise in each row
        z = latents(algorithm, 8, recipe.seed).to(device).repeat_interleave(recipe.classes, dim=0)
        fake = algorithm.frame(Probe(z, y=torch.arange(len(z), device=device) % recipe.classes))["fake"]
    else:
        z = latents(algorithm, 1000 if points else 64, recipe.seed).to(device)
        told = recipe.algorithm in ("aae-style", "aae-semi")  # then every eighth picture is of one class
        fake = algorithm.frame(Probe(z, y=torch.arange(len(z), device=device) % 8 if told else None))["fake"]
    if not points:  # a network that grows starts small: the sheets keep one size
        zoom = max(1, recipe.size // fake.shape[-1])
        fake = fake.repeat(zoom, axis=2).repeat(zoom, axis=3)
    real = dataset.sample(1000).cpu().numpy() if isinstance(dataset, ToySet) else None
    title = f"{recipe.algorithm} on {recipe.data}, step {step}"
    picture = png(fake, real, title, recipe.classes or None)
    runs.write(out / runs.SAMPLES / f"step-{step:06d}.png", picture)


def belongs(dataset: AnyPairs) -> bool:
    """Whether the second picture of each example is the truth about the first: it is for all drawn faces."""
    return isinstance(dataset, FacePairs) or dataset.paired


def placed(batch: Batch, device: torch.device) -> Batch:
    """The minibatch on a device."""
    return Batch(batch.x.to(device), None if batch.y is None else batch.y.to(device))


def translations(frame: Frame, batch: Batch, known: bool) -> bytes:
    """Rows of pictures that belong together: input, output, the truth if it is known, and for a cycle the way back.

    A cycle's other direction follows below. What is looked at is held out where the data are drawn.

    Args:
        frame: of a translator, for this minibatch.
        known: whether ``batch.y`` is the truth about ``batch.x``.
    """
    import numpy as np

    from gan_lab.viz import grids

    assert batch.y is not None
    x, y = (side.cpu().numpy() for side in (batch.x, batch.y))
    rows = [x, frame["fake"], *([y] if known else []), *([frame["back"]] if "back" in frame else [])]
    if "fake_a" in frame:
        rows += [y, frame["fake_a"], *([x] if known else []), frame["back_b"]]
    return grids.png(np.concatenate(rows), len(x))


def latents(algorithm: Algorithm, n: int, seed: int) -> torch.Tensor:
    """``(n, d)`` of the algorithm's own kind of noise or prior, from a generator of its own."""
    if isinstance(algorithm, VAE | AAE):
        with seeded(seed_for(seed, "pictures")):
            return algorithm.prior.sample(n)
    assert isinstance(algorithm, GAN)
    uniform = algorithm.noise == "uniform"
    drawn = noise(n * algorithm.latent_dim, seed, uniform).view(n, -1)
    return drawn * 2 - 1 if uniform else drawn


def noise(n: int, seed: int, uniform: bool = False) -> torch.Tensor:
    """``(n,)`` from N(0, 1), or from U(0, 1)."""
    generator = torch.Generator().manual_seed(seed_for(seed, "pictures"))
    return (torch.rand if uniform else torch.randn)(n, generator=generator)


def png(fake: np.ndarray, real: np.ndarray | None, title: str, columns: int | None = None) -> bytes:
    """A grid of images ``(n, C, H, W)``, square unless columns are given, or points ``(n, 2)`` over real ones."""
    from gan_lab.viz import frame, grids, style

    if fake.ndim == 4:
        return grids.png(fake, columns)
    figure, (axes,) = style.figure()
    largest = 1.1 * float(abs(fake if real is None else real).max())
    frame.draw(axes, {"fake": fake}, real, (-largest, largest), title)
    return style.png(figure)
