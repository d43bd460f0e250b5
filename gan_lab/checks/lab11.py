"""Exercises of lab 11: the loss of both ways round, and a history of fakes."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_lab.checks.tiny_worlds import CYCLE_MISTAKES, Trips, Worlds, right
from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same


@exercise
def cycle_loss(student: Student) -> str:
    """Checks ``cycle_loss(ab, ba, a, b)``: a scalar with its gradient out."""
    w = Worlds()
    got, wanted = call_for_tensor(student, (), w.ab, w.ba, w.a, w.b), right(Trips(w))
    if not same(got, wanted, 1e-9):
        for reason, wrong in CYCLE_MISTAKES:
            if same(got, wrong(Trips(w)), 1e-9):
                refuse(reason)
        refuse(
            f"you say {float(got.detach()):.4f} where it is {float(wanted.detach()):.4f}: the mean of |ba(ab(a)) - a| "
            "plus that of |ab(ba(b)) - b|"
        )
    for name, mine, due in zip(("ab", "ba"), w.gradients(got), w.gradients(wanted), strict=True):
        expect(
            same(mine, due, 1e-9),
            f"the value is right, but the gradient that reaches {name} is not. The cycle teaches both networks of a "
            "way round, the one that goes and the one that comes back: detach nothing",
        )
    return "both ways round, and both networks learn from both"


# --- the history --------------------------------------------------------------------------------------------

SIZE, CALLS = 5, 600


def _fake(k: int) -> Tensor:
    """A picture that is known by its number, ``(1, 2, 2)``."""
    return torch.full((1, 2, 2), float(k))


def _number(picture: Tensor, name: str) -> int:
    """Which of the pictures it is."""
    expect(
        isinstance(picture, Tensor) and tuple(picture.shape) == (1, 2, 2),
        f"{name} should be a picture (1, 2, 2), as the ones that came in",
    )
    value = float(picture[0, 0, 0])
    expect(
        bool((picture == value).all()) and value == int(value), f"{name} is none of the pictures that came in"
    )
    return int(value)


@dataclass
class Diary:
    """What a history did after it was full.

    Attributes:
        old: how often it handed out a picture of the past.
        places: which place was taken, each time that one was.
    """

    old: int
    places: list[int]


def _fill(student: Student) -> list[Tensor]:
    """The history when it is full; refuses one that does not fill."""
    held: list[Tensor] = []
    for k in range(1, SIZE + 1):
        got = call(student, held, _fake(k), SIZE)
        expect(got is not None, "your function returns nothing: its last line must be `return ...`")
        expect(
            _number(got, "what you return") == k,
            f"as long as the history is not full every fake is kept and handed out itself; call {k} returned another",
        )
        expect(
            len(held) == k,
            f"after {k} fakes the history holds {len(held)}: until it is full every fake goes in. Change the list "
            "`held` itself (held.append(...), held[i] = ...), as it is the caller's",
        )
    return held


def _use(student: Student, held: list[Tensor]) -> Diary:
    """Many more fakes; refuses a history that does what none should."""
    diary = Diary(0, [])
    for k in range(SIZE + 1, SIZE + 1 + CALLS):
        before = [_number(picture, "what is held") for picture in held]
        got = _number(call(student, held, _fake(k), SIZE), "what you return")
        expect(len(held) == SIZE, f"a full history holds {SIZE}, as asked for; yours now holds {len(held)}")
        after = [_number(picture, "what is held") for picture in held]
        changed = [i for i, (was, now) in enumerate(zip(before, after, strict=True)) if was != now]
        if got == k:
            expect(
                not changed, "a fake that is handed out itself is not kept: the history should stay as it was"
            )
            continue
        expect(got in before, "you hand out a picture that was not in the history")
        expect(
            bool(changed),
            "you hand out an old picture and leave it in the history: the new one takes its place",
        )
        expect(
            changed == [before.index(got)] and after[changed[0]] == k,
            "the new fake takes the place of the very picture that is handed out; yours changes another place",
        )
        diary.old += 1
        diary.places += changed
    return diary


@exercise
def exchange(student: Student) -> str:
    """Checks ``exchange(held, fake, size)``: a list, changed in place, a picture and a number in; a picture out."""
    state = random.getstate()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        random.seed(0)
        try:
            diary = _use(student, _fill(student))
        finally:
            random.setstate(state)
    share = diary.old / CALLS
    expect(share > 0, "your history never hands out a picture of the past: D would see today's fakes only")
    expect(share < 1, "your history hands out nothing but the past: with probability 1/2 D sees today's fake")
    expect(
        0.4 < share < 0.6,
        f"of {CALLS} fakes {diary.old} were answered with one of the past: it should be one in two, by chance",
    )
    expect(
        len(set(diary.places)) == SIZE,
        f"only {len(set(diary.places))} of {SIZE} places are ever used: draw one at random from all of them",
    )
    turns = {(b - a) % SIZE for a, b in zip(diary.places, diary.places[1:])}
    expect(
        len(turns) > 1,
        "the places are taken in turn, so that a fake's age is always the same: draw one at random",
    )
    return "half of the fakes are today's, half are of the past, and how old they are is left to chance"
