"""PixelCNN (van den Oord et al. 2016): each pixel's probability given all pixels above it and to its left.

A masked convolution cannot see the pixels that come later in reading order, so one pass gives all conditionals of a
picture that is there. Sampling goes pixel by pixel; each layer remembers what it has computed, so that a new pixel
costs one column of the network and not the whole picture again.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MaskedConv2d(nn.Conv2d):
    """A square convolution that sees only pixels earlier in reading order, and its own place if ``sees_itself``.

    Mask "A" of the paper (not itself) belongs on the first layer, which sees the picture; "B" on all others.
    """

    mask: Tensor

    def __init__(self, inputs: int, outputs: int, size: int, sees_itself: bool) -> None:
        super().__init__(inputs, outputs, size, padding=size // 2)
        earlier = torch.arange(size * size) < size * size // 2 + sees_itself
        self.register_buffer("mask", earlier.view(1, 1, size, size).float(), persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)

    def remember(self, n: int, height: int, width: int) -> Tensor:
        """Room for this layer's inputs, with the padding around it: ``(n, C, height + 2p, width + 2p)`` of zeros."""
        p = self.kernel_size[0] // 2
        return self.weight.new_zeros(n, self.in_channels, height + 2 * p, width + 2 * p)

    def write(self, memory: Tensor, value: Tensor, row: int, column: int) -> None:
        """Notes this layer's input ``(n, C)`` at one place."""
        p = self.kernel_size[0] // 2
        memory[:, :, row + p, column + p] = value

    def at(self, memory: Tensor, row: int, column: int) -> Tensor:
        """The output at one place only, ``(n, C, 1, 1)``, from the inputs noted so far."""
        k = self.kernel_size[0]
        seen = memory[:, :, row : row + k, column : column + k]
        return F.conv2d(seen, self.weight * self.mask, self.bias)


class Block(nn.Module):
    """A residual block: 1x1 to half the maps, masked 3x3, 1x1 back (figure 5 of the paper).

    Args:
        maps: feature maps, even.
        gated: tanh(a) sigma(b) after the masked convolution instead of ReLU (van den Oord et al. 2016b, equation 2).
    """

    def __init__(self, maps: int, gated: bool = False) -> None:
        super().__init__()
        half = maps // 2
        self.gated = gated
        self.narrow = nn.Conv2d(maps, half, 1)
        self.masked = MaskedConv2d(half, half * (2 if gated else 1), 3, sees_itself=True)
        self.widen = nn.Conv2d(half, maps, 1)

    def forward(self, h: Tensor) -> Tensor:
        return h + self._leave(self.masked(self._enter(h)))

    def at(self, h: Tensor, memory: Tensor, row: int, column: int) -> Tensor:
        """The same at one place, ``(n, maps, 1, 1)`` to ``(n, maps, 1, 1)``."""
        self.masked.write(memory, self._enter(h)[:, :, 0, 0], row, column)
        return h + self._leave(self.masked.at(memory, row, column))

    def _enter(self, h: Tensor) -> Tensor:
        return self.narrow(h.relu()).relu()

    def _leave(self, a: Tensor) -> Tensor:
        if self.gated:
            a, b = a.chunk(2, dim=1)
            return self.widen(a.tanh() * b.sigmoid())
        return self.widen(a.relu())


class PixelCNN(nn.Module):
    """Binary pictures ``(B, 1, H, W)`` in {-1, 1} to logits ``(B, 1, H, W)`` of each pixel being 1, given those before.

    Args:
        maps: feature maps of the residual stream (16 in the smallest published ones), even.
        blocks: how many residual blocks.
        gated: see :class:`Block`.

    Raises:
        ValueError: an odd or missing number of maps, or no blocks.
    """

    def __init__(self, maps: int = 32, blocks: int = 8, gated: bool = False) -> None:
        super().__init__()
        if maps < 2 or maps % 2 or blocks < 1:
            raise ValueError(f"maps must be even and at least 2, blocks at least 1, not {maps} and {blocks}")
        self.first = MaskedConv2d(1, maps, 7, sees_itself=False)
        self.blocks = nn.ModuleList(Block(maps, gated) for _ in range(blocks))
        self.last = nn.Sequential(nn.ReLU(), nn.Conv2d(maps, maps, 1), nn.ReLU(), nn.Conv2d(maps, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x)
        for block in self.blocks:
            h = block(h)
        return self.last(h)

    @torch.no_grad()
    def sample(self, uniforms: Tensor) -> Tensor:
        """Ancestral sampling: ``(n, 1, H, W)`` in {-1, 1}, a function of one uniform number for each pixel.

        Args:
            uniforms: ``(n, 1, H, W)`` in [0, 1); a pixel is on where its number is below its probability.
        """
        n, _, height, width = uniforms.shape
        memories = [block.masked.remember(n, height, width) for block in self._blocks()]
        picture = self.first.remember(n, height, width)
        for row in range(height):
            for column in range(width):
                h = self.first.at(picture, row, column)
                for block, memory in zip(self._blocks(), memories, strict=True):
                    h = block.at(h, memory, row, column)
                on = uniforms[:, :, row, column] < self.last(h)[:, :, 0, 0].sigmoid()
                self.first.write(picture, on.float() * 2 - 1, row, column)
        return picture[:, :, 3:-3, 3:-3].contiguous()

    def _blocks(self) -> list[Block]:
        return [block for block in self.blocks if isinstance(block, Block)]
