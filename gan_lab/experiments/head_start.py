"""D trains alone first, then both play: which generator still learns against a D that is already sure?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn
from torch.optim import SGD, Optimizer

from gan_lab.algorithms.gan import GAN, adam
from gan_lab.experiments import alone
from gan_lab.experiments.race import ScaleShift
from gan_lab.losses import Loss
from gan_lab.models.mlp import MLP
from gan_lab.theory import Mixture
from gan_lab.training import Engine, TrainConfig, train

STARTERS = {"sgd": partial(SGD, lr=0.05), "adam": partial(adam, lr=0.02, betas=(0.5, 0.9))}
"""The generator's optimiser. Plain descent moves by the gradient; Adam divides the gradient's scale away."""

MAX_TURNS = 2000


@dataclass(frozen=True)
class HeadStart:
    """How it went.

    Attributes:
        logit: D's median logit on 256 fakes when G begins to move.
        distances: the exact W1 between data and fakes then, and after every step that followed.
    """

    logit: float
    distances: list[float]

    def arrival(self, goal: float = 0.5) -> int | None:
        """The first step at which the distance is at most the goal; None if there is none."""
        return next((step for step, far in enumerate(self.distances) if far <= goal), None)


def head_start(
    loss: Loss, optimizer: str = "sgd", turns: int = 500, steps: int = 200, shift: float = 6.0, seed: int = 0
) -> HeadStart:
    """Data are N(0, 1), G(z) = a z + b starts at N(shift, 1); ``turns`` of D alone, then ``steps`` of both.

    Args:
        loss: one of ``gan_lab.losses``.
        optimizer: the generator's, one of STARTERS; D always has Adam.
        turns: of D alone, 0 to 2000.

    Raises:
        ValueError: an unknown optimiser, or turns or steps out of range.
    """
    if optimizer not in STARTERS or not 0 <= turns <= MAX_TURNS or not 0 <= steps <= MAX_TURNS:
        raise ValueError(
            f"optimizer is one of {', '.join(STARTERS)}, turns and steps are 0 to {MAX_TURNS}, "
            f"not {optimizer!r}, {turns} and {steps}"
        )

    def descend(params: Iterable[nn.Parameter]) -> Optimizer:
        return STARTERS[optimizer](params)

    generator = ScaleShift(shift)
    game = GAN(
        generator,
        alone.seeded(lambda: MLP(1, 1, 32, 2), seed),
        1,
        loss=loss,
        optimizer=partial(adam, lr=3e-3, betas=(0.5, 0.9)),
        generator_optimizer=descend,
    )
    real = Mixture().sample(1 << 15, torch.Generator().manual_seed(seed))[:, None]
    batches = alone.slices(real, 64)
    for _ in alone.train_alone(game, batches, turns, seed):
        pass
    with torch.no_grad():
        noise = torch.randn(256, 1, generator=torch.Generator().manual_seed(seed))
        logit = float(game.discriminator(generator(noise)).median())
    distances = [generator.distance()]
    for _ in train(game, batches, TrainConfig(steps=steps, seed=seed), Engine("cpu")):
        distances.append(generator.distance())
    return HeadStart(logit, distances)
