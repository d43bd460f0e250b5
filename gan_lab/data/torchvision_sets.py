"""MNIST, Fashion-MNIST and CIFAR-10 through torchvision, downloaded only when asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from gan_lab.data.digits import held_out, without
from gan_lab.data.images import ImageSet

DEFAULT_ROOT = Path.home() / ".cache" / "gan_lab"
TORCHVISION_SETS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "cifar10": "CIFAR10"}
HELD_OUT_SPLIT = "train-55k"
"""MNIST's training set without the 5,000 digits of mnist-5k: what every shipped MNIST model trains on."""


def splits(name: str) -> list[str]:
    """The splits of a set: train and test, and for MNIST the 55,000 that leave mnist-5k held out."""
    return ["train", HELD_OUT_SPLIT, "test"] if name == "mnist" else ["train", "test"]


def torchvision_set(
    name: str,
    root: str | Path | None = None,
    download: bool = False,
    split: str = "train",
    device: torch.device | str = "cpu",
) -> ImageSet:
    """Loads a set that torchvision knows, whole.

    Args:
        name: "mnist", "fashion-mnist" or "cifar10".
        root: the folder in torchvision's layout (it holds ``MNIST/raw``, ...); None for ``~/.cache/gan_lab``.
        download: fetch what is missing; nothing is fetched otherwise.
        split: "train", "test", or for mnist "train-55k".
        device: where the images go.

    Raises:
        FileNotFoundError: when the files are missing or cannot be fetched: where it looked, how to get them.
        ValueError: for an unknown split, or when the files are damaged.
    """
    if split not in splits(name):
        raise ValueError(f"{name} has no split {split!r}; it has: {', '.join(splits(name))}")
    folder = Path(root).expanduser() if root is not None else DEFAULT_ROOT
    raw = _open(name, folder, download, train=split != "test")
    images = torch.from_numpy(np.ascontiguousarray(raw.data))
    images = images.permute(0, 3, 1, 2).contiguous() if images.ndim == 4 else images.unsqueeze(1)
    labels = torch.as_tensor(raw.targets, dtype=torch.int64)
    classes = [c.split(" - ")[0] if name == "mnist" else c for c in raw.classes]
    whole = ImageSet(name, images, labels, classes, background=None if name == "cifar10" else 0)
    return (without(whole, held_out()) if split == HELD_OUT_SPLIT else whole).to(device)


def _open(name: str, folder: Path, download: bool, train: bool):  # noqa: ANN202 (torchvision's own class)
    import torchvision.datasets

    kind = getattr(torchvision.datasets, TORCHVISION_SETS[name])
    try:
        return kind(str(folder), train=train, download=download)
    except (RuntimeError, OSError, ValueError, AssertionError, EOFError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        if "not found" in str(error):
            raise FileNotFoundError(
                f"{name} is not in {folder.absolute()}: give root=DIR (--root DIR) in torchvision's layout, "
                f"or download=True (gan-lab train --download) to fetch it there; mnist-5k needs no files at all"
            ) from error
        if download:
            raise FileNotFoundError(
                f"{name} could not be fetched into {folder.absolute()} ({reason})"
            ) from error
        raise ValueError(f"the files of {name} in {folder.absolute()} are damaged ({reason})") from error
