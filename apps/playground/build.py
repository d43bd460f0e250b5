"""From a configuration to data, networks and algorithm, and how a running algorithm is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer, RMSprop

from gan_lab import data
from gan_lab.algorithms.base import set_lr
from gan_lab.algorithms.gan import GAN
from gan_lab.data.toy2d import TOY_SETS, ToySet
from gan_lab.losses import LOSSES
from gan_lab.models.mlp import ACTIVATIONS
from gan_lab.training.seeding import DRAWING, seed_device, seed_for

from .settings import DRAWN, Configuration, decode_points

CPU = torch.device("cpu")


class Maxout(nn.Module):
    """The largest of several linear maps, unit by unit (Goodfellow et al. 2013): ``(B, inputs)`` to ``(B, units)``."""

    def __init__(self, inputs: int, units: int, pieces: int = 5) -> None:
        super().__init__()
        self.linear, self.pieces = nn.Linear(inputs, units * pieces), pieces

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).unflatten(-1, (-1, self.pieces)).amax(-1)


def network(
    inputs: int, outputs: int, depth: int, width: int, activation: str, norm: bool = False
) -> nn.Module:
    """A multilayer perceptron; unlike ``gan_lab.models.MLP`` also with no hidden layer at all, BatchNorm or maxout."""
    layers: list[nn.Module] = []
    for i in range(depth):
        before = width if i else inputs
        if activation == "maxout":
            layers.append(Maxout(before, width))
            continue
        layers.append(nn.Linear(before, width))
        layers += [nn.BatchNorm1d(width)] if norm else []
        layers.append(ACTIVATIONS[activation]())
    layers.append(nn.Linear(width if depth else inputs, outputs))
    layers += [nn.Flatten(0)] if outputs == 1 else []  # a discriminator gives logits (B,)
    return nn.Sequential(*layers)


def optimiser(
    kind: str, lr: float, betas: tuple[float, float]
) -> Callable[[Iterable[nn.Parameter]], Optimizer]:
    """What ``GAN`` makes its optimisers with."""
    if kind == "adam":
        return partial(Adam, lr=lr, betas=betas, fused=True)
    return partial(RMSprop if kind == "rmsprop" else SGD, lr=lr)


def dataset(config: Configuration) -> ToySet:
    """The data of a configuration."""
    if config.data == DRAWN:
        return data.from_points(decode_points(config.points), std=0.03)
    return TOY_SETS[config.data](CPU)


def algorithm(config: Configuration) -> GAN:
    """The GAN of a configuration; the same configuration gives the same first weights, bit for bit."""
    with DRAWING:
        seed_device(CPU, seed_for(config.seed, "weights"))
        generator = network(
            config.latent, 2, config.g_depth, config.g_width, config.g_activation, config.g_norm
        )
        discriminator = network(2, 1, config.d_depth, config.d_width, config.d_activation)
    betas = (config.beta1, config.beta2)
    gan = GAN(
        generator,
        discriminator,
        config.latent,
        noise=config.noise,
        optimizer=optimiser(config.d_optimiser, config.d_lr, betas),
        generator_optimizer=optimiser(config.g_optimiser, config.g_lr, betas),
    )
    change(gan, {name: getattr(config, name) for name in LIVE_ATTRIBUTES})
    return gan


def change(gan: GAN, changes: Mapping[str, Any]) -> None:
    """Puts live settings (``settings.LIVE``) into a GAN, also while it trains.

    Unlike ``GAN`` itself this allows k = 0: the player that never moves.
    """
    for name, value in changes.items():
        LIVE_ATTRIBUTES[name](gan, value)


def _clip(gan: GAN, value: float) -> None:
    gan.clip = value or None
    gan.phase("discriminator").after = gan.clip_weights if value else None


def _lr(phase: str, gan: GAN, value: float) -> None:
    for group in gan.phase(phase).optimizer.param_groups:
        set_lr(group, value)


def _repeats(phase: str, gan: GAN, value: int) -> None:
    gan.phase(phase).repeats = value


LIVE_ATTRIBUTES: dict[str, Callable[[GAN, Any], None]] = {
    "loss": lambda gan, value: setattr(gan, "loss", LOSSES[value]),
    "r1": lambda gan, value: setattr(gan, "r1", value),
    "r2": lambda gan, value: setattr(gan, "r2", value),
    "gp": lambda gan, value: setattr(gan, "gradient_penalty", value),
    "clip": _clip,
    "d_lr": partial(_lr, "discriminator"),
    "g_lr": partial(_lr, "generator"),
    "d_steps": partial(_repeats, "discriminator"),
    "g_steps": partial(_repeats, "generator"),
}
