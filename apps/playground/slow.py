"""The sub-steps of one training step by name, as the lecture's pseudo-algorithm has them, for slow motion.

Each takes a run and returns a caption and the points to put into the spotlight; those in ``MOVES`` are followed by
the turn itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from gan_lab.algorithms.base import watching

from .looks import places
from .run import Run

Spotlight = dict[str, str]
SubStep = Callable[[Run], tuple[str, Spotlight]]


def draw_for_d(run: Run) -> tuple[str, Spotlight]:
    real, fake = run.minibatch("d")
    return (
        f"1 · D's turn. Draw {len(real)} real examples x and {len(fake)} noise vectors z; G(z) are the fakes.",
        {"real": places(real), "fake": places(fake)},
    )


def judge_for_d(run: Run) -> tuple[str, Spotlight]:
    real, fake = run.minibatch("d")
    with watching(run.gan):
        cost = run.gan.loss.discriminator(run.gan.discriminator(real), run.gan.discriminator(fake)).item()
    return (
        f"2 · D judges both. On this minibatch its loss is {cost:.3f}; G stands still.",
        {"real": places(real), "fake": places(fake)},
    )


def move_d(run: Run) -> tuple[str, Spotlight]:
    k = run.now.d_steps
    again = f", {k} times, each with new examples and noise" if k > 1 else ""
    if not k:
        return "3 · k_D is 0: D does not move.", {}
    return f"3 · Backpropagate to D's weights only, and take a step{again}: the background moves.", {}


def draw_for_g(run: Run) -> tuple[str, Spotlight]:
    _, fake = run.minibatch("g")
    return f"4 · G's turn. Draw {len(fake)} fresh noise vectors z: new fakes.", {"fake": places(fake)}


def judge_for_g(run: Run) -> tuple[str, Spotlight]:
    real, fake = run.minibatch("g")
    gan = run.gan
    with watching(gan), torch.no_grad():
        cost = gan.loss.generator(gan.discriminator(fake), gan.discriminator(real)).item()
    return (
        f"5 · G's loss is {cost:.3f}. Through D, which stands still, it pulls every fake along its arrow.",
        {"fake": places(fake)},
    )


def move_g(run: Run) -> tuple[str, Spotlight]:
    k = run.now.g_steps
    again = f", {k} times" if k > 1 else ""
    if not k:
        return "6 · k_G is 0: G does not move.", {}
    return f"6 · Backpropagate through D to G's weights only, and take a step{again}: the fakes move.", {}


def sub_steps(player: str) -> Sequence[SubStep]:
    """The sub-steps of one player's turn, "d" or "g"."""
    return (draw_for_d, judge_for_d, move_d) if player == "d" else (draw_for_g, judge_for_g, move_g)


MOVES: dict[SubStep, str] = {move_d: "d", move_g: "g"}
"""The sub-steps after which a player's turn is taken."""
