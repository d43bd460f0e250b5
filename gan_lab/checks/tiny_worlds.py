"""Two worlds of small pictures and the ways between them, gone right and wrong, for lab 11 to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn


class Worlds:
    """Two translators of a few weights, and a minibatch of each world, ``(3, 2, 4, 4)``."""

    def __init__(self) -> None:
        rng = torch.Generator().manual_seed(11)
        self.ab, self.ba = (nn.Sequential(nn.Conv2d(2, 2, 1), nn.Tanh()).double() for _ in range(2))
        for p in (*self.ab.parameters(), *self.ba.parameters()):
            p.data = torch.rand(p.shape, generator=rng, dtype=torch.float64) * 2 - 1
        self.a, self.b = (
            torch.rand(3, 2, 4, 4, generator=rng, dtype=torch.float64) * 2 - 1 for _ in range(2)
        )

    def gradients(self, loss: Tensor) -> list[Tensor]:
        """On the weights of ab and on those of ba, ``(6,)`` each; zeros where there is none."""
        found = []
        for net in (self.ab, self.ba):
            given = [None] * 2
            if loss.requires_grad:
                given = torch.autograd.grad(
                    loss, list(net.parameters()), allow_unused=True, retain_graph=True
                )
            zeros = [torch.zeros_like(p) for p in net.parameters()]
            found.append(
                torch.cat([(z if g is None else g).flatten() for g, z in zip(given, zeros, strict=True)])
            )
        return found


@dataclass
class Trips:
    """Where a and b get to, in one step and in two."""

    w: Worlds

    @property
    def there_and_back(self) -> Tensor:
        """From A by way of B."""
        return self.w.ba(self.w.ab(self.w.a))

    @property
    def back_and_there(self) -> Tensor:
        """From B by way of A."""
        return self.w.ab(self.w.ba(self.w.b))


Formula = Callable[[Trips], Tensor]


def far(x: Tensor, y: Tensor) -> Tensor:
    """The mean absolute difference."""
    return (x - y).abs().mean()


def right(t: Trips) -> Tensor:
    """Equation 2: both ways round."""
    return far(t.there_and_back, t.w.a) + far(t.back_and_there, t.w.b)


CYCLE_MISTAKES: list[tuple[str, Formula]] = [
    (
        "only the way A -> B -> A is there: the other one, B -> A -> B, ties ba to its input as well",
        lambda t: far(t.there_and_back, t.w.a),
    ),
    (
        "only the way B -> A -> B is there: the other one, A -> B -> A, ties ab to its input as well",
        lambda t: far(t.back_and_there, t.w.b),
    ),
    (
        "the networks are exchanged: ab takes pictures of A, so that the way round from a is ba(ab(a))",
        lambda t: far(t.w.ab(t.w.ba(t.w.a)), t.w.a) + far(t.w.ba(t.w.ab(t.w.b)), t.w.b),
    ),
    (
        "a network follows itself: A -> B takes ab, and B -> A takes ba",
        lambda t: far(t.w.ab(t.w.ab(t.w.a)), t.w.a) + far(t.w.ba(t.w.ba(t.w.b)), t.w.b),
    ),
    (
        "you hold ab(a) against b. They are no pair: b shows somebody else, and that there are no pairs is the point",
        lambda t: far(t.w.ab(t.w.a), t.w.b) + far(t.w.ba(t.w.b), t.w.a),
    ),
    (
        "the way round is held against the other world's picture: it should end where it began",
        lambda t: far(t.there_and_back, t.w.b) + far(t.back_and_there, t.w.a),
    ),
    (
        "each output is held against its own input, which asks for a translation that changes nothing: go back first",
        lambda t: far(t.w.ab(t.w.a), t.w.a) + far(t.w.ba(t.w.b), t.w.b),
    ),
    (
        "this is the identity term: what is in a world already should stay as it is. The cycle goes there and back",
        lambda t: far(t.w.ab(t.w.b), t.w.b) + far(t.w.ba(t.w.a), t.w.a),
    ),
    (
        "this is half of it: equation 2 adds the two ways up",
        lambda t: right(t) / 2,
    ),
    (
        "the differences are squared: the paper takes their absolute values (L1)",
        lambda t: (t.there_and_back - t.w.a).square().mean() + (t.back_and_there - t.w.b).square().mean(),
    ),
    (
        "you summed over pictures and pixels: take the mean",
        lambda t: right(t) * t.w.a.numel(),
    ),
    (
        "positive and negative differences cancel: take the absolute value before the mean",
        lambda t: (t.there_and_back - t.w.a).mean() + (t.back_and_there - t.w.b).mean(),
    ),
    (
        "the weight lambda is in it already: it is left to the caller",
        lambda t: 10 * right(t),
    ),
]
"""What is often written instead, each with the reason that a student is told."""
