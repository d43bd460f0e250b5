"""Interleaved rounds, medians, and how fast this machine multiplies matrices."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch

Rounds = dict[str, list[float]]


def interleaved(contestants: Mapping[str, Callable[[], object]], n: int, pause: float = 0.0) -> Rounds:
    """Seconds of n calls of each contestant, in turns, so that a slow minute is slow for all.

    Each is called once before, unmeasured; the one that begins changes from round to round.

    Args:
        pause: seconds between two calls, for what a contestant leaves running behind.
    """
    names = list(contestants)
    for name in names:
        contestants[name]()
    seconds: Rounds = {name: [] for name in names}
    for i in range(n):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            time.sleep(pause)
            start = time.perf_counter()
            contestants[name]()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def spread(seconds: Sequence[float]) -> float:
    """The interquartile range over the median; 0 for fewer than two rounds."""
    if len(seconds) < 2:
        return 0.0
    low, median, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return (high - low) / median


def ratio(rounds: Mapping[str, Sequence[float]], slow: str, fast: str) -> float:
    """How many times faster ``fast`` is than ``slow``: the median of the rounds' own ratios."""
    return statistics.median(a / b for a, b in zip(rounds[slow], rounds[fast], strict=True))


def finish(device: torch.device) -> None:
    """Waits for the device, so that the clock sees the work and not the asking for it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def matmul_rate(dtype: torch.dtype, device: torch.device, size: int = 2048, calls: int = 5) -> float:
    """Operations a second (FLOP/s) of the best of some ``size`` x ``size`` matrix products, with today's threads."""
    a, b = torch.randn(2, size, size, device=device).to(dtype)
    best = float("inf")
    for _ in range(calls):
        start = time.perf_counter()
        torch.mm(a, b)
        finish(device)
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best


@contextmanager
def threads(n: int) -> Iterator[None]:
    """n threads for PyTorch's operations, and what it was before on leaving."""
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)
