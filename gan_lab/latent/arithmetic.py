"""Arithmetic on noise vectors (Radford, Metz and Chintala 2016, section 6.3.2) and how long such vectors are.

A Gaussian z of d numbers has a norm close to sqrt(d): nearly all of the noise a generator ever sees lies in a
thin shell of that radius. Sums and averages of z leave it, because variances add: the mean of three has norm
sqrt(d/3), z1 - z2 + z3 of three single draws sqrt(3d), and z1 - z2 + z3 of three such means sqrt(d) again.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import torch
from torch import Tensor

NOISES = ("normal", "uniform")


def arithmetic(z1: Tensor, z2: Tensor, z3: Tensor, weights: Sequence[float] = (1.0, -1.0, 1.0)) -> Tensor:
    """The slide's z_G = z1 - z2 + z3, with a weight for each term.

    The terms are added from left to right, so that ``arithmetic(z1, z1, z3)`` is z3, bit for bit.

    Args:
        z1, z2, z3: latents ``(d,)`` or ``(B, d)``; in the paper each is the mean of three exemplars.
        weights: one number per term.

    Returns:
        Latents of the same shape.

    Raises:
        ValueError: the shapes differ, or there are not three weights.
    """
    if not z1.shape == z2.shape == z3.shape:
        raise ValueError(
            f"z1, z2 and z3 need one shape, got {tuple(z1.shape)}, {tuple(z2.shape)} and {tuple(z3.shape)}"
        )
    if len(weights) != 3:
        raise ValueError(f"three weights are needed, one for each of z1, z2 and z3, got {len(weights)}")
    w1, w2, w3 = weights
    return w1 * z1 + w2 * z2 + w3 * z3


def norm(z: Tensor) -> Tensor:
    """Euclidean length of each latent: ``(..., d)`` to ``(...)``."""
    return torch.linalg.vector_norm(z, dim=-1)


def typical_norm(d: int, noise: str = "normal") -> float:
    """Root mean square length of a latent: sqrt(d) for N(0, I), sqrt(d/3) for U(-1, 1).

    Raises:
        ValueError: d is below 1, or an unknown noise.
    """
    if d < 1:
        raise ValueError(f"a latent has at least one number, not {d}")
    return sqrt(d) if _known(noise) == "normal" else sqrt(d / 3)


def project(z: Tensor, radius: float | None = None) -> Tensor:
    """The latent in the same direction whose length is that of the shell.

    Args:
        z: latents ``(d,)`` or ``(B, d)``.
        radius: length to give them; sqrt(d) unless given.

    Raises:
        ValueError: a latent is the zero vector, which has no direction, or the radius is not positive.
    """
    radius = typical_norm(z.shape[-1]) if radius is None else radius
    if radius <= 0:
        raise ValueError(f"the radius of the shell must be positive, not {radius}")
    length = norm(z)[..., None]
    if not bool((length > 0).all()):
        raise ValueError("the zero vector has no direction, so it cannot be projected on the shell")
    return z * (radius / length)


def neighbourhood(
    z: Tensor, radius: float = 0.25, n: int = 8, seed: int = 0, noise: str = "normal"
) -> Tensor:
    """Small steps around one latent: the eight pictures around the middle one of the paper's 3x3 grid.

    The paper adds uniform noise of +-0.25 to a z that is itself uniform in [-1, 1]. A Gaussian z is sqrt(3)
    times as wide (its standard deviation is 1, that of U(-1, 1) is 1/sqrt(3)), so there the noise is made
    sqrt(3) times as wide too: the same step in proportion.

    Args:
        z: one latent ``(d,)``.
        radius: half-width of the noise, as the paper counts it; 0 gives z itself.
        n: how many.
        seed: the same seed gives the same steps, whatever the radius.
        noise: what z was drawn from, "normal" or "uniform".

    Returns:
        Latents ``(n, d)``.

    Raises:
        ValueError: z is not one latent, the radius is negative, n is below 1, or an unknown noise.
    """
    if z.ndim != 1:
        raise ValueError(f"the neighbourhood of one latent (d,) is asked for, got the shape {tuple(z.shape)}")
    if radius < 0 or n < 1:
        raise ValueError(f"a radius of at least 0 and n of at least 1 are needed, got {radius} and {n}")
    width = radius * sqrt(3) if _known(noise) == "normal" else radius
    generator = torch.Generator().manual_seed(seed)
    steps = torch.rand(n, z.shape[0], generator=generator) * 2 - 1
    return z + width * steps.to(z)


def _known(noise: str) -> str:
    if noise not in NOISES:
        raise ValueError(f"noise is 'normal' or 'uniform', not {noise!r}")
    return noise
