"""Two recipes for the toy sets that the benchmark and the labs hold against each other: a strong and a weak one."""

from __future__ import annotations

from functools import partial
from math import pi

import torch

from gan_lab.algorithms.base import seeded
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.data.toy2d import Mixture, ToySet
from gan_lab.models.maxout import batchnorm_generator, maxout_discriminator
from gan_lab.recipes.recipe import Recipe, fit
from gan_lab.training.seeding import seed_for


def modern_baseline(dataset: ToySet, steps: int = 16_000, seed: int = 0) -> Recipe:
    """A recipe that learns ring and grid in minutes (after Huang et al. 2024): ``build`` it, train ``steps`` steps.

    Relativistic loss, R1 and R2 with gamma 0.02, two MLPs 3x128, z of 2, batch 256, Adam(0, 0.99) at 1e-3 that falls
    linearly to 0 in the second half, averaged generator (0.999).
    """
    wishes = {"loss": "relativistic", "r1": 0.02, "r2": 0.02, "ema": 0.999, "batch_size": 256, "seed": seed}
    seen = steps * 256
    return fit("gan", dataset, **wishes, decay_from=seen // 2, decay_until=seen)


def weak_baseline(seed: int = 0) -> tuple[GAN, Mixture]:
    """A recipe that collapses, for showing collapse: PacGAN's toy one (Lin et al. 2018), with the ring it is for.

    Ring of radius 1 and std 0.01; generator 4x400 with BatchNorm and ReLU, discriminator 3x200 maxout-5, Adam at
    1e-4 with beta1 0.8. Train it on ``.batches(100)``.
    """
    angle = torch.arange(8) * (pi / 4)
    centres = torch.stack([angle.cos(), angle.sin()], dim=1)
    with seeded(seed_for(seed, "first weights")):
        nets = batchnorm_generator(), maxout_discriminator()
        weak = GAN(*nets, 2, optimizer=partial(adam, lr=1e-4, betas=(0.8, 0.999)))
    return weak, Mixture("small-ring", centres, 0.01, modes=centres)
