"""The long runs of ``experiments.digits_race``: ``python -m gan_lab.bench.digits_race`` writes the log that is shipped.

Three seeds of every rule, one after the other, each judged by the Frechet distance through the zoo's classifier.
With one thread (OMP_NUM_THREADS=1) about half an hour. Beside the log it leaves a picture: a row of real digits, and
under it, for every rule, a row of samples of the first seed's end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from gan_lab import data, metrics, zoo
from gan_lab.algorithms.gan import GAN
from gan_lab.data.images import ImageSet, to_uint8
from gan_lab.experiments import digits_race, log

SEEDS, SHOWN = (0, 1, 2), 20


def judge(digits: ImageSet) -> tuple[digits_race.Quality, float]:
    """The quality of a race on these digits, and its floor.

    It is the Frechet distance to the digits that are held out, in the features of a classifier that knows none of
    mnist-5k; the floor is that of as many digits that the race learns from.
    """
    reader = zoo.load("classifier-mnist")
    assert isinstance(reader, zoo.Reader)
    known, others = digits_race.split(digits, len(digits) // 5)
    real = reader.features(others.images_float())

    def quality(images: Tensor) -> float:
        return metrics.frechet(metrics.extract(reader.features, images), real)["value"]

    return quality, quality(known.images_float(slice(0, len(others))))


@dataclass(frozen=True)
class Contest:
    """Kinds of run that are held against each other.

    Attributes:
        kinds: their names.
        build: the game of a kind and a seed.
        moments: trains a game, judged by a quality and with a seed; yields its moments.
        samples: what a game's generator makes, ``(n, 1, H, H)``.
    """

    kinds: tuple[str, ...]
    build: Callable[[str, int], GAN]
    moments: Callable[[GAN, digits_race.Quality, int], Iterator[Any]]
    samples: Callable[[GAN], Tensor]


def write_log(
    out: Path, about: dict[str, Any], digits: ImageSet, contest: Contest, seeds: tuple[int, ...]
) -> dict[str, Any]:
    """Runs every kind with every seed; the log is written anew after every run, so that nothing is lost."""
    quality, floor = judge(digits)
    written: dict[str, Any] = about | {
        "quality": "Frechet distance of 1000 samples to the 1000 held out, through classifier-mnist",
        "floor": round(floor, 4),
        "seeds": list(seeds),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "runs": {kind: [] for kind in contest.kinds},
    }
    strips = [digits_race.split(digits)[1].images_float(slice(0, SHOWN))]
    for seed in seeds:
        for kind, runs in written["runs"].items():
            game = contest.build(kind, seed)
            runs.append([log.plain(moment) for moment in contest.moments(game, quality, seed)])
            out.write_text(json.dumps(written) + "\n", encoding="utf-8")
            print(f"{kind}, seed {seed}: {dict(zip(written['columns'], runs[-1][-1]))}", flush=True)
            if seed == seeds[0]:
                strips.append(contest.samples(game)[:SHOWN])
                draw(strips, out.with_suffix(".png"))
    return written


def race(
    out: Path,
    steps: int = digits_race.STEPS,
    every: int = digits_race.EVERY,
    seeds: tuple[int, ...] = SEEDS,
) -> dict[str, Any]:
    """Runs everything and writes the log.

    Args:
        out: the log, JSON; the picture lies beside it.
        steps: of every generator.
        every: a moment after each so many.
        seeds: of every rule.
    """
    digits = data.load("mnist-5k")
    assert isinstance(digits, ImageSet)
    about = {
        "command": "python -m gan_lab.bench.digits_race",
        "data": "mnist-5k, 4000 to learn from and 1000 held out",
        "steps": steps,
        "columns": ["step", "loss", "held_out", "quality"],
    }

    def moments(game: GAN, quality: digits_race.Quality, seed: int) -> Iterator[Any]:
        return digits_race.run(game, digits, quality, steps, every, seed)

    contest = Contest(tuple(digits_race.RULES), digits_race.build, moments, digits_race.samples)
    return write_log(out, about, digits, contest, seeds)


def draw(strips: list[Tensor], path: Path) -> None:
    """Rows of digits ``(n, 1, H, H)``, H the same for all, as one grey picture without gaps."""
    rows = [to_uint8(strip)[:, 0].permute(1, 0, 2).flatten(1) for strip in strips]
    Image.fromarray(torch.cat(rows).numpy()).save(path, optimize=True)


if __name__ == "__main__":
    race(Path(sys.argv[1]) if len(sys.argv) > 1 else digits_race.LOG)
