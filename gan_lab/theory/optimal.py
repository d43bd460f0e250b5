"""The best discriminator that there can be for a given generator, and what the game is worth then."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def optimal_logit(log_p: Tensor, log_q: Tensor) -> Tensor:
    """The logit of D* at some points: log p - log q (Goodfellow et al. 2014, eq. 2, before the sigmoid).

    Args:
        log_p, log_q: log densities of data and generator at the points, any shape.
    """
    return log_p - log_q


def optimal_discriminator(p: Tensor, q: Tensor) -> Tensor:
    """D* = p / (p + q) (Goodfellow et al. 2014, eq. 2); NaN where neither data nor generator ever is.

    Args:
        p, q: densities of data and generator at the points, any shape. Far out, where both round to 0, take
            the sigmoid of :func:`optimal_logit` instead.
    """
    return p / (p + q)


def value(logits: Tensor, log_p: Tensor, log_q: Tensor, x: Tensor) -> Tensor:
    """V(D) = E_p[log D] + E_q[log(1 - D)], the lecture's C, by quadrature (Goodfellow et al. 2014, eq. 1).

    Minus what the discriminator's loss reads. At D* it is -log 4 + 2 JS(p, q) (eq. 6), its maximum.

    Args:
        logits: the discriminator's logits on the grid, ``(..., m)``; infinite where D is exactly 0 or 1.
        log_p, log_q: log densities of data and generator on the grid, ``(..., m)``, -inf outside a support.
        x: the grid ``(m,)``, ascending.
    """
    return expectation(log_p, F.logsigmoid(logits), x) + expectation(log_q, F.logsigmoid(-logits), x)


def expectation(log_p: Tensor, values: Tensor, x: Tensor) -> Tensor:
    """E_p[values] by the trapezoid rule on a grid ``x`` (m,); what the values are where p = 0 is ignored."""
    values = torch.where(log_p == -torch.inf, 0.0, values)
    return torch.trapezoid(log_p.exp() * values, x)
