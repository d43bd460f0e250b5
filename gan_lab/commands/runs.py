"""A run's folder: what lies in it, and what its card says."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save
from torch import Tensor

from gan_lab import __version__
from gan_lab.data.images import ImageSet
from gan_lab.data.pair_folders import AnyPairs
from gan_lab.data.pair_set import PairSet
from gan_lab.data.stream import ImageStream
from gan_lab.training import Engine

if TYPE_CHECKING:
    from gan_lab.data.loader import AnySet

CHECKPOINT, FINAL, CARD, SAMPLES = "checkpoint.safetensors", "final.safetensors", "run.json", "samples"
STAGES = "stages"
LEFT_OVER = re.compile(r"\..+\.\d+\.tmp")
"""Under such a name every file is written before it is renamed."""


def look(out: Path, resume: bool) -> Path | None:
    """The checkpoint to go on from, or None to start.

    Raises:
        ValueError: the folder is not empty and was not to be gone on with, or what lies in it is no run.
    """
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file: choose a folder with --out")
    there = (
        sorted(path.name for path in out.iterdir() if not path.name.endswith(".tmp")) if out.exists() else []
    )
    if (out / CHECKPOINT).exists():
        if resume:
            return out / CHECKPOINT
        raise ValueError(
            f"{out} holds a run already: go on with it by --resume, or choose another folder with --out"
        )
    if foreign := [name for name in there if name not in (SAMPLES, STAGES) and not LEFT_OVER.fullmatch(name)]:
        raise ValueError(
            f"{out} is not empty ({foreign[0]}) and holds no run: choose another folder with --out"
        )
    return None


def clear(out: Path) -> None:
    """Removes half-written files that a killed process left; only the one process that writes may call it."""
    for folder in (out, out / SAMPLES, out / STAGES):
        for path in folder.glob(".*.tmp"):
            if LEFT_OVER.fullmatch(path.name):
                path.unlink(missing_ok=True)


def finish(out: Path, weights: dict[str, Tensor], card: dict[str, Any]) -> None:
    """Writes what a finished run leaves: the weights to use, then the card."""
    write(out / FINAL, save(weights, metadata={"recipe": json.dumps(card["recipe"])}))
    write(out / CARD, (json.dumps(card, indent=2) + "\n").encode())


def write(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def machine(engine: Engine) -> dict[str, Any]:
    """What decides about the last bits of a result."""
    return {
        "gan_lab": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "device": str(engine.device),
        "processor": processor(engine.device),
        "threads": torch.get_num_threads(),
        "processes": engine.processes,
        "precision": engine.precision,
        "compile": engine.compile,
        "capture": engine.capture,
        "channels_last": engine.channels_last,
    }


def processor(device: torch.device) -> str:
    """The name of the GPU or CPU, as far as it can be found."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def describe(dataset: AnySet | AnyPairs) -> dict[str, Any]:
    """Name and size of the data, for the card."""
    endless = not isinstance(dataset, ImageSet | ImageStream | PairSet)
    count = None if endless else len(dataset)
    return {"name": dataset.name, "examples": count, "skipped": getattr(dataset, "skipped", 0)}
