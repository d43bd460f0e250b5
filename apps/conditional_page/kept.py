"""What was computed of a model, kept for all visitors, by the model itself: a run trained again is measured anew."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """``make(model, *more)``, computed when first asked for; beyond ``most``, what was computed first makes room."""

    def __init__(self, make: Callable[..., T], most: int = 64) -> None:
        self._make, self._most = make, most
        self._known: dict[tuple[Any, ...], tuple[Any, T]] = {}
        self._lock = Lock()

    def __call__(self, model: Any, *more: Any) -> T:
        """The value; of two visitors at once the second waits instead of computing it, too."""
        key = (id(model), *more)
        with self._lock:
            if key not in self._known:
                self._known[key] = (model, self._make(model, *more))
                while len(self._known) > self._most:
                    del self._known[next(iter(self._known))]
            return self._known[key][1]

    def known(self, model: Any, *more: Any) -> T | None:
        """The value if it has been computed; waits for nothing."""
        return self._known.get((id(model), *more), (None, None))[1]
