"""The runs of ``experiments.clusters``: ``python -m gan_lab.bench.clusters`` writes the log that is shipped.

Three seeds of every number of clusters on MNIST's training set without mnist-5k, whose images give the categories
their meanings. The test set is looked at once for every run, when it is over. The log is written anew after every
run; started again, the command goes on where it was stopped. It wants a GPU.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from gan_lab.bench import long_runs
from gan_lab.data.images import ImageSet
from gan_lab.experiments import clusters, few_labels, log
from gan_lab.experiments.clusters import Row

SEEDS = (0, 1, 2)
EPOCHS, WIDTH = 100, 1000


def one(count: int, seed: int, sets: tuple[ImageSet, ImageSet, ImageSet], epochs: int, width: int) -> Row:
    """One run, from first weights to its error on the test images."""
    digits, held_out, test = sets
    steps = epochs * len(digits) // few_labels.BATCH
    model = clusters.build(digits, count, seed, steps, width)
    seconds = few_labels.run(model, digits, steps, seed)
    meaning = clusters.meanings(clusters.categories(model, held_out), labels(held_out))
    shares = clusters.categories(model, test)
    return Row(count, len(shares.argmax(1).unique()), clusters.error(shares, labels(test), meaning), seconds)


def labels(digits: ImageSet) -> torch.Tensor:
    """The set's labels; ValueError where it has none."""
    if digits.labels is None:
        raise ValueError(f"{digits.name} has no labels: choose a labelled set, such as mnist-5k")
    return digits.labels


def write_log(
    out: Path,
    sets: tuple[ImageSet, ImageSet, ImageSet],
    epochs: int = EPOCHS,
    width: int = WIDTH,
    counts: tuple[int, ...] = clusters.CLUSTERS,
    seeds: tuple[int, ...] = SEEDS,
    measure: Callable[..., Row] = one,
) -> dict[str, Any]:
    """Runs what is not in the log yet; returns it whole.

    Args:
        out: the log, JSON.
        sets: to learn from, to name the categories, and the test set.
        epochs, width: of every run.
        counts, seeds: with each number of clusters, every seed.
        measure: makes one row.
    """
    digits, held_out, test = sets
    about = {
        "command": "python -m gan_lab.bench.clusters",
        "data": f"{len(digits)} images to learn from, {len(held_out)} to name clusters, {len(test)} to test",
        "epochs": epochs,
        "width": width,
        "batch": few_labels.BATCH,
        "seeds": list(seeds),
        "device": str(digits.device.type),
        "torch": torch.__version__,
        "columns": ["clusters", "used", "test", "seconds"],
    }
    written = long_runs.begun(out, about, map(str, counts), len(seeds))
    for count, seed, i in long_runs.missing(written):
        written["runs"][count][i].append(log.plain(measure(int(count), seed, sets, epochs, width)))
        long_runs.save(out, written)
        print(
            f"{count} clusters, seed {seed}: {dict(zip(written['columns'], written['runs'][count][i][-1]))}",
            flush=True,
        )
    return written


def main(
    out: Annotated[Path, typer.Argument(help="The log, JSON.")] = clusters.LOG,
    root: Annotated[Path | None, typer.Option(help="The folder that holds MNIST/raw.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the images.")] = EPOCHS,
    width: Annotated[int, typer.Option(min=1, help="Hidden units.")] = WIDTH,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto for the best there is.")] = "auto",
) -> None:
    """Measures how many images fall into clusters that mean another digit."""
    sets = long_runs.digits(root, device)
    write_log(out, sets, epochs, width)


if __name__ == "__main__":
    typer.run(main)
