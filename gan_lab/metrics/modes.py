"""Mode coverage of the toy sets: which modes a generator found, and how well it hits them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric, points


def mode_coverage(samples: Tensor, centres: Tensor, std: float, within: float = 3.0) -> dict[str, Metric]:
    """Modes found, share of high quality, and KL of the modes' histogram against uniform.

    A sample is of high quality within 3 standard deviations of its nearest mode; a mode is found if one such
    sample is nearest to it; in the histogram every sample, good or bad, counts for its nearest mode
    (Srivastava et al. 2017, Lin et al. 2018).

    Args:
        samples: ``(n, 2)``; the papers take n = 2,500.
        centres: the modes ``(K, 2)``, equally likely.
        std: the standard deviation of a mode along each axis.
        within: how many of them still count as a hit.

    Returns:
        ``modes`` (its ``counts`` are the high-quality samples per mode), ``high_quality`` and ``kl`` in nats
        (its ``counts`` are all samples per mode). The floors are what the true distribution gives: all K,
        the chance 1 - exp(-within^2 / 2) of a 2-D Gaussian, and the KL's bias (K - 1) / 2n.

    Raises:
        ValueError: for wrong shapes, no samples, non-finite samples or a std that is not positive.
    """
    if std <= 0:
        raise ValueError(f"std must be positive, not {std}")
    x, centres = points(samples, "samples", width=2), points(centres, "centres", width=2).to(samples.device)
    count, modes = len(x), len(centres)
    distance, nearest = torch.cdist(x, centres).min(1)
    hits = distance <= within * std
    all_counts = torch.bincount(nearest, minlength=modes)
    hit_counts = torch.bincount(nearest[hits], minlength=modes)
    found = metric(int((hit_counts > 0).sum()), modes, f"modes of {modes}", "higher")
    quality = metric(
        hits.double().mean().item(), 1 - math.exp(-(within**2) / 2), "share of samples", "higher"
    )
    kl = metric(kl_to_uniform(all_counts), (modes - 1) / (2 * count), "nats", "lower")
    return {
        "modes": {**found, "counts": hit_counts.tolist()},
        "high_quality": quality,
        "kl": {**kl, "counts": all_counts.tolist()},
    }


def kl_to_uniform(counts: Tensor) -> float:
    """KL(histogram, uniform) in nats: log K minus the entropy of the histogram, between 0 and log K.

    Args:
        counts: ``(K,)``, not all zero.
    """
    share = counts.double() / counts.sum()
    return math.log(len(counts)) + torch.special.xlogy(share, share).sum().item()
