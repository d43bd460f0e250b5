"""Not a game: one network learns to read the factors of faces, so that claims about them can be scored."""

from __future__ import annotations

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.algorithms.schedules import cosine_decay
from gan_lab.data.batch import Batch
from gan_lab.data.faces.factors import CLASSES, RANGES, Factors
from gan_lab.models.probe import FactorProbe


def factor_probe(width: int = 24, size: int = 64) -> FactorProbe:
    """A fresh network for all factors of a face."""
    return FactorProbe(len(RANGES), [len(names) for names in CLASSES.values()], width, size=size)


class Probing(Algorithm):
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
        self.net = factor_probe() if net is None else net
        self.lr_factor = partial(cosine_decay, end=decay_images) if decay_images else None
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

    def frame(self, probe: Probe) -> Frame:
        """What it reads. There are no latents here: ``probe.z`` holds faces ``(n, 3, H, W)`` in [-1, 1].

        Returns:
            ``output`` ``(n, R + K)``.
        """
        with watching(self.net):
            return {"output": self.net(probe.z).float().cpu().numpy()}


def factors(net: FactorProbe, output: Tensor) -> Factors:
    """The factors that an output ``(B, R + K)`` of the network tells: clipped to their ranges, likeliest classes."""
    values, logits = net.parts(output.float())
    low, high = _ranges(values)
    told = low + (values.clamp(-1, 1) + 1) / 2 * (high - low)
    columns = dict(zip(RANGES, told.unbind(1), strict=True))
    classes = {name: x.argmax(1) for name, x in zip(CLASSES, logits, strict=True)}
    return Factors(**columns, **classes)


def scaled(values: Tensor) -> Tensor:
    """The continuous factors ``(B, 20)`` in their own ranges, brought to [-1, 1]."""
    low, high = _ranges(values)
    return (values - low) / (high - low) * 2 - 1


def _ranges(like: Tensor) -> tuple[Tensor, Tensor]:
    low, high = torch.tensor(list(RANGES.values()), device=like.device, dtype=like.dtype).unbind(1)
    return low, high
