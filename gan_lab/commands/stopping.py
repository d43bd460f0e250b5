"""When to save and when to stop."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import torch

from gan_lab.training import Engine


class Every:
    """Every so many steps, or every so many seconds."""

    def __init__(self, steps: int = 0, seconds: float = 0.0) -> None:
        self.steps, self.seconds = steps, seconds
        self._last = time.monotonic()

    @classmethod
    def parse(cls, text: str) -> Every:
        """ "500" for steps, "60s" for seconds.

        Raises:
            ValueError: anything else, or a 0.
        """
        match = re.fullmatch(r"(\d+)(s?)", text.strip())
        if match is None or int(match[1]) < 1:
            raise ValueError(f"--save-every takes steps (500) or seconds (60s), at least 1, not {text!r}")
        return cls(seconds=int(match[1])) if match[2] else cls(steps=int(match[1]))

    def due(self, step: int) -> bool:
        """Whether it is time at this step."""
        if self.steps:
            return step % self.steps == 0
        if time.monotonic() - self._last < self.seconds:
            return False
        self._last = time.monotonic()
        return True


@contextmanager
def stop_requests(engine: Engine) -> Iterator[Callable[[], bool]]:
    """A function that tells, between two steps, whether Ctrl-C or SIGTERM has come; a second one ends at once.

    Of several processes each may be told at another step, so they agree on it at every step.
    """
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    def stopped() -> bool:
        if engine.accelerator is None:
            return bool(asked)
        votes = torch.tensor([float(len(asked))], device=engine.device)
        total = engine.accelerator.reduce(votes, "sum")
        assert isinstance(total, torch.Tensor)
        return bool(total.item())

    old = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
