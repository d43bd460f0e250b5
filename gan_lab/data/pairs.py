"""Two pictures of each thing, or two worlds of pictures: what image to image learns from.

A minibatch carries ``x`` from domain A and ``y`` from domain B. In a paired set they belong together, example by
example; in an unpaired one they do not, and nobody tells which would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.data import order
from gan_lab.data.batch import Batch, Batches
from gan_lab.data.faces.drawing import coloured, edges, label_map, render
from gan_lab.data.faces.factors import Factors
from gan_lab.data.faces.restyle import restyle
from gan_lab.data.faces.stream import FaceStream
from gan_lab.data.images import to_float

DIRECTIONS = ("AtoB", "BtoA")
BLOCK = 32
"""Faces drawn at once: one alone takes nearly as long."""

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

    @torch.no_grad()
    def batch(self, i: int, n: int, seed: int = 0) -> Batch:
        """The i-th minibatch of n: x and y float32 ``(n, 3, size, size)`` in [-1, 1]. A pure function of (seed, i, n).

        The k-th example of a seed is the same face whatever n is.

        Raises:
            ValueError: when i or the seed is negative, or n is below 1.
        """
        i, n, seed = order.check("i", i, 0), order.check("n", n, 1), order.check("seed", seed, 0)
        first, last = i * n, (i + 1) * n
        blocks = range(first // BLOCK, (last - 1) // BLOCK + 1)
        cut = slice(first - blocks[0] * BLOCK, last - blocks[0] * BLOCK)
        sides = zip(*(drawn(self, k, seed) for k in blocks), strict=True)
        return Batch(*(torch.cat(side)[cut].clone() for side in sides))

    def batches(self, n: int, seed: int = 0) -> Batches:
        """Minibatches of n for the training loop: a function of the index alone."""
        n, seed = order.check("n", n, 1), order.check("seed", seed, 0)
        return lambda i: self.batch(i, n, seed)

    def faces(self, n: int, seed: int = 0) -> Factors:
        """The factors of the first n faces that x shows."""
        blocks = [self.stream.factors(k, BLOCK, seed).table() for k in range(-(-n // BLOCK))]
        return Factors.of(torch.cat(blocks)[:n])

    def examples(self, n: int, seed: int = 0) -> Batch:
        """n pairs of the test stream that belong together, also of an unpaired set: to look at and to measure by."""
        return replace(self, paired=True, split="test").batch(0, n, seed)


@lru_cache(maxsize=4)
def drawn(pairs: FacePairs, k: int, seed: int) -> tuple[Tensor, Tensor]:
    """Both sides of the k-th block, each ``(BLOCK, 3, size, size)``; do not write to them."""
    factors = pairs.stream.factors(k, BLOCK, seed)
    others = factors if pairs.paired else pairs.stream.factors(k, BLOCK, order.mix("the other domain", seed))
    a, b = DRAWN[pairs.name] if pairs.direction == "AtoB" else DRAWN[pairs.name][::-1]
    return a(factors, pairs.size), b(others, pairs.size)


@dataclass
class PairSet:
    """Pictures of two domains from a folder or zip.

    Pictures larger than ``size`` are there to be jittered, as in the papers: a random piece of each, half of them
    mirrored, x and y of a pair alike.

    Attributes:
        name: the folder's.
        a, b: uint8 ``(N, 3, L, L)`` and ``(M, 3, L, L)``, L at least ``size``.
        size: side in pixels of what a minibatch holds.
        paired: whether x and y of a minibatch are to belong together: the k-th of ``a`` then does to the k-th of ``b``.
        skipped: how many broken files were left out on loading.

    Raises:
        ValueError: an empty domain, or a paired set of unequal numbers.
    """

    name: str
    a: Tensor
    b: Tensor
    size: int
    paired: bool
    skipped: int = 0
    channels: int = field(default=3, init=False)

    def __post_init__(self) -> None:
        if not len(self.a) or not len(self.b) or (self.paired and len(self.a) != len(self.b)):
            need = "as many pictures in either" if self.paired else "a picture in either"
            raise ValueError(f"{self.name} has {len(self.a)} and {len(self.b)} pictures: it needs {need}")

    def __len__(self) -> int:
        return len(self.a)

    def batch(self, i: int, n: int, seed: int = 0) -> Batch:
        """The i-th minibatch of n from an endless shuffle of each domain, or of the pairs.

        Returns:
            x and y float32 ``(n, 3, size, size)`` in [-1, 1]. A pure function of (seed, i, n).

        Raises:
            ValueError: when i or the seed is negative, or n is below 1.
        """
        which = order.indices(len(self.a), i, n, seed)
        source = order.generator("cpu", "jitter", seed, i, n)
        if self.paired:
            both = jittered(torch.cat([self.a[which], self.b[which]], dim=1), self.size, source)
            return Batch(both[:, :3].contiguous(), both[:, 3:].contiguous())
        others = order.indices(len(self.b), i, n, order.mix("the other domain", seed))
        return Batch(*(jittered(x, self.size, source) for x in (self.a[which], self.b[others])))

    def batches(self, n: int, seed: int = 0) -> Batches:
        """Minibatches of n for the training loop: a function of the index alone."""
        n, seed = order.check("n", n, 1), order.check("seed", seed, 0)
        return lambda i: self.batch(i, n, seed)

    def examples(self, n: int, seed: int = 0) -> Batch:
        """The first n of each domain (or as many as both have), whole: to look at."""
        n = min(n, len(self.a), len(self.b))
        whole = [to_float(side[:n]) for side in (self.a, self.b)]
        resized = (F.interpolate(x, (self.size,) * 2, mode="bilinear", antialias=True) for x in whole)
        return Batch(*(x.clamp(-1, 1) for x in resized))


AnyPairs = FacePairs | PairSet


def jittered(images: Tensor, size: int, source: torch.Generator) -> Tensor:
    """A piece of ``size`` pixels at a random place of each picture, half of them mirrored: float in [-1, 1].

    Pictures of just that size pass as they are.
    """
    room = images.shape[-1] - size
    if not room:
        return to_float(images)
    places = torch.randint(room + 1, (len(images), 2), generator=source).tolist()
    mirrored = torch.randint(2, (len(images),), generator=source).tolist()
    pieces = [
        x[:, top : top + size, left : left + size] for x, (top, left) in zip(images, places, strict=True)
    ]
    return to_float(torch.stack([x.flip(2) if m else x for x, m in zip(pieces, mirrored, strict=True)]))


def check_direction(direction: str) -> None:
    """Raises ValueError for anything but "AtoB" and "BtoA"."""
    if direction not in DIRECTIONS:
        raise ValueError(f"direction is {' or '.join(DIRECTIONS)}, not {direction!r}")
