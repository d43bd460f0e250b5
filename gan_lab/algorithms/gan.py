"""Generative adversarial networks (Goodfellow et al. 2014, algorithm 1), as the lecture's pseudo-algorithm has them.

for number of training iterations:
    for k steps:                                     phase "discriminator", repeats = k
        sample m noise vectors and m examples
        update D by ascending C_D = mean log D(x) + mean log(1 - D(G(z)))
    sample m noise vectors                           phase "generator"
    update G by ascending mean log D(G(z))           (non-saturating; the first form descends mean log(1 - D(G(z))))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.data.batch import Batch
from gan_lab.losses import Loss, non_saturating, penalties
from gan_lab.models import ema as averaging
from gan_lab.models.mlp import MLP

OptimizerFactory = Callable[[Iterable[nn.Parameter]], Optimizer]


def watched(logits: Tensor) -> Tensor:
    """Their mean, for the log only: it leaves no trace in the graph."""
    return logits.detach().mean()


class GAN(Algorithm):
    """The two-player game between a generator and a discriminator.

    Args:
        generator: maps noise ``(B, latent_dim)`` to examples.
        discriminator: maps examples to logits ``(B,)``.
        latent_dim: width of the noise.
        loss: which cost each player minimises, see ``gan_lab.losses``.
        noise: "normal" for N(0, I) or "uniform" for U(-1, 1).
        k: discriminator updates per generator update; a function of the step where it changes.
        optimizer: makes D's optimiser, and G's unless ``generator_optimizer`` is given.
        r1, r2: weight gamma of the squared gradient norm on real and on fake examples (Mescheder et al. 2018).
        gradient_penalty: weight lambda of WGAN-GP's penalty (Gulrajani et al. 2017, equation 3).
        ema: decay of the averaged generator that is shown and shipped; 0 for none.
        lr_factor: multiplies every learning rate, as a function of the images seen.
        reuse_fake: let G learn from the fakes of D's last update instead of fresh ones, 8-17 % faster. This is
            what the common PyTorch example does; it is not the pseudo-algorithm, which draws new noise for G.

    Raises:
        ValueError: an unknown noise, a k below 1, or a negative weight.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent_dim: int,
        *,
        loss: Loss = non_saturating,
        noise: str = "normal",
        k: int | Callable[[int], int] = 1,
        optimizer: OptimizerFactory = adam,
        generator_optimizer: OptimizerFactory | None = None,
        r1: float = 0.0,
        r2: float = 0.0,
        gradient_penalty: float = 0.0,
        ema: float = 0.0,
        lr_factor: Callable[[int], float] | None = None,
        reuse_fake: bool = False,
        clip: float | None = None,
    ) -> None:
        super().__init__()
        if noise not in ("normal", "uniform"):
            raise ValueError(f"noise is 'normal' or 'uniform', not {noise!r}")
        if isinstance(k, int) and k < 1:
            raise ValueError(
                f"k is the number of discriminator updates per generator update, at least 1, not {k}"
            )
        if min(r1, r2, gradient_penalty) < 0 or not 0 <= ema < 1:
            raise ValueError("penalty weights must not be negative, and ema must lie in [0, 1)")
        self.generator, self.discriminator = generator, discriminator
        self.average = averaging.averaged_copy(generator) if ema else None
        self.latent_dim, self.noise, self.loss = latent_dim, noise, loss
        self.r1, self.r2, self.gradient_penalty, self.ema = r1, r2, gradient_penalty, ema
        self.lr_factor, self.reuse_fake, self.clip = lr_factor, reuse_fake, clip
        self._kept_fake: Tensor | None = None
        self.phases = [
            Phase(
                "discriminator",
                [discriminator],
                optimizer(discriminator.parameters()),
                self.discriminator_loss,
                repeats=k,
                after=self.clip_weights if clip else None,
            ),
            Phase(
                "generator",
                [generator],
                (generator_optimizer or optimizer)(generator.parameters()),
                self.generator_loss,
            ),
        ]

    def latents(self, n: int) -> Tensor:
        """``(n, latent_dim)`` of fresh noise, drawn from the device's default generator."""
        device = self.phases[-1].params[0].device
        if self.noise == "uniform":
            return torch.rand(n, self.latent_dim, device=device) * 2 - 1
        return torch.randn(n, self.latent_dim, device=device)

    def fake(self, batch: Batch) -> Tensor:
        """As many fakes as the minibatch has examples, from fresh noise."""
        return self.generator(self.latents(len(batch)))

    def critic(self, batch: Batch, plain: bool = False) -> Callable[[Tensor], Tensor]:
        """D as a function of examples alone: where it is told labels, the minibatch's are bound here.

        Args:
            plain: past any compiled call, which has no double backward.
        """
        return self.discriminator.forward if plain else self.discriminator

    def discriminator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """D's turn: -C plus the penalties, if any."""
        real = batch.x
        if self.reuse_fake:
            self._kept_fake = self.fake(batch)
            fake = self._kept_fake.detach()
        else:
            with torch.no_grad():
                fake = self.fake(batch)
        if self.r1 or self.r2 or self.gradient_penalty:
            with torch.autocast(real.device.type, enabled=False):
                return self._penalised(real, fake.float(), self.critic(batch, plain=True))
        real_logits, fake_logits = self.judge(real, fake, self.critic(batch))
        cost = self.loss.discriminator(real_logits, fake_logits)
        return {"loss": cost, "real_logit": watched(real_logits), "fake_logit": watched(fake_logits)}

    def judge(
        self, real: Tensor, fake: Tensor, critic: Callable[[Tensor], Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """D's logits on real and on fake examples, which need not be equally many.

        In one pass for an MLP, which looks at each example by itself and is so small that a second pass would cost
        as much again; in two for all others, as BatchNorm would mix real and fake.

        Args:
            critic: stands in for the discriminator where that is called in another way.
        """
        critic = critic or self.discriminator
        if type(self.discriminator) is not MLP:
            return critic(real), critic(fake)
        real_logits, fake_logits = critic(torch.cat([real, fake])).split([len(real), len(fake)])
        return real_logits, fake_logits

    def _penalised(self, real: Tensor, fake: Tensor, critic: Callable[[Tensor], Tensor]) -> dict[str, Tensor]:
        """The same with penalties, in fp32."""
        real, fake = real.detach().requires_grad_(self.r1 > 0), fake.requires_grad_(self.r2 > 0)
        real_logits, fake_logits = critic(real), critic(fake)
        cost = self.loss.discriminator(real_logits, fake_logits)
        penalty = torch.zeros((), device=real.device)
        if self.r1:
            penalty = penalty + penalties.r1(real_logits, real, self.r1)
        if self.r2:
            penalty = penalty + penalties.r2(fake_logits, fake, self.r2)
        if self.gradient_penalty:
            weight = self.gradient_penalty
            penalty = penalty + penalties.gradient_penalty(critic, real, fake, weight)
        return {
            "loss": cost + penalty,
            "cost": cost,
            "penalty": penalty,
            "real_logit": watched(real_logits),
            "fake_logit": watched(fake_logits),
        }

    def generator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """G's turn: fool D with fresh noise (or with the fakes D has just seen, if ``reuse_fake``)."""
        fake, self._kept_fake = self._kept_fake, None
        if fake is None:
            fake = self.fake(batch)
        critic = self.critic(batch)
        fake_logits, real_logits = critic(fake), None
        if self.loss.needs_real:
            with torch.no_grad():
                real_logits = critic(batch.x)
        return {"loss": self.loss.generator(fake_logits, real_logits), "fake_logit": watched(fake_logits)}

    def clip_weights(self) -> None:
        """WGAN's projection after each critic update."""
        assert self.clip is not None
        penalties.clip_weights(self.discriminator, self.clip)

    def after_step(self) -> None:
        if self.average is not None:
            averaging.update(self.average, self.generator, self.ema)

    def forget(self) -> None:
        self._kept_fake = None

    @property
    def shown(self) -> nn.Module:
        """The generator to look at and to ship: the averaged one where there is one."""
        return self.generator if self.average is None else self.average

    def frame(self, probe: Probe) -> Frame:
        """``fake``: what the probe's noise becomes now; ``logits``: D at the probe's points."""
        with watching(self):
            frame = {"fake": self.shown(probe.z).float().cpu().numpy()}
            if probe.points is not None:
                frame["logits"] = self.discriminator(probe.points).float().cpu().numpy()
        return frame
