"""What does each phase of the semi-supervised adversarial autoencoder buy? Take its games away, one after the other.

Section 5 of Makhzani et al. 2016 has five turns. Small networks learn from 100 labels among 4,000 of mnist-5k, and are
tested on the other 1,000. The runs are shipped as a log (``shipped()``), written by ``python -m gan_lab.bench.phases``;
one row of it is quick to run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_lab.algorithms.aae import SemiSupervisedAAE
from gan_lab.data.images import ImageSet
from gan_lab.experiments import aae_variants, few_labels, log
from gan_lab.training import Engine, TrainConfig, train

LOG = Path(__file__).parent / "logs" / "phases.json"

STEPS, EVERY = 1500, 250
LABELS, WIDTH = 100, 128

VARIANTS: dict[str, int | None] = {
    "classification alone": None,
    "and reconstruction": 0,
    "and the game for z": 1,
    "and the game for y": 2,
}
"""By name: how many of the two games are played; None leaves out the reconstruction as well."""


@dataclass(frozen=True)
class Moment:
    """What there is to read at one moment of a run.

    Attributes:
        step: complete steps so far.
        error: share of wrong answers on the digits held out.
    """

    step: int
    error: float


def build(variant: str, digits: ImageSet, seed: int) -> SemiSupervisedAAE:
    """The model of that name; the same first weights, labels and learning rates for all names.

    Raises:
        ValueError: an unknown variant.
    """
    if variant not in VARIANTS:
        raise ValueError(f"there is no variant {variant!r}; there are {', '.join(VARIANTS)}")
    games = VARIANTS[variant]
    kind = few_labels.ALONE if games is None else few_labels.AAE
    model = few_labels.build(kind, digits, LABELS, seed, STEPS, WIDTH)
    if games is not None:
        aae_variants.without_games(model, games)
    return model


def run(
    model: SemiSupervisedAAE,
    digits: ImageSet,
    held_out: ImageSet,
    steps: int = STEPS,
    every: int = EVERY,
    seed: int = 0,
) -> Iterator[Moment]:
    """Trains on the digits; yields a moment after each ``every`` steps."""
    batches = digits.batches(few_labels.BATCH, seed)
    for step in train(model, batches, TrainConfig(steps, seed), Engine("cpu")):
        if step.step % every == 0:
            yield Moment(step.step, few_labels.error(model, held_out))


def shipped(path: Path = LOG) -> dict[str, Any]:
    """The long runs: how they were made, and ``runs``, by variant a list of seeds' moments."""
    return log.shipped(path, Moment)
