"""Not a game: one network learns to read the factors of faces, so that claims about them can be scored."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.data.batch import Batch
from gan_lab.data.faces.factors import CLASSES, RANGES
from gan_lab.models.probe import FactorProbe


class FactorReader(Algorithm):
    """Squared error for the continuous factors, cross entropy for the discrete ones, on an endless stream.

    Args:
        net: the network to train; by default a fresh :class:`FactorProbe` for all factors of a face.
        lr: Adam's learning rate at the start.
        decay_images: after so many images the learning rate is 0; None keeps it constant.
    """

    def __init__(
        self, net: FactorProbe | None = None, lr: float = 3e-3, decay_images: int | None = None
    ) -> None:
        super().__init__()
        self.net = (
            FactorProbe(len(RANGES), [len(names) for names in CLASSES.values()]) if net is None else net
        )
        self.lr, self.decay_images = lr, decay_images
        optimizer = torch.optim.Adam(self.net.parameters(), lr=lr, fused=True)
        self.phases = [Phase("reading", [self.net], optimizer, self.loss)]

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """The mean squared error (times 10) and the mean cross entropy in nats, and their sum.

        Args:
            batch: ``y`` is float ``(B, 24)``, the table of factors that ``FaceStream(labelled=True)`` gives.

        Raises:
            ValueError: if the data carry no factors.
        """
        if batch.y is None or batch.y.ndim != 2:
            raise ValueError("the probe needs the factors of its pictures: only faces have them")
        values, logits = self.net.parts(self.net(batch.x))
        error = (values.float() - scaled(batch.y[:, : self.net.continuous])).square().mean()
        classes = batch.y[:, self.net.continuous :].long().unbind(1)
        entropies = [F.cross_entropy(x.float(), k) for x, k in zip(logits, classes, strict=True)]
        entropy = torch.stack(entropies).mean()
        return {"loss": 10 * error + entropy, "squared error": error, "cross entropy": entropy}

    def schedule(self, seen: int) -> None:
        """Half a cosine from ``lr`` down to 0 at ``decay_images``."""
        if self.decay_images:
            progress = min(seen / self.decay_images, 1.0)
            self.phases[0].optimizer.param_groups[0]["lr"] = (
                self.lr * 0.5 * (1 + math.cos(math.pi * progress))
            )

    def frame(self, probe: Probe) -> Frame:
        """What it reads. There are no latents here: ``probe.z`` holds faces ``(n, 3, H, W)`` in [-1, 1].

        Returns:
            ``output`` ``(n, R + K)``.
        """
        with watching(self.net):
            return {"output": self.net(probe.z).float().cpu().numpy()}


def scaled(values: Tensor) -> Tensor:
    """The continuous factors ``(B, 20)`` in their own ranges, brought to [-1, 1]."""
    low, high = torch.tensor(list(RANGES.values()), device=values.device, dtype=values.dtype).unbind(1)
    return (values - low) / (high - low) * 2 - 1
