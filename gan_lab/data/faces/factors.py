"""What a face is made of: named factors, their ranges, and the joint distribution they are drawn from.

The whole distribution, top to bottom (U is uniform, f = feminine, clip to [0, 1]):

    age          ~ U(0, 1)         about 4 years at 0, 85 at 1; greys the hair from .5 on when drawn
    feminine     ~ U(0, 1)         typed face shape, brows, lips; what hair and beard depend on
    smile        = 1 - 2 u^1.5     u ~ U(0, 1): faces are a little more glad than sad, mean .2
    skin         ~ U(0, 1)         fair to deep
    hair_colour  = (1 - .8 skin) u u ~ U(0, 1): black, brown, red to blond; deep skin goes with dark hair
    eye_colour   = (1 - .8 skin) u u ~ U(0, 1): brown, green, blue
    hair         ~ (1 - f) (.16 .46 .20 .06 .08 .04) + f (.02 .12 .20 .26 .26 .14)
                                   bald short curly bob long bun; below an age of .25 bald becomes short
    facial_hair  : any with .75 clip(1.6 - 2.4 f) clip(10 age - 2); then 40 % moustache, 60 % beard
    glasses      : any with .25 + .3 age; then round and square alike
    hat          : any with .25; then beanie and cap alike
    the others   ~ U over their range, independent of everything

Every draw of a face is made from 24 uniform numbers, one for each factor, in the order of ``NAMES``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Generator, Tensor

from gan_lab.data.order import check, generator

RANGES: dict[str, tuple[float, float]] = {
    "age": (0, 1),
    "feminine": (0, 1),
    "smile": (-1, 1),
    "gaze_x": (-1, 1),
    "gaze_y": (-1, 1),
    "head": (-1, 1),
    "jaw": (-1, 1),
    "skin": (0, 1),
    "hair_colour": (0, 1),
    "parting": (-1, 1),
    "volume": (0, 1),
    "eye_size": (-1, 1),
    "eye_colour": (0, 1),
    "nose": (-1, 1),
    "brows": (-1, 1),
    "clothes": (0, 1),
    "background": (0, 1),
    "light": (-1, 1),
    "turn": (-1, 1),
    "tilt": (-1, 1),
}
"""The continuous factors, lowest and highest value."""

CLASSES: dict[str, tuple[str, ...]] = {
    "hair": ("bald", "short", "curly", "bob", "long", "bun"),
    "glasses": ("none", "round", "square"),
    "facial_hair": ("none", "moustache", "beard"),
    "hat": ("none", "beanie", "cap"),
}
"""The discrete factors; a class's number is its place here."""

NAMES = (*RANGES, *CLASSES)

MASCULINE_HAIR = (0.16, 0.46, 0.20, 0.06, 0.08, 0.04)
FEMININE_HAIR = (0.02, 0.12, 0.20, 0.26, 0.26, 0.14)


@dataclass
class Factors:
    """The factors of n faces: each attribute is a tensor ``(n,)``.

    Attributes:
        age: 0 (about 4 years) to 1 (about 85): proportions, lines, greying.
        feminine: 0 to 1, typed face shape, brows, lashes and lips as one continuum.
        smile: -1 (sad) to 1 (a wide smile that shows teeth, from about .3 on).
        gaze_x, gaze_y: -1 (left, up) to 1 (right, down), as seen in the picture.
        head: -1 (long and narrow) to 1 (round and wide).
        jaw: -1 (pointed chin) to 1 (square).
        skin: 0 (fair) to 1 (deep).
        hair_colour: 0 (black) over brown and red to 1 (light blond).
        parting: -1 to 1, to which side the fringe falls.
        volume: 0 to 1, how much hair stands off the head.
        eye_size: -1 to 1. eye_colour: 0 (dark brown) over green to 1 (blue).
        nose: -1 (small) to 1 (large). brows: -1 (low) to 1 (raised).
        clothes: 0 to 1 along a circle of colours. background: 0 to 1 along another.
        light: -1 (from the left) to 1 (from the right).
        turn, tilt: -1 to 1, the head turned and leaned a little to the left or the right.
        hair, glasses, facial_hair, hat: int64 classes, named in ``CLASSES``.

    Raises:
        ValueError: a factor of another shape; drawing and ``replace`` also refuse one that is out of its range, and
            say which, what was given and what is allowed.
    """

    age: Tensor
    feminine: Tensor
    smile: Tensor
    gaze_x: Tensor
    gaze_y: Tensor
    head: Tensor
    jaw: Tensor
    skin: Tensor
    hair_colour: Tensor
    parting: Tensor
    volume: Tensor
    eye_size: Tensor
    eye_colour: Tensor
    nose: Tensor
    brows: Tensor
    clothes: Tensor
    background: Tensor
    light: Tensor
    turn: Tensor
    tilt: Tensor
    hair: Tensor
    glasses: Tensor
    facial_hair: Tensor
    hat: Tensor

    def __post_init__(self) -> None:
        for name in NAMES:
            value = getattr(self, name)
            if value.shape != self.age.shape or value.ndim != 1:
                raise ValueError(f"{name} has the shape {tuple(value.shape)}; every factor must be (n,)")

    def __len__(self) -> int:
        return len(self.age)

    @property
    def device(self) -> torch.device:
        """Where the factors lie, and where the faces will be drawn."""
        return self.age.device

    def __getitem__(self, which: slice | Tensor) -> Factors:
        """Some of the faces: a slice, a mask ``(n,)`` or int64 numbers ``(m,)``."""
        return Factors(**{name: getattr(self, name)[which] for name in NAMES})

    def to(self, device: torch.device | str) -> Factors:
        """The same on another device."""
        return Factors(**{name: getattr(self, name).to(device) for name in NAMES})

    def replace(self, **values: Tensor | float | int | str) -> Factors:
        """The same faces with some factors set: a tensor ``(n,)``, a number, or a class by its name.

        Raises:
            ValueError: no such factor or class, or a value out of its range.
        """
        new = replace(self, **{name: self._column(name, value) for name, value in values.items()})
        new.check()
        return new

    def repeat(self, times: int) -> Factors:
        """Every face ``times`` times in a row: (a, a, b, b, ...)."""
        return Factors(**{name: getattr(self, name).repeat_interleave(times) for name in NAMES})

    def stack(self, names: tuple[str, ...] = tuple(RANGES)) -> Tensor:
        """Some factors, the continuous ones by default, as columns of a float32 ``(n, d)``: for regression."""
        return torch.stack([getattr(self, _known(name)).float() for name in names], dim=1)

    def table(self) -> Tensor:
        """All factors, float32 ``(n, 24)`` in the order of ``NAMES``; ``Factors.of`` undoes it exactly."""
        return self.stack(NAMES)

    @classmethod
    def of(cls, table: Tensor) -> Factors:
        """The factors in a table ``(n, 24)``."""
        columns = dict(zip(NAMES, table.unbind(1), strict=True))
        return cls(**{name: x.long() if name in CLASSES else x for name, x in columns.items()})

    def describe(self) -> list[dict[str, Any]]:
        """One dictionary for each face, ready for JSON: numbers for the continuous factors, names for classes."""
        columns = {name: getattr(self, name).tolist() for name in NAMES}
        words = {name: [CLASSES[name][k] for k in columns[name]] for name in CLASSES}
        columns |= words
        return [{name: columns[name][i] for name in NAMES} for i in range(len(self))]

    def check(self) -> None:
        """Raises ValueError, with the range, when a factor is out of it."""
        table = self.table().detach()
        low, high = torch.tensor([_range(name) for name in NAMES], device=table.device).unbind(1)
        inside = (table >= low) & (table <= high)  # false for a NaN as well
        if bool(inside.all()):
            return
        name = NAMES[int(inside.all(0).logical_not().nonzero()[0])]
        value, classes = getattr(self, name), f" ({', '.join(CLASSES[name])})" if name in CLASSES else ""
        given = f"{value.min().item():g} to {value.max().item():g}"
        lowest, highest = _range(name)
        raise ValueError(f"{name} is {given}; it must lie in {lowest:g} to {highest:g}{classes}")

    def _column(self, name: str, value: Tensor | float | int | str) -> Tensor:
        old = getattr(self, _known(name))
        if isinstance(value, str):
            if value not in CLASSES.get(name, ()):
                allowed = ", ".join(CLASSES[name]) if name in CLASSES else "a number"
                raise ValueError(f"{name} cannot be {value!r}; allowed: {allowed}")
            value = CLASSES[name].index(value)
        return torch.as_tensor(value, device=old.device).to(old.dtype).expand(len(old))


def _range(name: str) -> tuple[float, float]:
    return RANGES[name] if name in RANGES else (0, len(CLASSES[name]) - 1)


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"a face has no factor {name!r}; there are: {', '.join(NAMES)}")
    return name


assert tuple(f.name for f in fields(Factors)) == NAMES


def sample(n: int, seed: int | Generator = 0, device: torch.device | str = "cpu") -> Factors:
    """The factors of n faces, drawn from the joint distribution in this file's text.

    Args:
        n: how many, 1 or more.
        seed: a number, 0 or more, for the same faces every time; or a generator, which also names the device.
        device: where they are drawn; the streams of different kinds of device differ.
    """
    check("n", n, 1)
    if not isinstance(seed, Generator):
        seed = generator(device, "faces", check("seed", seed, 0))
    return from_uniform(torch.rand(n, len(NAMES), generator=seed, device=seed.device))


def from_uniform(u: Tensor) -> Factors:
    """What uniform numbers ``(n, 24)`` in [0, 1) become: the joint distribution as a function."""
    columns = dict(zip(NAMES, u.unbind(1), strict=True))
    for name, (low, high) in RANGES.items():
        columns[name] = low + (high - low) * columns[name]
    age, feminine = columns["age"], columns["feminine"]
    columns["smile"] = 1 - 2 * ((columns["smile"] + 1) / 2) ** 1.5
    columns["hair_colour"] = columns["hair_colour"] * (1 - 0.8 * columns["skin"])
    columns["eye_colour"] = columns["eye_colour"] * (1 - 0.8 * columns["skin"])
    tables = torch.tensor([MASCULINE_HAIR, FEMININE_HAIR], device=u.device)
    hair = _choice(columns["hair"], torch.lerp(tables[0], tables[1], feminine[:, None]))
    columns["hair"] = torch.where((hair == 0) & (age < 0.25), 1, hair)
    bearded = 0.75 * (1.6 - 2.4 * feminine).clamp(0, 1) * (10 * age - 2).clamp(0, 1)
    columns["facial_hair"] = _any(columns["facial_hair"], bearded, 0.4)
    columns["glasses"] = _any(columns["glasses"], 0.25 + 0.3 * age, 0.5)
    columns["hat"] = _any(columns["hat"], torch.full_like(age, 0.25), 0.5)
    return Factors(**columns)


def _any(u: Tensor, p: Tensor, first: float) -> Tensor:
    """Class 0 with 1 - p, class 1 with p times ``first``, class 2 with the rest: int64 ``(n,)``."""
    return _choice(u, torch.stack([1 - p, p * first, p * (1 - first)], dim=1))


def _choice(u: Tensor, p: Tensor) -> Tensor:
    """A class for each u in [0, 1), by the probabilities ``(n, K)``: int64 ``(n,)``."""
    return (u[:, None] >= p.cumsum(1)[:, :-1]).sum(1)
