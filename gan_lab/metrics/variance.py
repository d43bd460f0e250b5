"""Does a conditional generator listen to its noise, or to its label alone? The law of total variance tells.

For x = G(z, y), z and y drawn independently, y each class alike, and variances summed over all pixels:

    Var(x) = E_y Var(x|y) + Var_y E(x|y)      what z does within a class + what the label does to the mean picture
           = E_z Var(x|z) + Var_z E(x|z)      what the label does to one z + what z does, whatever the label

A generator that ignores z has E_y Var(x|y) = 0.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric


class Shares(NamedTuple):
    """Variance within and between classes, summed over pixels."""

    within: float
    between: float

    @property
    def total(self) -> float:
        """Their sum, the variance of all."""
        return self.within + self.between


def class_variance(images: Tensor, labels: Tensor) -> Shares:
    """E_y Var(x|y) and Var_y E(x|y) of images ``(n, ...)`` with classes ``(n,)``, each class counting alike.

    Raises:
        ValueError: fewer than two classes, or fewer than two images of one.
    """
    groups = [images[labels == k].flatten(1).double() for k in labels.unique()]
    if len(groups) < 2 or min(map(len, groups)) < 2:
        raise ValueError(
            f"at least two classes of two images are needed, not classes of {', '.join(str(len(g)) for g in groups)}"
        )
    within = torch.stack([group.var(0).sum() for group in groups]).mean()
    means = torch.stack([group.mean(0) for group in groups])
    return Shares(within.item(), means.var(0, correction=0).sum().item())


def variance_shares(images: Tensor, real: Shares | None = None) -> dict[str, Metric]:
    """How much of the variance comes from z, and how much from the label; both readings above.

    Args:
        images: ``(M, K, ...)``: M noises, each under all K labels.
        real: the same of real images, where the label is known and the rest plays the part of z; for the floors.

    Raises:
        ValueError: fewer than two noises or labels, or images that are all the same.
    """
    if images.dim() < 3 or min(images.shape[:2]) < 2:
        raise ValueError(
            f"images of M noises under K labels (M, K, ...) are needed, not {tuple(images.shape)}"
        )
    x = images.flatten(2).double()
    labels = torch.arange(x.shape[1]).expand(len(x), -1)
    shares = class_variance(x.flatten(0, 1), labels.flatten())
    common = x.mean(1).var(0).sum().item()  # Var_z E(x|z)
    if shares.total == 0:
        raise ValueError("the images are all the same: there is no variance to share out")
    floors = (None, None) if real is None else (real.within / real.total, real.between / real.total)
    ways = {
        "variance from z": (shares.within, floors[0], "E_y Var(x|y), within a class", "higher"),
        "variance from label": (shares.between, floors[1], "Var_y E(x|y), of the class means", "lower"),
        "variance from z alone": (common, None, "Var_z E(x|z), the same under every label", "higher"),
    }
    return {
        name: metric(part / shares.total, floor, f"share of the pixels' variance: {what}", better)
        for name, (part, floor, what, better) in ways.items()
    }
