"""The endless set of faces: nothing on disk, every minibatch a function of its number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from gan_lab.data.batch import Batch, Batches
from gan_lab.data.faces.drawing import label_map, render, sizes
from gan_lab.data.faces.factors import NAMES, Factors, from_uniform
from gan_lab.data.order import check, generator

SPLITS = ("train", "test")
AHEAD = {"cuda": 2048}
"""Faces drawn at once, by device, for the minibatches to come: on a GPU a few take as long as many. Elsewhere none."""


@dataclass(frozen=True)
class FaceStream:
    """Faces without end; the same interface as the other image sets, as far as one without end can have it.

    Attributes:
        size: side of the pictures in pixels, 4 to 128.
        split: "train" or "test": two streams that share no random number.
        device: where factors and faces are drawn; the streams of different kinds of device differ.
        labelled: whether a minibatch carries its factors, as ``y`` float32 ``(n, 24)`` in the order of ``NAMES``.
        mapped: whether it carries its label map instead, as ``y`` int64 ``(n, size, size)``.

    Raises:
        ValueError: a size or split that there is not.
    """

    size: int = 64
    split: str = "train"
    device: torch.device | str = "cpu"
    labelled: bool = False
    mapped: bool = False
    name: str = "faces"
    channels: int = 3

    def __post_init__(self) -> None:
        sizes(self.size)
        if self.split not in SPLITS:
            raise ValueError(f"faces has no split {self.split!r}; it has: {', '.join(SPLITS)}")
        if self.channels != 3:
            raise ValueError(f"faces are drawn in colour: channels is {self.channels}, it must be 3")

    def factors(self, i: int, n: int, seed: int = 0) -> Factors:
        """The factors of the i-th minibatch of n: the truth about ``batch(i, n, seed)``."""
        return from_uniform(self.uniform(i, n, seed))

    def uniform(self, i: int, n: int, seed: int = 0) -> Tensor:
        """The uniform numbers ``(n, 24)`` that these factors are made from."""
        i, n, seed = check("i", i, 0), check("n", n, 1), check("seed", seed, 0)
        chance = generator(self.device, "faces", self.split, seed, i, n)
        return torch.rand(n, len(NAMES), generator=chance, device=self.device)

    @torch.no_grad()
    def batch(self, i: int, n: int, seed: int = 0) -> Batch:
        """The i-th minibatch of n: x float32 ``(n, 3, size, size)`` in [-1, 1]. A pure function of (seed, i, n).

        On a GPU it is a part of what was drawn for several minibatches together: do not write to it.

        Raises:
            ValueError: when i or the seed is negative, or n is below 1.
        """
        together = AHEAD.get(torch.device(self.device).type, 0) // check("n", n, 1)
        if together < 2:
            return self.draw(self.factors(i, n, seed))
        block, place = divmod(check("i", i, 0), together)
        whole, cut = ahead(self, block, together, n, seed), slice(place * n, (place + 1) * n)
        return Batch(whole.x[cut], None if whole.y is None else whole.y[cut])

    def draw(self, factors: Factors) -> Batch:
        """The minibatch that these factors make."""
        if self.mapped:
            return Batch(render(factors, self.size), label_map(factors, self.size))
        return Batch(render(factors, self.size), factors.table() if self.labelled else None)

    def batches(self, n: int, seed: int = 0) -> Batches:
        """Minibatches of n for the training loop: a function of the index alone."""
        n, seed = check("n", n, 1), check("seed", seed, 0)
        return lambda i: self.batch(i, n, seed)

    def images_float(self, indices: Tensor | range) -> Tensor:
        """The faces with these numbers (of seed 0, one by one), float32 ``(m, 3, size, size)``: for figures."""
        return torch.cat([self.batch(int(k), 1).x for k in indices])


@lru_cache(maxsize=2)
def ahead(stream: FaceStream, block: int, together: int, n: int, seed: int) -> Batch:
    """The block-th so many minibatches of n, drawn as one."""
    numbers = range(block * together, (block + 1) * together)
    return stream.draw(from_uniform(torch.cat([stream.uniform(i, n, seed) for i in numbers])))
