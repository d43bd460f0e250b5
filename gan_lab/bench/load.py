"""Is the machine quiet enough to say anything? Pure judgement of numbers, and where the numbers come from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gan_lab.bench.timing import spread

AVERAGE = 0.5
"""Load average per core, before anything is measured, above which there is no verdict."""
OTHERS = 0.1
"""CPU seconds that other programs may use for every second and core."""
STOLEN = 0.05
"""Share of the time that the hypervisor may withhold."""
SPREAD = 0.25
"""Interquartile range of the rounds, over their median."""


@dataclass(frozen=True)
class Load:
    """What else the machine was doing.

    Attributes:
        cores: how many there are for this process.
        average: the 1-minute load average before the first benchmark; None where the system has none.
        others: cores kept busy by other programs during the measurement (0 to ``cores``), or None.
        stolen: share of the time that the hypervisor gave to somebody else, or None.
    """

    cores: int
    average: float | None = None
    others: float | None = None
    stolen: float | None = None


def doubts(load: Load, rounds: Mapping[str, Sequence[float]] | None = None) -> list[str]:
    """Why there can be no verdict; empty on a quiet machine. A pure function.

    Args:
        load: what else the machine was doing.
        rounds: seconds of every round, by contestant; fewer than four are not judged by their spread.
    """
    found = []
    if load.average is not None and load.average > AVERAGE * load.cores:
        found.append(f"the load average was {load.average:.2f} on {load.cores} cores before the start")
    if load.others is not None and load.others > OTHERS * load.cores:
        found.append(f"other programs kept {load.others:.2f} of {load.cores} cores busy")
    if load.stolen is not None and load.stolen > STOLEN:
        found.append(f"the hypervisor withheld {load.stolen:.0%} of the time")
    for name, seconds in (rounds or {}).items():
        if len(seconds) >= 4 and spread(seconds) > SPREAD:
            found.append(f"the rounds of {name} spread by {spread(seconds):.0%}")
    return found


def average() -> float | None:
    """The 1-minute load average, or None where the system has none."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Watch:
    """Reads the machine's CPU time from its making to ``load()``, and takes off this process and its children.

    Children count once they have ended, so end them before ``load()``. Reads /proc/stat; elsewhere than on Linux
    only the load average is known.
    """

    def __init__(self, before: float | None = None) -> None:
        self.before, self._start = before, _read()

    def load(self) -> Load:
        """What else the machine has been doing since."""
        end = _read()
        if self._start is None or end is None:
            return Load(cores(), self.before)
        total, busy, stolen, own = (b - a for a, b in zip(self._start, end, strict=True))
        seconds = total / (os.cpu_count() or 1)
        if seconds <= 0:
            return Load(cores(), self.before)
        return Load(cores(), self.before, max(0.0, busy - own) / seconds, stolen / total)


def _read() -> tuple[float, float, float, float] | None:
    """Seconds over all cores: in all, busy, stolen; and of this process and its ended children."""
    try:
        numbers = [float(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        tick = os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None
    user, nice, system, idle, waiting, interrupts, soft, stolen = (x / tick for x in numbers)
    busy = user + nice + system + interrupts + soft
    return busy + idle + waiting + stolen, busy, stolen, sum(os.times()[:4])
