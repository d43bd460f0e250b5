"""What can be set on the page on conditional generation; the link holds the same names."""

from gan_lab.data import ages

from ..links import Choice, Number, Table

TABS = {"grid": "Classes × z", "between": "Between two classes", "ageing": "Ageing"}
GUESSES = {"": "not yet", "less": "under a quarter", "half": "a quarter to a half", "more": "over a half"}
SOURCES = {"picked": "one of these faces", "upload": "my file", "drawn": "my drawing"}
OWN = {"": "as it is known, or read"} | {str(k): f"{years} years" for k, years in enumerate(ages.SIXTHS)}
"""Which age group the face is said to be of."""
WAYS = {
    "initial": "the encoder’s guess",
    "pixelwise": "searched by pixels",
    "identity-preserving": "searched by identity",
}
"""How the face's noise is found, by the names that ``zoo.ageing`` gives them."""
MOST = 10
"""Classes that a model of this page has at most."""
OLDEST = len(ages.SIXTHS) - 1
SHEETS, EACH = 100, 12
"""Sheets of held-out faces to choose from, and faces on each."""

CONTROLS: Table = {
    "seed": Number(0, 0, 999, 1),
    "guess": Choice("", GUESSES),
    "first": Number(3, 0, MOST - 1, 1),
    "second": Number(5, 0, MOST - 1, 1),
    "t": Number(0.5, 0.0, 1.0, 0.01),
    "source": Choice("picked", SOURCES),
    "sheet": Number(0, 0, SHEETS - 1, 1),
    "number": Number(0, 0, SHEETS * EACH - 1, 1),
    "own": Choice("", OWN),
    "way": Choice("initial", WAYS),
    "age": Number(float(OLDEST), 0.0, float(OLDEST), 0.1),
    "tab": Choice("grid", TABS),
}
INPUTS = ("model", "ager", *CONTROLS)
"""The controls in the order in which the link holds them; both models first, for they are judged when loaded."""
