"""What the commands that write a log of long runs share: a log that is gone on with, and a picture beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from gan_lab import data
from gan_lab.data.images import ImageSet, to_uint8
from gan_lab.training.engine import find_device


def digits(root: Path | None, device: str) -> tuple[ImageSet, ImageSet, ImageSet]:
    """MNIST to learn from (the training set without mnist-5k), mnist-5k held out, and the test set, on the device.

    Raises:
        FileNotFoundError, ValueError: as ``data.load`` and ``find_device``.
    """
    place = find_device(device)
    learnt = data.load("mnist", root=root, split="train-55k", device=place)
    held_out, test = (
        data.load("mnist-5k", device=place),
        data.load("mnist", root=root, split="test", device=place),
    )
    return learnt, held_out, test  # pyright: ignore[reportReturnType]


def begun(out: Path, about: dict[str, Any], kinds: Iterable[str], seeds: int) -> dict[str, Any]:
    """The log as far as it has come, or an empty one.

    Raises:
        ValueError: the file at ``out`` was made with other settings.
    """
    empty = about | {"runs": {kind: [[] for _ in range(seeds)] for kind in kinds}}
    if not out.is_file():
        return empty
    found = json.loads(out.read_text(encoding="utf-8"))
    if odd := [name for name, value in about.items() if found.get(name) != value]:
        raise ValueError(
            f"{out} was made with another {', '.join(odd)} ({found.get(odd[0])!r}, not {about[odd[0]]!r}): "
            "give another file, or delete this one to begin anew"
        )
    return found


def missing(written: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Kind, seed and the seed's place of every run of one row that a log still lacks, seed by seed."""
    for i, seed in enumerate(written["seeds"]):
        for kind, runs in written["runs"].items():
            if not runs[i]:
                yield kind, seed, i


def save(out: Path, written: dict[str, Any]) -> None:
    """Writes the log."""
    out.write_text(json.dumps(written) + "\n", encoding="utf-8")


def paste(path: Path, row: int, pictures: Tensor, rows: int) -> None:
    """Puts pictures ``(n, 3, H, W)`` side by side into the given row of a sheet of so many rows, without gaps.

    The sheet is grey where nothing has been put yet; one of another size is begun anew.
    """
    n, _, height, width = pictures.shape
    size = (n * width, rows * height)
    sheet = Image.new("RGB", size, (208, 208, 208))
    if path.is_file():
        with Image.open(path) as found:
            sheet = found.convert("RGB") if found.size == size else sheet
    strip = torch.cat(to_uint8(pictures).permute(0, 2, 3, 1).unbind(0), dim=1)
    sheet.paste(Image.fromarray(strip.numpy()), (0, row * height))
    sheet.save(path, optimize=True)
