"""Exercises of lab 05: is this a bug, and mend it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.checks.bugs import BUGS
from gan_lab.checks.clinic import METHODS, Healthy, bce
from gan_lab.checks.diagnosis import Diagnosis, diagnose, run
from gan_lab.checks.patients import TRUTH, WARD, base
from gan_lab.checks.verdict import (
    Student,
    Untouched,
    Verdict,
    call,
    exercise,
    expect,
    is_untouched,
    refuse,
    same,
)

__all__ = ["ANSWERS", "SIGNS", "WARD", "base", "broken_step", "emergency", "mend", "patient", "ward"]

HARMLESS = "harmless"
ANSWERS = [HARMLESS, *BUGS]
"""What may be answered."""

SIGNS = {
    "detach removed and G's gradients not zeroed": "D's backward reaches G, and G.grad is not empty when G's own comes",
    "G's backward left in D.grad": "D.grad is not empty when D's own gradient comes",
    "sign flip in G": "D's loss pulls fakes down, as it should, and G's loss pulls them down, too",
    "labels swapped in D only": "D's loss pulls fakes up, and G's loss pulls them up, too",
    "sigmoid twice": "the loss takes the sigmoid of numbers that have been through one",
    "averaged before the log": "D's loss is the log of a mean",
    "BatchNorm over a mixed batch": "D's answer to a real example depends on the fakes beside it",
    "clip before the step": "a critic that is clipped is used with weights beyond the bound",
    "the same noise each step": "G is given the noise of the iteration before",
    "learning rate 100 times too large": "one update changes a good part of the weights",
}
"""How each of the ten would show."""


@lru_cache
def _heard(letter: str) -> Diagnosis:
    return diagnose(WARD[letter]())


def _why_wrong(letter: str, answer: Any) -> str | None:
    """What is wrong with an answer and why; None if it is right."""
    if answer not in ANSWERS:
        near = difflib.get_close_matches(str(answer), ANSWERS, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"{answer!r} is not one of the answers in checks.lab05.ANSWERS{hint}"
    if answer == TRUTH[letter]:
        return None
    heard = _heard(letter)
    if answer == HARMLESS:
        return f"this one hurts. Twelve iterations show: {heard.evidence}. Which of the ten does that?"
    if TRUTH[letter] == HARMLESS:
        return f"nothing ails it. {answer!r} would mean: {SIGNS[answer]}. Instead: {heard.evidence}"
    return f"not that: it would mean that {SIGNS[answer]}. What shows is: {heard.evidence}"


def _known(letter: str) -> None:
    expect(letter in WARD, f"there is no patient {letter!r}: they are {', '.join(WARD)}")


def patient(letter: str, answer: Any) -> Verdict:
    """Checks the answer to "is this a bug?" for one patient: "harmless" or one of the ten, see :data:`ANSWERS`."""

    @exercise
    def judge(answer: Any) -> str:
        _known(letter)
        wrong = _why_wrong(letter, answer)
        if wrong:
            refuse(f"{letter}: {wrong}")
        return f"{letter}, {answer}: {_heard(letter).evidence}"

    return judge(answer)


@exercise
def ward(answers: Mapping[str, Any]) -> str:
    """Checks a whole list of answers, letter by letter; letters that still have ``...`` are left open."""
    expect(
        isinstance(answers, Mapping),
        f"a dict from letter to answer is wanted, not a {type(answers).__name__}",
    )
    for letter in answers:
        _known(letter)
    given = {k: v for k, v in answers.items() if v is not ...}
    if not given:
        raise Untouched
    wrong = {k: why for k, v in given.items() if (why := _why_wrong(k, v))}
    open_ = [k for k in WARD if k not in given]
    if wrong or open_:
        lines = [f"{len(given) - len(wrong)} of {len(WARD)} are right."]
        lines += [f"{k}: {why}." for k, why in wrong.items()]
        lines += [f"Still open: {', '.join(open_)}."] if open_ else []
        refuse("\n".join(lines))
    return "all thirteen: ten that hurt, and three that only look as if they did"


def _unplugged(function: Student) -> Callable[..., Any]:
    return lambda self, *arguments: function(*arguments)


def mend(letter: str, **methods: Student) -> Verdict:
    """Checks a mended patient: give the functions that you changed, with the arguments of the listing.

    For example ``mend("B", d_turn=my_d_turn)``; the names are networks, optimizers, d_turn and g_turn.
    """

    @exercise
    def judge(methods: dict[str, Student]) -> str:
        _known(letter)
        unknown = [name for name in methods if name not in METHODS]
        expect(not unknown, f"a loop has no {', '.join(unknown)}: give some of {', '.join(METHODS)}")
        if not methods or any(is_untouched(function) for function in methods.values()):
            raise Untouched
        changed = type("Mended", (WARD[letter],), {k: _unplugged(f) for k, f in methods.items()})
        _expect_health(changed)
        if _alike(changed, base(WARD[letter])):
            return "after five iterations the weights are those of the healthy loop"
        return "nothing ails it any more, though its weights go another way than those of the ward's healthy loop"

    return judge(methods)


def _expect_health(loop: Callable[[], Any]) -> None:
    """Refuses with the diagnosis, or with the reason why there is none."""
    try:
        found = diagnose(loop())
    except ValueError as error:
        refuse(str(error))
    except (TypeError, AttributeError) as error:
        refuse(f"your function raised {type(error).__name__}: {error}")
    expect(bool(found), found.message)


def _alike(one: type[Healthy], other: type[Healthy]) -> bool:
    weights = []
    for kind in (one, other):
        loop = kind()
        for _ in range(5):
            loop.step()
        nets = (loop.generator, loop.discriminator)
        weights.append(torch.cat([p.detach().flatten() for net in nets for p in net.parameters()]))
    return weights[0].shape == weights[1].shape and same(weights[0], weights[1], 1e-4)


def broken_step(
    G: nn.Module, D: nn.Module, optimizer_g: Optimizer, optimizer_d: Optimizer, real: Tensor
) -> None:
    z = torch.randn(128, 2, generator=torch.Generator().manual_seed(0))
    loss_d = bce(D(real), 1) + bce(D(G(z)), 0)
    loss_d.backward()
    optimizer_d.step()
    optimizer_d.zero_grad()
    loss_g = F.logsigmoid(D(G(z))).mean()
    loss_g.backward()
    optimizer_g.step()
    optimizer_g.zero_grad()


@exercise
def emergency(step: Student) -> str:
    """Checks ``step(G, D, optimizer_g, optimizer_d, real)``: one iteration, :func:`broken_step` mended.

    ``real`` has shape (128, 2), D answers with logits (128, 1), G takes noise (128, 2).
    """

    def patched() -> Any:
        loop = Healthy(seed=3)
        nets = (loop.generator, loop.discriminator, loop.optimizer_g, loop.optimizer_d)
        call(step, *nets, loop.next_batch())  # an error is told here, with the line
        return run(*nets, lambda: step(*nets, loop.next_batch()))

    _expect_health(patched)
    return "all four are gone: gradients, sign and noise are in order"
