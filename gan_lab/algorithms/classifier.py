"""Not a game: one network learns to name the digits, so that the metrics have something to look through."""

from __future__ import annotations

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.algorithms.schedules import cosine_decay
from gan_lab.data.batch import Batch
from gan_lab.models.classifier import DigitClassifier


class Classifier(Algorithm):
    """Cross entropy, Adam, small random shifts, and a learning rate that follows a cosine down to zero.

    Args:
        net: the network to train; by default a fresh :class:`DigitClassifier`.
        lr: Adam's learning rate at the start.
        decay_images: after so many images the learning rate is 0; None keeps it constant.
        shift: images move by up to so many pixels, in both directions, anew each time they are seen.
    """

    def __init__(
        self,
        net: DigitClassifier | None = None,
        lr: float = 3e-3,
        decay_images: int | None = None,
        shift: int = 2,
    ) -> None:
        super().__init__()
        self.net = DigitClassifier() if net is None else net
        self.shift = shift
        self.lr_factor = partial(cosine_decay, end=decay_images) if decay_images else None
        optimizer = torch.optim.Adam(self.net.parameters(), lr=lr, fused=True)
        self.phases = [Phase("classification", [self.net], optimizer, self.loss)]

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Mean cross entropy in nats, and the accuracy on this (shifted) minibatch.

        Raises:
            ValueError: if the data have no labels.
        """
        if batch.y is None:
            raise ValueError("a classifier needs labels: choose a labelled set, such as mnist-5k")
        logits = self.net(shifted(batch.x, self.shift))
        accuracy = (logits.detach().argmax(1) == batch.y).float().mean()
        return {"loss": F.cross_entropy(logits, batch.y), "accuracy": accuracy}

    def frame(self, probe: Probe) -> Frame:
        """What it reads. There are no latents here: ``probe.z`` holds images ``(n, 1, 28, 28)`` in [-1, 1].

        Returns:
            ``logits`` ``(n, K)`` and ``predicted`` ``(n,)``.
        """
        with watching(self.net):
            logits = self.net(probe.z).float()
        return {"logits": logits.cpu().numpy(), "predicted": logits.argmax(1).cpu().numpy()}


def shifted(x: Tensor, most: int) -> Tensor:
    """Every image moved by its own whole number of pixels, at most ``most`` along each axis.

    Draws from the default generator of x's device. What comes in at the edges is background, -1.

    Args:
        x: images ``(B, C, H, W)`` in [-1, 1].
    """
    if most == 0:
        return x
    count, _, height, width = x.shape
    padded = F.pad(x, (most,) * 4, value=-1.0)
    offsets = torch.randint(0, 2 * most + 1, (2, count, 1), device=x.device)
    rows = offsets[0] + torch.arange(height, device=x.device)
    columns = offsets[1] + torch.arange(width, device=x.device)
    image = torch.arange(count, device=x.device)[:, None, None]
    # an index on each side of the channels' slice puts the channels last: put them back
    return padded[image, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
