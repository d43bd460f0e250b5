"""One run: a session with the story of what was done to it, the curves so far, and what is measured on the way."""

from __future__ import annotations

import math
from array import array
from collections import deque
from dataclasses import replace
from functools import partial
from threading import RLock
from typing import Any

import torch

from gan_lab.algorithms.base import Phase, watching
from gan_lab.training import Engine, NonFiniteLoss, Session, TrainConfig
from gan_lab.training.loop import Step
from gan_lab.training.seeding import DRAWING

from . import build, stories
from .measure import Ruler
from .settings import LIVE, Configuration
from .stories import Story

CURVES = ("d_loss", "g_loss", "d_grad", "g_grad")
PHASES = {"d": "discriminator", "g": "generator", "both": None}
MEASURE_EVERY = 50
SNAPSHOT_BYTES = 160 * 2**20


class Run:
    """A run of a configuration, moment by moment; see ``gan_lab.training.Session`` for what a moment is.

    Args:
        config: what to build.
        story: what a link or a card says was done; ``go`` follows it until something else is done.
        session: a session to go on with (a branch); by default a new one.
    """

    def __init__(self, config: Configuration, story: Story = (), session: Session | None = None) -> None:
        self.config, self.data = config, build.dataset(config)
        self.ruler = Ruler(config, self.data)
        self.session = session or Session(
            build.algorithm(config),
            self.data.batches(config.batch, config.seed),
            TrainConfig(steps=2**31, seed=config.seed, check_every=1),
            Engine("cpu"),
            snapshot_bytes=SNAPSHOT_BYTES,
        )
        self.lock = RLock()
        self.curves = {name: array("d") for name in CURVES}
        self.measured: dict[int, dict[str, Any]] = {}
        self.done: list[str] = []
        self.edits: list[tuple[int, dict[str, Any]]] = []
        self.failure: tuple[int, str] | None = None
        self._ahead = deque(stories.unfold(story))
        self._measure()

    @property
    def gan(self) -> build.GAN:
        return self.session.algorithm  # type: ignore[return-value]

    @property
    def moment(self) -> int:
        return self.session.moment

    @property
    def now(self) -> Configuration:
        """The configuration as edited up to this moment."""
        config = self.config
        for moment, changes in self.edits:
            if moment <= self.moment:
                config = replace(config, **changes)
        return config

    def go(self) -> None:
        """One moment on: what is on record, else what the story says, else a whole step.

        Raises:
            NonFiniteLoss: the training has diverged. The moment counts; the run can be rewound.
        """
        with self.lock:
            if self.moment < self.session.recorded:
                self._take(self.done[self.moment])
                return
            while self._ahead and isinstance(self._ahead[0], dict):
                self._edit(self._ahead.popleft())
            self._take(self._ahead.popleft() if self._ahead else "both")

    def step(self, action: str) -> None:
        """One step ("both") or one player's turn ("d", "g"). Doing otherwise than recorded drops what came after."""
        with self.lock:
            if not (self.moment < self.session.recorded and self.done[self.moment] == action):
                self._ahead.clear()
            self._take(action)

    def edit(self, changes: dict[str, Any]) -> None:
        """Changes live settings from this moment on, and drops what was recorded after it.

        Raises:
            ValueError: a setting that cannot change in a run, or a value that is not allowed.
        """
        if fixed := [name for name in changes if name not in LIVE]:
            raise ValueError(f"{', '.join(fixed)} cannot change in a run, only {', '.join(LIVE)}")
        with self.lock:
            self._ahead.clear()
            self._edit(changes)

    def rewind(self, to: int) -> None:
        """To another recorded moment, exactly; the record stays."""
        with self.lock:
            self.session.rewind(to)

    def branch(self, changes: dict[str, Any]) -> Run:
        """A second run from this moment, in which some settings are different; its record begins here."""
        with self.lock:
            config = self.now
            other = Run(config, session=self.session.branch(build.algorithm(config)))
            other.edit(changes)
            return other

    def minibatch(self, player: str) -> tuple[torch.Tensor, torch.Tensor]:
        """The very examples ``(m, 2)`` and fakes ``(m, 2)`` of the next update of a player, "d" or "g".

        (With BatchNorm the fakes are those of evaluation mode: looking must not move its averages.)
        """
        phase = self.session.algorithm.phase(PHASES[player] or "")
        n = self.session.progress.updates.get(phase.name, 0)
        batch = self.session.batches(n)
        with DRAWING, watching(self.gan):
            self.session.engine.seed(self.config.seed, phase.name, n)
            return batch.x, self.gan.generator(self.gan.latents(len(batch)))

    @property
    def story(self) -> Story:
        """What was done and changed on record, and what the link's story still holds."""
        return stories.fold(self.done, self.edits, list(self._ahead))

    def _edit(self, changes: dict[str, Any]) -> None:
        replace(self.now, **changes)  # refuses what is not allowed before anything is touched
        self._forget()
        self.session.edit(partial(build.change, changes=changes))
        self.edits.append((self.moment, changes))

    def _forget(self) -> None:
        """Drops what was kept beyond this moment."""
        del self.done[self.moment :]
        for curve in self.curves.values():
            del curve[self.moment :]
        self.edits = [(moment, changes) for moment, changes in self.edits if moment <= self.moment]
        self.measured = {moment: found for moment, found in self.measured.items() if moment <= self.moment}
        if self.failure and self.failure[0] > self.moment:
            self.failure = None

    def _take(self, action: str) -> None:
        if self.moment < self.session.recorded and self.done[self.moment] != action:
            self._forget()
        try:
            step = self.session.step(PHASES[action])
        except NonFiniteLoss as error:
            self._record(action, None)
            self._explain(str(error))
            raise NonFiniteLoss(self.failure[1] if self.failure else str(error)) from error
        self._record(action, step)
        if self.moment % MEASURE_EVERY == 0 and self.moment not in self.measured:
            self._measure()

    def _record(self, action: str, step: Step | None) -> None:
        i = self.moment - 1
        if i < len(self.done):
            return  # replayed: the very same numbers
        self.done.append(action)
        values = step.values() if step else {}
        for letter, phase in (
            ("d", self.session.algorithm.phases[0]),
            ("g", self.session.algorithm.phases[1]),
        ):
            ran = f"{phase.name}/loss" in values
            self.curves[f"{letter}_loss"].append(values.get(f"{phase.name}/loss", math.nan))
            self.curves[f"{letter}_grad"].append(gradient_norm(phase) if ran else math.nan)

    def _explain(self, message: str) -> None:
        config = self.now
        advice = "Rewind to before it, or press Reset; then try a smaller learning rate"
        if config.loss == "wasserstein" and not (config.gp or config.clip):
            advice += ", or bound the critic: a gradient penalty of 1, or clipping at 0.1"
        elif not (config.r1 or config.gp):
            advice += ", or R1 of 0.1"
        what = message.split(":")[0]
        text = f"The training stopped: {what}, with the {config.loss} loss. {advice}."
        self.failure = (self.moment, text[0].upper() + text[1:])

    @property
    def failed(self) -> str:
        """Why the run cannot go on from this moment; empty if it can."""
        return self.failure[1] if self.failure and self.moment >= self.failure[0] else ""

    def _measure(self) -> None:
        self.measured[self.moment] = self.ruler.measure(self.gan)


def gradient_norm(phase: Phase) -> float:
    """The norm of the gradient over all of a phase's parameters, as the last update saw it."""
    grads = [p.grad for p in phase.params if p.grad is not None]
    return torch.stack(torch._foreach_norm(grads)).norm().item() if grads else math.nan
