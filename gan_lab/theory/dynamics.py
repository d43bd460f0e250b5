"""How two players move: four update rules, their linear part at the equilibrium, and what becomes of a run.

Near an equilibrium one step multiplies the distance by a matrix A, the derivative of the whole update. Its largest
eigenvalue in magnitude, the spectral radius rho, decides:

* rho < 1: linear convergence, every step shrinks the distance by about rho.
* rho > 1: no convergence.
* rho = 1: the linear part is silent. Curvature decides, and can give sublinear convergence at best.

With v the field, J its Jacobian and h the step, A is I + hJ for simultaneous steps, (I + hJ_y)(I + hJ_x) for
alternating ones if x begins (J_x is J with the row of y set to 0; the eigenvalues are the same if y begins),
I + hJ + h^2 J^2 for extragradient, and I + h(J - beta J'J) for consensus optimisation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, isfinite, log

import numpy as np

from gan_lab.theory.games import Game, Point

ESCAPED = 1e6
"""A run that gets this far from the equilibrium is over: it has diverged."""

Rule = Callable[[Game, float, float, float, float], Point]


def simultaneous(game: Game, x: float, y: float, h: float, beta: float = 0.0) -> Point:
    """Both move at once from where both stood."""
    dx, dy = game.field(x, y)
    return x + h * dx, game.keep(y + h * dy)


def alternating(game: Game, x: float, y: float, h: float, beta: float = 0.0) -> Point:
    """One moves, then the other, which already sees the first one's move; ``game.first`` says who begins."""
    if game.first == "x":
        x = x + h * game.field(x, y)[0]
        return x, game.keep(y + h * game.field(x, y)[1])
    y = game.keep(y + h * game.field(x, y)[1])
    return x + h * game.field(x, y)[0], y


def extragradient(game: Game, x: float, y: float, h: float, beta: float = 0.0) -> Point:
    """Look one step ahead, then move from here with the field found there (Korpelevich 1976)."""
    dx, dy = game.field(*simultaneous(game, x, y, h))
    return x + h * dx, game.keep(y + h * dy)


def consensus(game: Game, x: float, y: float, h: float, beta: float = 1.0) -> Point:
    """Both also descend beta |v|^2 / 2, so that they agree to stand still (Mescheder et al. 2017, eq. 8)."""
    dx, dy = game.field(x, y)
    jacobian = game.jacobian(x, y)
    if jacobian is None:  # at a kink there is nothing to add
        return x + h * dx, game.keep(y + h * dy)
    (a, b), (c, d) = jacobian
    return x + h * (dx - beta * (a * dx + c * dy)), game.keep(y + h * (dy - beta * (b * dx + d * dy)))


RULES: dict[str, Rule] = {
    "simultaneous": simultaneous,
    "alternating": alternating,
    "extragradient": extragradient,
    "consensus": consensus,
}


def trajectory(
    game: Game, rule: str, start: Point = (1.0, 1.0), h: float = 0.2, steps: int = 500, beta: float = 1.0
) -> np.ndarray:
    """The run, float64 ``(m, 2)``: the start and one row a step; shorter than steps + 1 only if it escapes.

    Args:
        game, rule: what is played, and how; the rule is one of RULES.
        h: the step size of both players, > 0.
        beta: weight of consensus, >= 0; the other rules ignore it.

    Raises:
        ValueError: an unknown rule, a step that is not positive, a negative beta or number of steps.
    """
    move = _rule(rule)
    if not h > 0 or beta < 0 or steps < 0:
        raise ValueError(f"h must be positive, beta and steps 0 or more, but got {h}, {beta} and {steps}")
    x, y = start
    points = [(x, y)]
    for _ in range(steps):
        x, y = move(game, x, y, h, beta)
        if not (isfinite(x) and isfinite(y)):
            break
        points.append((x, y))
        if hypot(x, y) > ESCAPED:
            break
    return np.array(points)


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise ValueError(f"no update rule called {name!r}: choose one of {', '.join(RULES)}")
    return RULES[name]


def operator(game: Game, rule: str, h: float, beta: float = 1.0) -> np.ndarray | None:
    """A, the derivative ``(2, 2)`` of one update at the equilibrium (0, 0); None if the field has a kink there.

    Raises:
        ValueError: an unknown rule.
    """
    _rule(rule)
    jacobian = game.jacobian(0.0, 0.0)
    if jacobian is None:
        return None
    j, one = np.array(jacobian), np.eye(2)
    if rule == "alternating":
        x_moves, y_moves = np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
        turns = one + h * x_moves @ j, one + h * y_moves @ j
        return turns[1] @ turns[0] if game.first == "x" else turns[0] @ turns[1]
    if rule == "extragradient":
        return one + h * j + h * h * j @ j
    if rule == "consensus":
        return one + h * (j - beta * j.T @ j)
    return one + h * j


def eigenvalues(matrix: np.ndarray) -> tuple[complex, complex]:
    """Both eigenvalues of a real 2 x 2 matrix, from its trace and determinant; the larger magnitude first."""
    half = (matrix[0, 0] + matrix[1, 1]) / 2
    determinant = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
    root = complex(half * half - determinant) ** 0.5
    pair = sorted((complex(half + root), complex(half - root)), key=abs)
    return pair[1], pair[0]


def radius(matrix: np.ndarray) -> float:
    """rho, the largest magnitude of an eigenvalue."""
    return abs(eigenvalues(matrix)[0])


def predict(matrix: np.ndarray | None, tolerance: float = 1e-9) -> str:
    """What the eigenvalues promise: "linear", "none", or "silent" where rho = 1 or there is no derivative."""
    if matrix is None:
        return "silent"
    rho = radius(matrix)
    return "linear" if rho < 1 - tolerance else "none" if rho > 1 + tolerance else "silent"


def outcome(points: np.ndarray) -> str:
    """What became of a run: "linear", "sublinear" or "none", judged by how its envelope falls.

    The envelope is the largest distance to (0, 0) within a tenth of the run, taken after a quarter, a half and all of
    it. A power law loses the same factor in both halvings; an exponential loses twice as many decades in the second.
    Give it a few thousand steps: within a short run all of them look alike.

    Args:
        points: ``(m, 2)`` from :func:`trajectory`, m >= 200 unless it escaped.

    Raises:
        ValueError: too few points to tell.
    """
    distance = np.hypot(*points.T)
    if distance[-1] > 100 * max(distance[0], 1.0):
        return "none"
    if len(points) < 200:
        raise ValueError(f"{len(points)} points are too few to judge a run by: give 200 or more")
    window = len(points) // 10
    quarter, half, end = (
        distance[stop - window : stop].max() for stop in (len(points) // 4, len(points) // 2, len(points))
    )
    if end < 1e-9 * max(distance[0], 1.0):
        return "linear"
    first, second = log(quarter / half), log(half / end)
    if second < 0.05:
        return "none"
    return "linear" if second > 1.5 * first else "sublinear"
