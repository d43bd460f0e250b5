"""What the page on saddle points answers. Plain arguments in, a dictionary out: numbers, and ``html`` for the page."""

from __future__ import annotations

from math import hypot
from typing import Any

import numpy as np

from gan_lab.theory import dynamics, games

from . import view

Answer = dict[str, Any]

BUILDERS = {
    "xy": lambda strength: games.bilinear(),
    "minimax": lambda strength: games.dirac("minimax"),
    "non-saturating": lambda strength: games.dirac(),
    "r1": lambda strength: games.dirac(r1=strength),
    "noise": lambda strength: games.dirac(noise=strength),
    "wgan": lambda strength: games.dirac("wasserstein"),
    "clip": games.clipped_wgan,
    "gp": games.wgan_gp,
}


def play(
    game: str,
    rule: str,
    h: float = 0.2,
    strength: float = 0.5,
    beta: float = 1.0,
    x: float = 1.0,
    y: float = 1.0,
    steps: float = 500,
    guess: str = "",
) -> Answer:
    """One run, the field around it, the eigenvalues of one update at (0, 0), and what became of the run."""
    if game not in BUILDERS:
        raise ValueError(f"no game called {game!r}: choose one of {', '.join(BUILDERS)}")
    played = BUILDERS[game](strength)
    points = dynamics.trajectory(played, rule, (x, y), h, int(steps), beta)
    matrix = dynamics.operator(played, rule, h, beta)
    ended, fate = judge(points)
    answer: Answer = {
        "end": points[-1].tolist(),
        "distance": hypot(*points[-1]),
        "outcome": ended,
        "fate": fate,
        "promised": dynamics.predict(matrix),
        "radius": None if matrix is None else dynamics.radius(matrix),
        "eigenvalues": [] if matrix is None else [[v.real, v.imag] for v in dynamics.eigenvalues(matrix)],
    }
    answer["html"] = view.everything(game, rule, played, points, answer, guess)
    return answer


def judge(points: np.ndarray) -> tuple[str, str]:
    """The outcome of what is shown, and the guess it makes right: "in", "round" or "away"; "" if too short to tell."""
    distance = np.hypot(*points.T)
    if distance[0] == 0:
        return "still", "in"
    try:
        ended = dynamics.outcome(points)
    except ValueError:
        return "too short", ""
    if ended != "none":
        return ended, "in"
    window = max(1, len(points) // 10)
    half, end = (
        distance[len(points) // 2 - window : len(points) // 2].max(initial=0.0),
        distance[-window:].max(),
    )
    return ended, "away" if distance[-1] > dynamics.ESCAPED or end > 1.02 * half else "round"
