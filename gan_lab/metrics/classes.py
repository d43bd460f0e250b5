"""Which classes a classifier reads in generated images: has one been dropped, is the one that was asked for there?"""

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


def asked_class(
    found: Tensor, asked: Tensor, real_found: Tensor | None = None, real_labels: Tensor | None = None
) -> Metric:
    """The share of images in which the class is read that a conditional generator was asked for.

    Args:
        found, asked: classes read and asked for, int64 ``(n,)``.
        real_found, real_labels: the same of real images ``(m,)``, for the floor: no reader is always right.

    Raises:
        ValueError: no images, or not one class for each.
    """
    if found.dim() != 1 or found.shape != asked.shape or not len(found):
        raise ValueError(
            f"one class read and one asked for are needed for each image, not {tuple(found.shape)} and "
            f"{tuple(asked.shape)}"
        )
    share = (found == asked).double().mean().item()
    floor = None
    if real_found is not None and real_labels is not None:
        floor = asked_class(real_found, real_labels)["value"]
    return metric(share, floor, "share of images in which it is read", "higher")


def read(logits: Tensor) -> tuple[list[int], float, float, float]:
    """Counts per class, smallest and largest share, and mean confidence of logits ``(n, K)``."""
    confidence, label = logits.softmax(1).max(1)
    counts = torch.bincount(label, minlength=logits.shape[1])
    share = counts.double() / len(label)
    return counts.tolist(), share.min().item(), share.max().item(), confidence.mean().item()
