"""PixelCNN (van den Oord et al. 2016): the taxonomy's explicit, tractable density.

log p(x) = sum over pixels i of log p(x_i | x_1, ..., x_{i-1})        exact, maximised as it stands
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.algorithms.vae import binary
from gan_lab.data.batch import Batch
from gan_lab.losses import reconstruction
from gan_lab.models.pixelcnn import PixelCNN


class AutoregressiveModel(Algorithm):
    """Maximum likelihood for :class:`gan_lab.models.pixelcnn.PixelCNN` on binary pictures.

    Args:
        net: the network.
        binarise: draw every pixel black or white anew each time ("dynamic binarisation").
        optimizer: over its parameters.
    """

    def __init__(
        self,
        net: PixelCNN,
        *,
        binarise: bool = True,
        optimizer: Callable[[Iterable[nn.Parameter]], Optimizer] = partial(adam, lr=1e-3, betas=(0.9, 0.999)),
        lr_factor: Callable[[int], float] | None = None,
    ) -> None:
        super().__init__()
        self.net, self.binarise, self.lr_factor = net, binarise, lr_factor
        self.phases = [Phase("likelihood", [net], optimizer(net.parameters()), self.loss)]

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """-log p(x) in nats, mean over the minibatch."""
        x = binary(batch.x) if self.binarise else batch.x
        return {"loss": reconstruction.bernoulli(self.net(x), x).mean()}

    @torch.no_grad()
    def log_likelihood(self, x: Tensor) -> Tensor:
        """Exact log p(x), ``(B,)`` nats, of binary pictures ``(B, 1, H, W)`` in {-1, 1}."""
        return -reconstruction.bernoulli(self.net(x), x)

    def frame(self, probe: Probe) -> Frame:
        """``fake``: what it expects of each pixel given those before, in [-1, 1].

        There are no latents here: ``probe.z`` holds pictures ``(n, 1, H, W)`` in {-1, 1}.
        """
        with watching(self.net):
            return {"fake": (self.net(probe.z).float().sigmoid() * 2 - 1).cpu().numpy()}
