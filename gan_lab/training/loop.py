"""The only training loop. It is a generator: the caller owns pause, step and stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_lab.algorithms.base import Algorithm, Phase
from gan_lab.data.batch import Batches
from gan_lab.training.config import Progress, TrainConfig
from gan_lab.training.engine import Engine
from gan_lab.training.seeding import DRAWING

Logs = dict[str, dict[str, Tensor]]


@dataclass
class Step:
    """What a step leaves to look at.

    Attributes:
        step: number of complete steps.
        seen: real images seen so far.
        logs: by phase and name, 0-d tensors still on the device; ``values()`` reads them.
    """

    step: int
    seen: int
    logs: Logs

    def values(self) -> dict[str, float]:
        """The logs as plain numbers under "phase/name". Waits for the device: call it only to show them."""
        return {f"{phase}/{name}": v.item() for phase, logs in self.logs.items() for name, v in logs.items()}


class NonFiniteLoss(ValueError):
    """A loss became infinite or not a number: the message names the step, the loss and what to try."""


def train(
    algorithm: Algorithm,
    batches: Batches,
    config: TrainConfig | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Iterator[Step]:
    """Trains, yielding after every step.

    Args:
        algorithm: what to train; it is moved to the engine's device.
        batches: ``batches(i)`` is the i-th minibatch. The n-th update of every phase sees the n-th one.
        config: steps and seed.
        engine: device and precision; the best device in fp32 by default.
        progress: where to go on from; it is kept up to date in place, so that a checkpoint can be written.

    Raises:
        NonFiniteLoss: when a loss is not finite (looked for every ``config.check_every`` steps).
    """
    config, engine = config or TrainConfig(), engine or Engine()
    progress = Progress() if progress is None else progress
    engine.prepare(algorithm)
    while progress.step < config.steps:
        step = take_step(algorithm, batches, config, engine, progress)
        if step.step % config.check_every == 0 or step.step == config.steps:
            check_finite(step)
        yield step


def take_step(
    algorithm: Algorithm, batches: Batches, config: TrainConfig, engine: Engine, progress: Progress
) -> Step:
    """Every phase's turn, from the one whose turn it is to the last."""
    logs: Logs = {}
    for phase in algorithm.phases[progress.next_phase :]:
        logs[phase.name] = take_turn(algorithm, phase, batches, config, engine, progress)
    return Step(progress.step, progress.seen, {name: log for name, log in logs.items() if log})


def take_turn(
    algorithm: Algorithm,
    phase: Phase,
    batches: Batches,
    config: TrainConfig,
    engine: Engine,
    progress: Progress,
) -> dict[str, Tensor]:
    """One phase's turn with all its updates; after the last phase's the step is complete. Returns the last logs."""
    logs: dict[str, Tensor] = {}
    for _ in range(phase.updates_at(progress.step)):
        n = progress.updates.get(phase.name, 0)
        batch = engine.fetch(batches, n * engine.processes + engine.rank)
        algorithm.schedule(progress.seen)
        batch = engine.place(algorithm.view(batch))
        with DRAWING:
            engine.seed(config.seed, phase.name, n)
            logs = engine.update(phase, batch)
        progress.updates[phase.name] = n + 1
        if phase is algorithm.phases[0]:
            progress.seen += len(batch) * engine.processes
    progress.next_phase = algorithm.phases.index(phase) + 1
    if progress.next_phase == len(algorithm.phases):
        progress.next_phase = 0
        progress.step += 1
        algorithm.after_step()
    return logs


def check_finite(step: Step) -> None:
    """Raises NonFiniteLoss if any logged value is infinite or not a number."""
    for phase, logs in step.logs.items():
        for name, value in logs.items():
            if not torch.isfinite(value).all():
                raise NonFiniteLoss(
                    f"{phase}'s {name} is {value.item()} at step {step.step}: training has diverged; "
                    "go back to an earlier point, and try a smaller learning rate or a penalty (r1, gradient_penalty)"
                )
