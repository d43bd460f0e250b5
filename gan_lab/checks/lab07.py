"""Exercises of lab 07: spherical interpolation, and arithmetic on averaged exemplars."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gan_lab.checks.verdict import Student, call_for_tensor, exercise, expect, refuse, same

DIM = 100


def _points(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _on_shell(z: Tensor) -> Tensor:
    return z * (math.sqrt(z.shape[-1]) / z.norm(dim=-1, keepdim=True))


def _slerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Along the great circle, at an even pace (Shoemake 1985)."""
    angle = torch.arccos((a @ b / (a.norm() * b.norm())).clamp(-1, 1))
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)


def _lerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    return (1 - t) * a + t * b


SLERP_MISTAKES: list[tuple[str, Callable[[Tensor, Tensor, float], Tensor]]] = [
    (
        "this is the straight line (lerp): half-way its norm is too small, as it cuts through the sphere",
        _lerp,
    ),
    (
        "the ends are swapped: t = 0 should give a, t = 1 should give b",
        lambda a, b, t: _slerp(b, a, t),
    ),
    (
        "this is the straight line pushed out to the sphere: the right path, at an uneven pace. The "
        "weights are "
        "sin((1 - t) angle) / sin(angle) and sin(t angle) / sin(angle)",
        lambda a, b, t: _on_shell(_lerp(a, b, t)),
    ),
    (
        "the direction is right, but the point has norm 1: give it the norm of a and b again",
        lambda a, b, t: _slerp(a, b, t) / a.norm(),
    ),
    (
        "the division by sin(angle) is missing: at t = 0 you are not quite at a",
        lambda a, b, t: _slerp(a, b, t) * torch.sin(torch.arccos(a @ b / (a.norm() * b.norm()))),
    ),
    (
        "the weights are swapped between sine and cosine, or the angle is not the one between a and b",
        lambda a, b, t: math.cos(t * math.pi / 2) * a + math.sin(t * math.pi / 2) * b,
    ),
]
"""What is often written instead of slerp, each with the reason that a student is told."""


@exercise
def slerp(student: Student) -> str:
    """Checks ``slerp(a, b, t)``: two latents ``(d,)`` of equal norm and t in [0, 1] in, ``(d,)`` out."""
    a, b = _on_shell(_points(DIM, seed=1)), _on_shell(_points(DIM, seed=2) + 0.7 * _points(DIM, seed=1))
    for t in (0.25, 0.5, 0.8, 0.0, 1.0):
        got = call_for_tensor(student, (DIM,), a, b, t)
        expect(
            bool(torch.isfinite(got).all()),
            f"for t = {t} your point is not finite. The arccos wants a cosine, a number in [-1, 1]: divide "
            f"a · b by "
            "both norms first",
        )
        if same(got, _slerp(a, b, t), 1e-4):
            continue
        for reason, wrong in SLERP_MISTAKES:
            if same(got, wrong(a, b, t), 1e-4):
                refuse(reason)
        angle = math.acos(max(-1.0, min(1.0, float(a @ got / (a.norm() * got.norm())))))
        whole = math.acos(float(a @ b / (a.norm() * b.norm())))
        refuse(
            f"at t = {t} your point has norm {got.norm():.3f} (a and b: {a.norm():.3f}) and stands at "
            f"{angle / whole:.0%} of the angle from a to b (wanted: {t:.0%})"
        )
    _check_equal_ends(student)
    return "it keeps the norm, walks at an even pace, and does not stumble when both ends are the same point"


def _check_equal_ends(student: Student) -> None:
    """With a = b the angle is 0, and rounding may take the cosine past 1: five points, some of each kind."""
    for seed in range(5):
        a = _on_shell(_points(DIM, seed=seed))
        got = call_for_tensor(student, (DIM,), a, a.clone(), 0.5)
        expect(
            bool(torch.isfinite(got).all()),
            "right for two different points, but for a = b your point is not finite: there sin(angle) is "
            "0, and the "
            "cosine may come out as 1.0000001. Clamp the cosine to [-1, 1], and use the straight line when "
            "the angle "
            "is tiny",
        )
        expect(
            same(got, a, 1e-3),
            f"right for two different points, but for a = b half-way is not a: it is "
            f"{float((got - a).norm()):.3g} "
            "away. Use the straight line when the angle is tiny",
        )


def _arithmetic(first: Tensor, second: Tensor, third: Tensor) -> Tensor:
    return _on_shell(first.mean(0) - second.mean(0) + third.mean(0))


ARITHMETIC_MISTAKES: list[tuple[str, Callable[[Tensor, Tensor, Tensor], Tensor]]] = [
    (
        "the average and the sum are right, but the projection is missing: scale the result to norm sqrt(d)",
        lambda a, b, c: a.mean(0) - b.mean(0) + c.mean(0),
    ),
    (
        "the direction is right, but the result has norm 1: the shell of Gaussian noise has radius sqrt(d)",
        lambda a, b, c: _arithmetic(a, b, c) / math.sqrt(a.shape[1]),
    ),
    (
        "the direction is right, but the result has norm d: the shell of Gaussian noise has radius sqrt(d)",
        lambda a, b, c: _arithmetic(a, b, c) * math.sqrt(a.shape[1]),
    ),
    (
        "you summed the exemplars: with different numbers of them the concepts get different weights. "
        "Average them",
        lambda a, b, c: _on_shell(a.sum(0) - b.sum(0) + c.sum(0)),
    ),
    ("the signs are not those of z1 - z2 + z3", lambda a, b, c: _on_shell(a.mean(0) + b.mean(0) - c.mean(0))),
    ("the signs are not those of z1 - z2 + z3", lambda a, b, c: _on_shell(a.mean(0) - b.mean(0) - c.mean(0))),
    ("the signs are not those of z1 - z2 + z3", lambda a, b, c: _on_shell(a.mean(0) + b.mean(0) + c.mean(0))),
    (
        "only one exemplar of each concept is used: average over all of them",
        lambda a, b, c: _on_shell(a[0] - b[0] + c[0]),
    ),
    (
        "you projected each concept before adding them: add the plain averages, and project the result once",
        lambda a, b, c: _on_shell(_on_shell(a.mean(0)) - _on_shell(b.mean(0)) + _on_shell(c.mean(0))),
    ),
]
"""What is often written instead, each with the reason that a student is told."""


@exercise
def concept_arithmetic(student: Student) -> str:
    """Checks ``arithmetic(first, second, third)``: exemplars ``(n, d)`` of each concept in, ``(d,)`` out.

    n may differ from concept to concept.
    """
    for sizes in ((3, 3, 3), (3, 2, 5)):
        concepts = [_points(n, DIM, seed=20 + i) + i for i, n in enumerate(sizes)]
        got = call_for_tensor(student, (DIM,), *concepts)
        expect(bool(torch.isfinite(got).all()), "your result is not finite: what do you divide by?")
        if same(got, _arithmetic(*concepts), 1e-4):
            continue
        for reason, wrong in ARITHMETIC_MISTAKES:
            if same(got, wrong(*concepts), 1e-4):
                refuse(reason)
        refuse(
            f"with {', '.join(map(str, sizes))} exemplars your result has norm {got.norm():.3f}, wanted "
            f"{math.sqrt(DIM):.3f}, and its cosine with the right one is "
            f"{float(torch.cosine_similarity(got, _arithmetic(*concepts), dim=0)):.3f}, wanted 1"
        )
    return "averages, then z1 - z2 + z3, then back onto the shell of radius sqrt(d)"
