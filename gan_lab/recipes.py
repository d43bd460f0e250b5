"""Recipes: which networks, loss and optimiser a named algorithm gets for which data. The command line stands on them.

A recipe is plain numbers and words, so that a run card can hold it and the same networks can be built again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import partial
from math import pi
from typing import TYPE_CHECKING, Any

import torch

from gan_lab import losses
from gan_lab.algorithms.base import Algorithm
from gan_lab.algorithms.dcgan import DCGAN
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.algorithms.schedules import linear_decay
from gan_lab.algorithms.wgan import WGAN, WGANGP
from gan_lab.data.toy2d import Mixture, ToySet
from gan_lab.models.dcgan import Discriminator, Generator
from gan_lab.models.maxout import batchnorm_generator, maxout_discriminator
from gan_lab.models.mlp import MLP
from gan_lab.training.seeding import seed_for

if TYPE_CHECKING:
    from gan_lab.data.loader import AnySet

LOSSES = ("minimax", "non_saturating", "least_squares", "hinge", "relativistic")
DCGAN_SIZES = (8, 16, 32, 64, 128)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a run learns, but for its length, its device and its precision.

    Attributes:
        algorithm: "gan", "wgan", "wgan-gp", "dcgan", "progressive" or "classifier".
        data, split: what ``data.load`` was asked for.
        size, channels: of the images in pixels; 0 and 0 for points in the plane.
        batch_size: examples in a minibatch (of each process, where there are several).
        seed: of the first weights, of the data's order and of all noise.
        latent_dim: width of the noise.
        width: hidden units of the toy networks, or feature maps (ngf = ndf) of the convolutional ones.
        loss: one of ``LOSSES``; "" where the algorithm has its own.
        k: discriminator updates per generator update.
        lr: Adam's or RMSprop's learning rate; 0 for the algorithm's own.
        r1, r2, ema: as for ``GAN``.
        decay_from, decay_until: images seen between which the learning rate falls to 0; 0 and 0 for never.
        phase_images: real images to fade a level in, and again to train it (progressive only).
    """

    algorithm: str
    data: str
    split: str = "train"
    size: int = 0
    channels: int = 0
    batch_size: int = 128
    seed: int = 0
    latent_dim: int = 100
    width: int = 64
    loss: str = ""
    k: int = 1
    lr: float = 0.0
    r1: float = 0.0
    r2: float = 0.0
    ema: float = 0.0
    decay_from: int = 0
    decay_until: int = 0
    phase_images: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``Recipe(**that)`` is the same recipe."""
        return asdict(self)

    def differences(self, other: Recipe) -> list[str]:
        """What another recipe has otherwise, for example "seed 0, not 1" (mine first)."""
        pairs = [(f.name, getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]
        return [f"{name} {mine!r}, not {theirs!r}" for name, mine, theirs in pairs if mine != theirs]


def fit(algorithm: str, dataset: AnySet, **wishes: Any) -> Recipe:
    """The recipe for an algorithm on a data set: the algorithm's own numbers, and the caller's where given.

    Args:
        wishes: any of the recipe's fields; None stands for the default.

    Raises:
        ValueError: an unknown algorithm or loss, one that does not go with the data, or a number out of range.
    """
    known(algorithm)
    if isinstance(dataset, ToySet) and algorithm in ("dcgan", "progressive", "classifier"):
        raise ValueError(
            f"{algorithm} works on images, {dataset.name} is a set of points: take gan, wgan or wgan-gp"
        )
    own: dict[str, Any] = {"loss": "non_saturating" if algorithm in ("gan", "dcgan") else ""}
    if isinstance(dataset, ToySet):
        own |= {"batch_size": 256, "latent_dim": 2, "width": 128}
    else:
        own |= {"size": dataset.size, "channels": dataset.channels}
    own |= {"k": 5} if algorithm in ("wgan", "wgan-gp") else {}
    own |= {"batch_size": 32, "ema": 0.999} if algorithm == "progressive" else {}
    given = {name: value for name, value in wishes.items() if value is not None}
    if given.get("loss") and not own["loss"]:
        raise ValueError(f"{algorithm} has a loss of its own; --loss goes with gan and dcgan")
    values: dict[str, Any] = {"data": dataset.name} | own | given
    recipe = Recipe(algorithm, **values)
    _check(recipe)
    return recipe


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
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed_for(seed, "first weights"))
        nets = batchnorm_generator(), maxout_discriminator()
        weak = GAN(*nets, 2, optimizer=partial(adam, lr=1e-4, betas=(0.8, 0.999)))
    return weak, Mixture("small-ring", centres, 0.01, modes=centres)


def known(algorithm: str) -> None:
    """Raises ValueError with the names there are, if this is none of them."""
    if algorithm not in PRESETS:
        raise ValueError(f"unknown algorithm {algorithm!r}; there are: {', '.join(PRESETS)}")


def _check(recipe: Recipe) -> None:
    if recipe.loss and recipe.loss not in LOSSES:
        raise ValueError(f"unknown loss {recipe.loss!r}; there are: {', '.join(LOSSES)}")
    for name in ("batch_size", "latent_dim", "width", "k"):
        if getattr(recipe, name) < 1:
            raise ValueError(f"{name} must be at least 1, not {getattr(recipe, name)}")
    if recipe.phase_images and recipe.algorithm != "progressive":
        raise ValueError(f"{recipe.algorithm} does not grow; --phase-images goes with progressive")
    if recipe.algorithm == "progressive" and (recipe.r1 or recipe.r2):
        raise ValueError("progressive has WGAN-GP's penalty; --r1 and --r2 do not go with it")
    if recipe.seed < 0 or recipe.lr < 0:
        raise ValueError(f"seed and lr must not be negative, not {recipe.seed} and {recipe.lr}")


def image_size(height: int) -> int:
    """The size to train at where none was asked for: the smallest of DCGAN's that holds the images, at most 64."""
    return next((size for size in DCGAN_SIZES if height <= size <= 64), 64)


def build(recipe: Recipe) -> Algorithm:
    """The algorithm with its first weights, a function of the recipe alone (and of the version of PyTorch)."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed_for(recipe.seed, "first weights"))
        return PRESETS[recipe.algorithm](recipe)


def shipped(algorithm: Algorithm) -> torch.nn.Module:
    """The network a finished run leaves: the generator (the averaged one where there is one), or the classifier."""
    return algorithm.shown if isinstance(algorithm, GAN) else algorithm.phases[0].nets[0]


def gan(recipe: Recipe) -> GAN:
    """The lecture's GAN: MLPs for points, DCGAN's networks for images; Adam at 1e-3, betas 0 and 0.99, for points."""
    points = partial(adam, lr=recipe.lr or 1e-3, betas=(0.0, 0.99))
    images = partial(adam, lr=recipe.lr or 2e-4)
    optimizer = images if recipe.size else points
    return GAN(*_networks(recipe), recipe.latent_dim, optimizer=optimizer, k=recipe.k, **_options(recipe))


def dcgan(recipe: Recipe) -> DCGAN:
    """DCGAN with the paper's Adam."""
    shape = (recipe.size, recipe.channels, recipe.latent_dim, recipe.width, recipe.width)
    optimizer = partial(adam, lr=recipe.lr or 2e-4, betas=(0.5, 0.999))
    return DCGAN(*shape, optimizer=optimizer, k=recipe.k, **_options(recipe))


def wgan(recipe: Recipe) -> WGAN:
    """WGAN with weight clipping; RMSprop at the paper's 5e-5."""
    optimizer = partial(torch.optim.RMSprop, lr=recipe.lr or 5e-5)
    return WGAN(*_networks(recipe), recipe.latent_dim, k=recipe.k, optimizer=optimizer, **_options(recipe))


def wgan_gp(recipe: Recipe) -> WGANGP:
    """WGAN with gradient penalty: weight 10 for images; 0.1 for points, as the authors' toy code has it."""
    optimizer = partial(adam, lr=recipe.lr or 1e-4, betas=(0.0, 0.9) if recipe.size else (0.5, 0.9))
    weight = 10.0 if recipe.size else 0.1
    options = {"k": recipe.k, "optimizer": optimizer, "gradient_penalty": weight} | _options(recipe)
    return WGANGP(*_networks(recipe, norm=False), recipe.latent_dim, **options)


def progressive(recipe: Recipe) -> Algorithm:
    """Progressive GAN with the paper's Adam(1e-3, betas 0 and 0.99); ``width`` maps up to 8x8, then halved per level.

    A narrow table for a CPU: the paper's has 512 maps up to 32x32.
    """
    from gan_lab.algorithms.progressive import Progressive
    from gan_lab.models.progressive import channel_table

    options = _options(recipe)
    return Progressive(
        recipe.size,
        recipe.channels,
        recipe.latent_dim,
        channel_table(recipe.size, recipe.width, full=8),
        fade=recipe.phase_images,
        stable=recipe.phase_images,
        batch_size=recipe.batch_size,
        ema=recipe.ema,
        optimizer=partial(adam, lr=recipe.lr or 1e-3, betas=(0.0, 0.99)),
        k=recipe.k,
        lr_factor=options.get("lr_factor"),
    )


def classifier(recipe: Recipe) -> Algorithm:
    """The digit classifier the metrics look through."""
    from gan_lab.algorithms.classifier import Classifier

    return Classifier(lr=recipe.lr or 3e-3, decay_images=recipe.decay_until or None)


PRESETS: dict[str, Callable[[Recipe], Algorithm]] = {
    "gan": gan,
    "wgan": wgan,
    "wgan-gp": wgan_gp,
    "dcgan": dcgan,
    "progressive": progressive,
    "classifier": classifier,
}


def _networks(recipe: Recipe, norm: bool = True) -> tuple[torch.nn.Module, torch.nn.Module]:
    if not recipe.size:
        return MLP(recipe.latent_dim, 2, recipe.width), MLP(2, 1, recipe.width)
    generator = Generator(recipe.size, recipe.channels, recipe.latent_dim, recipe.width)
    return generator, Discriminator(recipe.size, recipe.channels, recipe.width, norm=norm)


def _options(recipe: Recipe) -> dict[str, Any]:
    options: dict[str, Any] = {"r1": recipe.r1, "r2": recipe.r2, "ema": recipe.ema}
    if recipe.loss:
        options["loss"] = getattr(losses, recipe.loss)
    if recipe.decay_until:
        options["lr_factor"] = partial(linear_decay, start=recipe.decay_from, end=recipe.decay_until)
    return options
