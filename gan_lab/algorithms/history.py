"""A history of fakes for the discriminator, so that it does not forget what the generator no longer makes.

Shrivastava et al. 2017, section 2.3; CycleGAN keeps 50.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class History(nn.Module):
    """The last so many fakes, more or less: a new one takes the place of one drawn at random.

    A part of the algorithm's state: what lies in it is saved and restored with the weights, so that a run that is gone
    on with shows its discriminator the same fakes. Works on tensors alone, without asking the device for a value.

    Args:
        size: how many; 0 hands out what comes in.
        shape: of one picture, ``(C, H, W)``.
    """

    images: Tensor
    held: Tensor

    def __init__(self, size: int, shape: tuple[int, int, int]) -> None:
        super().__init__()
        if size < 0:
            raise ValueError(f"a history holds 0 or more pictures, not {size}")
        self.size = size
        self.register_buffer("images", torch.zeros(size, *shape))
        self.register_buffer("held", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def exchange(self, fakes: Tensor) -> Tensor:
        """For each fake ``(B, C, H, W)`` either itself or, with probability 1/2, one of the past, whose place it takes.

        Until the history is full every fake is kept and comes back. Draws from the device's default generator.
        """
        if not self.size:
            return fakes
        return torch.stack([self._one(fake) for fake in fakes.float()])

    def _one(self, fake: Tensor) -> Tensor:
        device = fake.device
        filling = self.held < self.size
        drawn = torch.randint(self.size, (), device=device)
        place = torch.where(filling, self.held, drawn).view(1)
        old = self.images.index_select(0, place)[0]
        from_the_past = ~filling & (torch.rand((), device=device) < 0.5)
        kept = torch.where(filling | from_the_past, fake, old)
        self.images.index_copy_(0, place, kept[None])
        self.held.add_(filling)
        return torch.where(from_the_past, old, fake)
