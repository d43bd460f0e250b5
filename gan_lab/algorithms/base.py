"""What a variant declares: an algorithm is a list of phases, each one optimiser's turn.

The loop in ``gan_lab.training.loop`` knows nothing but what stands in this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.data.batch import Batch

Frame = dict[str, np.ndarray]
"""What there is to see now, as plain arrays: ``fake`` (n, 2) or (n, C, H, W), ``logits`` (m,), ..."""


@dataclass
class Phase:
    """One optimiser's turn in the game.

    Attributes:
        name: as the lecture calls it, for example "discriminator".
        nets: exactly these learn in this turn; all others are left as they are.
        optimizer: over the parameters of ``nets``.
        loss: a function of a minibatch that returns scalars; the entry "loss" is minimised, the rest is logged.
        repeats: updates per turn, the lecture's k; a function of the step where it changes during training.
        every: take this turn only at every n-th step (lazy regularisation).
        after: called after each update, for example to clip weights.
    """

    name: str
    nets: list[nn.Module]
    optimizer: Optimizer
    loss: Callable[[Batch], dict[str, Tensor]]
    repeats: int | Callable[[int], int] = 1
    every: int = 1
    after: Callable[[], None] | None = None
    params: list[nn.Parameter] = field(init=False)

    def __post_init__(self) -> None:
        self.params = [p for net in self.nets for p in net.parameters()]

    def updates_at(self, step: int) -> int:
        """How many updates this phase makes at the given step (0 when it is not its turn)."""
        if step % self.every:
            return 0
        return self.repeats(step) if callable(self.repeats) else self.repeats


@dataclass
class Probe:
    """Fixed inputs to look through: the same noise and the same points, frame after frame.

    Attributes:
        z: latents ``(n, d)``.
        points: where to read the discriminator, ``(m, 2)``; None where that makes no sense.
        y: labels ``(n,)`` for conditional generators, or the other domain's pictures.
    """

    z: Tensor
    points: Tensor | None = None
    y: Tensor | None = None


class Algorithm(nn.Module):
    """A system of the lecture: its networks, its phases, and what there is to see.

    Being an ``nn.Module`` gives ``state_dict()`` and ``.to()`` for free; anything that must survive a resume
    (an EMA copy, an image history, a fade-in alpha) is a submodule or a buffer.
    """

    phases: list[Phase]
    lr_factor: Callable[[int], float] | None = None

    def schedule(self, seen: int) -> None:
        """Sets whatever depends on the number of real images seen so far; called before every update."""
        if self.lr_factor is not None:
            factor = self.lr_factor(seen)
            for phase in self.phases:
                for group in phase.optimizer.param_groups:
                    set_lr(group, group.setdefault("initial_lr", float(group["lr"])) * factor)

    def view(self, batch: Batch) -> Batch:
        """What the algorithm makes of a minibatch before it trains on it (Progressive GAN resizes and fades)."""
        return batch

    def after_step(self) -> None:
        """Called when every phase has had its turn (EMA)."""

    def forget(self) -> None:
        """Drops what one phase keeps for the next; called after a load, a rewind or a phase out of turn."""

    def frame(self, probe: Probe) -> Frame:
        """What there is to see now. Draws nothing random and changes nothing."""
        raise TypeError(f"{type(self).__name__} has nothing to show: define frame(probe)")

    def phase(self, name: str) -> Phase:
        """The phase of that name; ValueError lists the names there are."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise ValueError(
            f"no phase called {name!r}; this algorithm has: {', '.join(p.name for p in self.phases)}"
        )


def set_lr(group: dict[str, Any], lr: float) -> None:
    """Sets a parameter group's learning rate, in place where a captured graph reads it from a tensor."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(lr)
    else:
        group["lr"] = lr


@contextmanager
def watching(*nets: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients, restored on leaving, so that watching never changes the run."""
    modes = [(module, module.training) for net in nets for module in net.modules()]
    for module, _ in modes:
        module.training = False
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


_seeding = RLock()


@contextmanager
def seeded(seed: int, device: torch.device | str = "cpu") -> Iterator[None]:
    """PyTorch's default generator, and the device's, seeded within the block, and as they were after it.

    One thread at a time: the generators are the whole process's, and a page has many visitors.
    """
    there = torch.device(device)
    with _seeding, torch.random.fork_rng([there] if there.type == "cuda" else []):
        torch.default_generator.manual_seed(seed)
        if there.type == "cuda":
            torch.cuda.manual_seed(seed)
        yield
