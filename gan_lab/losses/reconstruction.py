"""How well a decoder explains a picture: log-likelihoods in nats, per example, and the VAE's analytic KL.

Pictures are in [-1, 1]; a Bernoulli likelihood looks at (x + 1) / 2, the pixel's intensity.
"""

from __future__ import annotations

from math import log, pi

import torch.nn.functional as F
from torch import Tensor


def intensity(x: Tensor) -> Tensor:
    """Pixels in [-1, 1] as intensities in [0, 1]."""
    return (x + 1) / 2


def bernoulli(logits: Tensor, x: Tensor) -> Tensor:
    """-log p(x|z) for independent pixels that are on with probability sigma(logit), summed: ``(B,)`` nats.

    It is a likelihood only where x is binary (-1 or 1); in between it is the cross entropy, as commonly used.
    """
    return F.binary_cross_entropy_with_logits(logits, intensity(x), reduction="none").flatten(1).sum(1)


def gaussian(logits: Tensor, x: Tensor, std: float = 0.1) -> Tensor:
    """-log p(x|z) for pixels N(sigma(logit), std^2) on the scale [0, 1], summed: ``(B,)`` nats.

    Raises:
        ValueError: an std that is not above 0.
    """
    if not std > 0:
        raise ValueError(f"std must be above 0, not {std}")
    error = (logits.sigmoid() - intensity(x)).square().flatten(1)
    return error.sum(1) / (2 * std**2) + error.shape[1] * (log(2 * pi) / 2 + log(std))


def mean_squared(logits: Tensor, x: Tensor) -> Tensor:
    """Half the squared error on the scale [0, 1], mean over the pixels: ``(B,)``, the AAE's reconstruction cost."""
    return (logits.sigmoid() - intensity(x)).square().flatten(1).mean(1) / 2


def kl_to_standard_normal(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(mean, diag(exp(log_var))) || N(0, I)) in nats, ``(B,)`` (Kingma and Welling 2014, appendix B)."""
    return (mean.square() + log_var.exp() - log_var - 1).sum(1) / 2
