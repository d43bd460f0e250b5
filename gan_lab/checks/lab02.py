"""Exercises of lab 02: the non-saturating loss from logits, and how far minimax stays behind it."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.checks.verdict import Student, call_for_tensor, exercise, expect, refuse, same

OfLogits = Callable[[Tensor], Tensor]


def _wanted_loss(f: Tensor) -> Tensor:
    return F.softplus(-f).mean()


LOSS_MISTAKES: list[tuple[str, OfLogits]] = [
    (
        "the sign is flipped: the slide *maximises* mean log D(G(z)), and an optimiser goes downhill, so return "
        "minus that",
        lambda f: -_wanted_loss(f),
    ),
    (
        "this is the first form, mean log(1 - D(G(z))): right at equilibrium, and flat where D answers 0. The "
        "solution of the slide is -mean log D(G(z))",
        lambda f: -F.softplus(f).mean(),
    ),
    (
        "this is what D descends on the fakes, -mean log(1 - D(G(z))): with it G learns to be caught",
        lambda f: F.softplus(f).mean(),
    ),
    (
        "you took the sigmoid twice: softplus, logsigmoid and binary_cross_entropy_with_logits want the logits",
        lambda f: _wanted_loss(f.sigmoid()),
    ),
    (
        "you averaged before the log: this is -log of the mean D, which a few fooled answers make small. Every "
        "fake has its own log, and the mean comes last",
        lambda f: -f.sigmoid().mean().log(),
    ),
    (
        "you averaged the logits first: every fake has its own log, and the mean comes last",
        lambda f: F.softplus(-f.mean()),
    ),
    (
        "you summed over the minibatch: take the mean, so that the loss does not grow with the minibatch",
        lambda f: _wanted_loss(f) * len(f),
    ),
    (
        "the log is missing: -mean D has the slope D (1 - D), which vanishes where D answers 0, as minimax does",
        lambda f: -f.sigmoid().mean(),
    ),
    (
        "the log is missing: mean (1 - D) has the slope D (1 - D), which vanishes where D answers 0, as minimax does",
        lambda f: 1 - f.sigmoid().mean(),
    ),
    (
        "this is minus the mean logit, G's loss against a Wasserstein critic or a hinge D: here there is a log D",
        lambda f: -f.mean(),
    ),
    (
        "this is the least-squares loss: the slide has log D",
        lambda f: (f - 1).square().mean(),
    ),
    (
        "the log is to base 2: the lecture's is the natural one, as torch.log",
        lambda f: _wanted_loss(f) / log(2),
    ),
    (
        "this is half of it: there is one mean, and nothing to halve",
        lambda f: _wanted_loss(f) / 2,
    ),
]
"""What is often written instead of -mean log D(G(z)), each with the reason that a student is told."""


@exercise
def generator_loss(student: Student) -> str:
    """Checks ``loss(fake_logits)``: logits ``(m,)`` of the fakes in, the non-saturating loss out."""
    fake = torch.tensor([-1.3, 0.9, -0.2, -2.5, 0.6, 1.7], dtype=torch.float64, requires_grad=True)
    loss = call_for_tensor(student, (), fake)
    expect(
        bool(torch.isfinite(loss)),
        f"for logits between -2.5 and 1.7 your loss is {loss.item()}. A logit is any real number: D is its "
        "sigmoid, and only D has a log",
    )
    if not same(loss, _wanted_loss(fake)):
        for reason, wrong in LOSS_MISTAKES:
            if same(loss, wrong(fake)):
                refuse(reason)
        refuse(
            f"for the test logits your loss is {loss.item():.4f}; -mean log D is {_wanted_loss(fake).item():.4f}"
        )
    expect(
        loss.requires_grad,
        "the value is right, but no gradient can flow back: do not detach it or work under no_grad",
    )
    (got,) = torch.autograd.grad(loss, fake, allow_unused=True)
    (want,) = torch.autograd.grad(_wanted_loss(fake), fake)
    expect(
        got is not None and same(got, want),
        "the value is right, but its gradient is not that of -mean log D: is a part of it detached?",
    )
    _check_sure_discriminator(student)
    return (
        "-mean log D(G(z)), and at a logit of -200, where D is surest, the gradient is still at full length"
    )


def _check_sure_discriminator(student: Student) -> None:
    """In single precision sigmoid(-200) is 0: its log is infinite, or clamped and without a gradient."""
    sure = torch.full((4,), -200.0, requires_grad=True)
    loss = call_for_tensor(student, (), sure)
    expect(
        bool(torch.isfinite(loss)),
        f"right for moderate logits, but at a logit of -200 your loss is {loss.item()} (it should be 200): the "
        "sigmoid rounds to 0 and its log overflows, just where this loss is needed. Use F.softplus or F.logsigmoid",
    )
    clamped = (
        "a clamp or a small constant inside the log hides the overflow, and takes the gradient away where the "
        "fakes are worst: that is saturation again. Use F.softplus or F.logsigmoid"
    )
    expect(
        same(loss, torch.tensor(200.0)),
        f"right for moderate logits, but at a logit of -200 your loss is {loss.item():.4g} and should be 200: "
        + clamped,
    )
    (got,) = torch.autograd.grad(loss, sure, allow_unused=True)
    expect(
        got is not None and same(got, torch.full((4,), -0.25)),
        "right in value, but at a logit of -200 the gradient is not -1/m for each of the m fakes: " + clamped,
    )


def _wanted_powers(f: Tensor) -> Tensor:
    return -f / log(10)


POWERS_MISTAKES: list[tuple[str, OfLogits]] = [
    (
        "the sign is flipped: at a logit of -10 minimax is the weaker one, by a factor of 10^4.34, and your answer "
        "should be +4.34",
        lambda f: f / log(10),
    ),
    (
        "this is the natural logarithm of the ratio: a power of ten is ln 10 = 2.303 of it",
        lambda f: -f,
    ),
    (
        "this is the logarithm to base 2 of the ratio: powers of ten are asked for",
        lambda f: -f / log(2),
    ),
    (
        "this is the ratio of the slopes, e^(-logit): its logarithm to base 10 is asked for",
        lambda f: (-f).exp(),
    ),
    (
        "this is the ratio of the slopes, upside down: the logarithm to base 10 of non-saturating over minimax is "
        "asked for",
        lambda f: f.exp(),
    ),
    (
        "this drops the sign: where D takes the fake for real (logit above 0), minimax is the *stronger* one, and "
        "the answer is negative",
        lambda f: f.abs() / log(10),
    ),
    (
        "this is -log10 D, the size of minimax's slope alone: the other slope, 1 - D, belongs to the ratio too",
        lambda f: F.softplus(-f) / log(10),
    ),
    (
        "this compares the two *costs*; G feels their slopes, D and 1 - D",
        lambda f: torch.log10(F.softplus(-f) / F.softplus(f)),
    ),
]
"""What is often written instead of -f / ln 10, each with the reason that a student is told."""


@exercise
def powers_of_ten_behind(student: Student) -> str:
    """Checks ``powers(fake_logits)``: logits ``(m,)`` in, log10 of non-saturating over minimax slope ``(m,)`` out."""
    f = torch.tensor([-10.0, -2.5, -0.4, 0.0, 1.3, 6.0], dtype=torch.float64)
    got = call_for_tensor(student, (6,), f)
    if not same(got, _wanted_powers(f)):
        for reason, wrong in POWERS_MISTAKES:
            if same(got, wrong(f)):
                refuse(reason)
        refuse(
            f"for logits of -10, 0 and 6 you say {got[0]:.3f}, {got[3]:.3f} and {got[5]:.3f}; the ratio of the slopes "
            "is 22026, 1 and 0.00248, and its logarithm to base 10 is asked for"
        )
    for logit in (-200.0, 200.0):
        at = torch.full((3,), logit)
        got = call_for_tensor(student, (3,), at)
        expect(
            same(got, _wanted_powers(at)),
            f"right for moderate logits, but at {logit:.0f} you say {got[0].item():.4g} and not "
            f"{_wanted_powers(at)[0].item():.4g}: a sigmoid that rounds to 0 or 1 has lost the answer. The ratio "
            "sigmoid(-f) / sigmoid(f) is e^(-f), and its logarithm needs no sigmoid",
        )
    return "-logit / ln 10: one look at D's logits on the fakes says how deaf minimax makes G"
