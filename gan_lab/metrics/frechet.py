"""Two distances between sets of features: Frechet distance and kernel distance.

With features of our own the numbers cannot be compared with published FID and KID, which look through
Inception: read them against their floor, the distance of real data from other real data.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric, points


def frechet(fake: Tensor, real: Tensor, other: Tensor | None = None) -> Metric:
    """Squared Frechet distance of two Gaussians fitted to the features (Heusel et al. 2017, eq. 6).

    The estimate is biased upwards by an amount that falls with the number of samples: take as many fakes as
    there are in ``other``, or the floor is not theirs.

    Args:
        fake: features of generated images ``(n, F)``, n > F.
        real: features of real images ``(m, F)``, m > F.
        other: features of further real images, for the floor.

    Raises:
        ValueError: for too few samples to fill a covariance, non-finite features or different widths.
    """
    width = real.shape[-1]
    checked = [points(x, name, width + 1, width) for x, name in ((fake, "fake"), (real, "real"))]
    value = frechet_distance(*moments(checked[0]), *moments(checked[1]))
    floor = None if other is None else frechet(other, real)["value"]
    return metric(value, floor, "squared feature distance", "lower")


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean ``(F,)`` and unbiased covariance ``(F, F)`` of features ``(n, F)``, in float64."""
    x = features.double()
    mean = x.mean(0)
    centred = x - mean
    return mean, centred.T @ centred / (len(x) - 1)


def frechet_distance(mean1: Tensor, cov1: Tensor, mean2: Tensor, cov2: Tensor) -> float:
    """|mean1 - mean2|^2 + tr(cov1 + cov2 - 2 (cov1 cov2)^(1/2)) for means ``(F,)``, covariances ``(F, F)``.

    The product of two covariances is not symmetric, but root(cov1) cov2 root(cov1) is, and has the same
    eigenvalues: two symmetric decompositions, which cannot leave the real numbers, do what ``sqrtm`` does.
    """
    values, vectors = torch.linalg.eigh(cov1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov2 @ root).clamp(min=0).sqrt().sum()
    distance = (mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * cross
    return max(distance.item(), 0.0)


def kid(
    fake: Tensor,
    real: Tensor,
    other: Tensor | None = None,
    subsets: int = 50,
    size: int = 1000,
    seed: int = 0,
) -> Metric:
    """Kernel distance: the mean of :func:`mmd2` over random subsets (Binkowski et al. 2018).

    Unbiased, so a perfect generator reads 0 on average and half the time a little below, whatever n is.

    Args:
        fake: features of generated images ``(n, F)``.
        real: features of real images ``(m, F)``.
        other: features of further real images, for the floor.
        subsets: how many subsets to draw; only one if they would all be everything there is.
        size: samples in a subset, at most as many as there are.
        seed: of the drawing.

    Raises:
        ValueError: for fewer than two samples, non-finite features or different widths.
    """
    width = real.shape[-1]
    x, y = points(fake, "fake", 2, width), points(real, "real", 2, width)
    size = min(size, len(x), len(y))
    rounds = 1 if size == len(x) == len(y) else subsets
    generator = torch.Generator().manual_seed(seed)

    def subset(features: Tensor) -> Tensor:
        chosen = torch.randperm(len(features), generator=generator)[:size]
        return features[chosen.to(features.device)]

    value = torch.stack([mmd2(subset(x), subset(y)) for _ in range(rounds)]).mean().item()
    floor = None if other is None else kid(other, real, None, subsets, size, seed)["value"]
    return metric(value, floor, "squared kernel distance", "lower")


def mmd2(x: Tensor, y: Tensor) -> Tensor:
    """Unbiased squared maximum mean discrepancy, a scalar, under the kernel (x.y / F + 1)^3.

    A sample is never compared with itself (Gretton et al. 2012, eq. 3). It may come out negative.

    Args:
        x: ``(n, F)``, n > 1.
        y: ``(m, F)``, m > 1.
    """

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a: Tensor) -> Tensor:
        k = kernel(a, a)
        return (k.sum() - k.trace()) / (len(a) * (len(a) - 1))

    return within(x) + within(y) - 2 * kernel(x, y).mean()
