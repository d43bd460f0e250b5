"""``gan-lab bench``: how fast and how good, measured on this machine, with a verdict only where one is possible.

Timed numbers are medians of interleaved rounds. On a busy machine they are printed, but not judged.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from gan_lab.bench import load
from gan_lab.bench.result import Result, lines, watched

BENCHMARKS = {
    "dcgan-step": ("dcgan", "step"),
    "dcgan-step-cuda": ("dcgan", "step_cuda"),
    "toy-step": ("toy", "step"),
    "faces": ("faces", "drawn"),
    "faces-cuda": ("faces", "drawn_cuda"),
    "startup": ("startup", "startup"),
    "app-handler": ("startup", "handler"),
    "ring": ("quality", "ring"),
    "grid": ("quality", "grid"),
    "collapse": ("quality", "collapse"),
    "growing": ("growing", "growing"),
}
"""Name on the command line: module and function. A function takes ``quick`` and returns a ``Result``."""

GROUPS = {"toy-quality": ("ring", "grid")}


def run(
    names: Sequence[str] = (), quick: bool = False, tell: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Runs benchmarks one after the other.

    Args:
        names: which ones; all by default.
        quick: as few rounds and steps as show that all is wired: numbers, but no verdicts.
        tell: called with each line for the eye, when it is known.

    Returns:
        ``machine``, ``quick`` and, by name, ``benchmarks`` with ``metrics`` (each with target and verdict),
        ``notes``, ``doubts``, ``load``, ``rounds`` and, where something was watched over time, ``curves``.

    Raises:
        ValueError: there is no benchmark of that name.
    """
    chosen = [part for name in names for part in GROUPS.get(name, (name,))] or list(BENCHMARKS)
    for name in chosen:
        if name not in BENCHMARKS:
            raise ValueError(
                f"no benchmark is called {name!r}; there are: {', '.join([*BENCHMARKS, *GROUPS])}"
            )
    before = load.average()
    shown = "unknown" if before is None else f"{before:.2f}"
    tell(f"load average {shown} on {load.cores()} cores, {torch.get_num_threads()} threads")
    outcomes = {}
    for name in chosen:
        module, function = BENCHMARKS[name]
        benchmark: Callable[[bool], Result] = getattr(import_module(f"gan_lab.bench.{module}"), function)
        outcomes[name] = watched(benchmark, quick, before)
        for line in lines(name, outcomes[name]):
            tell(line)
    return {"machine": machine(before), "quick": quick, "benchmarks": outcomes}


def machine(before: float | None) -> dict[str, Any]:
    """What the numbers were measured on."""
    from gan_lab.commands.runs import processor

    return {
        "processor": processor(torch.device("cpu")),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "cores": load.cores(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "load_average": before,
    }


def write(report: dict[str, Any], path: Path) -> None:
    """Writes the report as JSON, whole or not at all."""
    from gan_lab.commands import runs

    runs.write(path, (json.dumps(report, indent=2) + "\n").encode())
