"""The prior in the plane as contours: inside each lies a stated share of it."""

from __future__ import annotations

import numpy as np
import torch

from gan_lab.data.priors import Density, Prior
from gan_lab.zoo.coders import seeded

SHARES = (0.5, 0.9, 0.99)
"""How much of the prior each contour holds: the smallest regions that do."""
SAMPLES, CELLS = 200_000, 180
Lines = list[list[list[float]]]


def contours(prior: Prior, reach: float) -> list[Lines]:
    """For each of ``SHARES`` the lines ``[[x, y], ...]`` around the smallest region that holds so much of the prior.

    From the density where the prior has one, else from samples.

    Args:
        reach: half the side of the square that is looked at.
    """
    edges = np.linspace(-reach, reach, CELLS + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    if isinstance(prior, Density):
        x, y = np.meshgrid(middles, middles)
        places = torch.from_numpy(np.stack([x, y], -1)).float().flatten(0, 1)
        density = prior.log_prob(places).exp().unflatten(0, (CELLS, CELLS)).numpy()
    else:
        with seeded(0):
            samples = prior.sample(SAMPLES).numpy()
        density = smooth(np.histogram2d(samples[:, 1], samples[:, 0], bins=(edges, edges))[0])
    return [around_the(density, share, middles) for share in SHARES]


def smooth(counts: np.ndarray, width: float = 1.5) -> np.ndarray:
    """A histogram blurred with a Gaussian of ``width`` cells, so that its contours do not fray."""
    steps = np.arange(-5, 6)
    weights = np.exp(-((steps / width) ** 2) / 2)
    weights /= weights.sum()
    for axis in (0, 1):
        counts = np.apply_along_axis(np.convolve, axis, counts, weights, "same")
    return counts


def around_the(density: np.ndarray, share: float, middles: np.ndarray) -> Lines:
    """Lines around the densest cells that hold ``share`` of all there is."""
    from contourpy import contour_generator  # comes with matplotlib

    ordered = np.sort(density, axis=None)[::-1]
    level = ordered[np.searchsorted(ordered.cumsum(), share * ordered.sum())]
    lines = contour_generator(middles, middles, density).lines(level)
    return [
        np.asarray(line)[:: max(1, len(line) // 200)].round(3).tolist() for line in lines if len(line) > 8
    ]


def spread(prior: Prior) -> float:
    """How far from the middle the prior reaches in either direction, but for one sample in a thousand."""
    with seeded(0):
        return torch.quantile(prior.sample(20_000).abs().amax(1), 0.999).item()
