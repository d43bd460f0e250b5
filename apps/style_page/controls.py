"""What can be set on the page on style and label; the link holds the same names."""

from ..links import Choice, Number, Table

TABS = {"grid": "Styles × digits", "transfer": "Style transfer", "labels": "Few labels"}
ROWS = {"prior": "drawn from the prior", "digits": "of real digits", "walk": "one style, walking"}
"""Where the rows of the table come from."""
MOVES = {
    "ink": "more ink",
    "slant": "slant to the right",
    "width": "wider",
    "first": "1st principal direction",
    "second": "2nd principal direction",
}
"""Directions of z with a slider: three fitted to what is measured in digits, two that the codes themselves have."""
SOURCES = {"picked": "one of these digits", "drawn": "my drawing"}
GUESSES = {"": "not yet", "none": "next to nothing", "less": "by less than half", "half": "by half or more"}
CELLS = {"": "all"} | {f"{i}-{k}": f"{i} read as {k}" for i in range(10) for k in range(10) if i != k}
"""Which of the wrongly read digits are shown."""
REACH = 3.0
"""How far a slider goes, in standard deviations of the codes along its direction."""
DIGITS = 5000
"""Pictures of mnist-5k."""

CONTROLS: Table = {
    "rows": Choice("prior", ROWS),
    "seed": Number(0, 0, 999, 1),
    "along": Choice("slant", MOVES),
    **{name: Number(0.0, -REACH, REACH, 0.1) for name in MOVES},
    "source": Choice("picked", SOURCES),
    "sheet": Number(0, 0, 99, 1),
    "number": Number(0, 0, DIGITS - 1, 1),
    "strength": Number(1.0, 0.0, 1.5, 0.05),
    "guess": Choice("", GUESSES),
    "cell": Choice("", CELLS),
    "tab": Choice("grid", TABS),
}
INPUTS = ("model", "reader", *CONTROLS)
"""The controls in the order in which the link holds them; both models first, for they are judged when loaded."""
