"""Checkpoints: one safetensors file, written whole or not at all, and refused when it is not what it should be.

The tensors are the state; the file's metadata holds the rest as JSON, with a SHA-256 over everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor

from gan_lab.algorithms.base import Algorithm
from gan_lab.training import state
from gan_lab.training.config import Progress

FORMAT = "gan_lab checkpoint 1"


class BadCheckpoint(ValueError):
    """A checkpoint that is damaged, truncated, or somebody else's; the message names the file and the reason."""


def save(
    path: str | Path, algorithm: Algorithm, progress: Progress, extra: Mapping[str, Any] | None = None
) -> Path:
    """Writes the whole state of a run, atomically: at any moment the path holds the old file or the new one.

    Args:
        path: where to; the folder must exist.
        extra: anything JSON can hold, for example the recipe; ``read`` gives it back.

    Raises:
        OSError: the folder cannot be written, or the disk is full. The old file is then still there.
    """
    tensors, numbers = state.capture(algorithm, progress)
    return write(path, tensors, {"numbers": numbers, "extra": dict(extra or {})})


def load(path: str | Path, algorithm: Algorithm, progress: Progress) -> dict[str, Any]:
    """Puts a checkpoint into an algorithm and a progress, all or nothing; returns what ``save`` got as ``extra``.

    Raises:
        FileNotFoundError: there is none.
        BadCheckpoint: it is damaged, truncated, foreign, or belongs to other networks.
    """
    tensors, header = read(path)
    try:
        state.restore(algorithm, progress, tensors, header["numbers"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadCheckpoint(f"{path}: {error}") from error
    return header["extra"]


def write(path: str | Path, tensors: Mapping[str, Tensor], header: Mapping[str, Any]) -> Path:
    """Writes tensors and a JSON header under a temporary name, syncs to the disk, and renames."""
    path = Path(path)
    text = json.dumps(header, sort_keys=True)
    stored = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
    metadata = {"format": FORMAT, "header": text, "sha256": _digest(stored, text)}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(to_bytes(stored, metadata=metadata))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return path


def read(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the header of a file that ``write`` wrote, after checking every byte of them.

    Raises:
        FileNotFoundError: there is none.
        BadCheckpoint: it is damaged, truncated or foreign.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no checkpoint at {path}")
    try:
        # Read once: a file that is opened twice may be replaced in between by a run that is still going on.
        content = path.read_bytes()
        tensors = from_bytes(content)
        metadata = _metadata(content)
        if metadata.get("format") != FORMAT:
            raise BadCheckpoint(f"{path} is a safetensors file, but not a checkpoint of gan_lab")
        header = json.loads(metadata["header"])
    except (SafetensorError, KeyError, OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadCheckpoint(f"{path} is damaged or not a checkpoint ({error}); use another one") from error
    if _digest(tensors, metadata["header"]) != metadata.get("sha256"):
        raise BadCheckpoint(f"{path} is damaged: its contents do not match their checksum; use another one")
    return tensors, header


def _metadata(content: bytes) -> dict[str, str]:
    """The words in a safetensors file's header (its length comes first, in 8 bytes)."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]).get("__metadata__", {})


def check_room(folder: str | Path, algorithm: Algorithm) -> None:
    """Makes the folder, writes to it, and compares the disk's free space with three checkpoints: before training.

    What writes that were killed have left behind is removed.

    Raises:
        ValueError: the folder cannot be made or written, or the disk is too full.
    """
    folder = Path(folder)
    trial = folder / f".trial.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(".*.tmp"):
            leftover.unlink()
        trial.write_bytes(b"gan_lab")
        trial.unlink()
    except OSError as error:
        raise ValueError(
            f"cannot write to {folder} ({error.strerror}): choose another folder with --out"
        ) from error
    weights = sum(t.numel() * t.element_size() for t in algorithm.state_dict().values())
    needed = 3 * 3 * weights + 2**20
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ValueError(
            f"{folder} has {free / 2**20:.0f} MiB free, a run needs about {needed / 2**20:.0f}: "
            "free some space or choose another folder with --out"
        )


def _digest(tensors: Mapping[str, Tensor], text: str) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        t = tensors[name]
        digest.update(f"{name} {t.dtype} {tuple(t.shape)}".encode())
        digest.update(t.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and its rename is durable enough
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
