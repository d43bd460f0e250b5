"""A training one can play, pause, step and rewind: what the apps and the notebook player hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import RLock
from typing import Any

from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe
from gan_lab.data.batch import Batches
from gan_lab.training import checkpoint, state
from gan_lab.training.config import Progress, TrainConfig
from gan_lab.training.engine import Engine
from gan_lab.training.loop import Step, check_finite, take_step, take_turn

Edit = Callable[[Algorithm], None]


class Session:
    """Owns a run, moment by moment.

    A moment is one call of ``step``: a whole step, or one phase's turn. The session remembers what was done at
    each moment, with snapshots of the state in between, so that ``rewind`` goes to any earlier moment exactly (bit
    for bit on the CPU) and playing on from there repeats the very same run, until something else is done.

    Args:
        algorithm, batches, config, engine: as for ``train``; ``config.steps`` bounds ``play``, not ``step``.
        snapshot_every: moments between two snapshots.
        snapshot_bytes: memory for snapshots; when it is full every second one is dropped, except the first.

    All methods may be called from several threads.
    """

    def __init__(
        self,
        algorithm: Algorithm,
        batches: Batches,
        config: TrainConfig | None = None,
        engine: Engine | None = None,
        *,
        snapshot_every: int = 50,
        snapshot_bytes: int = 256 * 2**20,
    ) -> None:
        if snapshot_every < 1:
            raise ValueError(f"snapshot_every must be at least 1 moment, not {snapshot_every}")
        self.algorithm, self.batches = algorithm, batches
        self.config, self.engine = config or TrainConfig(), engine or Engine()
        self.progress = Progress()
        self.moment = 0
        self._every, self._bytes = snapshot_every, snapshot_bytes
        self._done: list[
            str | None
        ] = []  # what was done at each moment: None for a whole step, or a phase's name
        self._edits: list[tuple[int, Edit]] = []
        self._snapshots: dict[int, _Snapshot] = {}
        self._playing: object | None = None
        self._lock = RLock()
        self.engine.prepare(algorithm)
        self._remember()

    @property
    def recorded(self) -> int:
        """How many moments are on record; after a rewind this is more than ``moment``."""
        return len(self._done)

    def step(self, phase: str | None = None) -> Step:
        """A whole step, or the turn of one phase by name (its k updates), at this moment.

        Doing something other than what is on record for this moment drops the recorded future.

        Raises:
            ValueError: no phase has that name.
            NonFiniteLoss: the training has diverged; the session stays usable, rewind or edit.
        """
        if phase is not None:
            self.algorithm.phase(phase)
        with self._lock:
            if self.moment < self.recorded and self._done[self.moment] != phase:
                self._forget_future()
            return self._advance(phase)

    def play(self, until: int | None = None) -> Iterator[Step]:
        """Goes on, yielding after every moment, until ``pause()``, moment ``until`` or ``config.steps`` steps.

        What is on record is repeated first. Starting to play ends a play that was going on.
        """
        token = self._playing = object()
        while True:
            with self._lock:
                done = until is not None and self.moment >= until
                if token is not self._playing or done or self.progress.step >= self.config.steps:
                    return
                step = self._advance(self._done[self.moment] if self.moment < self.recorded else None)
            yield step

    def pause(self) -> None:
        """Ends ``play`` before its next step. Never waits for a step in progress."""
        self._playing = None

    def edit(self, change: Edit) -> None:
        """Applies a change to the algorithm (a learning rate, a loss, k), and repeats it when replaying.

        Drops the recorded future. The change must not depend on anything but the algorithm.
        """
        with self._lock:
            self._forget_future()
            change(self.algorithm)
            self._edits.append((self.moment, change))

    def rewind(self, to: int) -> None:
        """Goes to an earlier (or recorded later) moment, exactly.

        Raises:
            ValueError: a moment that is not on record.
        """
        with self._lock:
            if not 0 <= to <= self.recorded:
                raise ValueError(f"moment {to} is not on record: choose one from 0 to {self.recorded}")
            start = max(moment for moment in self._snapshots if moment <= to)
            self._snapshots[start].restore(self.algorithm, self.progress)
            self.moment = start
            self._arrive()
            while self.moment < to:
                self._advance(self._done[self.moment], replay=True)

    def branch(self, algorithm: Algorithm, engine: Engine | None = None) -> Session:
        """A second session that goes on from this moment, in a copy of the whole state: "what if, from here on".

        Its record begins here. The same noise and minibatches follow in both, so that the two runs stay equal
        until something is done differently.

        Args:
            algorithm: a like one, newly built: the same networks and optimisers; it takes over this state.
            engine: where to compute it; by default the same device and precision.

        Raises:
            ValueError: the algorithm has other networks or phases.
        """
        with self._lock:
            tensors, numbers = state.capture(self.algorithm, self.progress)
            other = Session(
                algorithm,
                self.batches,
                self.config,
                engine or Engine(str(self.engine.device), self.engine.precision),
                snapshot_every=self._every,
                snapshot_bytes=self._bytes,
            )
        state.restore(other.algorithm, other.progress, tensors, numbers)
        other._snapshots.clear()
        other._remember()
        return other

    def frame(self, probe: Probe) -> Frame:
        """What there is to see at this moment; see ``Algorithm.frame``."""
        with self._lock:
            return self.algorithm.frame(probe)

    def save(self, path: str | Path, extra: dict[str, Any] | None = None) -> Path:
        """Writes a checkpoint of this moment; see ``checkpoint.save``."""
        with self._lock:
            return checkpoint.save(path, self.algorithm, self.progress, extra)

    def load(self, path: str | Path) -> dict[str, Any]:
        """Goes on from a checkpoint; the record starts anew. All or nothing; see ``checkpoint.load``."""
        with self._lock:
            extra = checkpoint.load(path, self.algorithm, self.progress)
            self.moment = 0
            self._done, self._edits, self._snapshots = [], [], {}
            self._remember()
            return extra

    def stop(self) -> None:
        """Ends playing and frees the record; the algorithm keeps its state."""
        self.pause()
        with self._lock:
            self._done, self._edits, self._snapshots = [], [], {}
            self.moment = 0
            self._remember()

    def _advance(self, action: str | None, replay: bool = False) -> Step:
        if action is None:
            step = take_step(self.algorithm, self.batches, self.config, self.engine, self.progress)
        else:
            step = self._one_turn(self.algorithm.phase(action))
        if self.moment == self.recorded:
            self._done.append(action)
        self.moment += 1
        self._arrive()
        if not replay and self.moment % self.config.check_every == 0:
            check_finite(step)
        return step

    def _arrive(self) -> None:
        """A snapshot if one is due, then the edits on record for this moment."""
        if self.moment % self._every == 0:
            self._remember()
        for moment, change in self._edits:
            if moment == self.moment:
                change(self.algorithm)

    def _one_turn(self, phase: Phase) -> Step:
        self.algorithm.forget()
        logs = take_turn(self.algorithm, phase, self.batches, self.config, self.engine, self.progress)
        return Step(self.progress.step, self.progress.seen, {phase.name: logs} if logs else {})

    def _forget_future(self) -> None:
        del self._done[self.moment :]
        self._edits = [(moment, change) for moment, change in self._edits if moment <= self.moment]
        self._snapshots = {m: s for m, s in self._snapshots.items() if m <= self.moment}

    def _remember(self) -> None:
        if self.moment in self._snapshots:
            return
        self._snapshots[self.moment] = _Snapshot(self.algorithm, self.progress)
        if sum(s.bytes for s in self._snapshots.values()) > self._bytes and len(self._snapshots) > 2:
            for moment in sorted(self._snapshots)[1:-1:2]:
                del self._snapshots[moment]
            self._every *= 2


class _Snapshot:
    """The state, plus the plain attributes an edit may have changed (losses, k, learning rates)."""

    def __init__(self, algorithm: Algorithm, progress: Progress) -> None:
        self.tensors, self.numbers = state.capture(algorithm, progress)
        self.attributes = {
            k: v for k, v in vars(algorithm).items() if not k.startswith("_") and k != "phases"
        }
        self.phases = [(phase.repeats, phase.every, phase.after) for phase in algorithm.phases]
        self.bytes = sum(t.numel() * t.element_size() for t in self.tensors.values())

    def restore(self, algorithm: Algorithm, progress: Progress) -> None:
        vars(algorithm).update(self.attributes)
        for phase, (repeats, every, after) in zip(algorithm.phases, self.phases, strict=True):
            phase.repeats, phase.every, phase.after = repeats, every, after
        state.restore(algorithm, progress, self.tensors, self.numbers)
