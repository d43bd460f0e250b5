"""Exercises of lab 04: one critic update with weight clipping, and a lower bound of W1 from a critic."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.checks.tiny_critic import TURN_MISTAKES, Court, play
from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same
from gan_lab.theory import sample_w1

CLIPS = (0.25, 0.6)


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
        "you divide by the mean slope, the one from end to end. Only f over its LARGEST slope is 1-Lipschitz: "
        "with a smaller divisor the "
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
    """Checks ``bound(critic, real, fake, grid)``: samples ``(n, 1)``, grid ``(m, 1)``, a scalar out."""
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
    expect(
        float(got) <= exact, f"{told}: a lower bound cannot exceed it. Is the slope the largest on the grid?"
    )
    refuse(
        f"{told} and this critic gives {want:.4f}: the difference of the mean scores over the largest slope"
    )


def _bound(critic: Critic, real: Tensor, fake: Tensor, grid: Tensor) -> Tensor:
    return _raw(critic, real, fake) / _slopes(critic, grid).abs().max()
