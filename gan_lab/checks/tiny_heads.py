"""Tiny semi-supervised adversarial autoencoder of the encoder's turn: lab 13."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class TwoHeads(nn.Module):
    """Pictures ``(B, 1, 2, 2)`` to label logits ``(B, 3)`` and style codes ``(B, 2)``."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.style = nn.Linear(4, 3), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.label(x.flatten(1)), self.style(x.flatten(1))


class Tribunal:
    """An encoder of two heads and a discriminator for each, with fixed minibatches."""

    def __init__(self) -> None:
        self.encoder = TwoHeads().double()
        self.style_judge, self.label_judge = (
            nn.Sequential(nn.Linear(d, 3), nn.Tanh(), nn.Linear(3, 1), nn.Flatten(0)).double() for d in (2, 3)
        )
        for net, reach in ((self.encoder, 0.9), (self.style_judge, 1.3), (self.label_judge, 1.6)):
            size = sum(p.numel() for p in net.parameters())
            values = torch.linspace(-reach, reach, size, dtype=torch.float64)
            nn.utils.vector_to_parameters(values[torch.arange(size) * 7 % size], net.parameters())
        self.steps: list[str] = []
        self.optimizer = torch.optim.SGD(self.encoder.parameters(), lr=0.5)
        self.optimizer.register_step_post_hook(lambda *_: self.steps.append("step"))
        rng = torch.Generator().manual_seed(31)
        self.x = [torch.rand(6, 1, 2, 2, generator=rng, dtype=torch.float64) * 2 - 1 for _ in range(3)]

    def arguments(self, turn: int) -> tuple[Any, ...]:
        """What the student's function is given in this turn."""
        return self.encoder, self.style_judge, self.label_judge, self.optimizer, self.x[turn]

    def weights(self, *nets: nn.Module) -> Tensor:
        """Of these networks, in one row."""
        return torch.cat([p.detach().flatten() for net in nets for p in net.parameters()])


def fooled(logits: Tensor) -> Tensor:
    """-mean log D, the improved form."""
    return F.softplus(-logits).mean()


def play(
    world: Tribunal,
    loss: Callable[[Tensor], Tensor] = fooled,
    shares: Callable[[Tensor], Tensor] = lambda logits: logits.softmax(1),
    weights: tuple[float, float] = (1.0, 1.0),
    clear: bool = True,
    zero_before_step: bool = False,
) -> list[Tensor]:
    """Three turns, and the encoder's weights after each; every option makes one of the known mistakes."""
    seen = []
    for x in world.x:
        if clear:
            world.optimizer.zero_grad()
        label, z = world.encoder(x)
        style, category = loss(world.style_judge(z)), loss(world.label_judge(shares(label)))
        (weights[0] * style + weights[1] * category).backward()
        if zero_before_step:
            world.optimizer.zero_grad()
        world.optimizer.step()
        seen.append(world.weights(world.encoder))
    return seen
