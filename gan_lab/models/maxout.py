"""Maxout (Goodfellow et al. 2013, eq. 1) and the networks of a recipe that is known to collapse."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn


class Maxout(nn.Module):
    """A linear layer whose every unit is the largest of several linear functions of the input.

    Args:
        inputs, outputs: widths.
        pieces: linear functions per unit.
    """

    def __init__(self, inputs: int, outputs: int, pieces: int = 5) -> None:
        super().__init__()
        self.outputs, self.pieces = outputs, pieces
        self.linear = nn.Linear(inputs, outputs * pieces)

    def forward(self, x: Tensor) -> Tensor:
        """Maps ``(B, inputs)`` to ``(B, outputs)``."""
        return self.linear(x).unflatten(1, (self.outputs, self.pieces)).amax(2)


def batchnorm_generator(latent_dim: int = 2, width: int = 400, depth: int = 4) -> nn.Sequential:
    """Noise ``(B, latent_dim)`` to points ``(B, 2)``: linear layers, each with BatchNorm and ReLU, then one more."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([latent_dim] + [width] * depth):
        layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, 2))


def maxout_discriminator(width: int = 200, depth: int = 3, pieces: int = 5) -> nn.Sequential:
    """Points ``(B, 2)`` to logits ``(B,)`` through maxout layers."""
    layers = [Maxout(a, b, pieces) for a, b in pairwise([2] + [width] * depth)]
    return nn.Sequential(*layers, nn.Linear(width, 1), nn.Flatten(0))
