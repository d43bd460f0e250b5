"""Pictures of two domains in memory, in pairs or apart, jittered as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.data import order
from gan_lab.data.batch import Batch, Batches
from gan_lab.data.images import to_float


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
