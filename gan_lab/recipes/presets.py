"""What a recipe is built into: one function from the recipe to the algorithm for each name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from gan_lab import losses
from gan_lab.algorithms.aae import AAE, SemiSupervisedAAE, StyleAAE
from gan_lab.algorithms.age_cgan import AgeCGAN
from gan_lab.algorithms.base import Algorithm, seeded
from gan_lab.algorithms.conditional import ConditionalGAN
from gan_lab.algorithms.cyclegan import CycleGAN
from gan_lab.algorithms.dcgan import DCGAN
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.algorithms.pix2pix import Pix2pix
from gan_lab.algorithms.pixelcnn import AutoregressiveModel
from gan_lab.algorithms.schedules import linear_decay
from gan_lab.algorithms.vae import VAE
from gan_lab.algorithms.wgan import WGAN, WGANGP
from gan_lab.data.priors import named
from gan_lab.models.autoencoder import Decoder, Encoder
from gan_lab.models.dcgan import Discriminator, Generator
from gan_lab.models.mlp import MLP
from gan_lab.models.pixelcnn import PixelCNN
from gan_lab.recipes import translators
from gan_lab.recipes.recipe import Recipe
from gan_lab.training.seeding import seed_for

CLASSES = 10
"""Labels that a conditional decoder is told: those of the digits and of the clothes."""


def build(recipe: Recipe) -> Algorithm:
    """The algorithm with its first weights, a function of the recipe alone (and of the version of PyTorch)."""
    with seeded(seed_for(recipe.seed, "first weights")):
        return PRESETS[recipe.algorithm](recipe)


def shipped(algorithm: Algorithm) -> torch.nn.Module:
    """The network a finished run leaves: the generator (the averaged one where there is one; for ageing with its
    encoder), both halves of an autoencoder, translators with their judges, or whatever else learns."""
    if isinstance(algorithm, Pix2pix | CycleGAN):
        return translators.networks(algorithm)
    if isinstance(algorithm, VAE | AAE):
        return torch.nn.ModuleDict({"encoder": algorithm.encoder, "decoder": algorithm.decoder})
    if isinstance(algorithm, AgeCGAN):
        return torch.nn.ModuleDict({"generator": algorithm.shown, "encoder": algorithm.encoder})
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


def cgan(recipe: Recipe, kind: Callable[..., ConditionalGAN] = ConditionalGAN) -> ConditionalGAN:
    """A class-conditional DCGAN with the paper's Adam."""
    width = recipe.width
    shape = (recipe.classes, recipe.size, recipe.channels, recipe.latent_dim, width, width)
    optimizer = partial(adam, lr=recipe.lr or 2e-4, betas=(0.5, 0.999))
    options = {"condition": recipe.condition, "k": recipe.k, "optimizer": optimizer} | _options(recipe)
    return kind(*shape, **options)


def age_cgan(recipe: Recipe) -> ConditionalGAN:
    """The same with an encoder as wide, for ageing."""
    return cgan(recipe, partial(AgeCGAN, nef=recipe.width))


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

    A narrow table for a CPU: the paper's has 512 maps up to 32x32. A run of a few thousand steps needs a larger --lr:
    equalised weights have the size 1, and Adam moves each by no more than about the learning rate a step.
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


def probe(recipe: Recipe) -> Algorithm:
    """The network that reads the factors of faces."""
    from gan_lab.algorithms.probe import Probing, factor_probe

    net = factor_probe(recipe.width, recipe.size)
    return Probing(net, lr=recipe.lr or 3e-3, decay_images=recipe.decay_until or None)


def vae(recipe: Recipe) -> VAE:
    """A VAE with two hidden layers on either side; Adam at 1e-3."""
    shape = (recipe.latent_dim, recipe.size, recipe.channels, recipe.width)
    return VAE(
        Encoder(*shape, gaussian=True),
        Decoder(*shape),
        beta=recipe.beta,
        prior=named(recipe.prior, recipe.latent_dim),  # pyright: ignore[reportArgumentType]: refuses what has no density
        binarise=recipe.binarise == "dynamic",
        optimizer=partial(adam, lr=recipe.lr or 1e-3, betas=(0.9, 0.999)),
        lr_factor=_decaying(recipe),
    )


def aae(recipe: Recipe) -> AAE:
    """An adversarial autoencoder, unsupervised or with labels tied to the prior's components.

    Adam at 5e-4 in all phases: with the adversarial ones much slower than the reconstruction, codes ran away from the
    prior for good; ``r1`` and ``r2`` and a falling rate let the game settle.
    """
    prior = named(recipe.prior, recipe.latent_dim)
    judge = MLP(recipe.latent_dim + (prior.components if recipe.tied else 0), 1, recipe.width, 2, "relu")
    return AAE(*_coders(recipe), judge, prior, tied=recipe.tied, **_rates(recipe, 1.0, 5e-4))


def aae_style(recipe: Recipe) -> StyleAAE:
    """Supervised: the decoder is told which of ten classes it writes, and so is the discriminator."""
    prior = named(recipe.prior, recipe.latent_dim)
    judge = MLP(recipe.latent_dim + CLASSES, 1, recipe.width, 2, "relu")
    return StyleAAE(*_coders(recipe, told=CLASSES), judge, prior, told=True, **_rates(recipe, 1.0, 5e-4))


def aae_semi(recipe: Recipe) -> SemiSupervisedAAE:
    """Semi-supervised; the few labelled images are still to be given by ``give_labels``.

    The adversarial phases go at half of the others' rate, and the noise is strong: with 100 labels that learned faster
    than a fifth of the rate and half of the noise.
    """
    style, category = (MLP(width, 1, recipe.width, 2, "relu") for width in (recipe.latent_dim, CLASSES))
    coders = _coders(recipe, told=CLASSES, classes=CLASSES)
    prior = named(recipe.prior, recipe.latent_dim)
    rates = _rates(recipe, adversarial=0.5)
    return SemiSupervisedAAE(*coders, style, category, None, prior, input_noise=0.6, **rates)


def pixelcnn(recipe: Recipe) -> AutoregressiveModel:
    """PixelCNN of eight residual blocks; ``width`` feature maps."""
    return AutoregressiveModel(
        PixelCNN(recipe.width),
        binarise=recipe.binarise == "dynamic",
        optimizer=partial(adam, lr=recipe.lr or 1e-3, betas=(0.9, 0.999)),
        lr_factor=_decaying(recipe),
    )


PRESETS: dict[str, Callable[[Recipe], Algorithm]] = {
    "gan": gan,
    "wgan": wgan,
    "wgan-gp": wgan_gp,
    "dcgan": dcgan,
    "cgan": cgan,
    "age-cgan": age_cgan,
    "progressive": progressive,
    "vae": vae,
    "aae": aae,
    "aae-style": aae_style,
    "aae-semi": aae_semi,
    "pixelcnn": pixelcnn,
    "pix2pix": lambda recipe: translators.pix2pix(recipe, _decaying(recipe)),
    "cyclegan": lambda recipe: translators.cyclegan(recipe, _decaying(recipe)),
    "segmenter": translators.segmenter,
    "classifier": classifier,
    "probe": probe,
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
    if factor := _decaying(recipe):
        options["lr_factor"] = factor
    return options


def _decaying(recipe: Recipe) -> Callable[[int], float] | None:
    if not recipe.decay_until:
        return None
    return partial(linear_decay, start=recipe.decay_from, end=recipe.decay_until)


def _coders(recipe: Recipe, told: int = 0, classes: int = 0) -> tuple[Encoder, Decoder]:
    shape = (recipe.latent_dim, recipe.size, recipe.channels, recipe.width)
    return Encoder(*shape, gaussian=recipe.gaussian, classes=classes), Decoder(*shape, classes=told)


def _rates(recipe: Recipe, adversarial: float = 0.2, lr: float = 1e-3) -> dict[str, Any]:
    """Adam for all phases: the adversarial ones at a share of the autoencoder's rate, with GANs' lower momentum."""
    lr = recipe.lr or lr
    return {
        "r1": recipe.r1,
        "r2": recipe.r2,
        "optimizer": partial(adam, lr=lr, betas=(0.9, 0.999)),
        "adversarial": partial(adam, lr=lr * adversarial, betas=(0.5, 0.999)),
        "lr_factor": _decaying(recipe),
    }
