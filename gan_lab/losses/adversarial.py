"""The adversarial losses, as pure functions of logits.

Write r for the logits of real examples and f for those of fakes: what the discriminator puts out before any
sigmoid. It believes that an example is real with probability D = sigma(logit). Both players minimise, all
losses are means over the minibatch, and the discriminator's is the SUM of its two means, which is the
lecture's -C and reads 2 log 2 at equilibrium. Logits may have any shape, ``(B,)`` or a patch map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import NamedTuple, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor


class GeneratorLoss(Protocol):
    """How a generator's loss is called: only a relativistic one looks at the real logits."""

    def __call__(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor: ...


class Equilibrium(NamedTuple):
    """What either loss reads when fakes are like real data and D is optimal; None if that is undetermined."""

    discriminator: float | None
    generator: float | None


ANYTHING = Equilibrium(None, None)


@dataclass(frozen=True)
class Loss:
    """One game: what either player minimises.

    Attributes:
        name: as on the command line, for example "non-saturating".
        discriminator: of (real logits, fake logits), a scalar.
        generator: of (fake logits, real logits or None), a scalar.
        needs_real: whether the generator's loss needs the real logits; it raises ValueError without them.
        equilibrium: what the two losses read when nothing is left to learn.
    """

    name: str
    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: GeneratorLoss
    needs_real: bool = False
    equilibrium: Equilibrium = ANYTHING


def _mean(values: Tensor) -> Tensor:
    """The mean, in float32 at least: a bfloat16 one keeps two or three digits, too few to watch a loss by."""
    return values.mean(dtype=torch.promote_types(values.dtype, torch.float32))


# log D = log sigma(logit) and log(1 - D) = log sigma(-logit). Never the log of a sigmoid: in float32
# sigma(-89) is 0 and sigma(17) is 1, so that one logarithm or the other would be -inf and its gradient lost.


def cross_entropy(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """-(mean log D(x) + mean log(1 - D(G(z)))), that is -C (Goodfellow et al. 2014, eq. 1)."""
    return -(_mean(F.logsigmoid(real_logits)) + _mean(F.logsigmoid(-fake_logits)))


def minimax_generator(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """mean log(1 - D(G(z))), the generator's part of C (Goodfellow et al. 2014, eq. 1)."""
    return _mean(F.logsigmoid(-fake_logits))


def non_saturating_generator(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """-mean log D(G(z)) (Goodfellow et al. 2014, section 3)."""
    return -_mean(F.logsigmoid(fake_logits))


def least_squares_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """mean (r - 1)^2 + mean f^2 (Mao et al. 2017, eq. 9, without its halves)."""
    return _mean((real_logits - 1).square()) + _mean(fake_logits.square())


def least_squares_generator(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """mean (f - 1)^2 (Mao et al. 2017, eq. 9, without its half)."""
    return _mean((fake_logits - 1).square())


def hinge_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """mean max(0, 1 - r) + mean max(0, 1 + f) (Miyato et al. 2018, eq. 16)."""
    return _mean(F.relu(1 - real_logits)) + _mean(F.relu(1 + fake_logits))


def wasserstein_critic(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """mean f - mean r (Arjovsky et al. 2017, eq. 3, negated)."""
    return _mean(fake_logits) - _mean(real_logits)


def critic_generator(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """-mean f (Arjovsky et al. 2017, algorithm 1; Miyato et al. 2018, eq. 17)."""
    return -_mean(fake_logits)


def _margins(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """r - f, pair by pair. Unequal shapes raise ValueError: they would broadcast to other pairs unnoticed."""
    if real_logits.shape != fake_logits.shape:
        raise ValueError(
            f"the relativistic loss pairs each real example with one fake, but got {tuple(real_logits.shape)}"
            f" real and {tuple(fake_logits.shape)} fake logits: give as many fakes as real examples"
        )
    return real_logits - fake_logits


def relativistic_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """-mean log sigma(r - f) (Jolicoeur-Martineau 2018, RSGAN; Huang et al. 2024, eq. 2)."""
    return -_mean(F.logsigmoid(_margins(real_logits, fake_logits)))


def relativistic_generator(fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """-mean log sigma(f - r) (Jolicoeur-Martineau 2018, RSGAN; Huang et al. 2024, eq. 2)."""
    if real_logits is None:
        raise ValueError(
            "the relativistic generator compares fakes with real examples, but got no real_logits: "
            "call generator(fake_logits, real_logits)"
        )
    return -_mean(F.logsigmoid(-_margins(real_logits, fake_logits)))


minimax = Loss("minimax", cross_entropy, minimax_generator, equilibrium=Equilibrium(2 * log(2), -log(2)))
"""min over G, max over D of C = mean log D(x) + mean log(1 - D(G(z))) (Goodfellow et al. 2014, eq. 1).

The lecture's first form. On a fake that D rejects (logit f << 0) the generator's slope -sigma(f) is nearly 0.
"""

non_saturating = Loss(
    "non-saturating", cross_entropy, non_saturating_generator, equilibrium=Equilibrium(2 * log(2), log(2))
)
"""D as in minimax, but G maximises mean log D(G(z)) (Goodfellow et al. 2014, section 3).

The lecture's solution: at a logit f the slope is -sigma(-f), e^(-f) times that of minimax.
"""

least_squares = Loss(
    "least-squares", least_squares_discriminator, least_squares_generator, equilibrium=Equilibrium(0.5, 0.25)
)
"""LSGAN: D is pulled to 1 on real data, to 0 on fakes; G pulls it to 1 there (Mao et al. 2017, eq. 9).

Not halved, unlike the paper's, so that here too D's loss is the sum of two means. The output is taken as
it is, without a sigmoid: "logits" are scores here.
"""

hinge = Loss("hinge", hinge_discriminator, critic_generator, equilibrium=Equilibrium(2.0, None))
"""D keeps real above 1 and fakes below -1, G climbs D (Miyato et al. 2018, eq. 16 and 17)."""

wasserstein = Loss("wasserstein", wasserstein_critic, critic_generator, equilibrium=Equilibrium(0.0, None))
"""The critic widens mean D(x) - mean D(G(z)), G narrows it (Arjovsky et al. 2017, eq. 2 and 3).

Minus the critic's loss estimates K times W1 if the critic is good and K-Lipschitz; unless something keeps it
so it estimates nothing: see :mod:`gan_lab.losses.penalties`.
"""

relativistic = Loss(
    "relativistic",
    relativistic_discriminator,
    relativistic_generator,
    needs_real=True,
    equilibrium=Equilibrium(log(2), log(2)),
)
"""RpGAN: D tells which of a pair is the real one, G wants it to err (Huang et al. 2024, eq. 2).

There is one mean, over pairs, so that equilibrium reads log 2 for either player. Both raise ValueError unless
real and fake logits have the same shape. First in Jolicoeur-Martineau 2018, as RSGAN.
"""

LOSSES = {
    loss.name: loss for loss in (minimax, non_saturating, least_squares, hinge, wasserstein, relativistic)
}
"""The losses by the name that the command line and the apps give them."""
