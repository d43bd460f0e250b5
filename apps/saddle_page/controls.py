"""What can be set on the page on saddle points; the link holds the same names."""

from ..links import Choice, Number, Table

GAMES = {
    "xy": "f(x, y) = xy",
    "minimax": "Dirac-GAN, minimax",
    "non-saturating": "Dirac-GAN, non-saturating",
    "r1": "Dirac-GAN + R1",
    "noise": "Dirac-GAN + instance noise",
    "wgan": "Dirac-WGAN, no constraint",
    "clip": "Dirac-WGAN, clipped",
    "gp": "Dirac-WGAN-GP",
}
RULES = {
    "simultaneous": "simultaneous",
    "alternating": "alternating",
    "extragradient": "extragradient",
    "consensus": "consensus",
}
STRENGTHS = {"r1": "γ of R1", "noise": "σ of the noise", "clip": "c of clipping", "gp": "λ of the penalty"}
"""Which games have a strength, and what it is called."""

GUESSES = {"": "not yet", "in": "converges", "round": "keeps circling", "away": "runs away"}

CONTROLS: Table = {
    "game": Choice("xy", GAMES),
    "rule": Choice("simultaneous", RULES),
    "h": Number(0.2, 0.02, 2.2, 0.02),
    "strength": Number(0.5, 0.05, 2.0, 0.05),
    "beta": Number(1.0, 0.0, 2.0, 0.05),
    "x": Number(1.0, -2.0, 2.0, 0.1),
    "y": Number(1.0, -2.0, 2.0, 0.1),
    "steps": Number(500, 10, 2000, 10),
    "guess": Choice("", GUESSES),
}
INPUTS = tuple(CONTROLS)
