"""A folder or zip of one's own pictures: one tensor where it fits, a stream where it does not."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from gan_lab.data.ages import from_names
from gan_lab.data.files import SUFFIXES, Source, arrange, decode
from gan_lab.data.images import ImageSet, check_size
from gan_lab.data.order import check
from gan_lab.data.stream import ImageStream

BUDGET = 4 << 30
Decoder = Callable[[bytes, int, int], Tensor]
"""Bytes of a file, side and channels -> uint8 ``(channels, side, side)``; ValueError with the reason."""


def folder(
    path: str | Path,
    size: int = 64,
    channels: int = 3,
    split: str = "train",
    skip_broken: bool = False,
    device: torch.device | str = "cpu",
    budget: int = BUDGET,
    workers: int = 2,
) -> ImageSet | ImageStream:
    """Loads every picture below a folder or in a zip, centre-cropped to a square of ``size`` pixels.

    Args:
        path: the folder or zip; sub-folders are classes, train/val/test above them splits (``arrange``). Where
            there are none and all file names begin with an age and a gender, age groups are (``ages.from_names``).
        size: side of the pictures in pixels, 4 to 1024.
        channels: 3 for colour, 1 for grey.
        split: which split, where the folders have one.
        skip_broken: leave broken files out, count them in ``.skipped`` and warn once, rather than raise.
        device: where the pictures (or the minibatches of a stream) go.
        budget: bytes that the set may take on the device; above it the pictures are streamed.
        workers: processes that decode a stream.

    Raises:
        ValueError: no pictures, a broken file (by name, with the reason), or an argument out of its range.
    """
    check_size(size)
    if channels not in (1, 3):
        raise ValueError(f"channels is {channels!r}; it must be 1 (grey) or 3 (colour)")
    source = Source(Path(path))
    try:
        if not source.names:
            raise ValueError(f"no pictures ({', '.join(SUFFIXES)}) and {source.others} other files in {path}")
        names, numbers, classes = arrange(source.names, split)
        if numbers is None and (aged := from_names(names)):
            numbers, classes = aged
        labels = None if numbers is None else torch.tensor(numbers)
        name = source.path.absolute().name
        if len(names) * channels * size**2 > check("budget", budget, 0):
            stream_of = (source, names, size, channels, labels, classes)
            return ImageStream(name, *stream_of, skip_broken=skip_broken, device=device, workers=workers)
        images, broken = decode_all(source, names, size, channels)
    finally:
        source.close()
    if broken:
        report(source.path, [(names[k], reason) for k, reason in broken.items()], len(names), skip_broken)
        kept = torch.tensor([k not in broken for k in range(len(names))])
        images, labels = images[kept], None if labels is None else labels[kept]
    return ImageSet(name, images, labels, classes, skipped=len(broken)).to(device)


def decode_all(
    source: Source,
    names: Sequence[str],
    size: int,
    channels: int,
    decoder: Decoder = decode,
) -> tuple[Tensor, dict[int, str]]:
    """All pictures, uint8 ``(N, C, size, size)``, and for broken ones (left black) the reason by number."""
    images = torch.zeros(len(names), channels, size, size, dtype=torch.uint8)
    broken: dict[int, str] = {}

    def one(k: int) -> None:
        try:
            images[k] = decoder(source.read(names[k]), size, channels)
        except ValueError as error:
            broken[k] = str(error)

    with ThreadPoolExecutor(
        min(8, os.cpu_count() or 1)
    ) as pool:  # Pillow decodes outside the interpreter's lock
        list(pool.map(one, range(len(names))))
    return images, dict(sorted(broken.items()))


def report(path: Path, broken: Sequence[tuple[str, str]], count: int, skip_broken: bool) -> None:
    """Names the broken files: a warning when they may be skipped and something is left, else an error."""
    listed = "; ".join(f"{name} ({reason})" for name, reason in broken[:5])
    more = f"; and {len(broken) - 5} more" if len(broken) > 5 else ""
    message = f"{len(broken)} of {count} pictures in {path} cannot be used: {listed}{more}"
    if len(broken) == count:
        raise ValueError(message)
    if not skip_broken:
        raise ValueError(
            f"{message}. Mend or remove them, or leave them out: skip_broken=True (--skip-broken)"
        )
    warnings.warn(message, stacklevel=4)
