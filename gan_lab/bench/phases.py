"""The long runs of ``experiments.phases``: ``python -m gan_lab.bench.phases`` writes the log that is shipped.

Three seeds of every variant, one after the other. With one thread (OMP_NUM_THREADS=1) about three minutes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch

from gan_lab import data
from gan_lab.data.images import ImageSet
from gan_lab.experiments import log, phases
from gan_lab.experiments.digits_race import split

SEEDS = (0, 1, 2)


def write_log(
    out: Path,
    digits: ImageSet,
    steps: int = phases.STEPS,
    every: int = phases.EVERY,
    seeds: tuple[int, ...] = SEEDS,
) -> dict[str, Any]:
    """Runs everything and writes the log; returns it.

    Args:
        out: the log, JSON.
        digits: a fifth of them is held out.
        steps: of every run.
        every: a moment after each so many.
        seeds: of every variant.
    """
    known, held_out = split(digits, len(digits) // 5)
    runs = {}
    for variant in phases.VARIANTS:
        runs[variant] = []
        for seed in seeds:
            model = phases.build(variant, known, seed)
            moments = list(phases.run(model, known, held_out, steps, every, seed))
            runs[variant].append([log.plain(moment) for moment in moments])
            print(f"{variant}, seed {seed}: error {moments[-1].error:.3f}", flush=True)
    written = {
        "command": "python -m gan_lab.bench.phases",
        "data": f"{digits.name}: {len(known)} to learn from, {len(held_out)} held out",
        "labels": phases.LABELS,
        "steps": steps,
        "width": phases.WIDTH,
        "seeds": list(seeds),
        "precision": "fp32",
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "columns": ["step", "error"],
        "runs": runs,
    }
    out.write_text(json.dumps(written) + "\n", encoding="utf-8")
    return written


if __name__ == "__main__":
    mnist_5k = data.load("mnist-5k")
    assert isinstance(mnist_5k, ImageSet)
    write_log(Path(sys.argv[1]) if len(sys.argv) > 1 else phases.LOG, mnist_5k)
