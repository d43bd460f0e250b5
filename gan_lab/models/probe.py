"""A small network that reads a face's factors from its picture: what the metrics look through on faces."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn


def block(inputs: int, outputs: int) -> nn.Sequential:
    """A convolution that halves the size, normalisation, rectifier."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class FactorProbe(nn.Module):
    """Four convolutions with stride 2, a layer of features, and one linear head for all factors.

    Put it in evaluation mode before measuring with it: in training mode a feature depends on its batch.

    Args:
        continuous: number of continuous factors, R.
        classes: how many classes each discrete factor has; K is their sum.
        width: channels after the first convolution; doubled by the second and third.
        dim: number F of features.
        size: side of the pictures it reads; others are brought to it.
    """

    def __init__(
        self, continuous: int, classes: Sequence[int], width: int = 24, dim: int = 128, size: int = 64
    ) -> None:
        super().__init__()
        self.continuous, self.classes, self.dim, self.size = continuous, tuple(classes), dim, size
        self.body = nn.Sequential(
            block(3, width), block(width, 2 * width), block(2 * width, 4 * width), block(4 * width, 4 * width)
        )
        self.penultimate = nn.Sequential(
            nn.Linear(4 * width * (size // 16) ** 2, dim, bias=False), nn.BatchNorm1d(dim), nn.ReLU()
        )
        self.head = nn.Linear(dim, continuous + sum(self.classes))

    def features(self, x: Tensor) -> Tensor:
        """The activations in front of the head, for Frechet distance and the like.

        Args:
            x: faces ``(B, 3, size, size)`` in [-1, 1], or at another size.

        Returns:
            ``(B, F)``, not negative.

        Raises:
            ValueError: for images without three channels.
        """
        if x.ndim != 4 or x.shape[1] != 3:
            raise ValueError(f"the factor probe reads colour images (B, 3, H, W), not {tuple(x.shape)}")
        if x.shape[-2:] != (self.size, self.size):
            x = F.interpolate(x, (self.size, self.size), mode="bilinear", antialias=True)
        return self.penultimate(self.body(x).flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """``(B, R + K)``: the continuous factors scaled to [-1, 1], then the logits of each discrete one."""
        return self.head(self.features(x))

    def parts(self, output: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """What :meth:`forward` gives, taken apart: ``(B, R)``, and logits ``(B, K_j)`` for each discrete factor."""
        values, logits = output.split([self.continuous, sum(self.classes)], dim=1)
        return values, logits.split(list(self.classes), dim=1)
