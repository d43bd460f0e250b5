"""What does each half of pix2pix's loss buy, and how large should a patch be? Change one thing, and leave the rest.

After the analysis in section 4 of Isola et al. 2017 (losses, and "from PixelGANs to PatchGANs to ImageGANs"). Small
networks turn line drawings into faces at 32x32. The long runs are shipped as a log (``shipped()``), written by
``python -m gan_lab.bench.pix2pix_parts``; one row of it is quick to begin again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_lab import recipes
from gan_lab.algorithms.pix2pix import Pix2pix
from gan_lab.data import FacePairs
from gan_lab.experiments import log
from gan_lab.recipes import Recipe
from gan_lab.training import Engine, TrainConfig, train

LOG = Path(__file__).parent / "logs" / "pix2pix_parts.json"

DATA, SIDE, WIDTH, BATCH, STEPS = "edges-faces", 32, 16, 8, 1600
RATE = 1e-3
"""Of D's Adam; G's is as many times this as in every recipe of pix2pix. The paper's is 2e-4, for much longer runs."""

KINDS: dict[str, dict[str, Any]] = {
    "L1 alone": {"without": "gan"},
    "cGAN alone": {"without": "l1", "patch": 16},
    "L1 + cGAN, patches of 1": {"patch": 1},
    "L1 + cGAN, patches of 16": {"patch": 16},
    "L1 + cGAN, patches of 34": {"patch": 34},
    "L1 + cGAN, patches of 70": {"patch": 70},
}
"""By name, what a recipe asks for. Patches of 34 and 70 are wider than these pictures; 286 would need 128 pixels."""


@dataclass(frozen=True)
class Row:
    """What one run came to, on pictures of the test stream.

    Attributes:
        error: mean absolute difference from the truth, of pictures in [-1, 1].
        iou: mean intersection over union of the true label map and the one that a segmenter reads.
        overlap: the part of the colours' histograms that made and real pictures share, the mean over L, a and b.
        sliced: sliced Wasserstein distance at full size, in thousandths of a patch's standard deviation.
        seconds: of the processor, for training.
    """

    error: float
    iou: float
    overlap: float
    sliced: float
    seconds: float


def recipe(kind: str, seed: int = 0, steps: int = STEPS, width: int = WIDTH) -> Recipe:
    """How that kind is trained; the learning rate falls to 0 in the second half.

    Raises:
        ValueError: an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    seen = steps * BATCH
    return recipes.fit(
        "pix2pix", FacePairs(DATA, SIDE), width=width, batch_size=BATCH, lr=RATE, seed=seed,
        decay_from=seen // 2, decay_until=seen, **KINDS[kind],
    )  # fmt: skip


def run(plan: Recipe, steps: int) -> tuple[Pix2pix, float]:
    """Trains in fp32 on faces without end; returns the model, and the seconds of the processor."""
    model = recipes.build(plan)
    assert isinstance(model, Pix2pix)
    batches = FacePairs(DATA, SIDE).batches(BATCH, plan.seed)
    start = time.process_time()
    for _ in train(model, batches, TrainConfig(steps, plan.seed), Engine("cpu")):
        pass
    return model, time.process_time() - start


def shipped(path: Path = LOG) -> dict[str, Any]:
    """The long runs: how they were made, ``real`` (what real faces get, or "doing nothing" and "mean picture" for the
    error), and ``runs``, by kind a list of seeds, each of one row.

    Raises:
        FileNotFoundError: there is no such log; it says how to make one.
    """
    return log.shipped(path, Row)
