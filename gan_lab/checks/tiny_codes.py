"""The regularisation phase's first turn on networks of a few weights, played right and wrong, for lab 12 to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LossOfLogits = Callable[[Tensor, Tensor], Tensor]


def minus_c(prior: Tensor, codes: Tensor) -> Tensor:
    """-C with the prior's samples as the real ones, from logits ``(m,)``."""
    return F.softplus(-prior).mean() + F.softplus(codes).mean()


class Regularisation:
    """An encoder from pictures of 3x3 pixels to codes in the plane, and a discriminator, with fixed minibatches."""

    def __init__(self) -> None:
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(9, 2)).double()
        self.discriminator = nn.Sequential(
            nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1), nn.Flatten(0)
        ).double()
        for net, reach in ((self.encoder, 0.9), (self.discriminator, 1.1)):
            size = sum(p.numel() for p in net.parameters())
            values = torch.linspace(-reach, reach, size, dtype=torch.float64)
            nn.utils.vector_to_parameters(values[torch.arange(size) * 5 % size], net.parameters())
        self.steps: list[str] = []
        self.optimizer = torch.optim.SGD(self.discriminator.parameters(), lr=0.5)
        self.optimizer.register_step_post_hook(lambda *_: self.steps.append("step"))
        rng = torch.Generator().manual_seed(12)
        self.x = [torch.rand(8, 1, 3, 3, generator=rng, dtype=torch.float64) * 2 - 1 for _ in range(3)]
        self.real = [torch.randn(6, 2, generator=rng, dtype=torch.float64) * 2 + 0.5 for _ in range(3)]

    def arguments(self, turn: int) -> tuple[Any, ...]:
        """What the student's function is given in this turn."""
        return self.encoder, self.discriminator, self.optimizer, self.x[turn], self.real[turn]

    def weights(self) -> Tensor:
        """The discriminator's, ``(13,)``."""
        return torch.cat([p.detach().flatten() for p in self.discriminator.parameters()])


def play(
    world: Regularisation, loss: LossOfLogits = minus_c, clear: bool = True, zero_before_step: bool = False
) -> list[Tensor]:
    """Three turns, and the discriminator's weights after each; every option makes one of the known mistakes."""
    seen = []
    for x, real in zip(world.x, world.real):
        if clear:
            world.optimizer.zero_grad()
        loss(world.discriminator(real), world.discriminator(world.encoder(x).detach())).backward()
        if zero_before_step:
            world.optimizer.zero_grad()
        world.optimizer.step()
        seen.append(world.weights())
    return seen


TURN_MISTAKES: list[tuple[str, dict[str, Any]]] = [
    (
        "real and fake are swapped. It is the prior's samples that are real here, and the codes that are fake: the "
        "encoder is this game's generator, though it reads pictures",
        {"loss": lambda p, c: minus_c(c, p)},
    ),
    (
        "D goes the wrong way: an optimiser descends, so give it -mean log D(prior) - mean log(1 - D(codes))",
        {"loss": lambda p, c: -minus_c(p, c)},
    ),
    (
        "D is asked to answer 1 on the codes, too. That is what the encoder wants, in the next turn",
        {"loss": lambda p, c: F.softplus(-p).mean() + F.softplus(-c).mean()},
    ),
    (
        "D is asked to answer 0 on the prior's samples, too: they are the real ones",
        {"loss": lambda p, c: F.softplus(p).mean() + F.softplus(c).mean()},
    ),
    (
        "the codes are missing from the loss: nothing asks D for 0 on them",
        {"loss": lambda p, c: F.softplus(-p).mean()},
    ),
    (
        "the prior's samples are missing from the loss: nothing asks D for 1 on them",
        {"loss": lambda p, c: F.softplus(c).mean()},
    ),
    (
        "this is the encoder's loss, not D's: it wants D to take codes for real ones",
        {"loss": lambda p, c: F.softplus(-c).mean()},
    ),
    (
        "you summed over the minibatch: take the mean over the prior's samples, and that over the codes",
        {"loss": lambda p, c: F.softplus(-p).sum() + F.softplus(c).sum()},
    ),
    (
        "D takes half a step: its loss is the sum of the two means",
        {"loss": lambda p, c: minus_c(p, c) / 2},
    ),
    (
        "you took one mean over all 14 logits together: there may be more codes than samples of the prior, and either "
        "kind has a mean of its own",
        {"loss": lambda p, c: torch.cat([F.softplus(-p), F.softplus(c)]).mean()},
    ),
    (
        "you averaged the logits before the log: the mean is taken over the logs",
        {"loss": lambda p, c: F.softplus(-p.mean()) + F.softplus(c.mean())},
    ),
    (
        "you take sigmoid twice: D answers with logits, and ..._with_logits or softplus has the sigmoid in it",
        {"loss": lambda p, c: minus_c(p.sigmoid(), c.sigmoid())},
    ),
    (
        "the logs are missing: this asks for differences of probabilities",
        {"loss": lambda p, c: c.sigmoid().mean() - p.sigmoid().mean()},
    ),
    (
        "this is a critic's difference of mean scores (lab 4), and there is nothing to bound its slope here",
        {"loss": lambda p, c: c.mean() - p.mean()},
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
