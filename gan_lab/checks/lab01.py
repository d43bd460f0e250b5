"""Exercises of lab 01: D's loss from logits, and one iteration of the lecture's pseudo-algorithm."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.checks.tiny_game import TURN_MISTAKES, LossOfLogits, World, minus_c, play
from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same

LOSS_MISTAKES: list[tuple[str, LossOfLogits]] = [
    (
        "your loss has the sign of C. D climbs C, but an optimiser goes downhill: return -C",
        lambda r, f: -minus_c(r, f),
    ),
    (
        "you averaged before the log. C has the mean of log D over the minibatch, not the log of the mean "
        "of D",
        lambda r, f: -r.sigmoid().mean().log() - (1 - f.sigmoid()).mean().log(),
    ),
    (
        "you averaged the logits first. C has the mean of log D over the minibatch: the mean comes last",
        lambda r, f: F.softplus(-r.mean()) + F.softplus(f.mean()),
    ),
    (
        "your loss is half of -C. C is a sum of two means, not the mean of both; a D that answers 1/2 "
        "everywhere "
        "should read 2 log 2 = 1.386",
        lambda r, f: minus_c(r, f) / 2,
    ),
    (
        "you summed over the minibatch: the E in C is a mean, so that the loss does not grow with the "
        "minibatch",
        lambda r, f: minus_c(r, f) * len(r),
    ),
    (
        "real and fake are swapped: this loss is small when D answers 0 on real data and 1 on fakes",
        lambda r, f: minus_c(f, r),
    ),
    (
        "both of your terms ask D for 1. On the fakes C has log(1 - D), not log D",
        lambda r, f: F.softplus(-r).mean() + F.softplus(-f).mean(),
    ),
    (
        "both of your terms ask D for 0. On the real data C has log D, not log(1 - D)",
        lambda r, f: F.softplus(r).mean() + F.softplus(f).mean(),
    ),
    (
        "the second mean of C is missing: nothing asks D to answer 0 on the fakes",
        lambda r, f: F.softplus(-r).mean(),
    ),
    (
        "the first mean of C is missing: nothing asks D to answer 1 on the real data",
        lambda r, f: F.softplus(f).mean(),
    ),
    (
        "one of the two means has the wrong sign: C adds them, so -C subtracts both",
        lambda r, f: F.softplus(-r).mean() - F.softplus(f).mean(),
    ),
    (
        "one of the two means has the wrong sign: C adds them, so -C subtracts both",
        lambda r, f: F.softplus(f).mean() - F.softplus(-r).mean(),
    ),
    (
        "you took the sigmoid twice: softplus, logsigmoid and binary_cross_entropy_with_logits want the "
        "logits",
        lambda r, f: minus_c(r.sigmoid(), f.sigmoid()),
    ),
    (
        "this is the difference of the mean logits, the cost of a Wasserstein critic: C has logarithms",
        lambda r, f: f.mean() - r.mean(),
    ),
    (
        "the log is to base 2: the lecture's is the natural one, as torch.log",
        lambda r, f: minus_c(r, f) / torch.log(torch.tensor(2.0)),
    ),
    (
        "the logs are missing: C has log D and log(1 - D)",
        lambda r, f: -r.sigmoid().mean() - (1 - f.sigmoid()).mean(),
    ),
]
"""What is often written instead of -C, each with the reason that a student is told."""


@exercise
def discriminator_loss(student: Student) -> str:
    """Checks ``loss(real_logits, fake_logits)``: logits ``(m,)`` of real and of fake examples, -C out."""
    real = torch.tensor([2.0, -0.7, 0.4, 1.1, -1.6, 3.0], dtype=torch.float64, requires_grad=True)
    fake = torch.tensor([-1.3, 0.9, -0.2, -2.5, 0.6, 1.7], dtype=torch.float64, requires_grad=True)
    loss = call_for_tensor(student, (), real, fake)
    expect(
        bool(torch.isfinite(loss)),
        f"for logits between -2.5 and 3 your loss is {loss.item()}. A logit is any real number: "
        "D is its sigmoid, and only D has a log",
    )
    if not same(loss, minus_c(real, fake)):
        for reason, wrong in LOSS_MISTAKES:
            if same(loss, wrong(real, fake)):
                refuse(reason)
        refuse(f"for the test logits your loss is {loss.item():.4f}; -C is {minus_c(real, fake).item():.4f}")
    expect(
        loss.requires_grad,
        "the value is right, but no gradient can flow back: do not detach it or work under no_grad",
    )
    got = torch.autograd.grad(loss, (real, fake), allow_unused=True)
    want = torch.autograd.grad(minus_c(real, fake), (real, fake))
    expect(
        all(g is not None and same(g, w) for g, w in zip(got, want)),
        "the value is right, but its gradient is not that of -C: is a part of it detached?",
    )
    _check_far_logits(student)
    return "this is -C, a sum of two means, and it stays exact where D is certain and wrong (logits of ±200)"


def _check_far_logits(student: Student) -> None:
    """In single precision sigmoid(-200) is 0: a loss that takes its log is infinite, or clamped."""
    far = torch.full((4,), 200.0, requires_grad=True)
    for where, real, fake in [("-200 on real data", -far, -far), ("+200 on the fakes", far, far)]:
        loss = call_for_tensor(student, (), real, fake)
        expect(
            bool(torch.isfinite(loss)),
            f"right for moderate logits, but with a logit of {where} your loss is {loss.item()} "
            "(it should be 200): the sigmoid rounds to 0 or 1 and the log overflows. Never take the log of a "
            "sigmoid: use F.softplus or F.logsigmoid",
        )
        expect(
            same(loss, torch.tensor(200.0)),
            f"right for moderate logits, but with a logit of {where} your loss is "
            f"{loss.item():.4g} and should be 200: a clamp or a small constant inside the log hides the "
            f"overflow, "
            "and takes the gradient away where D is most wrong. Use F.softplus or F.logsigmoid",
        )


def _replay(k: int, **mistake: Any) -> list[tuple[str, Tensor]]:
    world = World()
    for _ in range(2):
        play(world, k, **mistake)
    return world.updates()


def _agree(a: list[tuple[str, Tensor]], b: list[tuple[str, Tensor]]) -> bool:
    return len(a) == len(b) and all(x == y and same(v, w, 1e-8) for (x, v), (y, w) in zip(a, b))


@exercise
def one_iteration(student: Student) -> str:
    """Checks ``iteration(generator, discriminator, optimizer_g, optimizer_d, next_batch, noise, k)``.

    ``next_batch()`` gives m fresh real examples, ``noise()`` fresh noise for m fakes, and the discriminator
    answers with logits ``(m,)``. The function updates the networks and returns nothing.
    """
    for k in (3, 1):
        world = World()
        for _ in range(2):
            before = len(world.events)
            call(student, *world.arguments(k))
            _check_turns(world.events[before:], k)
        if _agree(world.updates(), _replay(k)):
            continue
        for reason, mistake in TURN_MISTAKES:
            if _agree(world.updates(), _replay(k, **mistake)):
                refuse(reason)
        _name_first_difference(world.updates(), _replay(k))
    return "k updates of D on fresh data and fresh noise, then one of G: update for update as on the slide"


def _check_turns(events: list[str], k: int) -> None:
    """Counts draws and updates within one iteration."""
    count = {name: events.count(name) for name in ("batch", "noise", "D", "G")}
    expect(count["D"] + count["G"] > 0, "no optimiser made a step: call .backward() on a loss, then .step()")
    expect(
        count["G"] == 1,
        f"G should be updated once in an iteration; your function updates it {count['G']} times",
    )
    expect(
        count["D"] == k,
        f"with k = {k} D should be updated {k} times in an iteration; your function updates it "
        f"{count['D']} times",
    )
    expect("G" not in events[: events.index("D")], "G was updated before D: the k steps of D come first")
    expect(
        events.index("G") > len(events) - 1 - events[::-1].index("D"),
        "D was updated after G: its turn comes first",
    )
    expect(
        count["batch"] == k,
        f"with k = {k} your function draws {count['batch']} minibatches of real data in an iteration: each "
        f"step of D takes a fresh one, and G needs none",
    )
    expect(
        count["noise"] == k + 1,
        f"with k = {k} your function draws noise {count['noise']} times in an iteration instead of "
        f"{k + 1}: each step of D takes fresh noise, and G's turn draws its own once more",
    )


def _name_first_difference(got: list[tuple[str, Tensor]], want: list[tuple[str, Tensor]]) -> None:
    """Refuses with the first update after which the weights are not those of the pseudo-algorithm."""
    for i, ((who, weights), (_, expected)) in enumerate(zip(got, want)):
        if same(weights, expected, 1e-8):
            continue
        g_off = not same(weights[:2], expected[:2], 1e-8)
        d_off = not same(weights[2:], expected[2:], 1e-8)
        if who == "D" and g_off:
            refuse(
                f"update {i + 1} is D's, but G's weights changed with it: each optimiser has its own network"
            )
        if who == "G" and d_off:
            refuse(
                f"update {i + 1} is G's, but D's weights changed with it: each optimiser has its own network"
            )
        moved = weights[2:] if who == "D" else weights[:2]
        hoped = expected[2:] if who == "D" else expected[:2]
        refuse(
            f"the first wrong update is number {i + 1}, {who}'s: its two weights became {_show(moved)}, "
            f"and should "
            f"be {_show(hoped)}. Is it the gradient of the pseudo-algorithm's formula, with a mean over "
            f"the minibatch?"
        )


def _show(weights: Tensor) -> str:
    return "(" + ", ".join(f"{w:.4f}" for w in weights.tolist()) + ")"
