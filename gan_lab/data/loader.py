"""One door to all data: a toy set, real digits, a set of torchvision's, or a folder or zip of one's own."""

from __future__ import annotations

from pathlib import Path

import torch

from gan_lab.data.digits import mnist_5k
from gan_lab.data.images import ImageSet
from gan_lab.data.torchvision_sets import TORCHVISION_SETS, torchvision_set
from gan_lab.data.toy2d import TOY_SETS, ToySet


def names() -> list[str]:
    """The sets that ``load`` knows by name; a path to a folder or zip of images is allowed as well."""
    return [*TOY_SETS, "mnist-5k", *TORCHVISION_SETS]


def load(
    name_or_path: str | Path,
    root: str | Path | None = None,
    download: bool = False,
    split: str = "train",
    size: int | None = None,
    channels: int | None = None,
    device: torch.device | str = "cpu",
) -> ToySet | ImageSet:
    """A data set by name or path."""
    if name_or_path in TOY_SETS:
        return TOY_SETS[str(name_or_path)](device)
    if name_or_path == "mnist-5k":
        dataset = mnist_5k(device)
    elif name_or_path in TORCHVISION_SETS:
        dataset = torchvision_set(str(name_or_path), root, download, split, device)
    else:
        raise ValueError(f"unknown data set {name_or_path!r}")
    dataset = dataset if channels is None else dataset.with_channels(channels)
    return dataset if size is None else dataset.resized(size)
