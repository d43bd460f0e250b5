"""One player trains, the other stands still: what a discriminator learns about a generator that never moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor, nn

from gan_lab.algorithms import base
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.data.batch import Batch, Batches
from gan_lab.losses import Loss, wasserstein
from gan_lab.training import Engine, Progress, Step, TrainConfig, take_turn
from gan_lab.training.loop import check_finite

Net = TypeVar("Net", bound=nn.Module)

PENALTY = 10.0
CLIP = 0.01


class FixedGenerator(nn.Module):
    """x = centre + std * z: Gaussian noise in, a Gaussian blob out; its parameters are frozen.

    Args:
        centre: one number per dimension.
        std: in every direction.
    """

    def __init__(self, centre: tuple[float, ...], std: float) -> None:
        super().__init__()
        self.centre = nn.Parameter(torch.tensor(centre), requires_grad=False)
        self.std = nn.Parameter(torch.tensor(std), requires_grad=False)

    def forward(self, z: Tensor) -> Tensor:
        """Noise ``(B, d)`` to samples ``(B, d)``."""
        return self.centre + self.std * z


def seeded(build: Callable[[], Net], seed: int) -> Net:
    """What ``build`` makes when its first weights are drawn from this seed; other draws are left as they were."""
    with base.seeded(seed):
        return build()


def game(
    generator: FixedGenerator,
    discriminator: nn.Module,
    loss: Loss,
    lr: float,
    clip: float = 0.0,
    penalty: float = 0.0,
) -> GAN:
    """The game of one loss with one Adam for all, so that what differs is the loss and its constraint alone."""
    return GAN(
        generator,
        discriminator,
        len(generator.centre),
        loss=loss,
        optimizer=partial(adam, lr=lr, betas=(0.5, 0.9)),
        gradient_penalty=penalty,
        clip=clip or None,
    )


def critics(
    generator: FixedGenerator, build: Callable[[], nn.Module], lr: float, clip: float, penalty: float
) -> dict[str, GAN]:
    """A critic whose weights are clipped and one with a gradient penalty, from the same first weights."""
    return {
        "clipped": game(generator, build(), wasserstein, min(lr, clip / 5), clip=clip),
        "penalised": game(generator, build(), wasserstein, lr, penalty=penalty),
    }


def train_alone(algorithm: GAN, batches: Batches, steps: int, seed: int = 0) -> Iterator[int]:
    """Gives the discriminator ``steps`` turns and the generator none; yields the number of turns so far.

    Raises:
        NonFiniteLoss: a loss became infinite or not a number (looked for at every 100th turn and the last).
    """
    engine, config, progress = Engine("cpu"), TrainConfig(steps=steps, seed=seed), Progress()
    engine.prepare(algorithm)
    phase = algorithm.phases[0]
    for done in range(1, steps + 1):
        logs = take_turn(algorithm, phase, batches, config, engine, progress)
        if done % 100 == 0 or done == steps:
            check_finite(Step(done, progress.seen, {phase.name: logs}))
        yield done


def slices(points: Tensor, n: int) -> Batches:
    """Minibatches of n out of a long sample ``(N, d)``, over and over."""
    count = len(points) // n
    return lambda i: Batch(points[i % count * n : (i % count + 1) * n])
