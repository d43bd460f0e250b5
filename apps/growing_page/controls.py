"""What can be set on the page on Progressive GAN; the link holds the same names."""

from ..links import Choice, Number, Table

GUESSES = {"": "not yet", "noise": "noise", "same": "the old one, doubled", "half": "half of each"}
TABS = {"fade": "Fade", "critic": "Critic", "film": "Film strip", "live": "Live"}
DATA = {"mnist-5k": "digits", "faces": "faces"}
FACES = 8
"""Latents that every picture on the page is made from."""
REALS = 4
"""Real images that go down: one group of the critic's minibatch spread."""
TOP = 4
"""The highest level of a page without a model: 64x64."""


def controls(top: int = TOP) -> Table:
    """Everything a hand can set, for a model whose highest level is ``top``."""
    return {
        "level": Number(min(2, top), 0, top, 1),
        "alpha": Number(1.0, 0.0, 1.0, 0.01),
        "face": Number(0, 0, FACES - 1, 1),
        "real": Number(0, 0, REALS - 1, 1),
        "guess": Choice("", GUESSES),
        "tab": Choice("fade", TABS),
        "data": Choice("mnist-5k", DATA),
        "images": Number(3000, 200, 8000, 200),
    }


INPUTS = ("model", *controls())
"""The controls in the order in which events take them; the model first, for it decides about the others."""
