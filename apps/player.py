"""Playing: what goes on before one visitor's eyes, frame by frame, until they pause. Shared by all pages that train."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, RLock
from time import perf_counter


class Player:
    """One visitor's training, as far as playing it goes. Neither ``pause`` nor ``allow`` waits for anything.

    Attributes:
        PERIOD: seconds between two frames at most often.
        AHEAD: frames that may be under way to the browser: else a browser that draws more slowly than frames are made
            falls further and further behind, until it answers no click any more.
        PATIENCE: seconds to wait for a browser that has drawn none of them; then one more frame is sent.
        drawn: number of the last frame that the browser has drawn; None until it tells.
    """

    PERIOD, AHEAD, PATIENCE = 1 / 8, 8, 2.0

    def __init__(self) -> None:
        self.lock, self._wake = RLock(), Event()
        self._playing: object | None = None
        self._allowed = False
        self._made = 0
        self.drawn: int | None = None

    @property
    def playing(self) -> bool:
        """Whether frames are being made."""
        return self._playing is not None

    @property
    def period(self) -> float:
        """Seconds from this frame to the next."""
        return self.PERIOD

    def tick(self) -> str:
        """What goes on between two frames, and then the frame, as JSON; called with the lock held."""
        raise NotImplementedError

    def number(self) -> int:
        """The next frame's: the browser leaves out one that comes late."""
        self._made += 1
        return self._made

    def allow(self, playing: bool) -> None:
        """What the last click asked for: a pause counts even before the first frame."""
        self._allowed = playing
        if not playing:
            self.pause()

    def pause(self) -> None:
        """Ends playing before its next step."""
        self._playing = None
        self._wake.set()

    def play(self) -> Iterator[str]:
        """Frames until somebody pauses; none unless ``allow(True)`` was the last word."""
        token = self.begin()
        if self._allowed:
            yield from self.frames(token)
        elif self._playing is token:
            self.pause()

    def begin(self) -> object:
        """Playing begins, and whatever played before ends; ``still`` knows this playing by the token returned."""
        with self.lock:
            token = self._playing = object()
            self._wake.clear()
        return token

    def still(self, token: object) -> bool:
        """Whether this playing goes on."""
        return self._playing is token

    def rest(self, seconds: float) -> None:
        """Waits so long, or until a pause."""
        self._wake.wait(max(0.0, seconds))

    def frames(self, token: object) -> Iterator[str]:
        """Frames of one playing. Never yields while holding anything."""
        while self.still(token):
            start = perf_counter()
            with self.lock:
                if not self.still(token):
                    return
                frame = self.tick()
            yield frame
            self.rest(max(0.01, self.period - (perf_counter() - start)))
            self._wait_for_browser()

    def _wait_for_browser(self) -> None:
        """Until few frames are under way. A client that never tells what it has drawn is not waited for."""
        end = perf_counter() + self.PATIENCE
        while (
            self.playing
            and self.drawn is not None
            and self._made - self.drawn > self.AHEAD
            and perf_counter() < end
        ):
            self._wake.wait(0.02)
