"""How well the toy sets are learnt: a known good recipe for ring and grid, and a weak one that collapses."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import torch

from gan_lab import data, metrics, recipes
from gan_lab.algorithms.base import watching
from gan_lab.algorithms.gan import GAN
from gan_lab.bench import load
from gan_lab.bench.result import Reading, Result, reading
from gan_lab.data.toy2d import ToySet
from gan_lab.training import Engine, TrainConfig, seed_for, train

SAMPLES, SEEDS, MINUTES = 2500, (0, 1, 2), 4.0
TARGETS = {"ring": {"high_quality": 0.97, "kl": 0.015}, "grid": {"high_quality": 0.96, "kl": 0.015}}


def covered(gan: GAN, dataset: ToySet, n: int = SAMPLES) -> dict[str, metrics.Metric]:
    """Mode coverage of n samples of the generator that is shown, drawn from a seed of their own."""
    assert dataset.modes is not None
    assert dataset.std is not None
    z = torch.randn(n, gan.latent_dim, generator=torch.Generator().manual_seed(seed_for("coverage", n)))
    with watching(gan):
        return metrics.mode_coverage(gan.shown(z), dataset.modes, dataset.std)


def strong(name: str, steps: int, seed: int) -> dict[str, Any]:
    """One seed of ``recipes.modern_baseline``; what was measured, and the seconds of training."""
    dataset = data.load(name)
    assert isinstance(dataset, ToySet)
    recipe = recipes.modern_baseline(dataset, steps, seed)
    gan = recipes.build(recipe)
    assert isinstance(gan, GAN)
    return _trained(gan, dataset, recipe.batch_size, steps, seed)


def weak(name: str, steps: int, seed: int) -> dict[str, Any]:
    """One seed of ``recipes.weak_baseline`` on the small ring."""
    del name  # the ring of that recipe is its own
    gan, dataset = recipes.weak_baseline(seed)
    return _trained(gan, dataset, 100, steps, seed)


def _trained(gan: GAN, dataset: ToySet, batch: int, steps: int, seed: int) -> dict[str, Any]:
    torch.set_num_threads(1)
    start = time.perf_counter()
    for _ in train(gan, dataset.batches(batch, seed), TrainConfig(steps, seed), Engine("cpu")):
        pass
    return {"seconds": time.perf_counter() - start, **covered(gan, dataset)}


def in_processes(run: Any, name: str, steps: int) -> list[dict[str, Any]]:
    """All seeds, as many at a time as there are cores, one thread each."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(SEEDS), load.cores()), mp_context=context) as pool:
        return list(pool.map(partial(run, name, steps), SEEDS))


def readings_of(runs: list[dict[str, Any]], targets: dict[str, float]) -> dict[str, Reading]:
    """The worst seed of every metric against its target, then the median: every seed must get there."""
    readings = {}
    for key in ("modes", "high_quality", "kl"):
        values, one = [run[key]["value"] for run in runs], runs[0][key]
        better, floor, unit = one["better"], one["floor"], one["unit"]
        worst = max(values) if better == "lower" else min(values)
        target = floor if key == "modes" and targets else targets.get(key)
        readings[f"{key}, worst seed"] = reading(worst, unit, better, target, floor, timed=False)
        readings[f"{key}, median"] = reading(
            statistics.median(values), unit, better, None, floor, timed=False
        )
    return readings


def learnt(name: str, quick: bool) -> Result:
    """Three seeds of the good recipe on one set."""
    steps = 20 if quick else 16_000
    runs = [strong(name, steps, 0)] if quick else in_processes(strong, name, steps)
    readings = readings_of(runs, TARGETS[name])
    slowest = max(run["seconds"] for run in runs)
    readings["training, slowest seed"] = reading(slowest / 60, "minutes", "lower", MINUTES)
    notes = [
        f"{len(runs)} seeds, {steps} steps, {SAMPLES} samples; relativistic loss, R1 and R2 (gamma 0.02), two MLPs",
        "3x128, batch 256, Adam(0, 0.99), 1e-3 falling linearly in the second half, EMA 0.999. The floors are what",
        "the true distribution scores: all modes, 98.9 %, and the histogram's bias (K-1)/2n.",
        "Seeds run side by side, one thread each.",
        *[f"seed {seed}: {told(run)}" for seed, run in zip(SEEDS, runs)],
    ]
    return Result(readings, notes)


def told(run: dict[str, Any]) -> str:
    """One seed in words."""
    modes, share, kl = (run[key]["value"] for key in ("modes", "high_quality", "kl"))
    return f"{modes:.0f} modes, {share:.1%} of high quality, KL {kl:.4f}, {run['seconds']:.0f} s"


def ring(quick: bool = False) -> Result:
    """Eight modes on a circle."""
    return learnt("ring", quick)


def grid(quick: bool = False) -> Result:
    """Twenty-five modes on a grid."""
    return learnt("grid", quick)


def collapse(quick: bool = False) -> Result:
    """The weak recipe, whose generator loses modes; there is nothing to reach."""
    steps = 5 if quick else 5_000
    runs = [weak("", steps, 0)] if quick else in_processes(weak, "", steps)
    notes = [
        "PacGAN's WEAK recipe, with which papers show collapse: ring of radius 1 and std 0.01, generator 4x400 with",
        "BatchNorm, discriminator 3x200 maxout-5, Adam 1e-4 with beta1 0.8, batch 100, no penalty, no averaging.",
        f"{len(runs)} seeds, {steps} steps: the KL tells how unequal the shares are, even where no mode is lost.",
        *[f"seed {seed}: {told(run)}" for seed, run in zip(SEEDS, runs)],
    ]
    return Result(readings_of(runs, {}), notes)
