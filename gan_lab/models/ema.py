"""Exponential moving average of a network's weights (Karras et al. 2018, section 4: decay 0.999 for the generator)."""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)


def averaged_copy(net: Net) -> Net:
    """A copy that does not learn, to be kept up by ``update``."""
    return deepcopy(net).requires_grad_(False)


@torch.no_grad()
def update(average: nn.Module, net: nn.Module, decay: float) -> None:
    """Moves the average towards the net: ``average = decay * average + (1 - decay) * net``.

    Buffers (BatchNorm statistics are averages already, counters cannot be averaged) are copied.
    """
    torch._foreach_lerp_(list(average.parameters()), list(net.parameters()), 1 - decay)
    for mine, theirs in zip(average.buffers(), net.buffers(), strict=True):
        mine.copy_(theirs)
