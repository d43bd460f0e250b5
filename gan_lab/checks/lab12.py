"""Exercises of lab 12: the discriminator's turn in the regularisation phase, and KL(q(z) || p)."""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi
from typing import NamedTuple

import torch
from torch import Tensor

from gan_lab.checks.tiny_codes import TURN_MISTAKES, Regularisation, play
from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same


@exercise
def discriminator_turn(student: Student) -> str:
    """Checks ``turn(encoder, discriminator, optimizer, x, prior)``: the regularisation phase's first turn.

    ``x`` is a minibatch of pictures, ``prior`` holds samples of the prior ``(n, d)``; the discriminator answers with
    logits. The function updates the discriminator and returns nothing.
    """
    world, got = Regularisation(), []
    before = [p.detach().clone() for p in world.encoder.parameters()]
    for turn in range(3):
        call(student, *world.arguments(turn))
        made = len(world.steps) - turn
        expect(made == 1, f"one call should make one step of the optimiser; yours made {made}")
        expect(
            all(torch.equal(a, b) for a, b in zip(before, world.encoder.parameters())),
            "the encoder's weights changed. In this turn it only supplies the fakes; it learns in the next one",
        )
        got.append(world.weights())
    if not _agree(got, play(Regularisation())):
        for reason, mistake in TURN_MISTAKES:
            if _agree(got, play(Regularisation(), **mistake)):
                refuse(reason)
        off = float((got[0] - play(Regularisation())[0]).abs().max())
        refuse(
            f"after the first turn a weight of D is off by {off:.4f}. Is the loss -mean log D(prior) - mean log(1 - "
            "D(encoder(x))), and one step made on it?"
        )
    expect(
        all(p.grad is None or not p.grad.any() for p in world.encoder.parameters()),
        "D's step is right, but a gradient has run on into the encoder and waits there in `.grad`: the encoder's own "
        "turn would add it up, and it points the wrong way. Detach the codes, or make them under torch.no_grad()",
    )
    return "the prior's samples are the real ones, the codes are the fakes, and the encoder stands still"


def _agree(a: list[Tensor], b: list[Tensor]) -> bool:
    return all(same(x, y, 1e-8) for x, y in zip(a, b))


# --- KL(q(z) || p) ------------------------------------------------------------------------------------------


class Codes(NamedTuple):
    """n Gaussians q(z|x), and one code drawn from each.

    Attributes:
        z, mean, log_var: ``(n, d)`` each.
        std: of the prior N(0, std^2 I).
    """

    z: Tensor
    mean: Tensor
    log_var: Tensor
    std: float


Formula = Callable[[Codes], Tensor]


def _cases() -> list[Codes]:
    """Wide and narrow q(z|x) in two and five dimensions, with other priors; means are off the prior's middle."""
    found = []
    for seed, (n, d, spread, width, std) in enumerate(((40, 2, 2.0, 0.7, 1.5), (60, 5, 1.0, 0.9, 0.8))):
        rng = torch.Generator().manual_seed(seed)
        mean, noise, w = (torch.randn(n, d, generator=rng, dtype=torch.float64) for _ in range(3))
        mean, log_var = mean * spread + 0.4, 2 * log(width) + 0.3 * w
        found.append(Codes(mean + noise * (log_var / 2).exp(), mean, log_var, std))
    return found


def _far_apart() -> Codes:
    """Codes so narrow and far apart that exp(log q) overflows for one's own picture and is 0 for all others."""
    rng = torch.Generator().manual_seed(5)
    mean, noise = (torch.randn(12, 400, generator=rng, dtype=torch.float64) for _ in range(2))
    log_var = torch.full_like(mean, -8.0)
    return Codes(40 * mean + noise * (log_var / 2).exp(), 40 * mean, log_var, 30.0)


def _normal(z: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """log N(z; mean, diag(exp(log_var))), summed over the last dimension."""
    return -((z - mean).square() / log_var.exp() + log_var + log(2 * pi)).sum(-1) / 2


def _own(c: Codes) -> Tensor:
    return _normal(c.z, c.mean, c.log_var)


def _pairs(c: Codes) -> Tensor:
    """log q(z_i|x_j), ``(n, n)``: a row for each code."""
    return _normal(c.z[:, None], c.mean[None], c.log_var[None])


def _aggregate(c: Codes) -> Tensor:
    return _pairs(c).logsumexp(1) - log(len(c.z))


def _prior(c: Codes, std: float | None = None) -> Tensor:
    return _normal(c.z, torch.zeros_like(c.z), torch.full_like(c.z, 2 * log(std or c.std)))


def _kl(c: Codes) -> Tensor:
    return (_aggregate(c) - _prior(c)).mean()


def _without_own(c: Codes) -> Tensor:
    others = _pairs(c).masked_fill(torch.eye(len(c.z), dtype=torch.bool), -torch.inf)
    return (others.logsumexp(1) - log(len(c.z) - 1) - _prior(c)).mean()


KL_MISTAKES: list[tuple[str, Formula]] = [
    (
        "this is E KL(q(z|x) || p), the ELBO's second term: each code under its OWN q(z|x). For q(z) every code is "
        "put to all n of them",
        lambda c: (_own(c) - _prior(c)).mean(),
    ),
    (
        "this is I(x; z), the other part of the sum: log q(z|x) minus log q(z). Compare q(z) with the prior",
        lambda c: (_own(c) - _aggregate(c)).mean(),
    ),
    (
        "log n is missing: q(z) is the MEAN of the n densities, and logsumexp makes their sum",
        lambda c: (_pairs(c).logsumexp(1) - _prior(c)).mean(),
    ),
    (
        "you took the mean of the logs. q(z) is a mean of densities, so its log is the log of the mean: logsumexp over "
        "x, minus log n",
        lambda c: (_pairs(c).mean(1) - _prior(c)).mean(),
    ),
    (
        "you sum over the codes instead of the pictures: fix a code z_i, and add up q(z_i|x_j) over j",
        lambda c: (_pairs(c).logsumexp(0) - log(len(c.z)) - _prior(c)).mean(),
    ),
    (
        "the sign is wrong: it is the mean of log q(z) - log p(z) over codes drawn from q",
        lambda c: -_kl(c),
    ),
    (
        "the prior is taken to be N(0, I): its standard deviation is the argument prior_std",
        lambda c: (_aggregate(c) - _prior(c, 1.0)).mean(),
    ),
    (
        "prior_std is taken for the prior's variance",
        lambda c: (_aggregate(c) - _prior(c, c.std**0.5)).mean(),
    ),
    (
        "log_var is taken for the log of the standard deviation: the variance is exp(log_var)",
        lambda c: _kl(c._replace(log_var=2 * c.log_var)),
    ),
    (
        "exp(log_var / 2) is the standard deviation; here it stands where the variance should",
        lambda c: _kl(c._replace(log_var=c.log_var / 2)),
    ),
    (
        "you left each code's own picture out of the mixture: q(z) is made of all n of them",
        _without_own,
    ),
    (
        "you averaged over the dimensions of z: the log density of a vector is the sum over them",
        lambda c: ((_pairs(c) / c.z.shape[1]).logsumexp(1) - log(len(c.z)) - _prior(c) / c.z.shape[1]).mean(),
    ),
    (
        "the normalising constant is missing in one of the two densities: log(2 pi) / 2 for each dimension belongs to "
        "both, or to neither",
        lambda c: _kl(c) + c.z.shape[1] * log(2 * pi) / 2,
    ),
    (
        "the normalising constant is missing in one of the two densities: log(2 pi) / 2 for each dimension belongs to "
        "both, or to neither",
        lambda c: _kl(c) - c.z.shape[1] * log(2 * pi) / 2,
    ),
    (
        "you put the means into q(z), not the codes: a KL is a mean over samples",
        lambda c: _kl(c._replace(z=c.mean)),
    ),
    (
        "this is the sum over the codes: a KL is a mean over them",
        lambda c: _kl(c) * len(c.z),
    ),
]
"""What is often written instead, each with the reason that a student is told."""


@exercise
def aggregate_kl(student: Student) -> str:
    """Checks ``aggregate_kl(z, mean, log_var, prior_std)``: ``(n, d)`` three times and a number in, a scalar out."""
    answers = [(call_for_tensor(student, (), *case), case) for case in _cases()]

    def all_as(formula: Formula) -> bool:
        return all(same(got, formula(case), 1e-5) for got, case in answers)

    if not all_as(_kl):
        for reason, wrong in KL_MISTAKES:
            if all_as(wrong):
                refuse(reason)
        got, case = next((got, case) for got, case in answers if not same(got, _kl(case)))
        refuse(
            f"you say {float(got):.4f} nats where it is {float(_kl(case)):.4f}: the mean over i of log((1/n) sum over "
            "j of q(z_i|x_j)) - log p(z_i)"
        )
    far = _far_apart()
    got = call_for_tensor(student, (), *far)
    expect(
        same(got, _kl(far), 1e-5),
        f"right for codes that overlap, but for 12 codes that lie far apart you say {float(got):.2f} instead of "
        f"{float(_kl(far)):.2f}: there exp(log q) overflows, or is 0. Stay with logs: torch.logsumexp",
    )
    return "each code under all of q(z|x), and then under the prior; with log n it adds up to the ELBO's KL"
