"""A small network that says of every pixel what it shows: what translated faces are scored through."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def block(inputs: int, maps: int, stride: int = 1) -> nn.Sequential:
    """Convolution, normalisation, rectifier; with stride 2, half the size."""
    return nn.Sequential(
        nn.Conv2d(inputs, maps, 3, stride, 1, bias=False), nn.BatchNorm2d(maps), nn.ReLU(inplace=True)
    )


class Segmenter(nn.Module):
    """Down to a quarter of the size and back, with a skip at each size.

    Put it in evaluation mode before measuring with it: in training mode a pixel depends on the rest of its batch.

    Args:
        classes: what a pixel can show, K.
        width: channels at full size, doubled at a half and at a quarter.
    """

    def __init__(self, classes: int = 11, width: int = 16) -> None:
        super().__init__()
        self.classes = classes
        self.fine, self.coarse = block(3, width), block(width, 2 * width, 2)
        self.coarsest = nn.Sequential(block(2 * width, 4 * width, 2), block(4 * width, 4 * width))
        self.to_coarse, self.to_fine = block(6 * width, 2 * width), block(3 * width, width)
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits ``(B, K, H, W)`` of faces ``(B, 3, H, W)`` in [-1, 1].

        Raises:
            ValueError: images without three channels, or with a side that 4 does not divide.
        """
        if x.ndim != 4 or x.shape[1] != 3 or x.shape[2] % 4 or x.shape[3] % 4:
            raise ValueError(
                f"the segmenter reads colour images (B, 3, H, W), H and W multiples of 4, not {tuple(x.shape)}"
            )
        fine = self.fine(x)
        coarse = self.coarse(fine)
        coarsest = self.coarsest(coarse)
        coarse = self.to_coarse(torch.cat([coarse, doubled(coarsest)], dim=1))
        return self.head(self.to_fine(torch.cat([fine, doubled(coarse)], dim=1)))


def doubled(x: Tensor) -> Tensor:
    """Twice the size, every pixel four times."""
    return F.interpolate(x, scale_factor=2, mode="nearest")
