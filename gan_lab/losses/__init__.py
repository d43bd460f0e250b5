"""What each player minimises: adversarial losses on logits, and what keeps a discriminator smooth.

Every loss is a pair, one function for each player::

    from gan_lab.losses import non_saturating

    non_saturating.discriminator(real_logits, fake_logits)
    non_saturating.generator(fake_logits)
"""

from gan_lab.losses import gradients, penalties
from gan_lab.losses.adversarial import (
    LOSSES,
    Equilibrium,
    Loss,
    hinge,
    least_squares,
    minimax,
    non_saturating,
    relativistic,
    wasserstein,
)

__all__ = [
    "LOSSES",
    "Equilibrium",
    "Loss",
    "gradients",
    "hinge",
    "least_squares",
    "minimax",
    "non_saturating",
    "penalties",
    "relativistic",
    "wasserstein",
]
