"""Exercises of lab 09: the loss of a discriminator that is told the label, and the whole of face ageing."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.checks.tiny_labels import OLD_MISTAKES, TOLD_MISTAKES, Family, Told, aged, told
from gan_lab.checks.verdict import Student, call_for_tensor, exercise, expect, refuse, same


@exercise
def discriminator_loss(student: Student) -> str:
    """Checks ``discriminator_loss(discriminator, generator, x, y, z)``: a scalar out, with its gradient for D alone."""
    world = Told()
    got = call_for_tensor(student, (), world.discriminator, world.generator, world.x, world.y, world.z)
    _check_labels(world)
    real, fake = world.logits()
    if not same(got, told(real, fake), 1e-9):
        for reason, wrong in TOLD_MISTAKES:
            if same(got, wrong(real, fake), 1e-9):
                refuse(reason)
        refuse(
            f"you say {got.item():.4f} where it is {told(real, fake).item():.4f}: minus the mean of log D(x, y), minus "
            "the mean of log(1 - D(G(z, y), y))"
        )
    expect(
        _gradient(got, world.hands) is None,
        "the value is right, but its gradient reaches G: it is D's turn, so make the fakes under torch.no_grad(), or "
        "detach them",
    )
    slope = _gradient(got, world.eyes)
    expect(
        slope is not None and same(slope, torch.autograd.grad(told(real, fake), world.eyes)[0], 1e-9),
        "the value is right, but the gradient that reaches D is not: ask D outside of torch.no_grad(), and detach the "
        "fakes instead of the logits",
    )
    return "D is told what was asked for, of real and of fake ones alike: so it can refuse a well-drawn wrong one"


def _check_labels(world: Told) -> None:
    """Refuses fakes that are made for, or judged under, other labels than those of the minibatch."""
    y, times = world.y, len(world.made_for)
    expect(
        times == 1,
        f"your function asks G {times} times; once is wanted, for as many fakes as there are examples",
    )
    given = torch.as_tensor(world.made_for[0])
    expect(
        torch.equal(given, y),
        f"G makes its fakes for the labels {given.tolist()}, not for y, {y.tolist()}: D would see one label more often "
        "among fakes than among real ones, and judge by that",
    )
    expect(bool(world.judged_under), "your function never asks D")
    under = torch.cat([torch.as_tensor(labels) for labels in world.judged_under])
    expect(
        len(under) == 2 * len(y),
        f"D judges {len(under)} examples; {2 * len(y)} are wanted, the real ones and as many fakes",
    )
    expect(
        torch.equal(under, torch.cat([y, y])),
        f"D is told {under.tolist()}; real examples and fakes are both of the labels y, {y.tolist()}. A fake that is "
        "judged under another label than it was made for teaches G to draw the wrong thing",
    )


def _gradient(loss: Tensor, weights: Tensor) -> Tensor | None:
    if not loss.requires_grad:
        return None
    return torch.autograd.grad(loss, weights, allow_unused=True, retain_graph=True)[0]


@exercise
def grow_old(student: Student) -> str:
    """Checks ``grow_old(x, own, asked, encoder, generator, look, search)``: faces ``(B, ...)`` in, as many out."""
    f = Family()
    tools = (f.encoder, f.generator, f.look, f.search)
    got, wanted = call_for_tensor(student, f.x.shape, f.x, f.own, f.asked, *tools), aged(Family())
    if same(got, wanted, 1e-9):
        return "z says who, y says how old: found under the own age by what a recogniser sees, kept under the asked one"
    for reason, wrong in OLD_MISTAKES:
        if same(got, wrong(Family()), 1e-9):
            refuse(reason)
    expect(f.searches > 0, "your function never calls search: the encoder's guess is only where it begins")
    refuse(
        f"a pixel is off by {float((got - wanted).abs().max()):.3f}: search from encoder(x) for a small mean of "
        "(look(generator(z, own)) - look(x))², then make generator(z, asked)"
    )
