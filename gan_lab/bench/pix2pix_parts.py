"""The long runs of ``experiments.pix2pix_parts``: ``python -m gan_lab.bench.pix2pix_parts`` writes the shipped log.

The log is written anew after every run; started again, the command goes on where it was stopped. A segmenter for faces
of this size is trained first, always the same. Beside the log it leaves a picture: a row of line drawings, a row of the
true faces, and under them, for every kind, a row of what the first seed's run made.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from gan_lab import recipes, zoo
from gan_lab.bench import long_runs
from gan_lab.data import FaceStream
from gan_lab.experiments import log, pix2pix_parts
from gan_lab.experiments.pix2pix_parts import KINDS, Row
from gan_lab.metrics import Metric
from gan_lab.training import Engine, TrainConfig, train
from gan_lab.zoo import translation

SEEDS, PICTURES, SHOWN, READER_STEPS = (0,), 300, 12, 1200


def segmenter(steps: int = READER_STEPS) -> zoo.FaceSegmenter:
    """A reader of label maps for faces of this size."""
    stream = FaceStream(pix2pix_parts.SIDE, mapped=True)
    recipe = recipes.fit("segmenter", stream, decay_until=16 * steps)
    model = recipes.build(recipe)
    for _ in train(model, stream.batches(16), TrainConfig(steps), Engine("cpu")):
        pass
    return zoo.FaceSegmenter("segmenter", recipes.shipped(model).eval().requires_grad_(False), recipe, {})


def one(kind: str, seed: int, steps: int, width: int) -> tuple[zoo.PairTranslator, float]:
    """One run, and its seconds."""
    recipe = pix2pix_parts.recipe(kind, seed, steps, width)
    trained, seconds = pix2pix_parts.run(recipe, steps)
    net = recipes.shipped(trained).eval().requires_grad_(False)
    return zoo.PairTranslator(kind, net, recipe, {}), seconds


def row(report: dict[str, Metric], seconds: float) -> Row:
    """A line of the log."""
    overlap = sum(report[f"colour overlap {name}"]["value"] for name in "Lab") / 3
    sliced = report[f"sliced {pix2pix_parts.SIDE}"]["value"]
    return Row(report["error AtoB"]["value"], report["mean IoU"]["value"], overlap, sliced, seconds)


def real(report: dict[str, Metric]) -> dict[str, float]:
    """What the rows are to be held against: other real faces, and for the error two answers that learn nothing."""
    floors = {name: m["floor"] for name, m in report.items() if m["floor"] is not None}
    found = {name: report[f"{name} AtoB"]["value"] for name in ("doing nothing", "mean picture")}
    found |= {"iou": floors["mean IoU"], "sliced": floors[f"sliced {pix2pix_parts.SIDE}"]}
    found["overlap"] = sum(floors[f"colour overlap {name}"] for name in "Lab") / 3
    return {name: float(f"{value:.5g}") for name, value in found.items()}


def write_log(
    out: Path,
    steps: int = pix2pix_parts.STEPS,
    width: int = pix2pix_parts.WIDTH,
    seeds: tuple[int, ...] = SEEDS,
    pictures: int = PICTURES,
    reader_steps: int = READER_STEPS,
    train_one: Callable[..., tuple[zoo.PairTranslator, float]] = one,
) -> dict[str, Any]:
    """Runs what is not in the log yet; returns it whole.

    Args:
        out: the log, JSON; the picture lies beside it.
        steps, width: of every run.
        seeds: of every kind.
        pictures: of the test stream, to measure by.
        reader_steps: of the segmenter.
        train_one: makes one run.
    """
    about = {
        "command": "python -m gan_lab.bench.pix2pix_parts",
        "data": f"{pix2pix_parts.DATA} at {pix2pix_parts.SIDE}x{pix2pix_parts.SIDE}, {pictures} to test",
        "steps": steps,
        "width": width,
        "batch": pix2pix_parts.BATCH,
        "rate": pix2pix_parts.RATE,
        "reader_steps": reader_steps,
        "precision": "fp32",
        "seeds": list(seeds),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "columns": list(Row.__dataclass_fields__),
    }
    written = long_runs.begun(out, about, KINDS, len(seeds))
    sheet, rows = out.with_suffix(".png"), list(KINDS)
    reader = segmenter(reader_steps)
    for kind, seed, i in list(long_runs.missing(written)):
        model, seconds = train_one(kind, seed, steps, width)
        report = translation.pix2pix(model, pictures, reader)
        written["real"] = real(report)
        written["runs"][kind][i].append(log.plain(row(report, seconds)))
        long_runs.save(out, written)
        if not i:
            shown = model.pairs().examples(SHOWN)
            strips = {0: shown.x, 1: shown.y, 2 + rows.index(kind): model.translate(shown.x)}
            for place, strip in strips.items():
                assert strip is not None
                long_runs.paste(sheet, place, strip, 2 + len(rows))
        print(
            f"{kind}, seed {seed}: {dict(zip(written['columns'], written['runs'][kind][i][0]))}", flush=True
        )
    return written


if __name__ == "__main__":
    write_log(Path(sys.argv[1]) if len(sys.argv) > 1 else pix2pix_parts.LOG)
