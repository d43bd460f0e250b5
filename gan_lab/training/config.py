"""What a run is told, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TrainConfig:
    """How long to train and from which seed.

    Attributes:
        steps: how often every phase gets its turn.
        seed: of all noise drawn while training; the networks' first weights and the data's order have their own.
        check_every: look for a non-finite loss every so many steps (a look waits for the device).

    Raises:
        ValueError: a number of steps below 0, or check_every below 1.
    """

    steps: int = 1000
    seed: int = 0
    check_every: int = 50

    def __post_init__(self) -> None:
        if self.steps < 0 or self.check_every < 1:
            raise ValueError(
                f"steps must be at least 0 and check_every at least 1, not {self.steps} and {self.check_every}"
            )


@dataclass
class Progress:
    """Where a run stands. With the seed in the config this is also its whole random state.

    Attributes:
        step: complete steps.
        seen: real images shown to the first phase, over all processes.
        updates: updates made, by phase.
        next_phase: index of the phase whose turn is next within the step (0 between steps).
    """

    step: int = 0
    seen: int = 0
    updates: dict[str, int] = field(default_factory=dict)
    next_phase: int = 0

    def copy(self) -> Progress:
        return Progress(self.step, self.seen, dict(self.updates), self.next_phase)
