"""A critic of seven weights, trained right and wrong, for lab 04's first exercise to compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LossOfScores = Callable[[Tensor, Tensor], Tensor]


def critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Minus the difference that the slide maximises, from scores ``(m,)``."""
    return fake.mean() - real.mean()


class Court:
    """A critic of seven weights, a generator of two, minibatches and noise from fixed lists."""

    def __init__(self, c: float) -> None:
        self.c = c
        self.generator = nn.Linear(1, 1).double()
        self.critic = nn.Sequential(
            nn.Linear(1, 2), nn.LeakyReLU(0.2), nn.Linear(2, 1), nn.Flatten(0)
        ).double()
        values = torch.linspace(-1.2, 1.1, 7, dtype=torch.float64) * c
        with torch.no_grad():
            self.generator.weight.fill_(0.8)
            self.generator.bias.fill_(-0.9)
            nn.utils.vector_to_parameters(
                values[torch.tensor([6, 1, 4, 0, 5, 2, 3])], self.critic.parameters()
            )
        self.steps: list[str] = []
        self.optimizer = torch.optim.SGD(self.critic.parameters(), lr=0.4)
        self.optimizer.register_step_post_hook(lambda *_: self.steps.append("step"))
        rng = torch.Generator().manual_seed(5)
        self.real = [torch.randn(6, 1, generator=rng, dtype=torch.float64) + 1.5 for _ in range(3)]
        self.noise = [torch.randn(6, 1, generator=rng, dtype=torch.float64) for _ in range(3)]

    def arguments(self, turn: int) -> tuple[Any, ...]:
        """What the student's function is given in this turn."""
        return self.generator, self.critic, self.optimizer, self.real[turn], self.noise[turn], self.c

    def weights(self) -> Tensor:
        """The critic's, ``(7,)``."""
        return torch.cat([p.detach().flatten() for p in self.critic.parameters()])


def play(
    court: Court,
    loss: LossOfScores = critic_loss,
    clear: bool = True,
    clip: Callable[[Tensor, float], Tensor] = lambda w, c: w.clamp(-c, c),
    clip_first: bool = False,
    clip_gradient: bool = False,
    biases: bool = True,
    zero_before_step: bool = False,
) -> list[Tensor]:
    """Three turns, and the critic's weights after each; every option makes one of the known mistakes."""
    seen = []
    for real, z in zip(court.real, court.noise):
        if clear:
            court.optimizer.zero_grad()
        loss(court.critic(real), court.critic(court.generator(z).detach())).backward()
        if clip_gradient:
            nn.utils.clip_grad_value_(court.critic.parameters(), court.c)
        if zero_before_step:
            court.optimizer.zero_grad()
        if clip_first:
            _clip(court, clip, biases)
        court.optimizer.step()
        if not clip_first:
            _clip(court, clip, biases)
        seen.append(court.weights())
    return seen


@torch.no_grad()
def _clip(court: Court, clip: Callable[[Tensor, float], Tensor], biases: bool) -> None:
    for p in court.critic.parameters():
        if biases or p.dim() > 1:
            p.copy_(clip(p, court.c))


def _untouched(w: Tensor, c: float) -> Tensor:
    return w


TURN_MISTAKES: list[tuple[str, dict[str, Any]]] = [
    (
        "you clip before the step: after it the weights stand outside [-c, c] again, and it is with those that "
        "the generator will be judged. Clip last",
        {"clip_first": True},
    ),
    (
        "no weight was clipped. `p.clamp(-c, c)` makes a new tensor and leaves p as it is; `p.data.clamp_(-c, c)` "
        "changes p in place",
        {"clip": _untouched},
    ),
    (
        "you clipped the gradients. It is the weights that must stay in [-c, c], after the step",
        {"clip": _untouched, "clip_gradient": True},
    ),
    (
        "the critic goes the wrong way: the slide maximises E D(x) - E D(G(z)), and an optimiser goes downhill",
        {"loss": lambda r, f: r.mean() - f.mean()},
    ),
    (
        "there is a sigmoid left in the loss. A critic's output is a score, not a probability, and D on the slide "
        "is that score itself",
        {"loss": lambda r, f: f.sigmoid().mean() - r.sigmoid().mean()},
    ),
    (
        "this is the loss of a GAN's discriminator, with its logarithms. The slide's has none: just the difference "
        "of two mean scores",
        {"loss": lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean()},
    ),
    (
        "this is the hinge loss: take the max with 0 away",
        {"loss": lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean()},
    ),
    (
        "the loss lacks the real examples: nothing asks for a high score on them",
        {"loss": lambda r, f: f.mean()},
    ),
    (
        "the loss lacks the fakes: nothing asks for a low score on them",
        {"loss": lambda r, f: -r.mean()},
    ),
    (
        "you summed over the minibatch: E is a mean",
        {"loss": lambda r, f: f.sum() - r.sum()},
    ),
    (
        "your loss is half of the difference of the two means",
        {"loss": lambda r, f: critic_loss(r, f) / 2},
    ),
    (
        "gradients pile up: call optimizer.zero_grad() before backward()",
        {"clear": False},
    ),
    (
        "the gradients are cleared between backward() and step(), so that the step has none: clear them first",
        {"zero_before_step": True},
    ),
    (
        "only the matrices were clipped: the paper's w is all of the critic's weights, biases too",
        {"biases": False},
    ),
    (
        "the weights are cut off above c, but not below -c",
        {"clip": lambda w, c: w.clamp(max=c)},
    ),
    (
        "the weights are put into [0, c]; the interval is [-c, c]",
        {"clip": lambda w, c: w.clamp(0, c)},
    ),
    (
        "c is taken to be 0.01, the paper's value: use the argument c",
        {"clip": lambda w, c: w.clamp(-0.01, 0.01)},
    ),
    (
        "you scaled the weights down together. Clipping cuts each weight by itself and leaves the small ones alone",
        {"clip": lambda w, c: w * min(1.0, c / float(w.abs().max()))},
    ),
]
"""What is often written instead, each with the reason that a student is told."""
