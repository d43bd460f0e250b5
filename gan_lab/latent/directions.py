"""Directions of the latent space along which one attribute changes, fitted on latents whose pictures were read.

For z from N(0, I) both ways of fitting estimate the same direction, that of the covariance of z and the reading
(Stein's lemma); they differ in how noisy the estimate is, and lab 7 measures which serves better. Attributes that
go together in the data share a part of their directions: ``orthogonal`` takes the others' part out (Gram-Schmidt,
as Shen et al. 2020, section 2.2, do for faces).
"""

from __future__ import annotations

import torch
from torch import Tensor

TINY = 1e-4
"""What is left of a unit vector when it lies, but for rounding, in the span of the others."""


def by_regression(z: Tensor, readings: Tensor) -> Tensor:
    """Least squares from latents to readings: the weights of each reading, as unit vectors.

    Args:
        z: latents ``(n, d)``, n > d.
        readings: one number per latent and attribute ``(n, A)``; those that never change have no direction.

    Returns:
        ``(A, d)``, each of length 1, along which its reading rises fastest in the linear fit.

    Raises:
        ValueError: shapes that do not fit, too few latents, or a reading that is the same for all.
    """
    if z.ndim != 2 or readings.ndim != 2 or len(z) != len(readings):
        raise ValueError(
            f"latents (n, d) and readings (n, A) are needed, not {tuple(z.shape)}, {tuple(readings.shape)}"
        )
    if len(z) <= z.shape[1]:
        raise ValueError(f"{len(z)} latents of {z.shape[1]} numbers are too few for a fit: read more of them")
    still = (readings.std(0) == 0).nonzero()[:, 0].tolist()
    if still:
        raise ValueError(f"readings {still} are the same for every latent: there is no direction to find")
    weights = torch.linalg.lstsq(z - z.mean(0), readings - readings.mean(0)).solution
    return _unit(weights.T)


def by_means(z: Tensor, has: Tensor) -> Tensor:
    """Mean of the latents that have the attribute minus the mean of those that lack it, as a unit vector.

    Args:
        z: latents ``(n, d)``.
        has: bool ``(n,)``.

    Returns:
        ``(d,)``, of length 1.

    Raises:
        ValueError: all have it, or none has.
    """
    if has.all() or not has.any():
        raise ValueError(f"{int(has.sum())} of {len(has)} latents have the attribute: both kinds are needed")
    return _unit(z[has].mean(0) - z[~has].mean(0))


def orthogonal(direction: Tensor, others: Tensor) -> Tensor:
    """What is left of a direction without its parts along others, as a unit vector (Gram-Schmidt).

    Args:
        direction: ``(d,)``.
        others: ``(k, d)``; k may be 0. They need not be orthogonal to one another.

    Raises:
        ValueError: nothing is left, as the direction lies in the span of the others.
    """
    direction = _unit(direction)
    for axis in _axes(others):
        direction = direction - (direction @ axis) * axis
    if direction.norm() < TINY:
        raise ValueError("the direction lies in the span of the others: nothing of it is left without them")
    return _unit(direction)


def _axes(others: Tensor) -> list[Tensor]:
    """Orthonormal vectors that span what the others ``(k, d)`` span."""
    axes: list[Tensor] = []
    for other in others:
        rest = _unit(other)
        for axis in axes:
            rest = rest - (rest @ axis) * axis
        if rest.norm() >= TINY:  # else it adds nothing to those before it
            axes.append(_unit(rest))
    return axes


def _unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True)
