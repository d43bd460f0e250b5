"""What can be set on the page on loss gradients; the link holds the same names."""

from ..links import Choice, Number, Table

GUESSES = {
    "": "not yet",
    "same": "just as hard",
    "tenth": "a tenth as hard",
    "far": "over 10,000 times more weakly",
}
TABS = {"felt": "What G feels", "look": "Freeze and look", "figure2": "Figure 2", "distances": "Distances"}

CONTROLS: Table = {
    "logit": Number(-4.0, -12.0, 6.0, 0.1),
    "guess": Choice("", GUESSES),
    "turns": Number(0, 0, 2000, 50),
    "distance": Number(8.0, 0.5, 12.0, 0.5),
    "steps": Number(400, 50, 2000, 50),
    "clip": Number(-2.0, -3.0, 0.0, 0.25),
    "penalty": Number(1.0, -1.0, 2.0, 0.25),
    "width": Number(32, 4, 64, 4),
    "shift": Number(2.0, 0.0, 8.0, 0.1),
    "tab": Choice("felt", TABS),
}
INPUTS = tuple(CONTROLS)
