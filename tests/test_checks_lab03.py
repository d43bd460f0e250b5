"""Lab 03's checks: right answers in other words, and what is often written instead."""

import numpy as np
import pytest
import torch

from gan_lab.checks import lab03
from gan_lab.theory import dynamics, games


def ahead(v, x, y, h):
    dx, dy = v(x, y)
    return x + h * dx, y + h * dy


def right(v, x, y, h):
    dx, dy = v(*ahead(v, x, y, h))
    return x + h * dx, y + h * dy


def two_steps(v, x, y, h):
    x, y = ahead(v, x, y, h)
    return ahead(v, x, y, h)


def alternating(v, x, y, h):
    x = x + h * v(x, y)[0]
    y = y + h * v(x, y)[1]
    return x, y


def look_in_turns(v, x, y, h):
    dx, dy = v(*alternating(v, x, y, h))
    return x + h * dx, y + h * dy


def overwrites_x(v, x, y, h):
    x1, y1 = ahead(v, x, y, h)
    x = x + h * v(x1, y1)[0]
    x1, y1 = ahead(v, x, y, h)
    return x, y + h * v(x1, y1)[1]


def heun(v, x, y, h):
    (a, b), (c, d) = v(x, y), v(*ahead(v, x, y, h))
    return x + h * (a + c) / 2, y + h * (b + d) / 2


def stepping(look, move):
    """Looks ``look`` steps ahead and moves by ``move`` of the velocity there."""

    def step(v, x, y, h):
        dx, dy = v(*ahead(v, x, y, look(h)))
        return x + move(h) * dx, y + move(h) * dy

    return step


RIGHT_STEPS = [
    right,
    lambda v, x, y, h: list(right(v, x, y, h)),
    lambda v, x, y, h: np.array([x, y]) + h * np.array(v(*(np.array([x, y]) + h * np.array(v(x, y))))),
    lambda v, x, y, h: torch.tensor(right(v, x, y, h), dtype=torch.float64),
]
WRONG_STEPS = {
    "plain simultaneous step": ahead,
    "two plain steps": two_steps,
    "alternating step": alternating,
    "you look ahead in turns": look_in_turns,
    "then looks ahead from the new x": overwrites_x,
    "Heun": heun,
    "midpoint": stepping(lambda h: h / 2, lambda h: h),
    "look ahead goes the wrong way": stepping(lambda h: -h, lambda h: h),
    "the step goes the wrong way": stepping(lambda h: h, lambda h: -h),
    "look ahead forgets h": stepping(lambda h: 1, lambda h: h),
    "second move forgets h": stepping(lambda h: h, lambda h: 1),
    "this is the velocity": lambda v, x, y, h: v(*ahead(v, x, y, h)),
    "swapped": lambda v, x, y, h: right(v, x, y, h)[::-1],
    "and should go to": stepping(lambda h: 2 * h, lambda h: h),
    "two numbers: `return x, y`": lambda v, x, y, h: right(v, x, y, h)[0],
    "leads to (nan": lambda v, x, y, h: (float("nan"), y),
}


@pytest.mark.parametrize("step", RIGHT_STEPS)
def test_other_ways_to_write_the_step_are_correct(step):
    verdict = lab03.extragradient_step(step)
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_STEPS)
def test_wrong_step_is_refused_with_its_reason(reason):
    verdict = lab03.extragradient_step(WRONG_STEPS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_what_is_wanted_is_the_step_of_the_lab_and_praised_by_its_own_run():
    field = games.bilinear().field
    assert lab03._wanted_step(field, 0.3, -0.8, 0.4) == pytest.approx(
        dynamics.extragradient(games.bilinear(), 0.3, -0.8, 0.4)
    )
    end = np.hypot(*dynamics.trajectory(games.bilinear(), "extragradient", (1, 1), 0.2, 200)[-1])
    assert f"to {end:.3f}" in lab03.extragradient_step(right).message


def test_every_listed_step_is_told_apart():
    field, x, y, h = lab03.PROBES[0]
    answers = [step(field, x, y, h) for step in (lab03._wanted_step, *(s for _, s in lab03.STEP_MISTAKES))]
    for i, a in enumerate(answers):
        assert not any(lab03._near(a, b) for b in answers[:i]), f"mistake {i} is not told apart"


def by_search(h):
    """Bisection on the longest eigenvalue: no formula."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        rho = dynamics.radius(dynamics.operator(games.dirac(r1=middle), "simultaneous", h))
        low, high = (middle, high) if rho > 1 else (low, middle)
    return high


WRONG_GAMMAS = {
    "no step size helps": lambda h: 0,
    "damping is fastest": lambda h: 1,
    "right for f = xy": lambda h: h,
    "h²/4, not h²/2": lambda h: h / 2,
    "Solve it for γ": lambda h: h**2 / 4,
    "for h = 1 only": lambda h: 0.25,
    "the other end": lambda h: 2 / h + h / 8,
    "a penalty is not negative": lambda h: -h / 4,
    "every step grows the distance": lambda h: h / 5,
    "it is not the least": lambda h: h / 3,
    "one number is wanted": lambda h: (h, h),
    "a finite number": lambda h: float("inf"),
}


@pytest.mark.parametrize(
    "student", [lambda h: h / 4, by_search, lambda h: np.float64(h) / 4, lambda h: torch.tensor(h / 4)]
)
def test_the_least_gamma_may_be_found_in_any_way(student):
    verdict = lab03.least_gamma(student)
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_GAMMAS)
def test_wrong_gamma_is_refused_with_its_reason(reason):
    verdict = lab03.least_gamma(WRONG_GAMMAS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


@pytest.mark.parametrize("h", [0.2, 1.0, 3.0])
def test_a_little_more_than_the_least_gamma_converges_and_a_little_less_does_not(h):
    for factor, expected in ((1.2, "linear"), (0.8, "none")):
        run = dynamics.trajectory(games.dirac(r1=factor * h / 4), "simultaneous", (0.05, 0.05), h, 6000)
        assert dynamics.outcome(run) == expected


@pytest.mark.parametrize("check", [lab03.extragradient_step, lab03.least_gamma])
def test_forgotten_return_is_named(check):
    def forgets(a, b=None, c=None, d=None):
        a, b

    assert "`return" in check(forgets).message
