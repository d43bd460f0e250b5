"""Wasserstein GANs: weight clipping (Arjovsky et al. 2017, algorithm 1) and gradient penalty (Gulrajani et al. 2017).

The critic is the lecture's D under ||D||_L <= 1: its output is a score, not a probability. Clipping keeps its
weights, hence its slope, bounded by some unknown K; the gradient penalty asks for a slope of 1 directly.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from torch import nn
from torch.optim import RMSprop

from gan_lab.algorithms.gan import GAN, OptimizerFactory, adam
from gan_lab.losses import wasserstein


def critic_steps(step: int, k: int = 5, start: int = 100, generator_steps: int = 25, every: int = 500) -> int:
    """The authors' code: 100 critic updates in the first 25 generator steps and at every 500th, else 5."""
    return start if step < generator_steps or step % every == 0 else k


class WGAN(GAN):
    """WGAN with weight clipping; RMSprop at 5e-5, c = 0.01 and 5 critic updates are the paper's defaults.

    Args:
        critic: maps examples to scores ``(B,)``; no BatchNorm is needed, no sigmoid is wanted.
        clip: c, every critic weight is put back into [-c, c] after every critic update.
        k: critic updates per generator update.
        train_critic_first: take 100 critic updates at the start, as the authors' code does (``critic_steps``).
        options: anything else ``GAN`` takes.

    Raises:
        ValueError: a clip value that is not positive.
    """

    def __init__(
        self,
        generator: nn.Module,
        critic: nn.Module,
        latent_dim: int,
        *,
        clip: float = 0.01,
        k: int | Callable[[int], int] = 5,
        train_critic_first: bool = False,
        optimizer: OptimizerFactory = partial(RMSprop, lr=5e-5),
        **options: Any,
    ) -> None:
        if not clip > 0:
            raise ValueError(f"the clip value c must be positive (the paper's is 0.01), not {clip}")
        if train_critic_first and isinstance(k, int):
            k = partial(critic_steps, k=k)
        options = {"loss": wasserstein, "k": k, "optimizer": optimizer, "clip": clip} | options
        super().__init__(generator, critic, latent_dim, **options)


class WGANGP(GAN):
    """WGAN with gradient penalty: lambda 10, Adam(1e-4, betas 0 and 0.9), 5 critic updates.

    The critic must not mix the examples of a minibatch (no BatchNorm): the penalty is one of single examples.
    """

    def __init__(
        self,
        generator: nn.Module,
        critic: nn.Module,
        latent_dim: int,
        *,
        gradient_penalty: float = 10.0,
        k: int | Callable[[int], int] = 5,
        optimizer: OptimizerFactory = partial(adam, lr=1e-4, betas=(0.0, 0.9)),
        **options: Any,
    ) -> None:
        if any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in critic.modules()):
            raise ValueError(
                "a critic with BatchNorm cannot be given a gradient penalty: use LayerNorm or none"
            )
        options = {"loss": wasserstein, "k": k, "optimizer": optimizer} | options
        super().__init__(generator, critic, latent_dim, gradient_penalty=gradient_penalty, **options)
