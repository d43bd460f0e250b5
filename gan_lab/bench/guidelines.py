"""The long runs of ``experiments.guidelines``: ``python -m gan_lab.bench.guidelines`` writes the log that is shipped.

Three seeds of every variant, one after the other, each judged by the Frechet distance through the zoo's classifier.
With one thread (OMP_NUM_THREADS=1) about ten minutes. Beside the log it leaves a picture: a row of real
digits, and under it, for every variant, a row of samples of the first seed's end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gan_lab import data
from gan_lab.algorithms.gan import GAN
from gan_lab.bench.digits_race import SEEDS, Contest, write_log
from gan_lab.data.images import ImageSet
from gan_lab.experiments import guidelines
from gan_lab.experiments.digits_race import Quality


def take_away(
    out: Path,
    steps: int = guidelines.STEPS,
    every: int = guidelines.EVERY,
    seeds: tuple[int, ...] = SEEDS,
) -> dict[str, Any]:
    """Runs everything and writes the log.

    Args:
        out: the log, JSON; the picture lies beside it.
        steps: of every generator.
        every: a moment after each so many.
        seeds: of every variant.
    """
    digits = data.load("mnist-5k", size=guidelines.SIDE)
    assert isinstance(digits, ImageSet)
    about = {
        "command": "python -m gan_lab.bench.guidelines",
        "data": "mnist-5k at 32x32, 4000 to learn from and 1000 held out",
        "steps": steps,
        "precision": "bf16",
        "columns": ["step", "loss_d", "loss_g", "quality"],
    }

    def moments(game: GAN, quality: Quality, seed: int) -> Iterator[Any]:
        return guidelines.run(game, digits, quality, steps, every, seed)

    contest = Contest(tuple(guidelines.VARIANTS), guidelines.build, moments, guidelines.samples)
    return write_log(out, about, digits, contest, seeds)


if __name__ == "__main__":
    take_away(Path(sys.argv[1]) if len(sys.argv) > 1 else guidelines.LOG)
