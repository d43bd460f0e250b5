"""Are the samples good, and are they all there? Two questions that one distance cannot tell apart."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric, points


def prdc(
    fake: Tensor, real: Tensor, other: Tensor | None = None, k: int = 5, chunk: int = 1000
) -> dict[str, Metric]:
    """Precision, recall, density and coverage.

    All four look at balls around the samples of one set, each reaching to its k-th neighbour in its own set.
    Precision is the share of fakes in at least one ball of a real one, recall the share of real ones in at
    least one ball of a fake (Kynkaanniemi et al. 2019, eq. 1 and 2, with k-NN balls): one outlier's large
    ball can flatter both. Density counts, over k, how many balls of real ones a fake lies in, and may exceed
    1; coverage is the share of real ones with a fake in their own ball (Naeem et al. 2020, eq. 3 and 4).

    Args:
        fake: features of generated images ``(n, F)``, n > k.
        real: features of real images ``(m, F)``, m > k.
        other: features of further real images, for the floors; as many as there are fakes.
        k: the neighbour a ball reaches to; a perfect generator covers about 1 - 2^-k where n = m.
        chunk: rows of the distance matrix that are held at a time: memory grows with chunk * n, not n^2.

    Raises:
        ValueError: for k below 1, too few samples, non-finite features or different widths.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    width = real.shape[-1]
    x, y = points(fake, "fake", k + 1, width).float(), points(real, "real", k + 1, width).float()
    values = four(x, y, radii(x, k, chunk), radii(y, k, chunk), k, chunk)
    floors = {} if other is None else {n: m["value"] for n, m in prdc(other, real, None, k, chunk).items()}
    units = {"precision": "share of fakes", "recall": "share of reals"}
    units |= {"density": "balls per fake, over k", "coverage": "share of reals"}
    return {name: metric(values[name], floors.get(name), unit, "higher") for name, unit in units.items()}


def four(x: Tensor, y: Tensor, radii_x: Tensor, radii_y: Tensor, k: int, chunk: int) -> dict[str, float]:
    """The four numbers for fakes x ``(n, F)`` and reals y ``(m, F)``, from the radii of their balls."""
    recalled = covered = 0
    balls = torch.zeros(len(x), dtype=torch.long, device=x.device)
    for part, radius in zip(y.split(chunk), radii_y.split(chunk)):
        distance = distances(part, x)
        inside = distance <= radius[:, None]
        balls += inside.sum(0)
        covered += int(inside.any(1).sum())
        recalled += int((distance <= radii_x).any(1).sum())
    return {
        "precision": (balls > 0).double().mean().item(),
        "recall": recalled / len(y),
        "density": balls.double().mean().item() / k,
        "coverage": covered / len(y),
    }


def radii(x: Tensor, k: int, chunk: int) -> Tensor:
    """Distance ``(n,)`` of each sample of x ``(n, F)`` to its k-th nearest other one."""
    # the nearest of all is the sample itself, at 0: hence k + 1
    return torch.cat([distances(part, x).kthvalue(k + 1, dim=1).values for part in x.split(chunk)])


def distances(x: Tensor, y: Tensor) -> Tensor:
    """Euclidean distances ``(n, m)``; not through the matrix product, which blurs those near 0."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
