"""Exercises of lab 13: style transfer, and the encoder's turn of a semi-supervised adversarial autoencoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.checks.tiny_heads import Tribunal, fooled, play
from gan_lab.checks.tiny_style import CLASSES, Penmen
from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same

LABELS = torch.arange(CLASSES)
Transfer = Callable[[Penmen, Tensor], Tensor]


def _right(world: Penmen, z: Tensor) -> Tensor:
    return world.written(z, LABELS)


def _anew(world: Penmen, z: Tensor) -> Tensor:
    """The picture encoded once more for each label."""
    return torch.cat([world.written(z + 0.3 * k, LABELS[k : k + 1]) for k in range(CLASSES)], 1)


def _laid_out_wrongly(world: Penmen, z: Tensor) -> Tensor:
    """All pairs are there, label by label, and read as if they were style by style."""
    return world.written(z, LABELS).transpose(0, 1).flatten(0, 1).unflatten(0, (len(z), CLASSES))


def _mixed(world: Penmen, z: Tensor) -> Tensor:
    """Both lists are repeated in the same manner, so that style and label advance together."""
    n = len(z) * CLASSES
    return world.decoder(z.repeat(CLASSES, 1), LABELS.repeat(len(z))[:n]).unflatten(0, (len(z), CLASSES))


TRANSFER_MISTAKES: list[tuple[str, Transfer]] = [
    (
        "you encode the picture anew for each label. An encoder may draw its code, and then every digit is written in "
        "another style: encode once, and use that code for all labels",
        _anew,
    ),
    (
        "all pictures are there, but label by label: reshape such a list to (classes, B, ...) and transpose, or repeat "
        "each CODE with repeat_interleave",
        _laid_out_wrongly,
    ),
    (
        "codes and labels advance together, so that a row does not keep its style: repeat_interleave one of the two "
        "and repeat the other",
        _mixed,
    ),
    (
        "every column has the same label: column k should be class k, in the style of the row",
        lambda w, z: w.written(z, torch.zeros_like(LABELS)),
    ),
    (
        "every row has the style of the first picture: row b is the style of picture b",
        lambda w, z: w.written(z[:1].expand(len(z), -1), LABELS),
    ),
    (
        "the code is left out (all zeros): there is no style of the picture in this",
        lambda w, z: w.written(torch.zeros_like(z), LABELS),
    ),
    (
        "you used the mean code of all pictures: each has a style of its own",
        lambda w, z: w.written(z.mean(0, keepdim=True).expand(len(z), -1), LABELS),
    ),
    (
        "the columns run backwards: column k is class k",
        lambda w, z: w.written(z, LABELS).flip(1),
    ),
]
"""What is often written instead, each with the reason that a student is told."""


@exercise
def style_transfer(student: Student) -> str:
    """Checks ``transfer(encoder, decoder, x, classes)``: ``(B, C, H, W)`` in, ``(B, classes, C, H, W)`` out."""
    world = Penmen()
    first = world.encoder(world.x)
    world.asked = 0
    shape = (5, CLASSES, 1, 2, 3)
    given = (world.encoder, world.decoder, world.x, CLASSES)
    got = call(student, *given)
    if isinstance(got, Tensor) and tuple(got.shape) in ((4, 5, 1, 2, 3), (20, 1, 2, 3)):
        refuse(
            f"your function returns a tensor of shape {tuple(got.shape)}; shape {shape} is wanted: a row for each "
            "picture, a column for each class"
        )
    world.asked = 0
    got = call_for_tensor(student, shape, *given)
    if same(got, _right(world, first), 1e-9):
        return "one code for each picture, and all classes written with it"
    for reason, wrong in TRANSFER_MISTAKES:
        if same(got, wrong(world, first), 1e-9):
            refuse(reason)
    off = float((got - _right(world, first)).abs().max().detach())
    refuse(
        f"a pixel is off by {off:.3f}: at [b, k] belongs decoder(z of picture b, class k), as the decoder puts it out"
    )


# --- the encoder's turn -------------------------------------------------------------------------------------


TURN_MISTAKES: list[tuple[str, dict[str, Any]]] = [
    (
        "the label discriminator is shown one-hot labels made by argmax. A maximum's place has no gradient, so the "
        "label head learns nothing in this turn: show the shares, softmax of the logits",
        {"weights": (1.0, 0.0)},
    ),
    (
        "the label discriminator is shown logits: its real ones are one-hot vectors, so show it shares that add up to "
        "1, softmax(1) of the logits",
        {"shares": lambda logits: logits},
    ),
    (
        "the softmax is taken over the minibatch: shares add up to 1 over the classes, dim=1",
        {"shares": lambda logits: logits.softmax(0)},
    ),
    (
        "a sigmoid for each class is no distribution: shares add up to 1, which takes softmax(1)",
        {"shares": lambda logits: logits.sigmoid()},
    ),
    (
        "log_softmax gives the logs of the shares: the discriminator is to see the shares themselves",
        {"shares": lambda logits: logits.log_softmax(1)},
    ),
    (
        "the style discriminator is not fooled: only the labels' one is in the loss",
        {"weights": (0.0, 1.0)},
    ),
    (
        "the encoder learns to be caught: it wants both to take its work for real, so it descends -mean log D",
        {"loss": lambda f: F.softplus(f).mean()},
    ),
    (
        "the encoder goes the wrong way: descend -mean log D, do not ascend it",
        {"loss": lambda f: -fooled(f)},
    ),
    (
        "this is the first form, mean log(1 - D), which hardly pushes what is found out (lab 2): descend -mean log D",
        {"loss": lambda f: -F.softplus(f).mean()},
    ),
    (
        "you summed over the minibatch: take means",
        {"loss": lambda f: F.softplus(-f).sum()},
    ),
    (
        "you took the mean of the two losses: add them up, so that neither is halved",
        {"weights": (0.5, 0.5)},
    ),
    (
        "you take sigmoid twice: discriminators answer with logits, and softplus or ..._with_logits has it in it",
        {"loss": lambda f: fooled(f.sigmoid())},
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
"""What is often written instead, each with the reason that a student is told. The first reads as if the label head were
left out of the loss, and that is what it comes to."""


@exercise
def encoder_turn(student: Student) -> str:
    """Checks ``turn(encoder, style_judge, label_judge, optimizer, x)``: the encoder fools both discriminators at once.

    The encoder answers with label logits ``(m, K)`` and codes ``(m, d)``, both discriminators with logits ``(m,)``.
    The function updates the encoder and returns nothing.
    """
    world, got = Tribunal(), []
    before = world.weights(world.style_judge, world.label_judge)
    for turn in range(3):
        call(student, *world.arguments(turn))
        made = len(world.steps) - turn
        expect(made == 1, f"one call should make one step of the optimiser; yours made {made}")
        expect(
            torch.equal(before, world.weights(world.style_judge, world.label_judge)),
            "a discriminator's weights changed: both stand still in the encoder's turn",
        )
        got.append(world.weights(world.encoder))
    want = play(Tribunal())
    if _agree(got, want):
        return "both heads are pushed in one step, the label head through its shares"
    for reason, mistake in TURN_MISTAKES:
        if _agree(got, play(Tribunal(), **mistake)):
            refuse(reason)
    refuse(
        f"after the first turn a weight of the encoder is off by {float((got[0] - want[0]).abs().max()):.4f}. Is the "
        "loss -mean log D(z) - mean log D'(shares), and one step made on it?"
    )


def _agree(a: list[Tensor], b: list[Tensor]) -> bool:
    return all(same(x, y, 1e-8) for x, y in zip(a, b))
