"""Exercises of lab 10: how much of a picture one logit sees, and the loss of pix2pix's generator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from gan_lab.checks.tiny_pairs import LOSS_MISTAKES, Draughtsmen, Parts, right
from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same
from gan_lab.models.patchgan import HALVINGS, PatchGAN

Layers = Sequence[tuple[int, int]]
"""Kernel and stride of each convolution, from the picture to the logits."""

OTHERS: tuple[Layers, ...] = (((7, 3),), ((3, 1), (5, 2), (2, 3)), ((5, 2), (3, 1), (3, 2), (4, 1)))


def _cases() -> list[Layers]:
    """PatchGAN's discriminators, and some that no paper has."""
    nets = (PatchGAN(3, field, 1) for field in HALVINGS)
    found = [[m for m in net.modules() if isinstance(m, nn.Conv2d)] for net in nets]
    return [[(m.kernel_size[0], m.stride[0]) for m in convolutions] for convolutions in found] + list(OTHERS)


def _field(layers: Layers) -> int:
    """From the last layer back: an output is made of ``kernel`` inputs, which begin ``stride`` apart."""
    return _back(layers, lambda field, kernel, stride: kernel + (field - 1) * stride)


def _back(layers: Layers, step: Callable[[int, int, int], int], start: int = 1) -> int:
    field = start
    for kernel, stride in reversed(layers):
        field = step(field, kernel, stride)
    return field


def _product(layers: Layers, start: int = 1) -> int:
    field = start
    for kernel, stride in layers:
        field *= kernel * stride
    return field


def _late(layers: Layers) -> int:
    """From the first layer on, each layer's own stride counted in its own step."""
    field, apart = 1, 1
    for kernel, stride in layers:
        apart *= stride
        field += (kernel - 1) * apart
    return field


FIELD_MISTAKES: list[tuple[str, Callable[[Layers], int]]] = [
    (
        "you went from the first layer to the last with the formula for the way back. From the last one to the first: "
        "field = kernel + (field - 1) * stride",
        lambda layers: _field(layers[::-1]),
    ),
    (
        "the strides are left out: after a stride of 2 neighbouring values stand two pixels apart, and a kernel "
        "reaches twice as far",
        lambda layers: 1 + sum(kernel - 1 for kernel, _ in layers),
    ),
    (
        "this is the sum of the kernels: neighbouring windows overlap, and strides make them stand apart",
        lambda layers: sum(kernel for kernel, _ in layers),
    ),
    (
        "this is a product: windows overlap, so that a layer adds to the field (kernel - 1 times the distance of its "
        "inputs) instead of multiplying it",
        _product,
    ),
    (
        "field windows in a row begin field - 1 strides apart, from the first to the last: kernel + (field - 1) * "
        "stride, not kernel + field * stride",
        lambda layers: _back(layers, lambda field, kernel, stride: kernel + field * stride),
    ),
    (
        "kernel and stride are exchanged: each layer is (kernel, stride)",
        lambda layers: _back(layers, lambda field, kernel, stride: stride + (field - 1) * kernel),
    ),
    (
        "you begin with 0. The logit itself is one value: before any layer the field is 1",
        lambda layers: _back(layers, lambda field, kernel, stride: kernel + (field - 1) * stride, 0),
    ),
    (
        "a layer's own stride is counted one step too early: it spreads what comes after it, not its own inputs",
        _late,
    ),
    (
        "the field is one too small: a row of windows reaches from the first pixel of the first to the last of the "
        "last",
        lambda layers: _field(layers) - 1,
    ),
]
"""What is often written instead, each with the reason that a student is told."""


@exercise
def receptive_field(student: Student) -> str:
    """Checks ``receptive_field(layers)``: pairs of kernel and stride from the picture on in, a side in pixels out."""
    answers = []
    for layers in _cases():
        got = call(student, list(layers))
        expect(got is not None, "your function returns nothing: its last line must be `return ...`")
        if isinstance(got, Tensor) and got.numel() == 1:
            got = got.item()
        expect(
            isinstance(got, int | float) and not isinstance(got, bool),
            f"your function returns a {type(got).__name__}; one number is wanted, the side of the square in pixels",
        )
        answers.append((layers, got))

    def all_as(formula: Callable[[Layers], int]) -> bool:
        return all(got == formula(layers) for layers, got in answers)

    if not all_as(_field):
        for reason, wrong in FIELD_MISTAKES:
            if all_as(wrong):
                refuse(reason)
        layers, got = next((layers, got) for layers, got in answers if got != _field(layers))
        refuse(
            f"for the layers {layers} (kernel, stride) you say {got}; one logit sees {_field(layers)} pixels"
        )
    return "16, 34, 70 and 286 come out: so PatchGAN's depth is what sets the size of its patches"


# --- the generator's loss -----------------------------------------------------------------------------------


@exercise
def generator_loss(student: Student) -> str:
    """Checks ``generator_loss(generator, discriminator, x, y, l1)``: a scalar with its gradient out."""
    answers = []
    for seed, l1 in ((10, 100.0), (11, 0.7)):
        world = Draughtsmen(seed)
        got = call_for_tensor(student, (), world.generator, world.judge, world.x, world.y, l1)
        expect(world.asked > 0, "your function never asks G")
        expect(
            world.asked == 1,
            f"your function asks G {world.asked} times, and each time it draws other noise: the picture that D judges "
            "and the one that L1 holds against the truth should be the same one",
        )
        fake = torch.tanh(world.layer(world.x))
        logits = world.patches(torch.cat([world.x, fake], 1))
        answers.append((got, world, Parts(fake, logits, world.x, world.y, l1, world.patches)))
    if not all(same(got, right(parts), 1e-9) for got, _, parts in answers):
        for reason, wrong in LOSS_MISTAKES:
            if all(same(got, wrong(parts), 1e-9) for got, _, parts in answers):
                refuse(reason)
        got, _, parts = answers[0]
        refuse(
            f"you say {float(got.detach()):.4f} where it is {float(right(parts).detach()):.4f}: the mean of -log "
            "D(x, G(x)) over all patches, plus l1 times the mean of |y - G(x)|"
        )
    got, world, parts = answers[0]
    expect(
        same(world.gradient(got), world.gradient(right(parts)), 1e-9),
        "the value is right, but the gradient that reaches G is not: was the picture detached, or made or judged under "
        "torch.no_grad(), for one of the two terms?",
    )
    return "D asks for what looks real beside x, L1 for what is near y, and both reach G"
