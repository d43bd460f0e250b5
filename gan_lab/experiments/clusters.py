"""Classes without a label: the adversarial autoencoder's categories as clusters (Makhzani et al. 2016, section 6).

The semi-supervised model without its classification phase: y is one of K categories, as like as not, and z the style.
What a category stands for is looked up afterwards: it takes the label of the image that is the surest of it, and every
image in the category is then read as that. The runs are shipped as a log (``shipped()``), written by ``python -m
gan_lab.bench.clusters``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_lab.algorithms.aae import SemiSupervisedAAE
from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import seeded, watching
from gan_lab.algorithms.schedules import linear_decay
from gan_lab.data.images import ImageSet
from gan_lab.experiments import log
from gan_lab.experiments.few_labels import BATCH
from gan_lab.models.autoencoder import Decoder, Encoder
from gan_lab.models.mlp import MLP
from gan_lab.training.seeding import seed_for

LOG = Path(__file__).parent / "logs" / "clusters.json"

CLUSTERS = (16, 30)
"""The paper's (table 3): 9.55 and 4.10 % wrong on MNIST's test set."""

STYLE = 5
"""Width of z: a roomy style leaves nothing for the categories to tell."""


@dataclass(frozen=True)
class Row:
    """What one run came to.

    Attributes:
        clusters: how many categories there were.
        used: how many of them hold at least one test image.
        test: share of wrong answers on the test set.
        seconds: for training.
    """

    clusters: int
    used: int
    test: float
    seconds: float


def build(
    digits: ImageSet, clusters: int, seed: int, steps: int, width: int, noise: float = 0.6, share: float = 0.5
) -> SemiSupervisedAAE:
    """Four phases and no label; the learning rates fall to 0 in the second half of ``steps``.

    Args:
        clusters: categories.
        width: hidden units.
        noise: standard deviation of what is added to the encoder's input.
        share: of Adam's rate of 1e-3, in the adversarial phases.
    """
    seen = steps * BATCH
    shape = (STYLE, digits.size, digits.channels, width)
    with seeded(seed_for(seed, "first weights")):
        model = SemiSupervisedAAE(
            Encoder(*shape, classes=clusters),
            Decoder(*shape, classes=clusters),
            MLP(STYLE, 1, width, 2, "relu"),
            MLP(clusters, 1, width, 2, "relu"),
            None,
            optimizer=partial(adam, lr=1e-3, betas=(0.9, 0.999)),
            adversarial=partial(adam, lr=1e-3 * share, betas=(0.5, 0.999)),
            input_noise=noise,
            lr_factor=partial(linear_decay, start=seen // 2, end=seen),
        )
    model.phases = [phase for phase in model.phases if phase.name != "classification"]
    return model


def categories(model: SemiSupervisedAAE, digits: ImageSet) -> Tensor:
    """The share of every category for every image, ``(N, K)``."""
    with watching(model):
        return torch.cat([model.encoder.both(batch.x)[0].softmax(1) for batch in digits.in_order(500)])


def meanings(shares: Tensor, labels: Tensor) -> Tensor:
    """The label of each category, int64 ``(K,)``: that of the image which is the surest of it.

    Args:
        shares: of some images to learn the meanings from, ``(N, K)``.
        labels: of these images, int64 ``(N,)``.
    """
    return labels[shares.argmax(0)]


def error(shares: Tensor, labels: Tensor, meaning: Tensor) -> float:
    """The share of images whose category means another label."""
    return (meaning[shares.argmax(1)] != labels).float().mean().item()


def shipped(path: Path = LOG) -> dict[str, Any]:
    """The runs: how they were made, and ``runs``, by number of clusters a list of seeds' rows.

    Raises:
        FileNotFoundError: there is no such log; it says how to make one.
    """
    return log.shipped(path, Row, "clusters")
