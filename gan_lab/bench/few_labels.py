"""The long runs of ``experiments.few_labels``: ``python -m gan_lab.bench.few_labels`` writes the log that is shipped.

Three seeds of every number of labels, each with and without the images that have none, on MNIST's training set
without mnist-5k. The test set is looked at once for every run, when it is over. The log is written anew after every
run; started again, the command goes on where it was stopped. With one thread (OMP_NUM_THREADS=1) ten passes of the AAE
take about five minutes and ten on labels only about one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from gan_lab.bench import long_runs
from gan_lab.data.images import ImageSet
from gan_lab.experiments import few_labels, log
from gan_lab.experiments.few_labels import Plan, Row

SEEDS = (0, 1, 2)


def one(
    kind: str, labels: int, seed: int, sets: tuple[ImageSet, ImageSet, ImageSet], plan: Plan, width: int
) -> Row:
    """One run, from first weights to its errors on the held-out and on the test images."""
    digits, held_out, test = sets
    steps = plan.epochs * len(digits) // few_labels.BATCH
    model = few_labels.build(kind, digits, labels, seed, steps, width, plan)
    seconds = few_labels.run(model, digits, steps, seed)
    return Row(labels, few_labels.error(model, held_out), few_labels.error(model, test), seconds)


def write_log(
    out: Path,
    sets: tuple[ImageSet, ImageSet, ImageSet],
    plans: Mapping[int, Plan] = few_labels.PLANS,
    width: int = few_labels.WIDTH,
    seeds: tuple[int, ...] = SEEDS,
    measure: Callable[..., Row] = one,
) -> dict[str, Any]:
    """Runs what is not in the log yet; returns it whole.

    Args:
        out: the log, JSON.
        sets: to learn from, held out, and the test set.
        plans: by number of labels; each with every seed.
        width: of every run.
        seeds: of first weights, data and labels.
        measure: makes one row.
    """
    digits, held_out, test = sets
    about = {
        "command": "python -m gan_lab.bench.few_labels",
        "data": f"{len(digits)} images to learn from, {len(held_out)} held out, {len(test)} to test",
        "plans": {str(n): asdict(plan) for n, plan in plans.items()},
        "width": width,
        "batch": few_labels.BATCH,
        "precision": "fp32",
        "labels": list(plans),
        "seeds": list(seeds),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "columns": ["labels", "held_out", "test", "seconds"],
    }
    written = long_runs.begun(out, about, few_labels.KINDS, len(seeds))
    for i, seed in enumerate(seeds):
        for n, plan in plans.items():
            for kind, runs in written["runs"].items():
                if n in [row[0] for row in runs[i]]:
                    continue
                runs[i].append(log.plain(measure(kind, n, seed, sets, plan, width)))
                long_runs.save(out, written)
                print(f"{kind}, seed {seed}: {dict(zip(written['columns'], runs[i][-1]))}", flush=True)
    return written


def main(
    out: Annotated[Path, typer.Argument(help="The log, JSON.")] = few_labels.LOG,
    root: Annotated[Path | None, typer.Option(help="The folder that holds MNIST/raw.")] = None,
    times: Annotated[int, typer.Option(min=1, help="So many times the planned passes over the images.")] = 1,
    width: Annotated[int, typer.Option(min=1, help="Hidden units.")] = few_labels.WIDTH,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto for the best there is.")] = "auto",
) -> None:
    """Measures the error against the number of labels, with and without the unlabelled images."""
    sets = long_runs.digits(root, device)
    plans = {n: replace(plan, epochs=times * plan.epochs) for n, plan in few_labels.PLANS.items()}
    write_log(out, sets, plans, width)


if __name__ == "__main__":
    typer.run(main)
