"""Exercises of lab 03: one extragradient step, and the least R1 penalty under which plain steps converge."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, isfinite
from typing import Any

from gan_lab.checks.verdict import Student, call, exercise, expect, refuse
from gan_lab.theory import dynamics, games
from gan_lab.theory.games import Point

Field = Callable[[float, float], Point]
Step = Callable[[Field, float, float, float], Point]


def _ahead(v: Field, x: float, y: float, h: float) -> Point:
    dx, dy = v(x, y)
    return x + h * dx, y + h * dy


def _wanted_step(v: Field, x: float, y: float, h: float) -> Point:
    dx, dy = v(*_ahead(v, x, y, h))
    return x + h * dx, y + h * dy


def _moved(x: float, y: float, velocity: Point, h: float) -> Point:
    return x + h * velocity[0], y + h * velocity[1]


def _heun(v: Field, x: float, y: float, h: float) -> Point:
    return _moved(*_moved(x, y, v(x, y), h / 2), v(*_ahead(v, x, y, h)), h / 2)


def _in_turns(v: Field, x: float, y: float, h: float) -> Point:
    x = x + h * v(x, y)[0]
    return x, y + h * v(x, y)[1]


def _look_in_turns(v: Field, x: float, y: float, h: float) -> Point:
    return _moved(x, y, v(*_in_turns(v, x, y, h)), h)


def _turns_with_looks(v: Field, x: float, y: float, h: float) -> Point:
    new = _wanted_step(v, x, y, h)[0]
    return new, _wanted_step(v, new, y, h)[1]


def _swapped(v: Field, x: float, y: float, h: float) -> Point:
    new_x, new_y = _wanted_step(v, x, y, h)
    return new_y, new_x


STEP_MISTAKES: list[tuple[str, Step]] = [
    (
        "this is a plain simultaneous step: it moves with the field found where you stand, and not one step ahead",
        _ahead,
    ),
    (
        "these are two plain steps: you move on from the point one step ahead. Go back: the step is taken from "
        "(x, y), only its velocity comes from ahead",
        lambda v, x, y, h: _ahead(v, *_ahead(v, x, y, h), h),
    ),
    ("this is an alternating step: y moves with the new x, and nobody looks ahead", _in_turns),
    (
        "you look ahead in turns: for the look, both players move at once from (x, y)",
        _look_in_turns,
    ),
    (
        "x looks ahead and moves, and y then looks ahead from the new x: both move at once, with the field at one "
        "and the same point ahead",
        _turns_with_looks,
    ),
    (
        "you average the field here and the field ahead (Heun's method): extragradient takes the field ahead alone",
        _heun,
    ),
    (
        "you look only half a step ahead (the midpoint method): the look is a whole step of h",
        lambda v, x, y, h: _moved(x, y, v(*_ahead(v, x, y, h / 2)), h),
    ),
    (
        "the look ahead goes the wrong way: the field says where both want to go, so add h times it",
        lambda v, x, y, h: _moved(x, y, v(*_ahead(v, x, y, -h)), h),
    ),
    (
        "the step goes the wrong way: the field says where both want to go, so add h times it",
        lambda v, x, y, h: _moved(x, y, v(*_ahead(v, x, y, h)), -h),
    ),
    ("the look ahead forgets h", lambda v, x, y, h: _moved(x, y, v(*_ahead(v, x, y, 1.0)), h)),
    ("the second move forgets h", lambda v, x, y, h: _moved(x, y, v(*_ahead(v, x, y, h)), 1.0)),
    (
        "this is the velocity one step ahead: return the point that is reached with it",
        lambda v, x, y, h: v(*_ahead(v, x, y, h)),
    ),
    ("x and y are swapped in what you return", _swapped),
]
"""What is often written instead of an extragradient step, each with the reason that a student is told."""

PROBES: list[tuple[Field, float, float, float]] = [
    (games.dirac("minimax", r1=0.4).field, 0.7, -1.2, 0.3),
    (games.bilinear().field, -0.5, 1.5, 0.2),
    (games.dirac().field, 1.1, 0.6, 0.7),
]


def _near(a: Point, b: Point) -> bool:
    return hypot(a[0] - b[0], a[1] - b[1]) < 1e-6 * max(1.0, hypot(*b))


def _pair(answer: Any) -> Point:
    """Two plain numbers out of whatever pair the student returned."""
    expect(answer is not None, "your function returns nothing: its last line must be `return ...`")
    try:
        x, y = (float(value) for value in answer)
    except (TypeError, ValueError):
        refuse(
            f"your function returns {type(answer).__name__}; the new point is wanted, two numbers: `return x, y`"
        )
    expect(isfinite(x) and isfinite(y), f"your step leads to ({x}, {y})")
    return x, y


@exercise
def extragradient_step(student: Student) -> str:
    """Checks ``step(field, x, y, h)``: the velocity's function, a point and a step size in, the new point out."""
    for field, x, y, h in PROBES:
        got, want = _pair(call(student, field, x, y, h)), _wanted_step(field, x, y, h)
        if _near(got, want):
            continue
        for reason, wrong in STEP_MISTAKES:
            if _near(got, wrong(field, x, y, h)):
                refuse(reason)
        refuse(
            f"from ({x}, {y}) with h = {h} you go to ({got[0]:.4f}, {got[1]:.4f}), and should go to ({want[0]:.4f}, "
            f"{want[1]:.4f}): look one step ahead, take the velocity there, and move with it from ({x}, {y})"
        )
    x, y = 1.0, 1.0
    for _ in range(200):
        x, y = _pair(call(student, games.bilinear().field, x, y, 0.2))
    return (
        "look ahead, come back, move with what you saw. 200 of your steps of 0.2 on f = xy lead from a distance of "
        f"1.41 to {hypot(x, y):.3f}"
    )


GAMMA_MISTAKES: list[tuple[str, Callable[[float], float]]] = [
    (
        "without a penalty the determinant is 1 + h²/4 and the eigenvalues are longer than 1: no step size helps",
        lambda h: 0.0,
    ),
    (
        "γ = 1 is where both eigenvalues meet and the damping is fastest. Asked is the least γ that is enough",
        lambda h: 1.0,
    ),
    (
        "this is right for f = xy, where the off-diagonal entries are ±h. In the Dirac-GAN D answers 1/2 at the "
        "equilibrium, and they are ±h/2",
        lambda h: h,
    ),
    (
        "the product of the off-diagonal entries ±h/2 is h²/4, not h²/2: look at the determinant again",
        lambda h: h / 2,
    ),
    (
        "nearly: hγ = h²/4 is where the determinant is 1. Solve it for γ",
        lambda h: h * h / 4,
    ),
    (
        "that is for h = 1 only: the least γ grows with the step",
        lambda h: 0.25,
    ),
    (
        "this is the other end: with more γ than this the step overshoots (an eigenvalue below -1). Asked is the "
        "least γ",
        lambda h: 2 / h + h / 8,
    ),
]
"""What is often answered instead of h/4, each with the reason that a student is told."""


def _radius(gamma: float, h: float) -> float:
    matrix = dynamics.operator(games.dirac(r1=gamma), "simultaneous", h)
    assert matrix is not None
    return dynamics.radius(matrix)


@exercise
def least_gamma(student: Student) -> str:
    """Checks ``least_gamma(h)``: the γ from which on simultaneous steps h of the Dirac-GAN with R1 converge."""
    answers = {h: _gamma(call(student, h)) for h in (0.2, 2.0, 3.0, 1.0)}
    wrong = {h: got for h, got in answers.items() if abs(got - h / 4) > 2e-3 * h / 4}
    if wrong:
        for reason, mistake in GAMMA_MISTAKES:
            if all(abs(got - mistake(h)) <= 2e-3 * max(mistake(h), 0.01) for h, got in answers.items()):
                refuse(reason)
        h, got = next(iter(wrong.items()))
        expect(got >= 0, f"for h = {h} you say γ = {got:.4g}: a penalty is not negative")
        rho = _radius(got, h)
        if rho >= 1:
            refuse(
                f"for h = {h} and your γ = {got:.4g} the longest eigenvalue is {rho:.6f}: every step grows the distance"
            )
        refuse(
            f"for h = {h} your γ = {got:.4g} converges (longest eigenvalue {rho:.4f}), but it is not the least: with "
            f"{0.98 * got:.4g} it is {_radius(0.98 * got, h):.4f}"
        )
    return (
        "h/4, from the determinant 1 - hγ + h²/4 = 1. With h = 1 and 2 % more than your γ the longest eigenvalue is "
        f"{_radius(1.02 * answers[1.0], 1.0):.4f}, with 2 % less {_radius(0.98 * answers[1.0], 1.0):.4f}"
    )


def _gamma(answer: Any) -> float:
    expect(answer is not None, "your function returns nothing: its last line must be `return ...`")
    try:
        got = float(answer)
    except (TypeError, ValueError):
        refuse(f"your function returns {type(answer).__name__}; one number is wanted, the γ for this h")
    expect(isfinite(got), f"your γ is {got}; a finite number is wanted")
    return got
