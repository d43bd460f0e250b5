"""Who is here: one thing for each open page, freed when its tab closes. Shared by all pages that train something."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Generic, TypeVar

import torch

T = TypeVar("T")


class Visits(Generic[T]):
    """What each visitor has, by the name of their visit; beyond ``most``, the longest idle makes room.

    Args:
        make: what a new visitor gets.
        end: stops it; called when the tab closes, and when it makes room.
        most: visitors at once.
    """

    def __init__(self, make: Callable[[], T], end: Callable[[T], None], most: int) -> None:
        self._make, self._end, self._most = make, end, most
        self._there: OrderedDict[str, T] = OrderedDict()
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._there)

    def __contains__(self, visit: str) -> bool:
        return visit in self._there

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._there.values()))

    def of(self, visit: str) -> T:
        """What this visitor has; a new one where there is none yet."""
        with self._lock:
            if visit not in self._there:
                self._there[visit] = self._make()
                while len(self._there) > self._most:
                    self._end(self._there.popitem(last=False)[1])
            self._there.move_to_end(visit)
            return self._there[visit]

    def leave(self, visit: str) -> None:
        """The tab was closed: what went on there ends, its memory is free."""
        with self._lock:
            left = self._there.pop(visit, None)
        if left is not None:
            self._end(left)


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread: several visitors share the cores, and sums are bit for bit the same on any machine
    only if they are cut in the same pieces."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
