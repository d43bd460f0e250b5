"""One visitor's place: a run, perhaps a second one beside it, and what is shown; gone when the tab closes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from time import perf_counter
from typing import Any
from weakref import WeakSet

from gan_lab.training import NonFiniteLoss

from ..player import Player
from ..visits import Visits, one_thread
from . import looks, slow
from .run import Run
from .settings import Configuration
from .stories import Story

BUDGET = 0.04
"""Seconds of training for one frame at full speed, shared by all who play at the moment: a class gets fewer steps,
not fewer frames."""
OPEN: WeakSet[Desk] = WeakSet()
"""Every desk there is in this process."""
FULL_SPEED = 0.0
DESKS = 64
"""Visitors at once."""


class Desk(Player):
    """What one visitor has before them. Every method but ``pause`` waits for the moment in progress.

    Attributes:
        run, second: the run, and the one branched off it, if any, at moment ``second_from``.
        shown: the settings as the page's controls stand; the run's own may have moved on (``Run.now``).
        speed: steps a second, 0 for as fast as it goes. layers: what is drawn.
    """

    PERIOD = 1 / 15

    def __init__(self, config: Configuration, story: Story = ()) -> None:
        super().__init__()
        self.speed = FULL_SPEED
        self.layers: tuple[str, ...] = looks.SHOWN
        self.run = self._build(config, story)
        self.shown = config
        self.second: Run | None = None
        self.second_from, self._second_config = 0, config
        self.caption = ""
        self.spotlight: dict[str, str] = {}
        OPEN.add(self)

    def start(self, config: Configuration, story: Story = ()) -> None:
        """A new run; a play in progress goes on with it."""
        with self.lock:
            self.run = self._build(config, story)
            self.shown = config
            self.close_second()
            self._plain()

    def frame(self) -> str:
        """What there is to see now, as JSON. Frames are numbered, so that a late one can be told and left out."""
        with self.lock, one_thread():
            runs = [looks.look(self.run, self.layers)]
            if self.second is not None:
                runs.append(looks.look(self.second if self._apart else self.run, self.layers))
                runs[1]["loss"] = looks.describe(self.second.now if self._apart else self._second_config)
            return json.dumps(
                {
                    "number": self.number(),
                    "playing": self.playing,
                    "from": self.second_from if self.second else None,
                    "layers": self.layers,
                    "caption": self.caption,
                    "spotlight": self.spotlight,
                    "runs": runs,
                }
            )

    def step(self, action: str = "both") -> None:
        """One step, or one player's turn, in either run; a failure is told in the frame."""
        with self.lock, one_thread():
            self.pause()
            self._plain()
            self._each(lambda run: run.step(action))

    def rewind(self, to: int) -> None:
        """To another recorded moment; a second run goes with it, or hides before its beginning."""
        with self.lock, one_thread():
            self.pause()
            self._plain()
            self.run.rewind(to)
            if self.second is not None and self._apart:
                place = min(to - self.second_from, self.second.session.recorded)
                self.second.rewind(place)

    def edit(self, changes: dict[str, Any]) -> None:
        """Changes live settings of the first run from this moment on."""
        with self.lock, one_thread():
            self.run.edit(changes)
            if self.second is not None and not self._apart:
                self.close_second()  # it began in a future that is no more

    def branch(self, changes: dict[str, Any]) -> None:
        """A second run from this moment, in which some settings are different; both then go on together."""
        with self.lock, one_thread():
            self.second = self.run.branch(changes)
            self.second_from = self.run.moment
            self._second_config = self.second.now

    def close_second(self) -> None:
        """Back to one run."""
        with self.lock:
            self.second, self.second_from = None, 0

    @property
    def period(self) -> float:
        """Seconds from this frame to the next: longer for less than a step a frame."""
        return 1 / self.speed if 0 < self.speed < 1 / self.PERIOD else self.PERIOD

    def play(self) -> Iterator[str]:
        """Frames until somebody pauses, plays anew, or the training fails."""
        self.allow(True)
        with self.lock:
            self._plain()
        yield from super().play()

    def play_slowly(self, rest: float = 1.6) -> Iterator[str]:
        """Frames in slow motion, each sub-step of the pseudo-algorithm with its name, until somebody pauses."""
        token = self.begin()
        while self.still(token):
            players = ("d", "g")[self.run.session.progress.next_phase :]
            for sub_step in (part for player in players for part in slow.sub_steps(player)):
                with self.lock, one_thread():
                    if not self.still(token):
                        return
                    self.caption, self.spotlight = sub_step(self.run)
                    if sub_step in slow.MOVES:
                        self._each(lambda run, player=slow.MOVES[sub_step]: run.step(player))
                    frame = self.frame()
                yield frame
                self.rest(rest)

    def tick(self) -> str:
        """Trains for one frame's time, or for as many steps as the speed asks for."""
        with one_thread():
            playing = sum(desk.playing for desk in list(OPEN))
            end = perf_counter() + BUDGET * 2 / (1 + max(1, playing))
            left = max(1, round(self.speed * self.PERIOD)) if self.speed else 1 << 30
            while left and self._each(Run.go) and perf_counter() < end:
                left -= 1
            return self.frame()

    def _each(self, act: Any) -> bool:
        """Does something to either run; whether both can go on."""
        try:
            act(self.run)
            if self.second is not None and self._apart_after:
                act(self.second)
        except NonFiniteLoss:
            self.pause()
            return False
        if self.second is not None and self.run.moment < self.second_from and not self._reachable:
            self.close_second()
        return True

    @property
    def _apart(self) -> bool:
        """Whether this moment is at or after the second run's beginning."""
        return self.run.moment >= self.second_from

    @property
    def _apart_after(self) -> bool:
        """Whether the moment just taken was one of both runs."""
        return self.run.moment > self.second_from

    @property
    def _reachable(self) -> bool:
        """Whether the record still leads to the second run's beginning."""
        return self.run.session.recorded >= self.second_from

    def _plain(self) -> None:
        self.caption, self.spotlight = "", {}

    @staticmethod
    def _build(config: Configuration, story: Story) -> Run:
        with one_thread():
            return Run(config, story)


def desks(most: int = DESKS) -> Visits[Desk]:
    """All visitors' desks; a new one opens with the default run."""
    return Visits(lambda: Desk(Configuration()), Desk.pause, most)
