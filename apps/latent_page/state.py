"""The state of the latent arithmetic page, and the link that restores it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl

SHEET = 40
"""Pictures to choose from."""

POINTS = {
    "z1": "z₁, the mean",
    "z2": "z₂, the mean",
    "z3": "z₃, the mean",
    "z1-first": "z₁, one exemplar",
    "z2-first": "z₂, one exemplar",
    "z3-first": "z₃, one exemplar",
    "sum": "the sum z₁ − z₂ + z₃",
}
"""Where an interpolation may start and end."""

GUESSES = {"": "not yet", "shorter": "√(d/3)", "same": "√d", "longer": "√(3d)"}
TABS = ("arithmetic", "interpolation", "neighbourhood", "attributes", "inversion")
MOVED = ("smile", "glasses", "age", "hat", "beard")
"""The attributes with a slider."""
REACH = 5.0
"""How far such a slider goes, in the latent's units: along any direction a Gaussian z has a standard deviation of 1."""
SOURCES = {
    "own": "one this generator makes",
    "other": "one it did not make",
    "upload": "my file",
    "drawing": "my drawing",
}
"""Where a picture comes from whose noise is searched."""
MAX_NUMBER = 9999


@dataclass(frozen=True)
class State:
    """Everything a hand can set on the page; the link holds the same names. No picks: the suggested ones."""

    model: str = ""
    seed: int = 11
    picks: str = ""
    w1: float = 1.0
    w2: float = -1.0
    w3: float = 1.0
    project: bool = False
    guess: str = ""
    start: str = "z1-first"
    end: str = "z3-first"
    t: float = 0.5
    radius: float = 0.25
    noise: int = 0
    tab: str = "arithmetic"
    who: str = "z3-first"
    smile: float = 0.0
    glasses: float = 0.0
    age: float = 0.0
    hat: float = 0.0
    beard: float = 0.0
    pure: bool = False
    source: str = "own"
    number: int = 0


INPUTS = tuple(f.name for f in fields(State))
"""The names of the page's inputs, in the order of the state."""


def parse_picks(text: str) -> list[list[int]]:
    """``"3,7,12;1,2,4;5,6,8"``: up to three pictures of the sheet for each of the three concepts.

    Raises:
        ValueError: there are not three groups, or one is not up to three numbers below 40.
    """
    groups = text.split(";")
    try:
        picks = [[int(i) for i in group.split(",") if i.strip()] for group in groups]
    except ValueError:
        picks = []
    if len(picks) != 3 or any(len(group) > 3 or not all(0 <= i < SHEET for i in group) for group in picks):
        form = f"three groups of up to three numbers from 0 to {SHEET - 1}, like 3,7,12;1,2,4;5,6,8"
        raise ValueError(f"{form}, not {_quote(text)}")
    return picks


def _quote(text: str) -> str:
    """The text as it was given, but never a page of it."""
    return repr(text if len(text) <= 40 else text[:40] + "...")


def _number(low: float, high: float, kind: type = float) -> Callable[[str], float | int]:
    def read(text: str) -> float | int:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            what = "a whole number" if kind is int else "a number"
            raise ValueError(f"{what} from {low:g} to {high:g}, not {_quote(text)}")
        return value

    return read


def _one_of(allowed: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(a for a in allowed if a)}, not {_quote(text)}")
        return text

    return read


def _picks(text: str) -> str:
    parse_picks(text)
    return text


MAX_SEED = 2**31 - 1
READERS: dict[str, Callable[[str], object]] = {
    "model": str,  # checked where models are loaded
    "seed": _number(0, MAX_SEED, int),
    "picks": _picks,
    "w1": _number(-2, 2),
    "w2": _number(-2, 2),
    "w3": _number(-2, 2),
    "project": lambda text: _one_of(("0", "1"))(text) == "1",
    "guess": _one_of(tuple(GUESSES)),
    "start": _one_of(tuple(POINTS)),
    "end": _one_of(tuple(POINTS)),
    "t": _number(0, 1),
    "radius": _number(0, 1),
    "noise": _number(0, 99, int),
    "tab": _one_of(TABS),
    "who": _one_of(tuple(POINTS)),
    **dict.fromkeys(MOVED, _number(-REACH, REACH)),
    "pure": lambda text: _one_of(("0", "1"))(text) == "1",
    "source": _one_of(tuple(SOURCES)),
    "number": _number(0, MAX_NUMBER, int),
}


def read(query: str) -> tuple[State, list[str]]:
    """The state a link describes, and one sentence for each value that could not be used.

    Args:
        query: what stands after the address, with or without its question mark.

    Returns:
        The state, with the default wherever the link says nothing or something impossible, and the sentences.
    """
    state, sentences = State(), []
    for name, text in parse_qsl(query.lstrip("?")[:2000], keep_blank_values=True):
        if name not in READERS:
            continue
        try:
            state = replace(state, **{name: READERS[name](text)})
        except ValueError as error:
            sentences.append(f"The link's {name} must be {error}; the default is shown instead.")
    return state, sentences
