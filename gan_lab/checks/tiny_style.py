"""Tiny encoder and decoder of the style transfer exercise: lab 13."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.checks.verdict import expect
from gan_lab.models.autoencoder import one_hot

CLASSES = 4


class Penmen:
    """An encoder that draws another code whenever it is asked, and a decoder that is told the label.

    Pictures are ``(5, 1, 2, 3)``; there are four classes, and codes of width 3.
    """

    def __init__(self) -> None:
        rng = torch.Generator().manual_seed(13)
        self.x = torch.rand(5, 1, 2, 3, generator=rng, dtype=torch.float64) * 2 - 1
        self.inwards = torch.randn(6, 3, generator=rng, dtype=torch.float64)
        self.outwards = torch.randn(CLASSES + 3, 6, generator=rng, dtype=torch.float64)
        self.asked = 0

    def encoder(self, x: Tensor) -> Tensor:
        """Codes ``(B, 3)`` of pictures ``(B, 1, 2, 3)``; a little different each time."""
        self.asked += 1
        return x.flatten(1) @ self.inwards + 0.3 * (self.asked - 1)

    def decoder(self, z: Tensor, label: Tensor) -> Tensor:
        """Pictures of codes ``(B, 3)`` and int64 labels ``(B,)``."""
        expect(
            isinstance(label, Tensor) and label.dtype == torch.int64,
            "the decoder takes labels as int64 class numbers (B,), one for each code",
        )
        expect(
            len(label) == len(z),
            f"the decoder was given {len(z)} codes and {len(label)} labels: as many of either, pair by pair",
        )
        return torch.tanh(torch.cat([one_hot(label, CLASSES).to(z), z], 1) @ self.outwards).view(-1, 1, 2, 3)

    def written(self, z: Tensor, label: Tensor) -> Tensor:
        """All pairs of codes ``(B, 3)`` and labels ``(K,)``, ``(B, K, 1, 2, 3)``."""
        pairs = torch.cartesian_prod(torch.arange(len(z)), label)
        return self.decoder(z[pairs[:, 0]], pairs[:, 1]).unflatten(0, (len(z), len(label)))
