"""Two tiny players with BatchNorm, D trained right and wrong, for lab 06's second exercise to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LossOfLogits = Callable[[Tensor, Tensor], Tensor]


def cross_entropy(real: Tensor, fake: Tensor) -> Tensor:
    """D's loss, from logits ``(m,)``: -mean log D(x) - mean log(1 - D(G(z)))."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


class Table:
    """Generator and discriminator with BatchNorm, minibatches ``(m, 2)`` and noise from fixed lists, in float64."""

    def __init__(self) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(11)
            self.generator = nn.Sequential(
                nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)
            ).double()
            self.discriminator = nn.Sequential(
                nn.Linear(2, 4), nn.BatchNorm1d(4), nn.LeakyReLU(0.2), nn.Linear(4, 1), nn.Flatten(0)
            ).double()
            self.real = [torch.randn(6, 2, dtype=torch.float64) + 1.5 for _ in range(3)]
            self.noise = [torch.randn(6, 2, dtype=torch.float64) for _ in range(3)]
        self.steps: list[str] = []
        self.optimizer = torch.optim.SGD(self.discriminator.parameters(), lr=0.3)
        self.optimizer.register_step_post_hook(lambda *_: self.steps.append("step"))

    def arguments(self, turn: int) -> tuple[Any, ...]:
        """What the student's function is given in this turn."""
        return self.generator, self.discriminator, self.optimizer, self.real[turn], self.noise[turn]

    def weights(self) -> Tensor:
        """D's, flat."""
        return torch.cat([p.detach().flatten() for p in self.discriminator.parameters()])


def play(
    table: Table,
    loss: LossOfLogits = cross_entropy,
    mixed: bool = False,
    still_d: bool = False,
    still_g: bool = False,
    clear: bool = True,
    zero_before_step: bool = False,
) -> list[Tensor]:
    """Three turns of D, and its weights after each; every option makes one of the known mistakes."""
    seen = []
    for real, z in zip(table.real, table.noise):
        if clear:
            table.optimizer.zero_grad()
        table.generator.train(not still_g)
        fake = table.generator(z).detach()
        table.discriminator.train(not still_d)
        if mixed:
            logits = table.discriminator(torch.cat([real, fake])).split(len(real))
        else:
            logits = table.discriminator(real), table.discriminator(fake)
        loss(*logits).backward()
        if zero_before_step:
            table.optimizer.zero_grad()
        table.optimizer.step()
        seen.append(table.weights())
    return seen


TURN_MISTAKES: list[tuple[str, dict[str, Any]]] = [
    (
        "real and fake went through D in one batch: its BatchNorm then normalises them together, and what D says of a "
        "real example depends on the fakes beside it. Call D twice",
        {"mixed": True},
    ),
    (
        "D was in eval mode: it used the averages of the past (at the start mean 0 and variance 1) instead of this "
        "minibatch's. Train in train mode",
        {"still_d": True},
    ),
    (
        "G was in eval mode: its fakes were normalised by the averages of the past, so that D learns about other fakes "
        "than those that G is trained with",
        {"still_g": True},
    ),
    (
        "D goes the wrong way: it is rewarded for calling real data fake and fakes real. Real is 1, fake is 0",
        {"loss": lambda r, f: cross_entropy(-r, -f)},
    ),
    (
        "the fakes are called real, too: D's loss wants label 0 for them (label 1 is for G's turn)",
        {"loss": lambda r, f: F.softplus(-r).mean() + F.softplus(-f).mean()},
    ),
    (
        "the loss lacks the fakes: nothing asks for a 0 on them",
        {"loss": lambda r, f: F.softplus(-r).mean()},
    ),
    (
        "the loss lacks the real examples: nothing asks for a 1 on them",
        {"loss": lambda r, f: F.softplus(f).mean()},
    ),
    (
        "you took the sigmoid twice: D answers with logits, and binary_cross_entropy_with_logits takes the sigmoid",
        {"loss": lambda r, f: cross_entropy(r.sigmoid(), f.sigmoid())},
    ),
    (
        "there is no logarithm: this is the difference of two mean scores, a WGAN critic's loss",
        {"loss": lambda r, f: f.mean() - r.mean()},
    ),
    (
        "you summed over the minibatch: take the means",
        {"loss": lambda r, f: cross_entropy(r, f) * len(r)},
    ),
    (
        "your loss is half of the sum of the two means",
        {"loss": lambda r, f: cross_entropy(r, f) / 2},
    ),
    (
        "gradients pile up: call optimizer.zero_grad() before backward()",
        {"clear": False},
    ),
    (
        "the gradients are cleared between backward() and step(), so that the step has none: clear them first",
        {"zero_before_step": True},
    ),
]
"""What is often written instead, each with the reason that a student is told."""
