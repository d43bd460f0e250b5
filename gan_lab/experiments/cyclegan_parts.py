"""What does each part of CycleGAN do, and what does its cycle hide? Leave a part out, and hold the rest against truth.

After section 5.1 and appendix 7 of Zhu et al. 2017; what a cycle hides was found by Chu, Zhmoginov and Sandler 2017.
Small networks turn drawn faces at 32x32 into night or into pencil, without pairs. As the faces are drawn, the right
answer is known, and a network of the same kind can also learn it from pairs. The long runs are shipped as a log
(``shipped()``), written by ``python -m gan_lab.bench.cyclegan_parts``; one row of it is quick to begin again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from gan_lab.algorithms.base import Algorithm
from gan_lab.algorithms.cyclegan import CycleGAN
from gan_lab.algorithms.gan import adam
from gan_lab.algorithms.pix2pix import Pix2pix
from gan_lab.algorithms.schedules import linear_decay
from gan_lab.data import FacePairs
from gan_lab.data.pairs import DIRECTIONS
from gan_lab.experiments import alone, log
from gan_lab.models.patchgan import PatchGAN
from gan_lab.models.resnet import ResNet
from gan_lab.training import Engine, TrainConfig, train

LOG = Path(__file__).parent / "logs" / "cyclegan_parts.json"

SIDE, WIDTH, BLOCKS, PATCH, BATCH, STEPS = 32, 8, 2, 16, 4, 1000
RATE = 1e-3
"""Of Adam. The paper's is 2e-4 with minibatches of one picture, for runs that are much longer."""
NOISES = (0.0, 0.02, 0.05, 0.1)
"""What is added to a picture before it goes back, as standard deviations; two grey levels of 255 are 0.016."""


@dataclass(frozen=True)
class Kind:
    """What a run learns: which two worlds, and from what.

    Attributes:
        data: the name of the pairs.
        left_out: weights of CycleGAN that are 0; None for two networks that see pairs and learn by L1.
    """

    data: str
    left_out: tuple[str, ...] | None = ()


KINDS = {
    "full": Kind("day-night"),
    "without cycle": Kind("day-night", ("cycle",)),
    "without identity": Kind("day-night", ("identity",)),
    "without history": Kind("day-night", ("history",)),
    "supervised": Kind("day-night", None),
    "pencil": Kind("pencil"),
    "pencil without cycle": Kind("pencil", ("cycle",)),
    "pencil supervised": Kind("pencil", None),
}


@dataclass(frozen=True)
class Row:
    """What one run came to, on pictures of the test stream: mean absolute differences of pictures in [-1, 1].

    Attributes:
        there, home: from the truth, from A to B and from B to A.
        round_b: of B, by way of A, from where it began.
        own, own_1, own_2, own_3: of A, by way of B, from where it began, with each of the ``NOISES`` added to B.
        true, true_1, true_2, true_3: the way back to A from the true B, with the same noises.
        seconds: of the processor, for training.
    """

    there: float
    home: float
    round_b: float
    own: float
    own_1: float
    own_2: float
    own_3: float
    true: float
    true_1: float
    true_2: float
    true_3: float
    seconds: float

    @property
    def hidden(self) -> dict[str, list[float]]:
        """The errors of the way back at each noise, from the cycle's own picture and from the true one."""
        own = [self.own, self.own_1, self.own_2, self.own_3]
        return {
            "its own picture": own,
            "the true picture": [self.true, self.true_1, self.true_2, self.true_3],
        }


def translator(width: int = WIDTH) -> ResNet:
    """CycleGAN's generator, narrow and with fewer blocks than the paper's six."""
    return ResNet(3, width, BLOCKS)


def build(kind: Kind, seed: int = 0, steps: int = STEPS, width: int = WIDTH) -> CycleGAN:
    """The game of that kind; all begin with the same weights, and the learning rate falls to 0 in the second half.

    Raises:
        ValueError: a kind that plays no game, or a part that cannot be left out.
    """
    if kind.left_out is None or not set(kind.left_out) <= {"cycle", "identity", "history"}:
        raise ValueError(f"cycle, identity and history can be left out of the game, not {kind.left_out}")
    judge = partial(PatchGAN, 3, PATCH, width, nn.InstanceNorm2d)
    nets = alone.seeded(lambda: nn.ModuleList([translator(width), translator(width), judge(), judge()]), seed)
    weights: dict[str, Any] = dict.fromkeys(kind.left_out, 0)
    ab, ba, judge_a, judge_b = nets
    return CycleGAN(ab, ba, judge_a, judge_b, (3, SIDE, SIDE), **weights, **fast(steps))


def supervised(seed: int = 0, steps: int = STEPS, width: int = WIDTH) -> dict[str, Pix2pix]:
    """By direction, the generators of the same seed's games, each alone: pairs, L1 and nothing else."""
    nets = alone.seeded(lambda: nn.ModuleList([translator(width), translator(width)]), seed)
    return {way: Pix2pix(net, None, **fast(steps)) for way, net in zip(DIRECTIONS, nets, strict=True)}


def fast(steps: int) -> dict[str, Any]:
    """Adam and its decay."""
    seen = steps * BATCH
    return {
        "optimizer": partial(adam, lr=RATE),
        "lr_factor": partial(linear_decay, start=seen // 2, end=seen),
    }


def learn(model: Algorithm, pairs: FacePairs, steps: int, seed: int) -> None:
    """Trains in fp32 on faces without end."""
    for _ in train(model, pairs.batches(BATCH, seed), TrainConfig(steps, seed), Engine("cpu")):
        pass


def run(kind: Kind, seed: int = 0, steps: int = STEPS, width: int = WIDTH) -> tuple[nn.ModuleDict, float]:
    """Trains a kind; returns its translators ``ab`` and ``ba``, and the seconds of the processor."""
    start = time.process_time()
    if kind.left_out is None:
        models = supervised(seed, steps, width)
        for way, model in models.items():
            learn(model, FacePairs(kind.data, SIDE, direction=way), steps, seed)
        ab, ba = (model.generator for model in models.values())
    else:
        game = build(kind, seed, steps, width)
        learn(game, FacePairs(kind.data, SIDE, paired=False), steps, seed)
        ab, ba = game.ab, game.ba
    return nn.ModuleDict({"ab": ab, "ba": ba}), time.process_time() - start


def shipped(path: Path = LOG) -> dict[str, Any]:
    """The long runs: how they were made, ``known`` (by data, the errors of doing nothing and of the mean picture), and
    ``runs``, by kind a list of seeds, each of one row.

    Raises:
        FileNotFoundError: there is no such log; it says how to make one.
    """
    return log.shipped(path, Row)
