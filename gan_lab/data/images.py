"""Images as one uint8 tensor on the device: a minibatch is a gather, without worker processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.data import order
from gan_lab.data.batch import Batch, Batches


def to_float(images: Tensor) -> Tensor:
    """uint8 0..255 to float32 in [-1, 1]; 0 becomes exactly -1, and 255 exactly 1."""
    return images.to(torch.float32).div_(127.5).sub_(1.0)


def to_uint8(images: Tensor) -> Tensor:
    """Floats in [-1, 1] to uint8 0..255, rounded and clamped. Undoes ``to_float`` exactly."""
    return images.add(1.0).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)


def check_size(size: int) -> int:
    """The side of a picture in pixels; ValueError outside 4 to 1024."""
    if order.check("size", size, 4) > 1024:
        raise ValueError(f"size is {size}; it must be 4 to 1024")
    return int(size)


@dataclass
class ImageSet:
    """Images that fit on the device.

    Attributes:
        name: for example "mnist-5k", or the folder's name.
        images: uint8 ``(N, C, H, W)``.
        labels: int64 ``(N,)``, or None.
        classes: the names of the labels, empty where there are none.
        background: grey value of the plain ground (0 for digits), which allows padding; None for photographs.
        skipped: how many broken files were left out on loading.
    """

    name: str
    images: Tensor
    labels: Tensor | None = None
    classes: list[str] = field(default_factory=list)
    background: int | None = None
    skipped: int = 0

    def __post_init__(self) -> None:
        shape = tuple(self.images.shape)
        if self.images.dtype != torch.uint8 or len(shape) != 4 or not len(self.images):
            raise ValueError(
                f"{self.name}: images are {self.images.dtype} {shape}; must be uint8 (N, C, H, W), N >= 1"
            )
        if self.labels is not None and (
            self.labels.dtype != torch.int64 or tuple(self.labels.shape) != (shape[0],)
        ):
            raise ValueError(
                f"{self.name}: labels are {self.labels.dtype} {tuple(self.labels.shape)}, "
                f"not int64 ({shape[0]},)"
            )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"ImageSet({self.name!r}, images={tuple(self.images.shape)}, classes={len(self.classes)})"

    @property
    def device(self) -> torch.device:
        """Where the images lie."""
        return self.images.device

    @property
    def channels(self) -> int:
        """1 for grey, 3 for colour."""
        return self.images.shape[1]

    @property
    def size(self) -> int:
        """Height of the images in pixels (the width is the same for every set that ``load`` returns)."""
        return self.images.shape[2]

    def batch(self, i: int, n: int, seed: int = 0) -> Batch:
        """The i-th minibatch of n from an endless shuffle, without replacement within a pass.

        Returns:
            x float32 ``(n, C, H, W)`` in [-1, 1]; y int64 ``(n,)`` or None. A pure function of (seed, i, n).

        Raises:
            ValueError: when i or the seed is negative, or n is below 1.
        """
        which = order.indices(len(self), i, n, seed).to(self.device, non_blocking=True)
        labels = None if self.labels is None else self.labels.index_select(0, which)
        return Batch(to_float(self.images.index_select(0, which)), labels)

    def batches(self, n: int, seed: int = 0) -> Batches:
        """Minibatches of n for the training loop: a function of the index alone."""
        n, seed = order.check("n", n, 1), order.check("seed", seed, 0)
        return lambda i: self.batch(i, n, seed)

    def images_float(self, indices: Tensor | Sequence[int] | slice | None = None) -> Tensor:
        """Images as float32 ``(n, C, H, W)`` in [-1, 1], in the set's own order: for figures and metrics.

        Args:
            indices: numbers, a mask or a slice; None for all of them (four times the memory of ``images``).
        """
        return to_float(self.images if indices is None else self.images[self._index(indices)])

    def in_order(self, n: int) -> Iterator[Batch]:
        """Every example once, unshuffled, in minibatches of up to n: for evaluation."""
        order.check("n", n, 1)
        for start in range(0, len(self), n):
            piece = slice(start, start + n)
            yield Batch(self.images_float(piece), None if self.labels is None else self.labels[piece])

    def to(self, device: torch.device | str) -> ImageSet:
        """The same set on another device."""
        labels = None if self.labels is None else self.labels.to(device)
        return replace(self, images=self.images.to(device), labels=labels)

    def subset(self, indices: Tensor | Sequence[int] | slice) -> ImageSet:
        """The chosen images, in the given order; the classes stay as they are."""
        which = self._index(indices)
        labels = None if self.labels is None else self.labels[which]
        return replace(self, images=self.images[which].contiguous(), labels=labels)

    def resized(self, size: int) -> ImageSet:
        """The images at ``size`` x ``size``.

        A set with a plain background is padded with it where that adds at most a quarter: digits go from 28
        to 32 with every stroke left as it is. All else is interpolated (bilinear, antialiased).
        """
        size = check_size(size)
        height, width = self.images.shape[2:]
        if (height, width) == (size, size):
            return self
        grow = size - max(height, width)
        if self.background is not None and height == width and 0 <= grow <= height // 4:
            left, right = grow // 2, grow - grow // 2
            return replace(self, images=F.pad(self.images, (left, right, left, right), value=self.background))
        images = torch.cat([_interpolate(part, size) for part in self.images.split(1024)])
        return replace(self, images=images)

    def with_channels(self, channels: int) -> ImageSet:
        """The images in grey (1, by the luma of ITU-R BT.601) or colour (3, grey repeated)."""
        if channels not in (1, 3):
            raise ValueError(f"channels is {channels!r}; it must be 1 (grey) or 3 (colour)")
        if channels == self.channels:
            return self
        if channels == 3:
            return replace(self, images=self.images.repeat(1, 3, 1, 1))
        return replace(self, images=torch.cat([_grey(part) for part in self.images.split(1024)]))

    def binarised(self, seed: int = 0) -> ImageSet:
        """Every pixel black or white, drawn once and for all with its grey value as probability.

        This is "fixed binarisation"; likelihoods of it are not comparable with those of dynamic binarisation.
        """
        source = order.generator(torch.device("cpu"), "binarise", order.check("seed", seed, 0))
        drawn = [
            torch.bernoulli(part.cpu() / 255, generator=source) * 255 for part in self.images.split(1024)
        ]
        return replace(self, images=torch.cat(drawn).to(torch.uint8).to(self.device), background=None)

    def few(self, n: int, seed: int = 0) -> Batch:
        """n labelled images, as many of each class as there are of any other: what semi-supervised learning gets.

        Raises:
            ValueError: no labels, or an n that the classes do not divide, or that a class does not have.
        """
        if self.labels is None:
            raise ValueError(f"{self.name} has no labels: choose a labelled set, such as mnist-5k")
        share, rest = divmod(n, max(1, len(self.classes)))
        least = int(torch.bincount(self.labels, minlength=len(self.classes)).min())
        if rest or not 1 <= share <= least:
            raise ValueError(
                f"the number of labels must be a multiple of {len(self.classes)}, up to {least} of each class, not {n}"
            )
        shuffled = order.indices(len(self), 0, len(self), seed).to(self.device)
        kinds = self.labels[shuffled]
        chosen = torch.cat([shuffled[kinds == c][:share] for c in range(len(self.classes))])
        return Batch(self.images_float(chosen), self.labels[chosen])

    def _index(self, indices: Tensor | Sequence[int] | slice) -> Tensor | slice:
        if isinstance(indices, slice):
            return indices
        which = torch.as_tensor(indices, device=self.device)
        return which if which.dtype == torch.bool else which.to(torch.int64)


def _interpolate(images: Tensor, size: int) -> Tensor:
    small = F.interpolate(images.float(), (size, size), mode="bilinear", antialias=True, align_corners=False)
    return small.round_().clamp_(0, 255).to(torch.uint8)


def _grey(images: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114], device=images.device).view(1, 3, 1, 1)
    return (images * weights).sum(1, keepdim=True).round_().clamp_(0, 255).to(torch.uint8)
