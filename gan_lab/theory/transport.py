"""Turning noise into data: on a line there is a perfect generator, and it can be written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Noise = Literal["normal", "uniform"]


def optimal_map(z: Tensor, quantile: Callable[[Tensor], Tensor], noise: Noise = "normal") -> Tensor:
    """G(z) = F_data^{-1}(F_noise(z)), the one increasing function that turns the noise into the data.

    F_noise(z) is uniform on [0, 1], and F_data^{-1} turns uniform numbers into data. Mirrored, G(-z), it fits
    the data as well, and so do ever more jumbled maps: no adversarial loss tells them apart. This one moves
    the noise least (it is the optimal transport).

    Args:
        z: noise, any shape.
        quantile: F_data^{-1}, for numbers in [0, 1]; :meth:`Mixture.quantile` or :func:`empirical_quantile`.
        noise: "normal" for N(0, 1), "uniform" for U[-1, 1].

    Raises:
        ValueError: noise is neither.
    """
    if noise not in ("normal", "uniform"):
        raise ValueError(f'noise must be "normal" or "uniform", but got {noise!r}')
    # float64: in float32, Phi(z) is 1 already at z = 5.5 and its quantile infinite.
    wide = z.double()
    u = torch.special.ndtr(wide) if noise == "normal" else ((wide + 1) / 2).clamp(0, 1)
    return quantile(u).to(z.dtype)


def empirical_quantile(samples: Tensor) -> Callable[[Tensor], Tensor]:
    """F^{-1} of a sample ``(n,)``, linear between neighbours: a function of u in [0, 1], of any shape.

    Raises:
        ValueError: the samples are not flat or fewer than two.
    """
    if samples.dim() != 1 or len(samples) < 2:
        raise ValueError(f"a flat sample of at least two numbers is needed, but got {tuple(samples.shape)}")
    ordered = samples.sort().values

    def quantile(u: Tensor) -> Tensor:
        place = u * (len(ordered) - 1)
        left = place.long().clamp(0, len(ordered) - 2)
        return torch.lerp(ordered[left].to(u.dtype), ordered[left + 1].to(u.dtype), place - left)

    return quantile
