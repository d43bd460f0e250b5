"""KL and JS on a fixed 2-D grid: exact where densities are known, corrected for bias where samples stand in.

A histogram of few samples looks different from the distribution it was drawn from, so a divergence read
from histograms is positive even for a perfect generator, and the finer the grid the more: a fine enough one
reads log 2 for two samples of the same thing. Two corrections take that off. The first is the second-order
term of the Taylor expansion (Miller 1955, for the entropy), which knows which cells are in use; the second is
measured: what the first leaves, on average, on samples that do come from the same distribution. So a perfect
generator reads 0 on average, now a little more, now a little less; the floor is how much: the standard
deviation of the readings of real against real. Values beyond two or three floors mean something.

On a grid, differences within a cell are invisible: compare numbers of the same grid only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric, points

LogDensity = Callable[[Tensor], Tensor]
"""A function from points ``(n, 2)`` to log densities ``(n,)`` in nats."""


@dataclass(frozen=True)
class Grid:
    """Square cells over [low, high]^2, bins x bins of them, and one more cell for all that lies outside.

    The default holds the toy sets, whose farthest points are about 2 from the origin.
    """

    low: float = -2.5
    high: float = 2.5
    bins: int = 64

    def counts(self, samples: Tensor) -> Tensor:
        """How many of the samples ``(n, 2)`` fell into each cell: float64 ``(bins^2 + 1,)``, outside last."""
        place = ((samples - self.low) / (self.high - self.low) * self.bins).floor()
        outside = ((place < 0) | (place >= self.bins)).any(1)
        cell = place[:, 0] * self.bins + place[:, 1]
        cell = torch.where(outside, self.bins**2, cell).long()
        return torch.bincount(cell, minlength=self.bins**2 + 1).double()

    def log_masses(self, log_density: LogDensity, refine: int = 8) -> Tensor:
        """Log probability of each cell: float64 ``(bins^2 + 1,)``, outside last.

        Each cell is integrated by the midpoints of refine x refine smaller ones; outside is the rest, at
        least 1e-12. In logarithms, as far from a narrow mode the density is below the smallest number.
        """
        fine = self.bins * refine
        width = (self.high - self.low) / fine
        axis = self.low + width * (torch.arange(fine, dtype=torch.float64) + 0.5)
        where = torch.cartesian_prod(axis, axis)
        logs = log_density(where).double().reshape(self.bins, refine, self.bins, refine)
        inside = logs.logsumexp((1, 3)).flatten() + 2 * math.log(width)
        rest = (1 - inside.exp().sum()).clamp(min=1e-12).log()
        return torch.cat([inside, rest[None]]).log_softmax(0)


TOY = Grid()


def kl(log_p: Tensor, log_q: Tensor) -> Tensor:
    """KL(p, q) in nats of distributions over cells, given as log probabilities ``(..., cells)``."""
    p = log_p.exp()
    return torch.where(p > 0, p * (log_p - log_q), 0.0).sum(-1)


def js(log_p: Tensor, log_q: Tensor) -> Tensor:
    """JS(p, q) in nats, 0 to log 2: the mean KL of p and of q to their mixture; as :func:`kl`."""
    log_m = torch.logaddexp(log_p, log_q) - math.log(2)
    return (kl(log_p, log_m) + kl(log_q, log_m)) / 2


def exact_divergences(log_p: LogDensity, log_q: LogDensity, grid: Grid = TOY) -> dict[str, Metric]:
    """``kl`` (of p to q) and ``js`` of two known densities on the grid; nothing is estimated: floor 0."""
    p, q = grid.log_masses(log_p), grid.log_masses(log_q)
    return {
        "kl": metric(kl(p, q).item(), 0.0, "nats", "lower"),
        "js": metric(js(p, q).item(), 0.0, "nats", "lower"),
    }


def divergences_to_density(
    samples: Tensor, truth: LogDensity | Tensor, grid: Grid = TOY, rounds: int = 50, seed: int = 0
) -> dict[str, Metric]:
    """``kl`` (of the samples' distribution to the density) and ``js`` of samples to a known density.

    Args:
        samples: ``(n, 2)``.
        truth: a log density, for example the ``log_prob`` of a toy set; or its ``grid.log_masses``, which is
            worth keeping where many sets of samples are compared with one truth.
        grid: where to compare.
        rounds: how many times n samples of the truth are drawn for the second correction and the floor.
        seed: of that drawing.

    Raises:
        ValueError: for too few or non-finite samples.
    """
    x = points(samples, "samples", 2, 2).cpu()
    log_p = truth if isinstance(truth, Tensor) else grid.log_masses(truth)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.multinomial(log_p.exp(), rounds * len(x), replacement=True, generator=generator)
    null = torch.stack([torch.bincount(d, minlength=len(log_p)) for d in drawn.view(rounds, -1)]).double()
    counts = torch.cat([grid.counts(x)[None], null])
    log_q = (counts / len(x)).log()
    kls = kl(log_q, log_p) - excess(log_q, len(x)) / 2
    jss = js(log_q, log_p) - excess(log_q, len(x)) / 4 + excess(log_q, len(x), log_p) / 8
    return {"kl": against_null(kls, None), "js": against_null(jss, math.log(2))}


def js_between_samples(
    fake: Tensor, real: Tensor, grid: Grid = TOY, rounds: int = 50, seed: int = 0
) -> Metric:
    """JS of two sets of samples. (Their KL is infinite as soon as a fake falls where no real one is.)

    Args:
        fake: ``(n, 2)``.
        real: ``(m, 2)``.
        grid: where to compare.
        rounds: how many times the pooled samples are dealt out anew, as if both sets were of one kind, for
            the second correction and the floor.
        seed: of that dealing.

    Raises:
        ValueError: for too few or non-finite samples.
    """
    x, y = points(fake, "fake", 2, 2).cpu(), points(real, "real", 2, 2).cpu()
    pool, n, m = torch.cat([x, y]), len(x), len(y)
    generator = torch.Generator().manual_seed(seed)
    deals = [torch.arange(n + m), *(torch.randperm(n + m, generator=generator) for _ in range(rounds))]
    log_p = torch.stack([(grid.counts(pool[deal[:n]]) / n).log() for deal in deals])
    log_q = torch.stack([(grid.counts(pool[deal[n:]]) / m).log() for deal in deals])
    bias = (excess(log_p, n) + excess(log_q, m)) / 4 - (excess(log_p, n, log_q) + excess(log_q, m, log_p)) / 8
    return against_null(js(log_p, log_q) - bias, math.log(2))


def excess(log_p: Tensor, n: int, other: Tensor | None = None) -> Tensor:
    """Sum over cells of var(p) / p, or of var(p) / ((p + other) / 2), for frequencies p of n samples.

    The variance of a frequency is p (1 - p) / n. Times half the second derivative of p log p this is the bias
    of a plug-in divergence to second order; without ``other`` it is (cells in use - 1) / n.
    """
    p = log_p.exp()
    middle = p if other is None else (p + other.exp()) / 2
    return torch.where(p > 0, p * (1 - p) / middle.clamp(min=1e-300), 0.0).sum(-1) / n


def against_null(readings: Tensor, most: float | None) -> Metric:
    """The first reading, corrected by the mean of the others, with their spread about it as the floor.

    Where a divergence has a largest value, that must stay what it is: the scale is stretched to keep it.
    """
    null = readings[1:].mean().item()
    scale = 1.0 if most is None else most / max(most - null, 1e-12)
    floor = readings[1:].std().item() * scale
    return metric((readings[0].item() - null) * scale, floor, "nats", "lower")
