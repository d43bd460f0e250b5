"""What is the matter with a training loop, told from what it does: ``checks.diagnose(training)``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from gan_lab.checks import symptoms
from gan_lab.checks.bugs import Finding
from gan_lab.checks.stethoscope import Stethoscope, Training, Turn
from gan_lab.checks.verdict import Verdict

WANTED = {
    "generator": nn.Module,
    "discriminator": nn.Module,
    "optimizer_g": torch.optim.Optimizer,
    "optimizer_d": torch.optim.Optimizer,
}


@dataclass(frozen=True, repr=False)
class Diagnosis(Verdict):
    """A verdict on a loop: state "healthy" or "ill"; true if healthy.

    Attributes:
        bug: what is the matter, one of :data:`gan_lab.checks.bugs.BUGS` or of the two beside it; None if healthy.
        evidence: what was measured.
    """

    bug: str | None = None
    evidence: str = ""

    def __bool__(self) -> bool:
        return self.bug is None


@dataclass
class Run:
    """A loop of your own; see :func:`run`."""

    generator: nn.Module
    discriminator: nn.Module
    optimizer_g: torch.optim.Optimizer
    optimizer_d: torch.optim.Optimizer
    step: Callable[[], Any]


def run(
    generator: nn.Module,
    discriminator: nn.Module,
    optimizer_g: torch.optim.Optimizer,
    optimizer_d: torch.optim.Optimizer,
    step: Callable[[], Any],
) -> Training:
    """Your own loop as :func:`diagnose` takes it; ``step()`` is one iteration: all of D's updates, then G's."""
    return Run(generator, discriminator, optimizer_g, optimizer_d, step)


def diagnose(training: Training, steps: int = 12) -> Diagnosis:
    """Lets a loop run for a few iterations, listens, and says what is the matter with it.

    Afterwards networks, optimisers and PyTorch's default generators are as they were before; batches that the loop
    drew from an iterator of its own are gone.

    Args:
        training: an object with ``generator``, ``discriminator``, ``optimizer_g``, ``optimizer_d`` and ``step()``,
            such as :func:`run` makes. D's answer is one number per example, G's first argument the noise.
        steps: iterations to listen to, at least 3.

    Raises:
        ValueError: something is missing or of another type, ``step()`` raises, or what it does cannot be judged: one
            of the two is never updated, D never sees G's fakes as they are, or no backward precedes an update.
    """
    _check(training, steps)
    ear = Stethoscope(training)
    with _put_back(training), ear.on():
        for number in range(steps):
            try:
                training.step()
            except Exception as error:
                raise ValueError(
                    f"step() raised {type(error).__name__} in iteration {number + 1}: {error} - "
                    "diagnose needs a loop that runs: mend this first"
                ) from error
            ear.end_iteration()
            if not ear.turns or not ear.turns[-1].finite:
                break
        squashed = symptoms.always_a_probability(ear, training.discriminator)
    _check_turns(ear.turns)
    findings, notes = symptoms.examine(ear, squashed)
    if not findings:
        message = "; ".join(["gradients, losses, labels, noise and steps are in order", *notes])
        return Diagnosis("healthy", message, None, message)
    return _pronounce(findings)


def _pronounce(findings: list[Finding]) -> Diagnosis:
    first, others = findings[0], [f.bug for f in findings[1:]]
    message = f"{first.bug}.\nEvidence: {first.evidence}.\nWhy it hurts: {first.why}.\nWhere to look: {first.where}."
    if others:
        message += f"\nAlso found: {', '.join(others)}."
    return Diagnosis("ill", message, first.bug, first.evidence)


def _check(training: Any, steps: int) -> None:
    how = "give checks.run(generator, discriminator, optimizer_g, optimizer_d, step), with step a function of nothing"
    for name, kind in WANTED.items():
        if not isinstance(getattr(training, name, None), kind):
            got = type(getattr(training, name)).__name__ if hasattr(training, name) else "nothing"
            raise ValueError(
                f"a training loop has a .{name} of type {kind.__name__}, but this {type(training).__name__} has {got}"
                f" there: {how}"
            )
    if not callable(getattr(training, "step", None)):
        raise ValueError(f"this {type(training).__name__} has no step() to call: {how}")
    if type(steps) is not int or steps < 3:
        raise ValueError(
            f"steps must be a whole number, at least 3, not {steps!r}: some mistakes show only later"
        )
    for name in ("g", "d"):
        net = training.generator if name == "g" else training.discriminator
        held = {
            id(p) for group in getattr(training, f"optimizer_{name}").param_groups for p in group["params"]
        }
        if not held & {id(p) for p in net.parameters()}:
            raise ValueError(
                f"optimizer_{name} holds no parameter of the {'generator' if name == 'g' else 'discriminator'}: "
                "were networks and optimisers made together? Make the optimiser of net.parameters()"
            )


def _check_turns(turns: list[Turn]) -> None:
    for name in "DG":
        own = [t for t in turns if t.who == name]
        if not own:
            raise ValueError(
                f"step() never called optimizer_{name.lower()}.step(): one iteration updates both networks. "
                "Is it another optimiser that the loop uses?"
            )
        if not any(t.pulls for t in own):
            raise ValueError(
                f"no gradient reached D's outputs before optimizer_{name.lower()}.step(): diagnose expects D's "
                "backward, D's step, then G's backward, G's step, and both losses to come from D's answers"
            )
        if not any(call.fake.any() for t in own for call, _ in t.pulls):
            raise ValueError(
                f"in {name}'s turn D was shown none of G's outputs as G had put them out: switch augmentation and "
                "instance noise off for the diagnosis, and call the generator itself"
            )


@contextmanager
def _put_back(training: Training) -> Iterator[None]:
    """Restores weights, buffers, modes, gradients, optimisers and default random generators on leaving."""
    nets = (training.generator, training.discriminator)
    optimizers = (training.optimizer_g, training.optimizer_d)
    kept = [copy.deepcopy(thing.state_dict()) for thing in (*nets, *optimizers)]
    modes = {m: m.training for net in nets for m in net.modules()}
    grads = {p: None if p.grad is None else p.grad.clone() for net in nets for p in net.parameters()}
    with torch.random.fork_rng():
        try:
            yield
        finally:
            for thing, state in zip((*nets, *optimizers), kept):
                thing.load_state_dict(state)
            for module, mode in modes.items():
                module.training = mode
            for p, grad in grads.items():
                p.grad = grad
