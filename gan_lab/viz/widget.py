"""A player for notebooks: play, pause, step either network or both, rewind. ipywidgets is imported late."""

from __future__ import annotations

import threading
import time
from typing import Any

from gan_lab.training import NonFiniteLoss, Session, Step
from gan_lab.viz.views import Draw

SPEEDS = {
    "1 a second": 1.0,
    "5 a second": 5.0,
    "25 a second": 25.0,
    "100 a second": 100.0,
    "as fast as it goes": 1e9,
}


class Player:
    """Buttons and a picture over a training session; show it as the last line of a cell.

    Training runs in a thread of its own that leaves the notebook free: it draws at most ``fps`` pictures a
    second and rests after each. A step that a button asks for waits until the thread has ended, so that
    nothing is drawn late over something newer.

    Args:
        session: what to play; its config bounds the number of steps.
        draw: turns the session's present moment into the bytes of a picture, see :mod:`gan_lab.viz.views`.
        fps: pictures a second while playing, more than 0.
        speed: one of the keys of :data:`SPEEDS`.

    Raises:
        ImportError: ipywidgets is not installed.
        ValueError: an unknown speed, or fps not above 0.
    """

    def __init__(self, session: Session, draw: Draw, fps: float = 12.0, speed: str = "25 a second") -> None:
        if fps <= 0 or speed not in SPEEDS:
            raise ValueError(
                f"fps must be above 0 and speed one of {', '.join(SPEEDS)}, not {fps} and {speed!r}"
            )
        self.session, self.draw, self.fps = session, draw, fps
        self.history: dict[str, dict[int, float]] = {}  # phase -> moment -> loss
        self._lock = threading.RLock()  # around drawing, history and the widgets' values
        self._quiet = False  # a widget's value is being set by the player, not by the user
        self._rest = threading.Event()
        self._thread: threading.Thread | None = None
        self._build(speed)
        self.show()

    def _build(self, speed: str) -> None:
        try:
            import ipywidgets as w
        except ImportError as error:
            raise ImportError("the player needs ipywidgets: pip install ipywidgets") from error
        small = w.Layout(width="auto")

        def button(text: str, tip: str, action: Any) -> Any:
            made = w.Button(description=text, tooltip=tip, layout=small)
            made.on_click(lambda _: action())
            return made

        phases = [phase.name for phase in self.session.algorithm.phases]
        self.buttons = {
            "play": button("▶ play", "train until paused", self.play),
            "pause": button("❚❚ pause", "stop after this step", self.pause),
            **{n: button(f"step {n}", f"one turn of the {n} only", lambda n=n: self.step(n)) for n in phases},
            "both": button("step both", "a whole step: every network's turn", self.step),
        }
        self.speed = w.SelectionSlider(options=list(SPEEDS), value=speed, description="steps")
        self.moment = w.IntSlider(
            min=0, max=1, description="rewind", continuous_update=False, layout=w.Layout(width="95%")
        )
        self.moment.observe(self._on_moment, names="value")
        self.message = w.Label()
        self.image = w.Image(format="png", layout=w.Layout(max_width="100%", object_fit="contain"))
        self.box = w.VBox(
            [w.HBox([*self.buttons.values(), self.speed]), self.moment, self.image, self.message]
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    @property
    def playing(self) -> bool:
        """Whether the training thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    def play(self) -> None:
        """Trains in the background until paused, or until the session's last step."""
        if self.playing:
            return
        self._rest.clear()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Ends playing, and returns when the thread has ended."""
        self._rest.set()
        self.session.pause()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def step(self, phase: str | None = None) -> None:
        """A whole step, or the turn of the phase of that name."""
        self.pause()
        self._note_errors(lambda: self._note(self.session.step(phase)))
        self.show()

    def rewind(self, to: int) -> None:
        """Goes to a recorded moment, exactly."""
        self.pause()
        self._note_errors(lambda: self.session.rewind(to))
        self.show()

    def close(self) -> None:
        """Ends playing and removes the widgets; the session stays as it is."""
        self.pause()
        for widget in (*self.buttons.values(), self.speed, self.moment, self.message, self.image, self.box):
            widget.close()

    def show(self) -> None:
        """Draws the present moment."""
        with self._lock:
            self.image.value = self.draw(self.session, self.history)
            self._quiet = True
            self.moment.max = max(1, self.session.recorded)
            self.moment.value = self.session.moment
            self._quiet = False

    def _run(self) -> None:
        def keep_playing() -> None:
            frame_due = turn_due = time.monotonic()
            for step in self.session.play():
                self._note(step)
                now = time.monotonic()
                if now >= frame_due:
                    self.show()
                    frame_due = time.monotonic() + 1 / self.fps
                    turn_due = max(turn_due, now)  # slow pictures are not made up for by a burst of steps
                    self._rest.wait(0.005)  # the kernel's own threads get their turn
                turn_due += 1 / SPEEDS[self.speed.value]
                if self._rest.wait(max(0.0, turn_due - time.monotonic())):
                    return

        self._note_errors(keep_playing)
        self.show()

    def _note(self, step: Step) -> None:
        """Adds the losses at this moment; at the end of the record, what stood there or beyond is dropped."""
        with self._lock:
            moment = self.session.moment
            for record in self.history.values():
                while moment == self.session.recorded and record and next(reversed(record)) >= moment:
                    record.popitem()
            for name, logs in step.logs.items():
                self.history.setdefault(name, {})[moment] = float(logs["loss"])

    def _note_errors(self, action: Any) -> None:
        """Runs it; a diverged training is said under the picture, and can be rewound."""
        self.message.value = ""
        try:
            action()
        except (NonFiniteLoss, ValueError) as error:
            self.message.value = str(error)

    def _on_moment(self, change: Any) -> None:
        with self._lock:  # waits for a value that the player itself is setting
            if self._quiet:
                return
        self.rewind(change["new"])
