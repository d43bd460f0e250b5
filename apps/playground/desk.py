"""One visitor's place: a run, perhaps a second one beside it, and what is shown; gone when the tab closes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event, RLock
from time import perf_counter
from typing import Any
from weakref import WeakSet

from gan_lab.training import NonFiniteLoss

from ..visits import Visits, one_thread
from . import looks, slow
from .run import Run
from .settings import Configuration
from .stories import Story

FRAME = 1 / 15
"""Seconds between two frames at most often."""
AHEAD = 8
"""Frames that may be under way to the browser. Nothing else holds frames back: a browser that draws them more slowly
than they are made would fall further and further behind, until it answers no click any more."""
PATIENCE = 2.0
"""Seconds to wait for a browser that has not drawn; then one more frame is sent."""
BUDGET = 0.04
"""Seconds of training for one frame at full speed, shared by all who play at the moment: a class gets fewer steps,
not fewer frames."""
OPEN: WeakSet[Desk] = WeakSet()
"""Every desk there is in this process."""
FULL_SPEED = 0.0
DESKS = 64
"""Visitors at once."""


class Desk:
    """What one visitor has before them. Every method but ``pause`` waits for the moment in progress.

    Attributes:
        run, second: the run, and the one branched off it, if any, at moment ``second_from``.
        shown: the settings as the page's controls stand; the run's own may have moved on (``Run.now``).
        speed: steps a second, 0 for as fast as it goes. layers: what is drawn.
        drawn: number of the last frame the browser has drawn, None until it tells.
    """

    def __init__(self, config: Configuration, story: Story = ()) -> None:
        self.lock = RLock()
        self.speed = FULL_SPEED
        self.layers: tuple[str, ...] = looks.SHOWN
        self.run = self._build(config, story)
        self.shown = config
        self.second: Run | None = None
        self.second_from, self._second_config = 0, config
        self.caption = ""
        self.spotlight: dict[str, str] = {}
        self.drawn: int | None = None
        self._playing: object | None = None
        self._wake = Event()
        self._made = 0
        OPEN.add(self)

    @property
    def playing(self) -> bool:
        return self._playing is not None

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
            self._made += 1
            return json.dumps(
                {
                    "number": self._made,
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

    def play(self) -> Iterator[str]:
        """Frames until somebody pauses, plays anew, or the training fails. Never yields while holding anything."""
        token = self._begin()
        while self._playing is token:
            begin = perf_counter()
            with self.lock:
                if self._playing is not token:
                    return
                frame = self._tick()
            yield frame
            rest = 1 / self.speed if 0 < self.speed < 1 / FRAME else FRAME
            self._wake.wait(max(0.0, rest - (perf_counter() - begin)))
            self._wait_for_browser()

    def play_slowly(self, rest: float = 1.6) -> Iterator[str]:
        """Frames in slow motion, each sub-step of the pseudo-algorithm with its name, until somebody pauses."""
        token = self._begin()
        while self._playing is token:
            players = ("d", "g")[self.run.session.progress.next_phase :]
            for sub_step in (part for player in players for part in slow.sub_steps(player)):
                with self.lock, one_thread():
                    if self._playing is not token:
                        return
                    self.caption, self.spotlight = sub_step(self.run)
                    if sub_step in slow.MOVES:
                        self._each(lambda run, player=slow.MOVES[sub_step]: run.step(player))
                    frame = self.frame()
                yield frame
                self._wake.wait(rest)

    def pause(self) -> None:
        """Ends playing before its next moment; waits for nothing."""
        self._playing = None
        self._wake.set()

    def _wait_for_browser(self) -> None:
        """Waits until few frames are under way. A client that never tells what it has drawn is not waited for."""
        end = perf_counter() + PATIENCE
        while (
            self.playing
            and self.drawn is not None
            and self._made - self.drawn > AHEAD
            and perf_counter() < end
        ):
            self._wake.wait(0.02)

    def _begin(self) -> object:
        """Starts playing; whatever played before ends."""
        self.pause()
        with self.lock:
            token = self._playing = object()
            self._wake.clear()
            self._plain()
        return token

    def _tick(self) -> str:
        """Trains for one frame's time, or for as many steps as the speed asks for."""
        with one_thread():
            playing = sum(desk.playing for desk in list(OPEN))
            end = perf_counter() + BUDGET * 2 / (1 + max(1, playing))
            left = max(1, round(self.speed * FRAME)) if self.speed else 1 << 30
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
