"""The prior in the plane as contours: inside each lies a stated share of it."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import torch

from gan_lab.data.priors import Gaussian, Prior
from gan_lab.zoo.coders import seeded

SHARES = (0.5, 0.9, 0.99)
"""How much of the prior each contour holds: the smallest regions that do."""
SAMPLES, CELLS = 200_000, 180
Lines = list[list[list[float]]]


def contours(prior: Prior, reach: float) -> list[Lines]:
    """For each of ``SHARES`` the lines ``[[x, y], ...]`` around the smallest region that holds so much of the prior.

    Exact for a Gaussian; from samples for all others, for which nothing but samples is asked.

    Args:
        reach: half the side of the square that is looked at.
    """
    if isinstance(prior, Gaussian):
        around = np.linspace(0, 2 * np.pi, 121)
        circle = np.stack([np.cos(around), np.sin(around)], 1)
        return [[(prior.scale * sqrt(-2 * log(1 - share)) * circle).round(3).tolist()] for share in SHARES]
    with seeded(0):
        samples = prior.sample(SAMPLES).numpy()
    edges = np.linspace(-reach, reach, CELLS + 1)
    density = smooth(np.histogram2d(samples[:, 1], samples[:, 0], bins=(edges, edges))[0])
    return [around_the(density, share, (edges[1:] + edges[:-1]) / 2) for share in SHARES]


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
    return [np.asarray(line)[:: max(1, len(line) // 200)].round(3).tolist() for line in lines if len(line) > 8]


def spread(prior: Prior) -> float:
    """How far from the middle the prior reaches in either direction, but for one sample in a thousand."""
    with seeded(0):
        return torch.quantile(prior.sample(20_000).abs().amax(1), 0.999).item()
