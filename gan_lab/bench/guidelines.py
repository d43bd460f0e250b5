"""The long runs of ``experiments.guidelines``: ``python -m gan_lab.bench.guidelines`` writes the log that is shipped.

Three seeds of every variant, one after the other, each judged by the Frechet distance through the zoo's classifier.
With one thread (OMP_NUM_THREADS=1) about ten minutes. Beside the log it leaves a picture: a row of real
digits, and under it, for every variant, a row of samples of the first seed's end.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch

from gan_lab import data
from gan_lab.bench.digits_race import SEEDS, SHOWN, draw, judge
from gan_lab.data.images import ImageSet
from gan_lab.experiments import digits_race, guidelines


def take_away(
    out: Path,
    steps: int = guidelines.STEPS,
    every: int = guidelines.EVERY,
    seeds: tuple[int, ...] = SEEDS,
) -> dict[str, Any]:
    """Runs everything; the log is written anew after every run, so that nothing is lost.

    Args:
        out: the log, JSON; the picture lies beside it.
        steps: of every generator.
        every: a moment after each so many.
        seeds: of every variant.
    """
    loaded = data.load("mnist-5k", size=guidelines.SIDE)
    assert isinstance(loaded, ImageSet)
    quality, floor = judge(loaded)
    log: dict[str, Any] = {
        "command": "python -m gan_lab.bench.guidelines",
        "data": "mnist-5k at 32x32, 4000 to learn from and 1000 held out",
        "quality": "Frechet distance of 1000 samples to the 1000 held out, through classifier-mnist",
        "floor": round(floor, 4),
        "seeds": list(seeds),
        "steps": steps,
        "precision": "bf16",
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "columns": ["step", "loss_d", "loss_g", "quality"],
        "runs": {variant: [] for variant in guidelines.VARIANTS},
    }
    strips = [digits_race.split(loaded)[1].images_float(slice(0, SHOWN))]
    for seed in seeds:
        for variant, runs in log["runs"].items():
            game = guidelines.build(variant, seed)
            moments = guidelines.run(game, loaded, quality, steps, every, seed)
            runs.append([guidelines.plain(moment) for moment in moments])
            out.write_text(json.dumps(log) + "\n", encoding="utf-8")
            print(f"{variant}, seed {seed}: {dict(zip(log['columns'], runs[-1][-1]))}", flush=True)
            if seed == seeds[0]:
                strips.append(guidelines.samples(game)[:SHOWN])
                draw(strips, out.with_suffix(".png"))
    return log


if __name__ == "__main__":
    take_away(Path(sys.argv[1]) if len(sys.argv) > 1 else guidelines.LOG)
