"""An AAE and a VAE that really train while one looks: one pair for each open page, gone when the tab closes."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import lru_cache
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from gan_lab.data import to_uint8
from gan_lab.data.priors import named
from gan_lab.training import NonFiniteLoss

from ..player import Player
from ..visits import Visits, one_thread
from .contours import contours, spread
from .pairs import UNITS, packed
from .race import STEPS, Race

LATEST = 300
"""Points of each curve that a frame carries."""
TILES, FIELD = 8, 24
"""Decoded pictures, and readings of the discriminator, along each side of the plane."""
WINDOW = 1.12
"""How much of the plane is shown, in reaches of the prior."""


class Live(Player):
    """One visitor's trainings. Every method but ``allow`` and ``pause`` waits for the step in progress."""

    PERIOD, AHEAD = 1 / 6, 3

    def __init__(self, matched: str = "wide-gaussian", encoder: str = "gaussian", beta: float = 1.0) -> None:
        super().__init__()
        self.start(matched, encoder, beta)

    def start(self, matched: str, encoder: str, beta: float) -> None:
        """New runs from the first step; a play in progress goes on with them.

        Raises:
            ValueError: a prior, an encoder or a beta that there is not.
        """
        with self.lock, one_thread():
            self.race, self.failed = Race(matched, encoder, beta), ""

    def tick(self) -> str:
        """At least one step of both."""
        end = perf_counter() + 0.7 * self.PERIOD
        with one_thread():
            while self._go(None) and perf_counter() < end:
                pass
        return self.frame()

    def step(self, turn: str = "") -> None:
        """One step of both, or one turn of the AAE's phases."""
        self.allow(False)
        with self.lock, one_thread():
            self._go(turn)

    def rewind(self, to: int) -> None:
        """To another moment on record."""
        self.allow(False)
        with self.lock, one_thread():
            self.race.rewind(to)
            self.failed = ""

    def frame(self) -> str:
        """What there is to see now, as JSON; frames are numbered, so that a late one can be left out."""
        with self.lock, one_thread():
            race, progress = self.race, self.race.aae.progress
            window = _window(race.matched)
            return json.dumps(
                {
                    "number": self.number(),
                    "playing": self.playing,
                    "moment": race.moment,
                    "recorded": race.recorded,
                    "step": progress.step,
                    "seen": progress.seen,
                    "next": race.next_turn,
                    "failed": self.failed,
                    "window": window,
                    "units": UNITS,
                    "labels": b64encode(bytes(race.labels.tolist())).decode(),
                    "contours": _contours(race.matched),
                    "field": _shades(race.believed(_places(FIELD, window))),
                    "sides": {kind: _side(race, kind, window) for kind in race.sides},
                    "game": _thin(list(enumerate(race.losses[: race.moment], 1))),
                    "measured": [[m, race.measured[m]] for m in sorted(race.measured) if m <= race.moment],
                    "settings": [race.matched, race.encoder, race.beta],
                }
            )

    def _go(self, turn: str | None) -> bool:
        """One moment, or what is on record for it; whether there can be another."""
        try:
            self.race.go() if turn is None else self.race.step(turn)
        except NonFiniteLoss as error:
            self.failed = f"{error} Rewind, or start anew."
            self.pause()
            return False
        if self.race.moment >= STEPS:
            self.pause()
        return self.playing


def _side(race: Race, kind: str, window: float) -> dict[str, Any]:
    tiles = to_uint8(race.decoded(kind, _places(TILES, window)))
    return {"codes": packed(race.codes(kind)), "tiles": b64encode(tiles.numpy().tobytes()).decode()}


def _places(n: int, window: float) -> Tensor:
    """The middles of n x n cells of the plane, ``(n * n, 2)``, from the upper left one on, row by row."""
    ticks = (torch.arange(n) + 0.5) / n * 2 * window - window
    y, x = torch.meshgrid(-ticks, ticks, indexing="ij")
    return torch.stack([x, y], -1).flatten(0, 1)


def _shades(shares: Tensor) -> str:
    return b64encode(bytes((shares * 255).round().to(torch.uint8).tolist())).decode()


def _thin(points: list[Any]) -> list[Any]:
    return points[:: max(1, len(points) // LATEST)]


@lru_cache
def _window(matched: str) -> float:
    return round(WINDOW * spread(named(matched)), 2)


@lru_cache
def _contours(matched: str) -> Any:
    return contours(named(matched), 1.3 * _window(matched))


def lives(most: int = 16) -> Visits[Live]:
    """All visitors' trainings."""
    return Visits(Live, lambda live: live.allow(False), most)


LIVES = lives()
"""One pair of trainings for each open page of this server that has asked for one."""
