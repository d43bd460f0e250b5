"""Exercises of lab 06: a transposed convolution that doubles, and D's turn where D has BatchNorm."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from gan_lab.checks.normed_game import TURN_MISTAKES, Table, play
from gan_lab.checks.verdict import Student, call, exercise, expect, refuse, same

KERNELS = (4, 2, 6, 3, 5)
SIZES = (4, 7, 16)


def _reading(kernel: int, padding: int, extra: int) -> list[int]:
    """What a layer really makes of the sizes."""
    layer = nn.ConvTranspose2d(1, 1, kernel, stride=2, padding=padding, output_padding=extra)
    with torch.no_grad():
        return [layer(torch.zeros(1, 1, size, size)).shape[-1] for size in SIZES]


PADDING_MISTAKES: list[tuple[str, Any]] = [
    (
        "that is the formula with nothing cut off: padding is what a transposed convolution takes AWAY at each side",
        lambda k: (0, 0),
    ),
    (
        "this is half of the kernel, rounded down, the padding that keeps the size at stride 1. At stride 2 the output "
        "has (H - 1) 2 + k - 2 padding + extra pixels: set that equal to 2 H",
        lambda k: (k // 2, 0),
    ),
    (
        "right for even kernels; an odd one leaves 2 H - 1 or 2 H + 1 pixels whatever the padding, so it needs an "
        "extra line, output_padding = 1",
        lambda k: ((k - 1) // 2, 0),
    ),
    (
        "you solved for all of the padding, k - 2: PyTorch takes it away at EACH side, so it is half of that",
        lambda k: (k - 2, 0) if k % 2 == 0 else (k - 1, 1),
    ),
    (
        "the two numbers are swapped: the padding comes first, then the extra line",
        lambda k: (0, (k - 2) // 2) if k % 2 == 0 else (1, (k - 1) // 2),
    ),
]
"""What is often written instead, each with the reason that a student is told."""


def _wanted(kernel: int) -> tuple[int, int]:
    """(H - 1) 2 - 2 p + k + extra = 2 H."""
    extra = kernel % 2
    return (kernel - 2 + extra) // 2, extra


@exercise
def doubling(student: Student) -> str:
    """Checks ``doubling(kernel)``: (padding, output_padding) with which ConvTranspose2d, stride 2, makes H into 2 H."""
    answers = {k: _pair(call(student, k)) for k in KERNELS}
    wrong = [k for k in KERNELS if answers[k] != _wanted(k)]
    if not wrong:
        return (
            "(H - 1) 2 - 2 padding + k + extra = 2 H: the layers of the lab, and the paper's 5x5 filters, too"
        )
    for reason, mistake in PADDING_MISTAKES:
        if all(answers[k] == mistake(k) for k in KERNELS):
            refuse(reason)
    _name_first(wrong[0], answers[wrong[0]])
    return ""


def _pair(answer: Any) -> tuple[int, int]:
    told = "two whole numbers are wanted, (padding, output_padding)"
    expect(answer is not None, f"your function returns nothing; {told}")
    expect(isinstance(answer, tuple | list) and len(answer) == 2, f"your function returns {answer!r}; {told}")
    for number in answer:
        expect(
            isinstance(number, int) and not isinstance(number, bool),
            f"your function returns {answer!r}; {told}: // divides whole numbers",
        )
    padding, extra = answer
    expect(padding >= 0 and extra >= 0, f"your function returns {answer!r}: no padding is negative")
    return padding, extra


def _name_first(kernel: int, answer: tuple[int, int]) -> None:
    padding, extra = answer
    expect(extra < 2, f"for kernel {kernel} output_padding is {extra}: PyTorch wants it below the stride, 2")
    try:
        made = _reading(kernel, padding, extra)
    except RuntimeError:
        refuse(
            f"for kernel {kernel} nothing is left of a small picture with padding {padding}: it is too much"
        )
    pairs = ", ".join(f"{a} into {b}" for a, b in zip(SIZES, made))
    refuse(
        f"with kernel {kernel}, padding {padding} and output_padding {extra} the layer makes {pairs}; not doubled"
    )


# --- the discriminator's turn -------------------------------------------------------------------------------


@exercise
def discriminator_turn(student: Student) -> str:
    """Checks ``turn(G, D, optimizer, real, z)``: one update of D, which has BatchNorm.

    ``real`` is a minibatch ``(m, 2)``, ``z`` noise for as many fakes, and D answers with logits ``(m,)``. The function
    returns nothing.
    """
    table, got = Table(), []
    before = [p.detach().clone() for p in table.generator.parameters()]
    for turn in range(3):
        call(student, *table.arguments(turn))
        made = len(table.steps) - turn
        expect(made == 1, f"one call should make one step of the optimiser; yours made {made}")
        expect(
            all(torch.equal(a, b) for a, b in zip(before, table.generator.parameters())),
            "the generator's weights changed: it stands still in D's turn",
        )
        expect(
            table.discriminator.training,
            "you left D in eval mode: from now on its BatchNorm uses and keeps stale statistics. Do not call eval() in "
            "training",
        )
        got.append(table.weights())
    if _agree(got, play(Table())):
        return "two passes, each normalised by its own kind: what D says of real data does not depend on the fakes"
    for reason, mistake in TURN_MISTAKES:
        if _agree(got, play(Table(), **mistake)):
            refuse(reason)
    off = float((got[0] - play(Table())[0]).abs().max())
    refuse(
        f"after the first turn a weight of D is off by {off:.4f}. Is the loss bce of D(real) against 1 plus bce of "
        "D(fake) against 0, each the mean over its minibatch, and one step made on it?"
    )
    return ""


def _agree(a: list[Tensor], b: list[Tensor]) -> bool:
    return all(same(x, y, 1e-8) for x, y in zip(a, b))
