"""Freeze and look: D trains against a generator that never moves; what would G feel, with each loss, if it did?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_lab import losses
from gan_lab.data import toy2d
from gan_lab.experiments import alone
from gan_lab.losses import gradients
from gan_lab.models.mlp import MLP

ROWS = {
    "minimax": ("cross-entropy", losses.minimax),
    "non-saturating": ("cross-entropy", losses.non_saturating),
    "least-squares": ("least-squares", losses.least_squares),
    "hinge": ("hinge", losses.hinge),
    "wasserstein, clipped": ("clipped", losses.wasserstein),
    "wasserstein, penalised": ("penalised", losses.wasserstein),
}
"""What is compared: the network that judges, and the generator's loss. The first two share one network."""

LR = 1e-3
MAX_STEPS = 2000


@dataclass(frozen=True)
class Look:
    """What every fake feels after so many turns of D.

    Attributes:
        step: turns of D so far.
        fake: the samples ``(n, 2)``, the same at every look.
        real: as many real ones.
        logits: by row of ROWS, ``(n,)``.
        pushes: by row, minus dC/dx ``(n, 2)`` in float64: where each sample would be moved.
    """

    step: int
    fake: Tensor
    real: Tensor
    logits: dict[str, Tensor]
    pushes: dict[str, Tensor]

    def norms(self, row: str) -> Tensor:
        """The length of each sample's gradient, ``(n,)``."""
        return gradients.norms(self.pushes[row])

    @property
    def decades(self) -> float:
        """Powers of ten between what minimax and what the non-saturating loss gives the median fake."""
        return gradients.decades(self.norms("minimax"), self.norms("non-saturating"))


def freeze_and_look(
    steps: int = MAX_STEPS,
    every: int = 50,
    samples: int = 120,
    seed: int = 0,
    clip: float = alone.CLIP,
    penalty: float = alone.PENALTY,
    width: int = 32,
) -> Iterator[Look]:
    """Trains five discriminators from the same first weights against one blob in the ring; looks every so often.

    The data are the ring of eight, G is a blob inside of it, every D is an MLP with two hidden layers; all have
    the same Adam, except that the clipped critic's steps are at most a fifth of c.

    Args:
        steps: turns of D, 0 to 2000.
        every: a look after each so many turns, besides the first one before any and the last one.
        samples: fakes looked at.
        clip, penalty: c of the clipped critic and lambda of the other.

    Raises:
        ValueError: steps or every out of range.
    """
    if not 0 <= steps <= MAX_STEPS or every < 1:
        raise ValueError(f"steps must be 0 to {MAX_STEPS} and every at least 1, not {steps} and {every}")
    ring = toy2d.ring()
    generator = alone.FixedGenerator((0.4, 0.1), 0.25)

    def build() -> MLP:
        return alone.seeded(lambda: MLP(2, 1, width, 2), seed)

    games = {
        "cross-entropy": alone.game(generator, build(), losses.non_saturating, LR),
        "least-squares": alone.game(generator, build(), losses.least_squares, LR),
        "hinge": alone.game(generator, build(), losses.hinge, LR),
        **alone.critics(generator, build, LR, clip, penalty),
    }
    fake = generator(torch.randn(samples, 2, generator=torch.Generator().manual_seed(seed)))
    real = ring.sample(samples, seed)
    runs = [alone.train_alone(one, ring.batches(64, seed), steps, seed) for one in games.values()]
    yield _look(0, games, fake, real)
    for done, *_ in zip(*runs):
        if done % every == 0 or done == steps:
            yield _look(done, games, fake, real)


def _look(step: int, games: dict[str, alone.GAN], fake: Tensor, real: Tensor) -> Look:
    seen = {name: gradients.input_gradient(one.discriminator, fake) for name, one in games.items()}
    logits = {row: seen[judge][0] for row, (judge, _) in ROWS.items()}
    pushes = {
        row: -gradients.on_samples(loss, games[judge].discriminator, fake)
        for row, (judge, loss) in ROWS.items()
    }
    return Look(step, fake, real, logits, pushes)
