"""Does the loss tell how good the samples are? The same small networks learn digits by four rules.

After figures 3 and 4 of Arjovsky et al. 2017. At regular moments of a run the loss that the discriminator has been
printing is put beside a quality that somebody else measures on fresh samples. The long runs are shipped as a log
(``shipped()``), written by ``python -m gan_lab.bench.digits_race``; one row of it is quick to run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gan_lab import losses
from gan_lab.algorithms.base import watching
from gan_lab.algorithms.gan import GAN, adam
from gan_lab.algorithms.wgan import WGAN, WGANGP
from gan_lab.data.batch import Batch, Batches
from gan_lab.data.images import ImageSet
from gan_lab.experiments import alone, log
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, TrainConfig, train

LOG = Path(__file__).parent / "logs" / "digits_race.json"

LATENT, WIDTH, SIDE, BATCH = 32, 128, 28, 64
STEPS, EVERY = 6000, 250
RULES: dict[str, Callable[..., GAN]] = {
    "minimax": partial(GAN, loss=losses.minimax),
    "non-saturating": partial(GAN, loss=losses.non_saturating),
    "clipped": partial(WGAN, optimizer=partial(torch.optim.RMSprop, lr=2e-4)),
    "penalised": partial(WGANGP, optimizer=partial(adam, lr=5e-4, betas=(0.0, 0.9))),
}
"""By name: the lecture's first cost and its remedy (Adam 2e-4, k = 1), WGAN with c = .01
(RMSprop 2e-4) and with lambda = 10 (Adam 5e-4), both k = 5: faster than the papers', as the runs are short."""

Quality = Callable[[Tensor], float]
"""From samples ``(n, 1, 28, 28)`` in [-1, 1] to one number, the lower the better."""


@dataclass(frozen=True)
class Moment:
    """What there is to read at one moment of a run.

    Attributes:
        step: generator updates so far.
        loss: what the discriminator's loss has read since the last moment, on average; a penalty is left out.
        held_out: the same loss, now, on real digits that it was not trained on.
        quality: of the samples of this moment.
    """

    step: int
    loss: float
    held_out: float
    quality: float


def build(rule: str, seed: int) -> GAN:
    """The game of one rule: two MLPs of two hidden layers; all rules begin with the same weights.

    Raises:
        ValueError: an unknown rule.
    """
    if rule not in RULES:
        raise ValueError(f"there is no rule {rule!r}; there are {', '.join(RULES)}")
    generator, critic = alone.seeded(
        lambda: nn.ModuleList(
            [nn.Sequential(MLP(LATENT, SIDE**2, WIDTH, 2), nn.Tanh()), MLP(SIDE**2, 1, WIDTH, 2)]
        ),
        seed,
    )
    return RULES[rule](generator, critic, LATENT)


def split(digits: ImageSet, held_out: int = 1000) -> tuple[ImageSet, ImageSet]:
    """Digits to learn from, and ``held_out`` others, mixed: the same ones every time."""
    order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(0))
    return digits.subset(order[held_out:]), digits.subset(order[:held_out])


def samples(algorithm: GAN, n: int = 1000) -> Tensor:
    """``(n, 1, 28, 28)`` in [-1, 1], always from the same noise."""
    z = torch.randn(n, LATENT, generator=torch.Generator().manual_seed(0))
    with watching(algorithm):
        return algorithm.shown(z).view(n, 1, SIDE, SIDE)


def run(
    algorithm: GAN, digits: ImageSet, quality: Quality, steps: int = STEPS, every: int = EVERY, seed: int = 0
) -> Iterator[Moment]:
    """Trains on 80 % of the digits, 28x28; yields a moment after each ``every`` updates of the generator."""
    known, others = split(digits, len(digits) // 5)
    unseen = others.images_float().flatten(1)
    printed: list[Tensor] = []
    for step in train(algorithm, _flat(known, seed), TrainConfig(steps, seed), Engine("cpu")):
        logs = step.logs["discriminator"]
        printed.append(logs.get("cost", logs["loss"]))
        if step.step % every == 0:
            fake = samples(algorithm, len(others))
            with watching(algorithm):
                held_out = algorithm.loss.discriminator(*algorithm.judge(unseen, fake.flatten(1)))
            yield Moment(step.step, torch.stack(printed).mean().item(), held_out.item(), quality(fake))
            printed.clear()


def _flat(digits: ImageSet, seed: int) -> Batches:
    batches = digits.batches(BATCH, seed)
    return lambda i: Batch(batches(i).x.flatten(1))


def shipped(path: Path = LOG) -> dict[str, Any]:
    """The long runs: how they were made, the quality's ``floor``, and ``runs``, by rule a list of seeds' moments."""
    return log.shipped(path, Moment)
