"""Copy me: a new GAN in one small file. This one is the lecture's pseudo-algorithm with k = 1 and nothing else."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.algorithms.gan import adam
from gan_lab.data.batch import Batch
from gan_lab.losses import non_saturating


class TinyGAN(Algorithm):
    """What a variant must say: its networks, its phases, and what there is to see."""

    def __init__(self, generator: nn.Module, discriminator: nn.Module, latent_dim: int) -> None:
        super().__init__()
        self.generator, self.discriminator, self.latent_dim = generator, discriminator, latent_dim
        self.phases = [
            Phase(
                "discriminator", [discriminator], adam(discriminator.parameters()), self.discriminator_loss
            ),
            Phase("generator", [generator], adam(generator.parameters()), self.generator_loss),
        ]

    def fake(self, batch: Batch) -> Tensor:
        return self.generator(torch.randn(len(batch), self.latent_dim, device=batch.x.device))

    def discriminator_loss(self, batch: Batch) -> dict[str, Tensor]:
        with torch.no_grad():  # D's turn: G is only sampled from
            fake = self.fake(batch)
        return {"loss": non_saturating.discriminator(self.discriminator(batch.x), self.discriminator(fake))}

    def generator_loss(self, batch: Batch) -> dict[str, Tensor]:
        return {"loss": non_saturating.generator(self.discriminator(self.fake(batch)))}

    def frame(self, probe: Probe) -> Frame:
        with watching(self):
            return {"fake": self.generator(probe.z).float().cpu().numpy()}
