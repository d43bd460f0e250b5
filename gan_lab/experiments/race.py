"""How long until the generator is there: weight clipping against the gradient penalty, counted in generator steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer, RMSprop

from gan_lab.algorithms.gan import GAN, adam
from gan_lab.algorithms.wgan import WGAN, WGANGP
from gan_lab.experiments import alone
from gan_lab.models.mlp import MLP
from gan_lab.theory import Mixture, gaussian_w1
from gan_lab.training import Engine, TrainConfig, train

STARTERS = {"sgd": partial(SGD, lr=0.05), "rmsprop": partial(RMSprop, lr=0.02)}
"""The generator's optimiser. Plain descent moves by the critic's slope; RMSprop divides the scale of the slope away."""


class ScaleShift(nn.Module):
    """G(z) = a z + b, so that its distance from a Gaussian is known exactly."""

    def __init__(self, shift: float) -> None:
        super().__init__()
        self.a, self.b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.full((1,), shift))

    def forward(self, z: Tensor) -> Tensor:
        """Noise ``(B, 1)`` to samples ``(B, 1)``."""
        return self.a * z + self.b

    def distance(self) -> float:
        """Exact W1 to N(0, 1)."""
        return float(gaussian_w1(self.b.item(), abs(self.a.item()), 0.0, 1.0))


@dataclass(frozen=True)
class Arrival:
    """How a run went.

    Attributes:
        steps: generator steps until W1 <= goal; None if that did not happen within the limit.
        distances: the exact W1 before the first and after every step.
    """

    steps: int | None
    distances: list[float]


def race(
    method: str,
    optimizer: str = "sgd",
    shift: float = 4.0,
    goal: float = 0.5,
    limit: int = 300,
    strength: float | None = None,
    seed: int = 0,
) -> Arrival:
    """Trains G(z) = a z + b from N(shift, 1) towards N(0, 1), five critic updates a step, until W1 <= goal.

    Args:
        method: "clipped" or "penalised".
        optimizer: the generator's, one of STARTERS.
        strength: c or lambda; .01 and 10 by default.

    Raises:
        ValueError: an unknown method or optimiser.
    """
    if method not in ("clipped", "penalised") or optimizer not in STARTERS:
        raise ValueError(
            f"method is 'clipped' or 'penalised' and optimizer one of {', '.join(STARTERS)}, "
            f"not {method!r} and {optimizer!r}"
        )
    generator = ScaleShift(shift)
    algorithm = _algorithm(generator, method, STARTERS[optimizer], strength, seed)
    real = Mixture().sample(1 << 15, torch.Generator().manual_seed(seed))[:, None]
    distances = [generator.distance()]
    for step in train(algorithm, alone.slices(real, 64), TrainConfig(steps=limit, seed=seed), Engine("cpu")):
        distances.append(generator.distance())
        if distances[-1] <= goal:
            return Arrival(step.step, distances)
    return Arrival(None, distances)


def _algorithm(
    generator: ScaleShift, method: str, starter: partial[Optimizer], strength: float | None, seed: int
) -> GAN:
    critic = alone.seeded(lambda: MLP(1, 1, 32, 2), seed)

    def descend(params: Iterable[nn.Parameter]) -> Optimizer:
        return starter(params)

    if method == "clipped":
        clip = strength or alone.CLIP
        lr = partial(RMSprop, lr=clip / 20)
        return WGAN(generator, critic, 1, clip=clip, optimizer=lr, generator_optimizer=descend)
    lr = partial(adam, lr=5e-3, betas=(0.0, 0.9))
    return WGANGP(
        generator,
        critic,
        1,
        gradient_penalty=strength or alone.PENALTY,
        optimizer=lr,
        generator_optimizer=descend,
    )
