"""One door to all data: a toy set, real digits, a set of torchvision's, or a folder or zip of one's own."""

from __future__ import annotations

import difflib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import torch

from gan_lab.data.digits import mnist_5k
from gan_lab.data.faces.stream import FaceStream
from gan_lab.data.folders import BUDGET, folder
from gan_lab.data.images import ImageSet, check_size
from gan_lab.data.pairs import DRAWN
from gan_lab.data.stream import ImageStream
from gan_lab.data.torchvision_sets import TORCHVISION_SETS, torchvision_set
from gan_lab.data.toy2d import TOY_SETS, ToySet

AnySet = ToySet | ImageSet | ImageStream | FaceStream


def names() -> list[str]:
    """The sets that ``load`` knows by name; a path to a folder or zip of pictures is allowed as well."""
    return [*TOY_SETS, "mnist-5k", "faces", *TORCHVISION_SETS]


def load(
    name_or_path: str | Path,
    root: str | Path | None = None,
    download: bool = False,
    split: str = "train",
    size: int | None = None,
    channels: int | None = None,
    skip_broken: bool = False,
    device: torch.device | str = "cpu",
    budget: int = BUDGET,
    workers: int = 2,
) -> AnySet:
    """Loads a data set by name, or a folder or zip of pictures by path.

    Args:
        name_or_path: one of ``names()``, or a path (write ./ring for a folder called ring).
        root: where torchvision's sets lie; None for ``~/.cache/gan_lab``.
        download: fetch what is missing of torchvision's sets; nothing is fetched otherwise.
        split: "train", "test", or for mnist "train-55k" (without the digits of mnist-5k).
        size: side of the pictures in pixels; None for the set's own, 64 for faces, a folder or zip.
        channels: 1 (grey) or 3 (colour); None for the set's own, 3 for a folder or zip.
        skip_broken: leave broken files of a folder or zip out, counted in ``.skipped``.
        device: where the data lie.
        budget: bytes the pictures may take on the device; above it a folder or zip is streamed from disk.
        workers: processes that decode a stream.

    Returns:
        ``ToySet``, ``ImageSet``, ``ImageStream`` or ``FaceStream``: all have ``batch(i, n)`` and ``batches(n, seed)``.

    Raises:
        FileNotFoundError: the path, or the files of a torchvision set, are not there.
        ValueError: an unknown name, split or file type, broken pictures, or an argument out of its range.
    """
    name = str(name_or_path)
    if name in TOY_SETS:
        if size is not None or channels is not None or split != "train":
            raise ValueError(f"{name} is a set of points: size, channels and split do not apply to it")
        return TOY_SETS[name](device)
    if name in DRAWN:
        raise ValueError(
            f"{name} has two pictures of each face: it goes with pix2pix, cyclegan and load_pairs"
        )
    if name not in names():
        path, size, channels = (
            picture_path(name, names()),
            64 if size is None else size,
            3 if channels is None else channels,
        )
        return folder(path, size, channels, split, skip_broken, device, budget, workers)
    if name == "faces":
        return FaceStream(64 if size is None else size, split, device, channels=channels or 3)
    if size is not None:
        check_size(size)
    if name == "mnist-5k":
        if split != "train":
            raise ValueError(
                f"mnist-5k has no split {split!r}; it is one set of 5,000 digits (split='train')"
            )
        dataset = mnist_5k(device)
    else:
        dataset = torchvision_set(name, root, download, split, device)
    if size is not None:
        _check_room(dataset, size, channels or dataset.channels, budget)
        dataset = dataset.resized(size)
    return dataset if channels is None else dataset.with_channels(channels)


def _check_room(dataset: ImageSet, size: int, channels: int, budget: int) -> None:
    if (needed := len(dataset) * channels * size**2) > budget:
        raise ValueError(
            f"{dataset.name} at {size} x {size} takes {needed / 2**30:.1f} GiB, above the budget of "
            f"{budget / 2**30:.1f} GiB: choose a smaller size, or a larger budget if the memory is there"
        )


def picture_path(name: str, known: Sequence[str]) -> Path:
    """The path if it can hold pictures, else an error that says what is allowed: a path, or one of the known names."""
    path = Path(name).expanduser()
    zipped = path.suffix.lower() == ".zip"  # weights and arrays are zips too, under other names
    if path.is_dir() or (zipped and zipfile.is_zipfile(path)):
        return path
    allowed = f"allowed are {', '.join(known)}, or a path to a folder or zip of pictures"
    if path.exists():
        what = "a damaged zip" if zipped else "neither a folder nor a .zip"
        raise ValueError(f"{name} is {what}; {allowed}")
    if os.sep in name or "/" in name or zipped:
        raise FileNotFoundError(f"there is no folder or zip {path.absolute()}; {allowed}")
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise ValueError(f"there is no data set called {name!r}{hint}; {allowed}")
