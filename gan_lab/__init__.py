"""gan_lab: a teaching lab for implicit generative models and adversarial learning.

Import what you need from its parts::

    from gan_lab import data, zoo, metrics, latent, training
    from gan_lab.losses import minimax, non_saturating, wasserstein

The parts depend on one another in one direction only: data, models, losses and theory know
nobody; algorithms know those; training knows only ``Algorithm``; everything else stands on top.
"""

__version__ = "0.1.0"
