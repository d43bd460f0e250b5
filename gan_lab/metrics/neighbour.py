"""Can one learn from generated data? A one-nearest-neighbour classifier trained on them, tested on real ones.

Radford, Metz and Chintala 2016 (DCGAN), appendix: trained on samples of a conditional generator of digits it errs
hardly more, or less, than trained on real digits.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric


def nearest_label(known: Tensor, labels: Tensor, asked: Tensor, batch: int = 500) -> Tensor:
    """The label of the nearest known image, in Euclidean distance of pixels, for each that is asked: int64 ``(m,)``.

    Args:
        known: images ``(n, ...)``.
        labels: their classes ``(n,)``.
        asked: images ``(m, ...)`` of the same shape.
        batch: how many are asked at a time; n times as many distances are held.

    Raises:
        ValueError: no known images, not one label for each, or images of different shapes.
    """
    if not len(known) or len(known) != len(labels) or known.shape[1:] != asked.shape[1:]:
        raise ValueError(
            f"images of one shape with a label each are needed, not {tuple(known.shape)}, {tuple(labels.shape)} "
            f"and {tuple(asked.shape)}"
        )
    table = known.flatten(1)
    squared = table.square().sum(1)  # |a - b|^2 = |a|^2 - 2 a.b + |b|^2, and |a|^2 is the same for all b
    nearest = [(squared - 2 * (part @ table.T)).argmin(1) for part in asked.flatten(1).split(batch)]
    return labels[torch.cat(nearest)]


def neighbour_error(
    made: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], real: tuple[Tensor, Tensor] | None = None
) -> Metric:
    """The share of real test images that a nearest neighbour among generated ones classifies wrongly.

    Args:
        made: generated images and the labels that were asked for.
        test: real images and their labels.
        real: real training images and labels, disjoint from the test ones, for the floor; best as many as made.
    """
    error, floor = (
        None if data is None else (nearest_label(*data, test[0]) != test[1]).double().mean().item()
        for data in (made, real)
    )
    assert error is not None
    unit = f"share of {len(test[1])} real images, 1-NN trained on {len(made[1])} generated"
    return metric(error, floor, unit, "lower")
