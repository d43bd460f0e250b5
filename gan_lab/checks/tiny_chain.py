"""An autoregressive model of four pixels, and what is often written instead of its likelihood, for lab 00."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import torch
import torch.nn.functional as F
from torch import Tensor

NextLogit = Callable[[Tensor], Tensor]
"""From the pixels read so far ``(B, i)``, each -1 or 1, to the logit of the next one being on ``(B,)``."""

ALL_PICTURES = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * 4).view(-1, 2, 2)
"""The sixteen black and white pictures of 2x2 pixels."""


def next_logit(earlier: Tensor) -> Tensor:
    """An autoregressive model of four pixels with weights from a fixed list, see ``NextLogit``."""
    weights = torch.tensor([0.9, -1.4, 0.5, 1.1], dtype=earlier.dtype)
    bias = torch.tensor([0.6, -0.3, 1.2, -0.8, 0.4], dtype=earlier.dtype)
    i = earlier.shape[1]
    return bias[i] + earlier @ weights[:i] * (1 + 0.3 * i)


def terms(x: Tensor, logit: NextLogit, order: Callable[[Tensor], Tensor] = lambda x: x.flatten(1)) -> Tensor:
    """log p(x_i | x_1 ... x_{i-1}) for each pixel, ``(B, 4)``."""
    seen = order(x)
    return torch.stack([F.logsigmoid(logit(seen[:, :i]) * seen[:, i]) for i in range(4)], 1)


def _columns(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(1)


def _on(x: Tensor, logit: NextLogit) -> Tensor:
    seen = x.flatten(1)
    return torch.stack([F.logsigmoid(logit(seen[:, :i])) for i in range(4)], 1)


def _with(x: Tensor, logit: NextLogit, context: Callable[[Tensor, int], Tensor]) -> Tensor:
    """The chain with another context than the pixels before."""
    seen = x.flatten(1)
    return torch.stack([F.logsigmoid(logit(context(seen, i)) * seen[:, i]) for i in range(4)], 1).sum(1)


def _cross_entropy_of_minus_one(x: Tensor, logit: NextLogit) -> Tensor:
    """Binary cross entropy with targets of -1, which are no probabilities."""
    seen = x.flatten(1)
    terms = [
        -F.softplus(logit(seen[:, :i])) + logit(seen[:, :i]) * seen[:, i] for i in range(4)
    ]  # log(1 - p) + target * logit
    return torch.stack(terms, 1).sum(1)


MISTAKES: list[tuple[str, Callable[[Tensor, NextLogit], Tensor]]] = [
    (
        "this is -log p(x), the loss; the log-likelihood itself is asked for, which is never above 0",
        lambda x, logit: -terms(x, logit).sum(1),
    ),
    (
        "this is p(x) itself, a product. Right here, but the product of 784 such numbers is 0 in single "
        "precision: return its log, a sum of logs",
        lambda x, logit: terms(x, logit).sum(1).exp(),
    ),
    (
        "you summed the probabilities. The chain rule multiplies them: sum their logs",
        lambda x, logit: terms(x, logit).exp().sum(1),
    ),
    (
        "this is the mean over the pixels; the log of a product is the sum",
        lambda x, logit: terms(x, logit).mean(1),
    ),
    (
        "every pixel is counted as if it were on. Where it is off, its probability is 1 - sigmoid(logit), which is "
        "sigmoid(-logit)",
        lambda x, logit: _on(x, logit).sum(1),
    ),
    (
        "on and off are swapped: the logit is that of the next pixel being 1, not -1",
        lambda x, logit: _with(x, lambda seen: -logit(seen), lambda seen, i: seen[:, :i]),
    ),
    (
        "binary cross entropy wants targets of 0 and 1, and your pixels are -1 and 1: take (x + 1) / 2",
        _cross_entropy_of_minus_one,
    ),
    (
        "each pixel sees itself: whoever knows the answer predicts it well, and it is no probability any more. Pixel i "
        "may see the i pixels before it, x[:, :i]",
        lambda x, logit: _with(x, logit, lambda seen, i: seen[:, : i + 1]),
    ),
    (
        "no pixel sees the ones before it: this is the product of four separate probabilities, not the chain rule",
        lambda x, logit: _with(x, logit, lambda seen, i: seen[:, :0]),
    ),
    (
        "each pixel sees only the one before it; it may see all earlier ones",
        lambda x, logit: _with(x, logit, lambda seen, i: seen[:, max(0, i - 1) : i]),
    ),
    (
        "the earlier pixels are handed over in reverse, the latest first: the model wants them in reading order",
        lambda x, logit: _with(x, logit, lambda seen, i: seen[:, :i].flip(1)),
    ),
    (
        "you read column by column. It adds up to one, too, but the model was made for reading order: row by row",
        lambda x, logit: terms(x, logit, _columns).sum(1),
    ),
    (
        "the first pixel is missing: it has a probability, too, given nothing, x[:, :0]",
        lambda x, logit: terms(x, logit)[:, 1:].sum(1),
    ),
    ("the last pixel is missing", lambda x, logit: terms(x, logit)[:, :-1].sum(1)),
    (
        "the log is to base 2, so this counts bits: nats are asked for, as torch.log gives",
        lambda x, logit: terms(x, logit).sum(1) / log(2),
    ),
]
"""What is often written instead, each with the reason that a student is told."""
