"""Exercises of lab 04: one critic update with weight clipping, and a lower bound of W1 from a critic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same
from gan_lab.theory import sample_w1

LossOfScores = Callable[[Tensor, Tensor], Tensor]
CLIPS = (0.25, 0.6)


def critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Minus the difference that the slide maximises, from scores ``(m,)``."""
    return fake.mean() - real.mean()


class Court:
    """A critic of seven weights, a generator of two, minibatches and noise from fixed lists."""

    def __init__(self, c: float) -> None:
        self.c = c
        self.generator = nn.Linear(1, 1).double()
        self.critic = nn.Sequential(nn.Linear(1, 2), nn.LeakyReLU(0.2), nn.Linear(2, 1), nn.Flatten(0)).double()
        values = torch.linspace(-1.2, 1.1, 7, dtype=torch.float64) * c
        with torch.no_grad():
            self.generator.weight.fill_(0.8)
            self.generator.bias.fill_(-0.9)
            nn.utils.vector_to_parameters(values[torch.tensor([6, 1, 4, 0, 5, 2, 3])], self.critic.parameters())
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


@exercise
def critic_turn(student: Student) -> str:
    """Checks ``turn(generator, critic, optimizer, real, z, c)``: one update of the critic with weight clipping.

    ``real`` is a minibatch ``(m, 1)``, ``z`` noise for as many fakes, and the critic answers with scores ``(m,)``.
    The function updates the critic and returns nothing.
    """
    for c in CLIPS:
        court, got = Court(c), []
        before = [p.detach().clone() for p in court.generator.parameters()]
        for turn in range(3):
            call(student, *court.arguments(turn))
            expect(
                len(court.steps) == turn + 1,
                f"one call should make one step of the optimiser; yours made {len(court.steps) - turn}",
            )
            expect(
                all(torch.equal(a, b) for a, b in zip(before, court.generator.parameters())),
                "the generator's weights changed. It stands still in the critic's turn, and its weights are never "
                "clipped: only the critic must be 1-Lipschitz, or K-Lipschitz",
            )
            got.append(court.weights())
        if _agree(got, play(Court(c))):
            continue
        for reason, mistake in TURN_MISTAKES:
            if _agree(got, play(Court(c), **mistake)):
                refuse(reason)
        _name_first_difference(got, play(Court(c)), c)
    return "the difference of two mean scores, a step, and then every weight back into [-c, c]"


def _agree(a: list[Tensor], b: list[Tensor]) -> bool:
    return all(same(x, y, 1e-8) for x, y in zip(a, b))


def _name_first_difference(got: list[Tensor], want: list[Tensor], c: float) -> None:
    turn = next(i for i, (a, b) in enumerate(zip(got, want)) if not same(a, b, 1e-8))
    largest = float(got[turn].abs().max())
    where = f"after turn {turn + 1} with c = {c} the largest |w| is {largest:.4f}"
    if not largest <= c * (1 + 1e-9):
        refuse(f"{where}: every weight must end in [-c, c], so clip them all, after the step")
    off = float((got[turn] - want[turn]).abs().max())
    refuse(
        f"{where}, as it should be, but a weight is off by {off:.4f}. Is the loss mean score of the fakes minus mean "
        "score of the real examples, and one step made on it?"
    )


# --- a lower bound of W1 ------------------------------------------------------------------------------------

Critic = Callable[[Tensor], Tensor]


def _cases() -> list[tuple[Critic, Tensor, Tensor, Tensor]]:
    """Critics ``(n, 1)`` to ``(n,)``, real and fake samples ``(500, 1)``, and a grid ``(2001, 1)`` that covers both.

    The first falls and the second rises; the last is steepest in the gap, where there are no samples.
    """
    rng = torch.Generator().manual_seed(3)
    a, b = (torch.randn(500, 1, generator=rng, dtype=torch.float64) * s for s in (0.6, 0.5))
    grid = torch.linspace(-6, 6, 2001, dtype=torch.float64)[:, None]
    return [
        (lambda x: -3 * x[:, 0] + 0.5 * torch.sin(x[:, 0]), a - 2, b + 1, grid),
        (lambda x: 0.02 * F.softplus(x[:, 0] + 1), a + 2.5, b - 1.5, grid),
        (lambda x: 5 * torch.tanh(-x[:, 0] / 0.7), a - 3, b + 3, grid),
    ]


def _slopes(critic: Critic, grid: Tensor) -> Tensor:
    return critic(grid).diff() / grid[:, 0].diff()


def _raw(critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
    return critic(real).mean() - critic(fake).mean()


BOUND_MISTAKES: list[tuple[str, Callable[[Critic, Tensor, Tensor, Tensor], Tensor]]] = [
    (
        "this is the difference of the mean scores, without the division by the largest slope: it says K W1 for an "
        "unknown K",
        lambda f, r, k, x: _raw(f, r, k),
    ),
    (
        "the sign is wrong: the critic scores real examples higher, so it is E f(real) - E f(fake), over the slope",
        lambda f, r, k, x: -_raw(f, r, k) / _slopes(f, x).abs().max(),
    ),
    (
        "you divide by the mean slope, the one from end to end. Only f over its LARGEST slope is 1-Lipschitz; with a smaller divisor the "
        "result may exceed W1",
        lambda f, r, k, x: _raw(f, r, k) / _slopes(f, x).abs().mean(),
    ),
    (
        "you divide by the median slope. Only f over its LARGEST slope is 1-Lipschitz",
        lambda f, r, k, x: _raw(f, r, k) / _slopes(f, x).abs().median(),
    ),
    (
        "you divide by the largest slope with its sign. A critic may fall as well as rise: take the absolute value "
        "before the maximum",
        lambda f, r, k, x: _raw(f, r, k) / _slopes(f, x).max(),
    ),
    (
        "you divide by the largest difference of neighbouring scores. A slope is that over the step of the grid",
        lambda f, r, k, x: _raw(f, r, k) / f(x).diff().abs().max(),
    ),
    (
        "you divide by the largest score, not by the largest slope",
        lambda f, r, k, x: _raw(f, r, k) / f(x).abs().max(),
    ),
    (
        "you multiply by the largest slope: f DIVIDED by it is 1-Lipschitz",
        lambda f, r, k, x: _raw(f, r, k) * _slopes(f, x).abs().max(),
    ),
    (
        "you measure the slope where the samples are. Steeper places lie between them, and there f over your slope "
        "is not 1-Lipschitz: look at the whole grid",
        lambda f, r, k, x: _raw(f, r, k) / _steepest_at(f, torch.cat([r, k])),
    ),
]
"""What is often written instead, each with the reason that a student is told."""


def _steepest_at(critic: Critic, x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x)[0].abs().max()


@exercise
def w1_lower_bound(student: Student) -> str:
    """Checks ``bound(critic, real, fake, grid)``: samples ``(n, 1)`` and an ascending grid ``(m, 1)`` in, a scalar out."""
    answers = [(call_for_tensor(student, (), *case), case) for case in _cases()]

    def all_as(formula: Callable[[Critic, Tensor, Tensor, Tensor], Tensor]) -> bool:
        return all(same(got, formula(*case), 2e-3) for got, case in answers)

    if all_as(_bound):
        return "never above W1, whatever the scale of the critic: f over its largest slope is 1-Lipschitz"
    for reason, wrong in BOUND_MISTAKES:
        if all_as(wrong):
            refuse(reason)
    got, case = next((got, case) for got, case in answers if not same(got, _bound(*case), 2e-3))
    want, exact = float(_bound(*case)), float(sample_w1(case[1][:, 0], case[2][:, 0]))
    told = f"your bound is {float(got):.4f} where the exact W1 is {exact:.4f}"
    expect(float(got) <= exact, f"{told}: a lower bound cannot exceed it. Is the slope the largest on the grid?")
    refuse(f"{told} and this critic gives {want:.4f}: the difference of the mean scores over the largest slope")


def _bound(critic: Critic, real: Tensor, fake: Tensor, grid: Tensor) -> Tensor:
    return _raw(critic, real, fake) / _slopes(critic, grid).abs().max()
