"""The long runs of ``experiments.cyclegan_parts``: ``python -m gan_lab.bench.cyclegan_parts`` writes the shipped log.

The log is written anew after every run; started again, the command goes on where it was stopped. Beside the log it
leaves a picture: for either data a row of A and a row of the true B, and under them, for every kind, a row of what the
first seed's run made of A and a row of that back in A.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from gan_lab import recipes, zoo
from gan_lab.bench import long_runs
from gan_lab.data import FacePairs
from gan_lab.experiments import cyclegan_parts, log
from gan_lab.experiments.cyclegan_parts import KINDS, NOISES, SIDE, Row
from gan_lab.metrics import Metric
from gan_lab.zoo import translation

SEEDS, PICTURES, SHOWN = (0,), 300, 12
Trained = tuple[zoo.CycleTranslator, float]


def one(kind: str, seed: int, steps: int, width: int) -> Trained:
    """One run, and its seconds."""
    nets, seconds = cyclegan_parts.run(KINDS[kind], seed, steps, width)
    recipe = recipes.fit("cyclegan", FacePairs(KINDS[kind].data, SIDE, paired=False), width=width, seed=seed)
    return zoo.CycleTranslator(kind, nets.eval().requires_grad_(False), recipe, {}), seconds


def row(report: dict[str, Metric], seconds: float) -> Row:
    """A line of the log."""
    ways = [
        report[f"back from {name}, noise {std:g}"]["value"]
        for name in ("its own", "the true")
        for std in NOISES
    ]
    names = ("error AtoB", "error BtoA", "round trip BAB")
    return Row(*[report[name]["value"] for name in names] + ways + [seconds])


def known(report: dict[str, Metric]) -> dict[str, float]:
    """The errors of two answers that learn nothing."""
    names = [f"{answer} {way}" for answer in ("doing nothing", "mean picture") for way in ("AtoB", "BtoA")]
    return {name: float(f"{report[name]['value']:.5g}") for name in names}


def show(sheet: Path, kind: str, model: zoo.CycleTranslator) -> None:
    """Puts the run's pictures into their rows: A and the true B of its data, what it makes of A, and that back in A."""
    shown, data, names = model.pairs().examples(SHOWN), [*{k.data: 0 for k in KINDS.values()}], [*KINDS]
    there = model.translate(shown.x)
    first, own = 2 * data.index(KINDS[kind].data), 2 * (len(data) + names.index(kind))
    strips = {first: shown.x, first + 1: shown.y, own: there, own + 1: model.translate(there, "BtoA")}
    for place, strip in strips.items():
        assert strip is not None
        long_runs.paste(sheet, place, strip, 2 * (len(data) + len(names)))


def write_log(
    out: Path,
    steps: int = cyclegan_parts.STEPS,
    width: int = cyclegan_parts.WIDTH,
    seeds: tuple[int, ...] = SEEDS,
    pictures: int = PICTURES,
    train_one: Callable[..., Trained] = one,
) -> dict[str, Any]:
    """Runs what is not in the log yet; returns it whole.

    Args:
        out: the log, JSON; the picture lies beside it.
        steps, width: of every run.
        seeds: of every kind.
        pictures: of the test stream, to measure by.
        train_one: makes one run.
    """
    about = {
        "command": "python -m gan_lab.bench.cyclegan_parts",
        "data": f"faces at {SIDE}x{SIDE}, {pictures} to test",
        "steps": steps,
        "width": width,
        "blocks": cyclegan_parts.BLOCKS,
        "batch": cyclegan_parts.BATCH,
        "rate": cyclegan_parts.RATE,
        "noises": list(NOISES),
        "precision": "fp32",
        "seeds": list(seeds),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "columns": list(Row.__dataclass_fields__),
    }
    written = long_runs.begun(out, about, KINDS, len(seeds))
    for kind, seed, i in list(long_runs.missing(written)):
        model, seconds = train_one(kind, seed, steps, width)
        report = translation.cyclegan(model, pictures)
        written.setdefault("known", {})[KINDS[kind].data] = known(report)
        written["runs"][kind][i].append(log.plain(row(report, seconds)))
        long_runs.save(out, written)
        if not i:
            show(out.with_suffix(".png"), kind, model)
        print(
            f"{kind}, seed {seed}: {dict(zip(written['columns'], written['runs'][kind][i][0]))}", flush=True
        )
    return written


if __name__ == "__main__":
    write_log(Path(sys.argv[1]) if len(sys.argv) > 1 else cyclegan_parts.LOG)
