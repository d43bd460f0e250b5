"""Drawn faces in two ways: what image to image learns from, in pairs or as two worlds of pictures.

A minibatch carries ``x`` from domain A and ``y`` from domain B. In a paired set they belong together, example by
example; in an unpaired one they do not, and nobody tells which would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

import torch
from torch import Tensor

from gan_lab.data import order
from gan_lab.data.batch import Batch, Batches
from gan_lab.data.faces.drawing import coloured, edges, label_map, render
from gan_lab.data.faces.factors import Factors, from_uniform
from gan_lab.data.faces.restyle import restyle
from gan_lab.data.faces.stream import FaceStream

DIRECTIONS = ("AtoB", "BtoA")
BLOCK = 32
"""Faces that share a seed, and that are drawn at once: one alone takes nearly as long."""
TOGETHER = {"cuda": 64}
"""Blocks drawn at once, by device; elsewhere one."""

Draw = Callable[[Factors, int], Tensor]


def line_drawing(factors: Factors, size: int) -> Tensor:
    """Black lines on white paper, as a picture in colour ``(n, 3, size, size)``."""
    return edges(factors, size).expand(-1, 3, -1, -1)


def labels(factors: Factors, size: int) -> Tensor:
    """What each pixel shows, as a picture in the labels' colours ``(n, 3, size, size)``."""
    return coloured(label_map(factors, size))


DRAWN: dict[str, tuple[Draw, Draw]] = {
    "edges-faces": (line_drawing, render),
    "labels-faces": (labels, render),
    "day-night": (render, partial(restyle, style="night")),
    "pencil": (render, partial(restyle, style="pencil")),
}
"""The sets of drawn faces, and how each side is drawn: A and B."""


@dataclass(frozen=True)
class FacePairs:
    """Drawn faces in two ways, without end. Also where training sees no pairs the true answers are known.

    Attributes:
        name: one of ``DRAWN``.
        size: side of the pictures in pixels, 4 to 128.
        split: "train" or "test", as for ``FaceStream``.
        direction: "AtoB", or "BtoA" to have the sides exchanged.
        paired: whether x and y of a minibatch show the same faces.
        device: where they are drawn.

    Raises:
        ValueError: a name, size, split or direction that there is not.
    """

    name: str = "edges-faces"
    size: int = 64
    split: str = "train"
    direction: str = "AtoB"
    paired: bool = True
    device: torch.device | str = "cpu"
    channels: int = field(default=3, init=False)

    def __post_init__(self) -> None:
        if self.name not in DRAWN:
            raise ValueError(f"there are no pairs called {self.name!r}; there are: {', '.join(DRAWN)}")
        check_direction(self.direction)
        self.stream  # noqa: B018  # refuses a size or split that there is not

    @property
    def stream(self) -> FaceStream:
        """The faces."""
        return FaceStream(self.size, self.split, self.device)

    @property
    def together(self) -> int:
        """How many blocks of faces are drawn at once."""
        return TOGETHER.get(torch.device(self.device).type, 1)

    @torch.no_grad()
    def batch(self, i: int, n: int, seed: int = 0) -> Batch:
        """The i-th minibatch of n: x and y float32 ``(n, 3, size, size)`` in [-1, 1]. A pure function of (seed, i, n).

        The k-th example of a seed is the same face whatever n is.

        Raises:
            ValueError: when i or the seed is negative, or n is below 1.
        """
        i, n, seed = order.check("i", i, 0), order.check("n", n, 1), order.check("seed", seed, 0)
        first, last = i * n, (i + 1) * n
        whole = BLOCK * self.together
        blocks = range(first // whole, (last - 1) // whole + 1)
        cut = slice(first - blocks[0] * whole, last - blocks[0] * whole)
        sides = zip(*(drawn(self, k, seed) for k in blocks), strict=True)
        return Batch(*(torch.cat(side)[cut].clone() for side in sides))

    def batches(self, n: int, seed: int = 0) -> Batches:
        """Minibatches of n for the training loop: a function of the index alone."""
        n, seed = order.check("n", n, 1), order.check("seed", seed, 0)
        return lambda i: self.batch(i, n, seed)

    def faces(self, n: int, seed: int = 0) -> Factors:
        """The factors of the first n faces that x shows."""
        whole = self.blocks(range(-(-n // BLOCK)), seed)
        return Factors.of(whole.table()[:n])

    def blocks(self, numbers: range, seed: int) -> Factors:
        """The factors of some blocks of faces, one after the other."""
        return from_uniform(torch.cat([self.stream.uniform(k, BLOCK, seed) for k in numbers]))

    def examples(self, n: int, seed: int = 0) -> Batch:
        """n pairs of the test stream that belong together, also of an unpaired set: to look at and to measure by."""
        return replace(self, paired=True, split="test").batch(0, n, seed)


@lru_cache(maxsize=4)
def drawn(pairs: FacePairs, k: int, seed: int) -> tuple[Tensor, Tensor]:
    """Both sides of the k-th ``pairs.together`` blocks, each ``(n, 3, size, size)``; do not write to them."""
    numbers = range(k * pairs.together, (k + 1) * pairs.together)
    factors = pairs.blocks(numbers, seed)
    others = factors if pairs.paired else pairs.blocks(numbers, order.mix("the other domain", seed))
    a, b = DRAWN[pairs.name] if pairs.direction == "AtoB" else DRAWN[pairs.name][::-1]
    return a(factors, pairs.size), b(others, pairs.size)


def check_direction(direction: str) -> None:
    """Raises ValueError for anything but "AtoB" and "BtoA"."""
    if direction not in DIRECTIONS:
        raise ValueError(f"direction is {' or '.join(DIRECTIONS)}, not {direction!r}")
