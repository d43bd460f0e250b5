"""What the generator feels: every loss and its slope against the logit, and the gradient that reaches a sample.

The generator only ever hears of the discriminator's answer. By the chain rule the gradient on one fake is ::

    dC/dx  =  dC/df  *  dD/dx        f = D(x), the logit
              the loss   the network

The first factor is all that a choice of loss changes, and it has a closed form. The second is the network's: for one
and the same network all losses push along the same line, only more or less hard. C is here the cost of ONE sample,
not yet divided by the size of the minibatch.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.losses.adversarial import Loss


def _real_logits(fake_logits: Tensor, real_logits: Tensor | float) -> Tensor:
    return torch.as_tensor(real_logits, dtype=fake_logits.dtype, device=fake_logits.device)


COSTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "minimax": lambda f, r: F.logsigmoid(-f),
    "non-saturating": lambda f, r: -F.logsigmoid(f),
    "least-squares": lambda f, r: (f - 1).square(),
    "hinge": lambda f, r: -f,
    "wasserstein": lambda f, r: -f,
    "relativistic": lambda f, r: -F.logsigmoid(f - r),
}
"""The generator's cost of one fake with logit f; r, the logit of a real example, matters to the last one only."""

SLOPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "minimax": lambda f, r: -torch.sigmoid(f),
    "non-saturating": lambda f, r: -torch.sigmoid(-f),
    "least-squares": lambda f, r: 2 * (f - 1),
    "hinge": lambda f, r: torch.full_like(f, -1.0),
    "wasserstein": lambda f, r: torch.full_like(f, -1.0),
    "relativistic": lambda f, r: -torch.sigmoid(r - f),
}
"""Their derivatives by f. Negative: every one of them falls as D believes more (least squares only up to f = 1)."""


def cost(loss: Loss, fake_logits: Tensor, real_logits: Tensor | float = 0.0) -> Tensor:
    """The generator's cost of each fake on its own; its mean is ``loss.generator(fake_logits)``.

    Args:
        loss: one of ``gan_lab.losses``.
        fake_logits: D at the fakes, any shape.
        real_logits: what a relativistic loss compares with, a number or one logit per fake.

    Raises:
        ValueError: a loss that is not one of these.
    """
    return _of(COSTS, loss)(fake_logits, _real_logits(fake_logits, real_logits))


def slope(loss: Loss, fake_logits: Tensor, real_logits: Tensor | float = 0.0) -> Tensor:
    """dC/df, the derivative of :func:`cost` by each fake's logit, in closed form.

    With sigma(f) = D(x): -sigma(f) for minimax, which vanishes on fakes that D rejects (f << 0, D near 0), and
    -sigma(-f) for the non-saturating cost, which is e^(-f) times that (Goodfellow et al. 2014, section 3).

    Arguments and errors as for :func:`cost`.
    """
    return _of(SLOPES, loss)(fake_logits, _real_logits(fake_logits, real_logits))


def _of(
    table: dict[str, Callable[[Tensor, Tensor], Tensor]], loss: Loss
) -> Callable[[Tensor, Tensor], Tensor]:
    if loss.name not in table:
        raise ValueError(f"no closed form for {loss.name!r}: choose one of {', '.join(table)}")
    return table[loss.name]


def input_gradient(discriminator: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """The logits ``(B,)`` of some samples and dD/dx at each of them, of the shape of x ``(B, ...)``.

    Each logit must depend on its own sample alone (no BatchNorm in training mode).
    """
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        logits = discriminator(x)
        (gradient,) = torch.autograd.grad(logits.sum(), x)
    return logits.detach(), gradient


def on_samples(
    loss: Loss, discriminator: Callable[[Tensor], Tensor], fake: Tensor, real_logits: Tensor | float = 0.0
) -> Tensor:
    """dC/dx for every fake, of their shape ``(B, ...)``: minus this is the way each is pushed.

    Computed as slope times dD/dx in float64, so that a push of 1e-30 is not rounded to none.
    """
    logits, gradient = input_gradient(discriminator, fake)
    factor = slope(loss, logits.double(), real_logits)
    return factor.reshape(-1, *[1] * (fake.dim() - 1)) * gradient.double()


def norms(gradients: Tensor) -> Tensor:
    """The length of each sample's gradient, ``(B,)``, of gradients ``(B, ...)``."""
    return torch.linalg.vector_norm(gradients.flatten(1), dim=1)


def decades(weak: Tensor, strong: Tensor) -> float:
    """How many powers of ten lie between two sets of norms: log10 of the ratio of their medians; inf if weak is 0."""
    return float((strong.double().median().log() - weak.double().median().log()) / log(10))
