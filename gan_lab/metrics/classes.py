"""Which classes a classifier reads in generated images: has the generator dropped one?"""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric, points


def class_shares(logits: Tensor, real_logits: Tensor | None = None) -> dict[str, Metric]:
    """The rarest and the most frequent class as the classifier reads them, and how sure it is.

    It sees what it knows: noise, too, is read as some class, so look at the confidence beside the shares.

    Args:
        logits: of generated images ``(n, K)``.
        real_logits: of real images ``(m, K)``, for the floors.

    Returns:
        ``smallest_share`` (its ``counts`` are the images per class), ``largest_share``, and ``confidence``,
        the mean probability of the class that was read.

    Raises:
        ValueError: for no images, non-finite logits or different numbers of classes.
    """
    counts, smallest, largest, confidence = read(points(logits, "logits"))
    real: tuple = (None,) * 4
    if real_logits is not None:
        real = read(points(real_logits, "real_logits", 1, logits.shape[1]))
    rarest = metric(smallest, real[1], "share of images", "higher")
    return {
        "smallest_share": {**rarest, "counts": counts},
        "largest_share": metric(largest, real[2], "share of images", "lower"),
        "confidence": metric(confidence, real[3], "mean probability", "higher"),
    }


def read(logits: Tensor) -> tuple[list[int], float, float, float]:
    """Counts per class, smallest and largest share, and mean confidence of logits ``(n, K)``."""
    confidence, label = logits.softmax(1).max(1)
    counts = torch.bincount(label, minlength=logits.shape[1])
    share = counts.double() / len(label)
    return counts.tolist(), share.min().item(), share.max().item(), confidence.mean().item()
