"""Exercises of lab 00: a likelihood by the chain rule, and the importance-weighted bound on one."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.checks import tiny_chain, tiny_vae
from gan_lab.checks.verdict import Student, call_for_tensor, exercise, expect, refuse, same


@exercise
def chain_rule(student: Student) -> str:
    """Checks ``chain_rule(x, next_logit)``: pictures ``(B, 2, 2)`` of -1 and 1 in, log p ``(B,)`` out.

    ``next_logit`` maps the pixels before one, ``(B, i)``, to the logit of that one being 1, ``(B,)``.
    """
    x, model = tiny_chain.ALL_PICTURES, tiny_chain.next_logit
    right = tiny_chain.terms(x, model).sum(1)
    got = call_for_tensor(student, (16,), x, model)
    expect(bool(torch.isfinite(got).all()), "your log-likelihood is not finite for moderate logits")
    if not same(got, right):
        for reason, wrong in tiny_chain.MISTAKES:
            if same(got, wrong(x, model)):
                refuse(reason)
        refuse(
            f"over all 16 pictures your probabilities add up to {got.exp().sum():.4f}; it should be 1. For the white "
            f"picture your log p is {got[-1]:.4f}; it is {right[-1]:.4f}"
        )
    _check_certain(student)
    return (
        "over all 16 pictures the probabilities add up to 1: what is likelier here is less likely elsewhere"
    )


def _check_certain(student: Student) -> None:
    """A model that is certain, and wrong: sigmoid(-200) is 0 in single precision, and its log infinite."""
    x = torch.tensor([[[1.0, 1.0], [1.0, 1.0]], [[-1.0, -1.0], [-1.0, -1.0]]])
    got = call_for_tensor(student, (2,), x, lambda seen: torch.full((len(seen),), -200.0))
    expect(
        bool(torch.isfinite(got).all()) and same(got, torch.tensor([-800.0, 0.0]), 1e-4),
        f"right for moderate logits, but for logits of -200 your log p of a white and of a black picture are "
        f"{got[0]:.4g} and {got[1]:.4g}; they are -800 and 0. Never take the log of a sigmoid: use F.logsigmoid or "
        "F.softplus",
    )


def _case(k: int, scale: float = 1.0) -> tuple[Tensor, tiny_vae.Encode, tiny_vae.Explain, Tensor]:
    rng = torch.Generator().manual_seed(k)
    x = torch.randn(5, 3, generator=rng, dtype=torch.float64)
    noise = torch.randn(k, 5, 2, generator=rng, dtype=torch.float64)
    return x, tiny_vae.encode, lambda x, z: tiny_vae.explain(x, z, scale), noise


@exercise
def weighted_bound(student: Student) -> str:
    """Checks ``bound(x, encode, log_likelihood, noise)``: x ``(B, D)``, noise ``(K, B, d)`` from N(0, I); ``(B,)`` out.

    ``encode(x)`` gives mean and log-variance of q(z|x), each ``(B, d)``, and ``log_likelihood(x, z)`` is log p(x|z),
    ``(B,)``. The prior is N(0, I).
    """
    cases = [_case(k) for k in (7, 3)]
    answers = [call_for_tensor(student, (5,), *case) for case in cases]

    def all_as(formula: tiny_vae.Bound) -> bool:
        return all(same(got, formula(*case), 1e-6) for got, case in zip(answers, cases))

    if not all_as(tiny_vae.bound):
        for reason, wrong in tiny_vae.MISTAKES:
            if all_as(wrong):
                refuse(reason)
        refuse(
            f"with K = 7 your bound for the first x is {answers[0][0]:.4f}; it is {tiny_vae.bound(*cases[0])[0]:.4f}. "
            "Is it the log of the mean over K of p(x|z) p(z) / q(z|x), with z = mean + std * noise?"
        )
    _check_small_weights(student)
    return "log of the mean of K weights: it rises with K and, on average, stays below log p(x)"


def _check_small_weights(student: Student) -> None:
    """A picture of 784 pixels has weights like exp(-1000), which are 0 in any precision."""
    case = _case(4, scale=1000.0)
    got = call_for_tensor(student, (5,), *case)
    expect(
        same(got, tiny_vae.bound(*case), 1e-6),
        f"right for a handful of pixels, but where the log-weights are below -1000 your bound is {got[0]:.4g} and "
        f"should be {tiny_vae.bound(*case)[0]:.4g}: exp of it is 0. Stay in logs, with torch.logsumexp",
    )
