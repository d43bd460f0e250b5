"""Closed forms that the slides state, to lay over what a network learned.

Densities come as log densities on a grid (or at samples): far from a Gaussian the density rounds to 0 but its
logarithm does not, and p/(p + q) needs only the difference of two logarithms. Everything is in torch and
differentiable, in float64 where it matters, in nats.
"""

from gan_lab.theory.divergences import (
    gaussian_kl,
    gaussian_w1,
    js,
    kl,
    parallel_lines,
    sample_w1,
    shifted_gaussians,
    total_variation,
    w1,
)
from gan_lab.theory.mixture import Mixture, grid
from gan_lab.theory.optimal import optimal_discriminator, optimal_logit, value
from gan_lab.theory.transport import empirical_quantile, optimal_map

__all__ = [
    "Mixture",
    "empirical_quantile",
    "gaussian_kl",
    "gaussian_w1",
    "grid",
    "js",
    "kl",
    "optimal_discriminator",
    "optimal_logit",
    "optimal_map",
    "parallel_lines",
    "sample_w1",
    "shifted_gaussians",
    "total_variation",
    "value",
    "w1",
]
