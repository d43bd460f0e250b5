"""A generator, a judge of patches and a few small pairs, and losses right and wrong, for lab 10 to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_lab.checks.verdict import expect


class Draughtsmen:
    """A generator that draws other noise whenever it is asked, and a judge of patches, with a minibatch of pairs.

    Pictures are ``(3, 1, 4, 4)``; the judge takes two of them laid over one another, and answers ``(3, 1, 3, 3)``.
    """

    def __init__(self, seed: int) -> None:
        rng = torch.Generator().manual_seed(seed)
        self.layer, self.patches = nn.Conv2d(1, 1, 3, padding=1).double(), nn.Conv2d(2, 1, 2).double()
        for net, reach in ((self.layer, 0.8), (self.patches, 1.5)):
            for p in net.parameters():
                p.data = (torch.rand(p.shape, generator=rng, dtype=torch.float64) * 2 - 1) * reach
        self.x, self.y = (
            torch.rand(3, 1, 4, 4, generator=rng, dtype=torch.float64) * 2 - 1 for _ in range(2)
        )
        self.asked = 0

    def generator(self, x: Tensor) -> Tensor:
        """``(B, 1, 4, 4)`` to as many, with new noise."""
        self.asked += 1
        return torch.tanh(self.layer(x) + 0.4 * (self.asked - 1))

    def judge(self, pair: Tensor) -> Tensor:
        """``(B, 2, 4, 4)`` to logits ``(B, 1, 3, 3)``."""
        expect(
            isinstance(pair, Tensor) and pair.ndim == 4 and pair.shape[1] == 2,
            "the discriminator takes input and output together, as channels of one picture: torch.cat([x, ...], dim=1)",
        )
        return self.patches(pair)

    def gradient(self, loss: Tensor) -> Tensor:
        """The gradient on the generator's weights, ``(10,)``; zeros where there is none."""
        if not loss.requires_grad:
            return torch.zeros(10, dtype=torch.float64)
        found = torch.autograd.grad(loss, list(self.layer.parameters()), allow_unused=True)
        return torch.cat([torch.zeros(1) if g is None else g.flatten() for g in found])


@dataclass
class Parts:
    """What a loss may be made of: G's picture, D's logits of it, and what both were given."""

    fake: Tensor
    logits: Tensor
    x: Tensor
    y: Tensor
    l1: float
    judge: Callable[[Tensor], Tensor]

    @property
    def distance(self) -> Tensor:
        """The mean of |y - G(x)|."""
        return (self.y - self.fake).abs().mean()


Formula = Callable[[Parts], Tensor]


def right(p: Parts) -> Tensor:
    """Equation 4, as G minimises it."""
    return F.softplus(-p.logits).mean() + p.l1 * p.distance


def judged(*pictures: Callable[[Parts], Tensor]) -> Formula:
    """The right loss, but with D asked about other pictures."""

    def formula(p: Parts) -> Tensor:
        logits = p.judge(torch.cat([picture(p) for picture in pictures], 1))
        return F.softplus(-logits).mean() + p.l1 * p.distance

    return formula


def played(fooling: Callable[[Tensor], Tensor]) -> Formula:
    """The right loss, but for the term that D has a part in."""
    return lambda p: fooling(p.logits) + p.l1 * p.distance


LOSS_MISTAKES: list[tuple[str, Formula]] = [
    ("the L1 term is missing: + l1 * mean |y - G(x)|", lambda p: F.softplus(-p.logits).mean()),
    ("the game is missing: nothing here asks D", lambda p: p.l1 * p.distance),
    (
        "the weight is missing: the L1 term counts l1 times",
        lambda p: F.softplus(-p.logits).mean() + p.distance,
    ),
    ("the weight l1 stands at the wrong term", lambda p: p.l1 * F.softplus(-p.logits).mean() + p.distance),
    (
        "l1 weighs the whole sum: it belongs to the L1 term alone",
        lambda p: p.l1 * (F.softplus(-p.logits).mean() + p.distance),
    ),
    (
        "this is the minimax form, log(1 - D): where D is sure of itself it gives G no gradient (lab 2). The improved "
        "one is -log D",
        played(lambda logits: -F.softplus(logits).mean()),
    ),
    (
        "this asks D for 0: G wants its picture to be taken for real",
        played(lambda logits: F.softplus(logits).mean()),
    ),
    (
        "you took the logits' mean before the log: every patch has a verdict and a log of its own",
        played(lambda logits: F.softplus(-logits.mean())),
    ),
    (
        "you summed over the patches: take the mean over all logits",
        played(lambda logits: F.softplus(-logits).sum()),
    ),
    (
        "you take sigmoid twice: D answers with logits, and ..._with_logits or softplus has the sigmoid in it",
        played(lambda logits: F.softplus(-logits.sigmoid()).mean()),
    ),
    (
        "the distance is squared (L2), which blurs even more: the mean of the absolute difference is wanted",
        lambda p: F.softplus(-p.logits).mean() + p.l1 * (p.y - p.fake).square().mean(),
    ),
    (
        "you summed the absolute differences: the L1 term is a mean over all pixels",
        lambda p: F.softplus(-p.logits).mean() + p.l1 * p.distance * p.y.numel(),
    ),
    (
        "the L1 term holds the output against the input x: the truth is y",
        lambda p: F.softplus(-p.logits).mean() + p.l1 * (p.x - p.fake).abs().mean(),
    ),
    (
        "the L1 term is subtracted: G would run away from y",
        lambda p: F.softplus(-p.logits).mean() - p.l1 * p.distance,
    ),
    (
        "D is asked about the true pair (x, y): G can do nothing about that",
        judged(lambda p: p.x, lambda p: p.y),
    ),
    (
        "D is given y beside the output. It sees the input there: (x, G(x))",
        judged(lambda p: p.y, lambda p: p.fake),
    ),
    (
        "the order is (output, input). D learnt with the input first: (x, G(x))",
        judged(lambda p: p.fake, lambda p: p.x),
    ),
]
"""What is often written instead, each with the reason that a student is told."""
