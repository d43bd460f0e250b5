"""Lab 02's checks: right answers in other words, and what is often written instead."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gan_lab.checks import lab02

softplus, sigmoid = F.softplus, torch.sigmoid

RIGHT_LOSSES = [
    lambda f: -F.logsigmoid(f).mean(),
    lambda f: F.binary_cross_entropy_with_logits(f, torch.ones_like(f)),
    lambda f: torch.logaddexp(-f, torch.zeros_like(f)).mean(),
    lambda f: softplus(-f).sum() / f.numel(),
]
WRONG_LOSSES = {
    "sign is flipped": lambda f: F.logsigmoid(f).mean(),
    "this is the first form": lambda f: F.logsigmoid(-f).mean(),
    "G learns to be caught": lambda f: F.binary_cross_entropy_with_logits(f, torch.zeros_like(f)),
    "sigmoid twice": lambda f: F.binary_cross_entropy_with_logits(sigmoid(f), torch.ones_like(f)),
    "averaged before the log": lambda f: -sigmoid(f).mean().log(),
    "averaged the logits": lambda f: -F.logsigmoid(f.mean()),
    "summed over": lambda f: softplus(-f).sum(),
    "-mean D has the slope": lambda f: -sigmoid(f).mean(),
    "mean (1 - D) has the slope": lambda f: (1 - sigmoid(f)).mean(),
    "Wasserstein critic or a hinge": lambda f: -f.mean(),
    "least-squares": lambda f: F.mse_loss(f, torch.ones_like(f)),
    "base 2": lambda f: -sigmoid(f).log2().mean(),
    "half of it": lambda f: softplus(-f).mean() / 2,
    "only D has a log": lambda f: -f.log().mean(),
    "one number per example": lambda f: softplus(-f),
    "returns a float": lambda f: softplus(-f).mean().item(),
    "no gradient can flow": lambda f: softplus(-f).mean().detach(),
    "gradient is not that": lambda f: softplus(-f[:3]).sum() / 6 + softplus(-f[3:].detach()).sum() / 6,
    "your loss is inf": lambda f: -sigmoid(f).log().mean(),
    "should be 200: a clamp": lambda f: -(sigmoid(f) + 1e-8).log().mean(),
    "hides the overflow": lambda f: F.binary_cross_entropy(sigmoid(f), torch.ones_like(f)),
    "the gradient is not -1/m": lambda f: (
        softplus(-f.clamp(min=-50)).mean() + (f.clamp(min=-50) - f).mean().detach()
    ),
    "for the test logits your loss is": lambda f: 3 * softplus(-f).mean(),
}


@pytest.mark.parametrize("loss", RIGHT_LOSSES)
def test_other_ways_to_write_the_loss_are_correct(loss):
    verdict = lab02.generator_loss(loss)
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_LOSSES)
def test_wrong_loss_is_refused_with_its_reason(reason):
    verdict = lab02.generator_loss(WRONG_LOSSES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


RIGHT_POWERS = [
    lambda f: -f * np.log10(np.e),
    lambda f: (F.logsigmoid(-f) - F.logsigmoid(f)) / np.log(10),
]
WRONG_POWERS = {
    "sign is flipped": lambda f: f / np.log(10),
    "natural logarithm": lambda f: -f,
    "base 2": lambda f: -f / np.log(2),
    "this is the ratio of the slopes, e^(-logit)": lambda f: sigmoid(-f) / sigmoid(f),
    "upside down": lambda f: sigmoid(f) / sigmoid(-f),
    "drops the sign": lambda f: f.abs() / np.log(10),
    "-log10 D, the size of minimax's slope alone": lambda f: -sigmoid(f).log10(),
    "two *costs*": lambda f: (softplus(-f) / softplus(f)).log10(),
    "at -200 you say inf": lambda f: (sigmoid(-f) / sigmoid(f)).log10(),
    "at -200 you say": lambda f: ((sigmoid(-f) + 1e-12) / (sigmoid(f) + 1e-12)).log10(),
    "shape (6,) is wanted": lambda f: -f.median() / np.log(10),
    "for logits of -10, 0 and 6 you say": lambda f: -2 * f,
    "returns a list": lambda f: (-f / np.log(10)).tolist(),
}


@pytest.mark.parametrize("powers", RIGHT_POWERS)
def test_other_ways_to_count_powers_are_correct(powers):
    verdict = lab02.powers_of_ten_behind(powers)
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_POWERS)
def test_wrong_powers_are_refused_with_their_reason(reason):
    verdict = lab02.powers_of_ten_behind(WRONG_POWERS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


@pytest.mark.parametrize(
    ("mistakes", "wanted", "at"),
    [
        (lab02.LOSS_MISTAKES, lab02._wanted_loss, torch.tensor([-1.3, 0.9, -0.2, -2.5, 0.6, 1.7])),
        (lab02.POWERS_MISTAKES, lab02._wanted_powers, torch.tensor([-10.0, -2.5, -0.4, 0.0, 1.3, 6.0])),
    ],
)
def test_every_listed_mistake_is_told_apart(mistakes, wanted, at):
    answers = [one(at.double()) for one in (wanted, *(wrong for _, wrong in mistakes))]
    for i, a in enumerate(answers):
        assert not any(torch.allclose(a, b, rtol=1e-4) for b in answers[:i]), f"mistake {i} is not told apart"
