"""How a log of long runs is stored and read: for each kind of run a list of seeds, each a list of moments."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any


def shipped(path: Path, moment: Callable[..., Any], bench: str = "") -> dict[str, Any]:
    """How the runs were made, the quality's ``floor``, and ``runs``, by kind a list of seeds' moments.

    Args:
        path: the JSON.
        moment: what a row of it becomes.
        bench: the module of ``gan_lab.bench`` that writes it; the file's own name by default.

    Raises:
        FileNotFoundError: there is no such log; it says how to make one.
    """
    if not path.is_file():
        command = f"python -m gan_lab.bench.{bench or path.stem}"
        raise FileNotFoundError(f"there is no log {path.name}; write it with {command}")
    log = json.loads(path.read_text(encoding="utf-8"))
    log["runs"] = {
        kind: [[moment(*row) for row in one] for one in seeds] for kind, seeds in log["runs"].items()
    }
    return log


def plain(moment: Any) -> list[float]:
    """A moment, any dataclass of numbers, as it is stored: five digits each."""
    return [float(f"{value:.5g}") for value in astuple(moment)]
