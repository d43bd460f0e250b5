"""What are images without labels worth? One encoder learns from a few labels, with and without the other images.

After section 5 of Makhzani et al. 2016 (table 2). The semi-supervised adversarial autoencoder sees every image and
the labels of a few; its rival is the same encoder with nothing but the classification phase. The long runs are shipped
as a log (``shipped()``), written by ``python -m gan_lab.bench.few_labels``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gan_lab import recipes
from gan_lab.algorithms.aae import SemiSupervisedAAE
from gan_lab.algorithms.base import watching
from gan_lab.data.batch import Batch
from gan_lab.data.images import ImageSet
from gan_lab.experiments import log
from gan_lab.training import Engine, TrainConfig, train

LOG = Path(__file__).parent / "logs" / "few_labels.json"

AAE, ALONE = "AAE", "labels only"
KINDS = (AAE, ALONE)
"""By name: all five phases on all images, and the classification phase alone."""

WIDTH, BATCH = 500, 100
"""Hidden units (the paper: 1000), and images in a minibatch, of the shipped log."""


@dataclass(frozen=True)
class Plan:
    """How to learn from so many labels.

    Attributes:
        epochs: passes over the images.
        share: what the rates of all phases but the classification are multiplied with.
        noise: standard deviation of what is added to the encoder's input, pixels in [-1, 1].
        shown: labelled images in a turn of the classification.
    """

    epochs: int = 10
    share: float = 1.0
    noise: float = 0.6
    shown: int = 100


PLANS = {100: Plan(), 1000: Plan(), 55_000: Plan(40, 0.01, 1.0, 300)}
"""By number of labels, as in the shipped log. With few labels the other phases must count in full. Where every image
has its label they only disturb, and the network soon knows all of its images: so they count little, and the noise is
strong. Chosen on a part of the 55,000 images."""


@dataclass(frozen=True)
class Row:
    """What one run came to.

    Attributes:
        labels: how many it was given.
        held_out, test: shares of wrong answers on the images held out and on the test set.
        seconds: for training.
    """

    labels: int
    held_out: float
    test: float
    seconds: float


def few(digits: ImageSet, labels: int, seed: int) -> Batch:
    """The images whose labels may be used: as many of each class, or simply all of them.

    Raises:
        ValueError: the set has no labels, or not so many of each class.
    """
    if labels == len(digits):
        return Batch(digits.images_float(), digits.labels)
    return digits.few(labels, seed)


def build(
    kind: str,
    digits: ImageSet,
    labels: int,
    seed: int,
    steps: int,
    width: int = WIDTH,
    plan: Plan = PLANS[100],
) -> SemiSupervisedAAE:
    """The recipe aae-semi, its labels given; the learning rates fall to 0 in the second half of ``steps``.

    Both kinds have the same first weights, labels, noise on the input and Adam.

    Args:
        kind: one of ``KINDS``.
        digits: the images.
        labels: how many of their labels may be used.
        seed: of first weights and of the choice of labels.
        steps: how long it will learn; not ``plan.epochs``, which are of the images of the shipped log.
        width: hidden units.
        plan: all else.

    Raises:
        ValueError: an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    seen = steps * BATCH
    recipe = recipes.fit(
        "aae-semi", digits, labels=labels, seed=seed, width=width, batch_size=BATCH,
        decay_from=seen // 2, decay_until=seen,
    )  # fmt: skip
    model = recipes.build(recipe)
    assert isinstance(model, SemiSupervisedAAE)
    model.give_labels(few(digits, labels, seed))
    model.input_noise, model.batch_size = plan.noise, plan.shown
    for phase in model.phases:
        if phase.name != "classification":
            for group in phase.optimizer.param_groups:
                group["lr"] *= plan.share
    if kind == ALONE:
        model.phases = [model.phase("classification")]
    return model


def error(model: SemiSupervisedAAE, digits: ImageSet) -> float:
    """The share of digits to which the encoder gives a wrong label.

    Raises:
        ValueError: the set has no labels.
    """
    if digits.labels is None:
        raise ValueError(f"{digits.name} has no labels: choose a labelled set, such as mnist-5k")
    with watching(model):
        read = torch.cat([model.encoder.both(batch.x)[0].argmax(1) for batch in digits.in_order(500)])
    return (read != digits.labels).float().mean().item()


def run(model: SemiSupervisedAAE, digits: ImageSet, steps: int, seed: int = 0) -> float:
    """Trains on all of the digits, in fp32, where they are (on CUDA as recorded graphs); returns the seconds."""
    start = time.perf_counter()
    engine = Engine(str(digits.device), capture=digits.device.type == "cuda")
    for _ in train(model, digits.batches(BATCH, seed), TrainConfig(steps, seed), engine):
        pass
    return time.perf_counter() - start


def shipped(path: Path = LOG) -> dict[str, Any]:
    """The long runs: how they were made, and ``runs``, by kind a list of seeds' rows.

    Raises:
        FileNotFoundError: there is no such log; it says how to make one.
    """
    return log.shipped(path, Row, "few_labels")
