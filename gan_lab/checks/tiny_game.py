"""A game small enough to follow by hand, played right and wrong, for lab 01's second exercise to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LossOfLogits = Callable[[Tensor, Tensor], Tensor]


def minus_c(real: Tensor, fake: Tensor) -> Tensor:
    """-C of the lecture: -mean log D(x) - mean log(1 - D(G(z))), from logits, by softplus."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


@dataclass
class World:
    """A game small enough to follow by hand: G and D of two weights each, data and noise from fixed lists."""

    events: list[str] = field(default_factory=list)
    weights: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = torch.Generator().manual_seed(7)
        self.data_rng = torch.Generator().manual_seed(11)
        self.generator = nn.Linear(1, 1).double()
        self.discriminator = nn.Sequential(nn.Linear(1, 1), nn.Flatten(0)).double()
        with torch.no_grad():
            for value, p in zip((0.8, -0.5, 1.2, 0.3), self.parameters()):
                p.fill_(value)
        self.optimizer_g = torch.optim.SGD(self.generator.parameters(), lr=0.3)
        self.optimizer_d = torch.optim.SGD(self.discriminator.parameters(), lr=0.3)
        self.optimizer_g.register_step_post_hook(lambda *_: self.note("G"))
        self.optimizer_d.register_step_post_hook(lambda *_: self.note("D"))

    def parameters(self) -> list[nn.Parameter]:
        return [*self.generator.parameters(), *self.discriminator.parameters()]

    def note(self, event: str) -> None:
        """Keeps what happened and the weights as they are after it."""
        self.events.append(event)
        self.weights.append(torch.cat([p.detach().flatten() for p in self.parameters()]))

    def next_batch(self) -> Tensor:
        self.note("batch")
        return torch.randn(8, 1, generator=self.data_rng, dtype=torch.float64) + 2.0

    def noise(self) -> Tensor:
        self.note("noise")
        return torch.randn(8, 1, generator=self.rng, dtype=torch.float64)

    def arguments(self, k: int) -> tuple[Any, ...]:
        """What the student's function is given."""
        players = (self.generator, self.discriminator, self.optimizer_g, self.optimizer_d)
        return (*players, self.next_batch, self.noise, k)

    def updates(self) -> list[tuple[str, Tensor]]:
        """Who was updated, and all weights after each update, in order."""
        return [(e, w) for e, w in zip(self.events, self.weights) if e in "DG"]


def _non_saturating(fake_logits: Tensor) -> Tensor:
    return F.softplus(-fake_logits).mean()


def play(
    world: World,
    k: int,
    d_loss: LossOfLogits = minus_c,
    g_loss: Callable[[Tensor], Tensor] = _non_saturating,
    clear_d: bool = True,
    clear_g: bool = True,
    detach: bool = True,
) -> None:
    """One iteration of the pseudo-algorithm; every option but k makes one of the known mistakes."""
    for _ in range(k):
        real, z = world.next_batch(), world.noise()
        fake = world.generator(z).detach() if detach else world.generator(z)
        if clear_d:
            world.optimizer_d.zero_grad()
        d_loss(world.discriminator(real), world.discriminator(fake)).backward()
        world.optimizer_d.step()
    if clear_g:
        world.optimizer_g.zero_grad()
    g_loss(world.discriminator(world.generator(world.noise()))).backward()
    world.optimizer_g.step()


TURN_MISTAKES: list[tuple[str, dict[str, Any]]] = [
    (
        "G descends mean log(1 - D(G(z))), the first form that 'doesn't really work'. The pseudo-algorithm "
        "has the "
        "improved objective: ascend mean log D(G(z))",
        {"g_loss": lambda f: -F.softplus(f).mean()},
    ),
    (
        "G goes the wrong way: it learns to be caught. Ascending mean log D(G(z)) is descending -mean log "
        "D(G(z))",
        {"g_loss": lambda f: -F.softplus(-f).mean()},
    ),
    (
        "G goes the wrong way: mean -log(1 - D(G(z))) is what D would descend",
        {"g_loss": lambda f: F.softplus(f).mean()},
    ),
    (
        "D goes the wrong way: the optimiser descends, so give it -C",
        {"d_loss": lambda r, f: -minus_c(r, f)},
    ),
    (
        "D's real and fake are swapped: it learns to answer 0 on the real data",
        {"d_loss": lambda r, f: minus_c(f, r)},
    ),
    (
        "D takes half a step: its loss is the sum of two means, not their mean",
        {"d_loss": lambda r, f: minus_c(r, f) / 2},
    ),
    (
        "gradients pile up: call optimizer_d.zero_grad() before each backward of D (G's turn leaves its own "
        "gradients in D, too)",
        {"clear_d": False},
    ),
    (
        "gradients pile up in G: call optimizer_g.zero_grad() before its backward",
        {"clear_g": False},
    ),
    (
        "D's turn leaves its gradient in G, and G follows it: detach the fakes in D's turn, and call "
        "optimizer_g.zero_grad() before G's backward",
        {"clear_g": False, "detach": False},
    ),
    (
        "gradients pile up in both networks: zero_grad() before each backward, and detach the fakes in D's "
        "turn",
        {"clear_d": False, "clear_g": False, "detach": False},
    ),
]
"""What is often written instead of the pseudo-algorithm, each with the reason that a student is told."""
