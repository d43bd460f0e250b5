"""The two-player game with real networks: does it come to rest, or go round and round? With R1 and without."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.optim import SGD

from gan_lab.algorithms.gan import GAN, adam
from gan_lab.data import toy2d
from gan_lab.experiments import alone
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, TrainConfig, train

MAX_STEPS = 5000
BLOB_STD = 0.02


class Mover(nn.Module):
    """G(z) = b + 0.02 z: all that it can learn is where its blob stands."""

    def __init__(self, start: tuple[float, float]) -> None:
        super().__init__()
        self.b = nn.Parameter(torch.tensor(start))

    def forward(self, z: Tensor) -> Tensor:
        """Noise ``(B, 2)`` to samples ``(B, 2)``."""
        return self.b + BLOB_STD * z


@dataclass(frozen=True)
class Rotation:
    """What was seen of a run.

    Attributes:
        steps: when the fakes were looked at, ascending, with 0 first.
        fake: the same latents' samples at each of these steps, ``(looks, n, 2)``.
        losses: D's cost (without its penalty) and G's loss after every step, ``(steps, 2)`` in nats.
    """

    steps: list[int]
    fake: Tensor
    losses: Tensor

    @property
    def centres(self) -> Tensor:
        """The mean of the fakes at each look, ``(looks, 2)``."""
        return self.fake.mean(1)

    @property
    def travel(self) -> Tensor:
        """How far a fake moves from one look to the next, on average, ``(looks - 1,)``."""
        return (self.fake[1:] - self.fake[:-1]).norm(dim=2).mean(1)


def blob(r1: float = 0.0, steps: int = 400, every: int = 1, start: float = 1.0, seed: int = 0) -> Rotation:
    """The Dirac-GAN with a network for D: data are a narrow blob at (0, 0), and G can do no more than move its own.

    G(z) = b + 0.02 z starts with b = (start, start); D is an MLP of two hidden layers of 32. Plain gradient descent
    of step 0.1 for both, which take turns, as the pseudo-algorithm has it.

    Args:
        r1: gamma of the penalty, >= 0.
        steps: up to 5000.
        every: a look after each so many steps.

    Raises:
        ValueError: an argument out of range.
    """
    generator = Mover((start, start))
    discriminator = alone.seeded(lambda: MLP(2, 1, 32, 2, "tanh"), seed)
    data = toy2d.Mixture("blob", torch.zeros(1, 2), BLOB_STD)
    game = GAN(generator, discriminator, 2, optimizer=partial(SGD, lr=0.1), r1=r1)
    return _watch(game, data, steps, every, seed)


def ring(r1: float = 0.0, steps: int = 1500, every: int = 25, seed: int = 0) -> Rotation:
    """The ring of eight with an MLP on either side, Adam with learning rate 0.001 and betas (0.5, 0.9).

    Arguments and errors as for :func:`blob`.
    """
    generator, discriminator = alone.seeded(lambda: nn.ModuleList([MLP(2, 2, 32, 2), MLP(2, 1, 32, 2)]), seed)
    game = GAN(generator, discriminator, 2, optimizer=partial(adam, lr=1e-3, betas=(0.5, 0.9)), r1=r1)
    return _watch(game, toy2d.ring(), steps, every, seed)


def _watch(game: GAN, data: toy2d.ToySet, steps: int, every: int, seed: int) -> Rotation:
    if not 1 <= steps <= MAX_STEPS or every < 1:
        raise ValueError(f"steps must be 1 to {MAX_STEPS} and every at least 1, not {steps} and {every}")
    z = torch.randn(200, 2, generator=torch.Generator().manual_seed(seed))

    def look() -> Tensor:
        with torch.no_grad():
            return game.generator(z).clone()

    when, fakes, losses = [0], [look()], []
    for step in train(game, data.batches(128, seed), TrainConfig(steps=steps, seed=seed), Engine("cpu")):
        d, g = step.logs["discriminator"], step.logs["generator"]
        losses.append(torch.stack([d.get("cost", d["loss"]), g["loss"]]))
        if step.step % every == 0 or step.step == steps:
            when.append(step.step)
            fakes.append(look())
    return Rotation(when, torch.stack(fakes), torch.stack(losses))
