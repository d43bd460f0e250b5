"""Not a game: one network learns to say what each pixel of a face shows, so that translated faces can be scored."""

from __future__ import annotations

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.algorithms.schedules import cosine_decay
from gan_lab.data.batch import Batch
from gan_lab.models.segmenter import Segmenter


class Segmenting(Algorithm):
    """Cross entropy of every pixel, Adam, a cosine down to zero, on an endless stream of faces and label maps.

    Args:
        net: the network to train.
        lr: Adam's learning rate at the start.
        decay_images: after so many images the learning rate is 0; None keeps it constant.
    """

    def __init__(
        self, net: Segmenter | None = None, lr: float = 3e-3, decay_images: int | None = None
    ) -> None:
        super().__init__()
        self.net = Segmenter() if net is None else net
        self.lr_factor = partial(cosine_decay, end=decay_images) if decay_images else None
        optimizer = torch.optim.Adam(self.net.parameters(), lr=lr, fused=True)
        self.phases = [Phase("segmentation", [self.net], optimizer, self.loss)]

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Mean cross entropy in nats, and the share of pixels that are right.

        Args:
            batch: ``y`` is the label map, int64 ``(B, H, W)``, that ``FaceStream(mapped=True)`` gives.

        Raises:
            ValueError: if the data carry no label maps.
        """
        if batch.y is None or batch.y.ndim != 3:
            raise ValueError("the segmenter needs a label map with each picture: only faces have them")
        logits = self.net(batch.x)
        right = (logits.detach().argmax(1) == batch.y).float().mean()
        return {"loss": F.cross_entropy(logits.float(), batch.y), "accuracy": right}

    def frame(self, probe: Probe) -> Frame:
        """What it reads. There are no latents here: ``probe.z`` holds faces ``(n, 3, H, W)`` in [-1, 1].

        Returns:
            ``predicted`` ``(n, H, W)``, the likeliest label of each pixel.
        """
        with watching(self.net):
            return {"predicted": self.net(probe.z).argmax(1).cpu().numpy()}
