"""The one thing the loop hands to an algorithm: a minibatch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass
class Batch:
    """A minibatch of real data.

    Attributes:
        x: real examples, ``(B, C, H, W)`` in [-1, 1] for images, ``(B, 2)`` for toy sets.
        y: what comes with them: int64 class labels ``(B,)``, a label map ``(B, H, W)``, pictures of another domain
            ``(B, C, H, W)``; None for nothing.
    """

    x: Tensor
    y: Tensor | None = None

    def __len__(self) -> int:
        return self.x.shape[0]


Batches = Callable[[int], Batch]
"""Where minibatches come from: ``batches(i)`` is the i-th one, always the same for the same i.

A pure function of the index is what makes stop, resume and rewind exact: nothing has to be wound forward.
"""
