"""Gaussian mixtures on a line: densities that are known exactly, to hold networks against."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import torch
from torch import Tensor


@dataclass(frozen=True)
class Mixture:
    """A mixture of Gaussians on a line; one component gives a plain Gaussian.

    Attributes:
        means: of the components.
        stds: of the components, > 0, as many.
        weights: of the components, > 0, adding up to 1; equal if left out.

    Raises:
        ValueError: lengths differ or are 0, a std or weight is not positive, or the weights do not sum to 1.
    """

    means: tuple[float, ...] = (0.0,)
    stds: tuple[float, ...] = (1.0,)
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.weights:
            object.__setattr__(self, "weights", (1 / max(len(self.means), 1),) * len(self.means))
        if not len(self.means) == len(self.stds) == len(self.weights) > 0:
            raise ValueError(
                f"a mixture needs a std and a weight for each mean, but got {len(self.means)} means, "
                f"{len(self.stds)} stds and {len(self.weights)} weights"
            )
        if not all(v > 0 for v in (*self.stds, *self.weights)) or abs(sum(self.weights) - 1) > 1e-9:
            raise ValueError(
                "stds and weights must be positive and the weights add up to 1, "
                f"but got stds {self.stds} and weights {self.weights}"
            )

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) for x of any shape; finite even where p(x) rounds to 0."""
        means, stds, weights = self._components(x)
        parts = weights.log() - stds.log() - log(2 * pi) / 2 - ((x[..., None] - means) / stds) ** 2 / 2
        return parts.logsumexp(-1)

    def density(self, x: Tensor) -> Tensor:
        """p(x) for x of any shape."""
        return self.log_density(x).exp()

    def cdf(self, x: Tensor) -> Tensor:
        """F(x) = P(X <= x) for x of any shape."""
        means, stds, weights = self._components(x)
        return (weights * torch.special.ndtr((x[..., None] - means) / stds)).sum(-1)

    def quantile(self, u: Tensor) -> Tensor:
        """F^{-1}(u) for u in (0, 1), of any shape, by bisection; -inf at 0, inf at 1. Not differentiable.

        A mixture's quantile lies between the smallest and the largest of its components' quantiles.
        """
        means, stds, _ = self._components(u)
        bounds = means + stds * torch.special.ndtri(u)[..., None]
        low, high = bounds.amin(-1), bounds.amax(-1)
        for _ in range(60):  # halves the bracket below the last bit of float64
            middle = (low + high) / 2
            below = self.cdf(middle) < u
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws, float32 ``(n,)`` on the CPU."""
        which = torch.multinomial(torch.tensor(self.weights), n, replacement=True, generator=generator)
        noise = torch.randn(n, generator=generator)
        return torch.tensor(self.means)[which] + torch.tensor(self.stds)[which] * noise

    def _components(self, like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        means, stds, weights = (like.new_tensor(v) for v in (self.means, self.stds, self.weights))
        return means, stds, weights


def grid(*mixtures: Mixture, points: int = 4001) -> Tensor:
    """An even float64 grid ``(points,)`` over all of the mixtures, ten standard deviations to either side."""
    low = min(m - 10 * s for mixture in mixtures for m, s in zip(mixture.means, mixture.stds))
    high = max(m + 10 * s for mixture in mixtures for m, s in zip(mixture.means, mixture.stds))
    return torch.linspace(low, high, points, dtype=torch.float64)
