"""Pictures that do not fit on the device: decoded by worker processes while the training goes on."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from gan_lab.data import order
from gan_lab.data.batch import Batch, Batches
from gan_lab.data.files import Source, decode
from gan_lab.data.images import to_float

Item = tuple[int, Tensor | str]


class _Files(Dataset[Item]):
    def __init__(self, source: Source, names: Sequence[str], size: int, channels: int) -> None:
        self.source, self.names, self.size, self.channels = source, names, size, channels

    def __getitem__(self, index: int) -> Item:
        try:
            return index, decode(self.source.read(self.names[index]), self.size, self.channels)
        except ValueError as error:
            return index, str(error)


class _Minibatches:
    """The minibatches of an endless shuffle from the i-th on, as lists of numbers."""

    def __init__(self, count: int, i: int, n: int, seed: int) -> None:
        self.count, self.i, self.n, self.seed = count, i, n, seed

    def __iter__(self) -> Iterator[list[int]]:
        i = self.i
        while True:
            yield order.indices(self.count, i, self.n, self.seed).tolist()
            i += 1


class ImageStream:
    """The same interface as ``ImageSet``, with the same order of the pictures, but read from disk as it goes.

    Asking for minibatches i, i + 1, ... is fast, as workers read ahead; any other i, n or seed restarts
    them. So one stream serves one training at a time. A broken file is met when its turn comes: it is named
    in the error or, with ``skip_broken``, replaced by the next good picture of its minibatch and counted.

    Attributes:
        name, labels, classes, size, channels, device, skipped: as in ``ImageSet``; labels stay on the CPU.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        names: Sequence[str],
        size: int,
        channels: int,
        labels: Tensor | None = None,
        classes: Sequence[str] = (),
        skip_broken: bool = False,
        device: torch.device | str = "cpu",
        workers: int = 2,
    ) -> None:
        self.name, self.size, self.channels = name, size, channels
        self.labels, self.classes, self.device = labels, list(classes), torch.device(device)
        self.skip_broken = skip_broken
        self.workers = min(order.check("workers", workers, 0), os.cpu_count() or 1)
        self._files = _Files(source, names, size, channels)
        self._broken: set[int] = set()
        self._place: tuple[int, int, int] | None = None
        self._ahead: Iterator[list[Item]] = iter(())

    def __len__(self) -> int:
        return len(self._files.names)

    def __repr__(self) -> str:
        return f"ImageStream({self.name!r}, {len(self)} pictures of {self.size} x {self.size})"

    @property
    def skipped(self) -> int:
        """How many broken files have been met so far."""
        return len(self._broken)

    def batch(self, i: int, n: int, seed: int = 0) -> Batch:
        """The i-th minibatch of n: x float32 ``(n, C, H, W)`` in [-1, 1], y int64 ``(n,)`` or None.

        Raises:
            ValueError: a broken file, by name; i or the seed negative, or n below 1.
        """
        if self._place != (i, n, seed):
            order.indices(len(self), i, n, seed)  # refuses bad arguments before any worker starts
            self._restart(i, n, seed)
        items, self._place = next(self._ahead), None
        batch = self._assemble(items)
        self._place = (i + 1, n, seed)
        return batch

    def batches(self, n: int, seed: int = 0) -> Batches:
        """Minibatches of n for the training loop: a function of the index alone."""
        n, seed = order.check("n", n, 1), order.check("seed", seed, 0)
        return lambda i: self.batch(i, n, seed)

    def images_float(self, indices: Tensor | Sequence[int]) -> Tensor:
        """The chosen pictures, in order, float32 ``(n, C, H, W)`` in [-1, 1]; decoded here and now."""
        which = torch.as_tensor(indices)
        which = which.nonzero().flatten() if which.dtype == torch.bool else which
        return self._assemble([self._files[k] for k in which.tolist()]).x

    def close(self) -> None:
        """Ends the worker processes; the next ``batch`` starts them again."""
        self._ahead, self._place = iter(()), None
        self._files.source.close()

    def _restart(self, i: int, n: int, seed: int) -> None:
        self.close()  # also the zip: workers must open it for themselves, not share one place in the file
        loader = DataLoader(
            self._files,
            batch_sampler=_Minibatches(len(self), i, n, seed),
            num_workers=self.workers,
            collate_fn=list,
            generator=torch.Generator(),  # its own: starting workers must not draw from the global one
        )
        self._ahead = iter(loader)

    def _assemble(self, items: list[Item]) -> Batch:
        good = [k for k, (_, picture) in enumerate(items) if isinstance(picture, Tensor)]
        for index, reason in items:
            if isinstance(reason, str):
                self._meet_broken(index, reason, fatal=not (self.skip_broken and good))
        rows = [k if k in good else min(good, key=lambda g: (g - k) % len(items)) for k in range(len(items))]
        chosen = [items[row] for row in rows]
        images = torch.stack([picture for _, picture in chosen if isinstance(picture, Tensor)])
        which = torch.tensor([index for index, _ in chosen])
        labels = None if self.labels is None else self.labels[which].to(self.device)
        return Batch(to_float(images.to(self.device)), labels)

    def _meet_broken(self, index: int, reason: str, fatal: bool) -> None:
        message = f"{self._files.names[index]} in {self._files.source.path} cannot be used ({reason})"
        if fatal:
            raise ValueError(
                f"{message}; mend or remove it, or leave such out: skip_broken=True (--skip-broken)"
            )
        if not self._broken:
            warnings.warn(f"{message}; it and others like it are skipped and counted", stacklevel=4)
        self._broken.add(index)
