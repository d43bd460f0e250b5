"""Players that are told labels, and faces of four pixels that grow old, right and wrong, for lab 09 to compare."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Search = Callable[[Callable[[Tensor], Tensor], Tensor], Tensor]
Logits = Callable[[Tensor, Tensor], Tensor]
"""A loss of logits on real and on fake examples, ``(B,)`` each."""


def some(rng: torch.Generator, *shape: int) -> Tensor:
    """Numbers from N(0, 1)."""
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


class Told:
    """A discriminator and a generator of a few weights, both told one of three labels, and a minibatch of six.

    Attributes:
        made_for: the labels that G has been given, call after call.
        judged_under: those that D has been given.
    """

    def __init__(self) -> None:
        rng = torch.Generator().manual_seed(9)
        self.eyes, self.hands = some(rng, 3, 4).requires_grad_(), some(rng, 3, 2, 4).requires_grad_()
        self.x, self.z = some(rng, 6, 4), some(rng, 6, 2)
        self.y = torch.tensor([0, 1, 2, 2, 0, 1])
        self.made_for: list[Tensor] = []
        self.judged_under: list[Tensor] = []

    def generator(self, z: Tensor, y: Tensor) -> Tensor:
        """Noise ``(B, 2)`` and labels ``(B,)`` to examples ``(B, 4)``."""
        self.made_for.append(y)
        return self._make(z, y)

    def discriminator(self, x: Tensor, y: Tensor) -> Tensor:
        """Examples ``(B, 4)`` and labels ``(B,)`` to logits ``(B,)``."""
        self.judged_under.append(y)
        return self._judge(x, y)

    def logits(self) -> tuple[Tensor, Tensor]:
        """Of the real examples and of the fakes, as they should be; this is not noted."""
        with torch.no_grad():
            fake = self._make(self.z, self.y)
        return self._judge(self.x, self.y), self._judge(fake, self.y)

    def _make(self, z: Tensor, y: Tensor) -> Tensor:
        return torch.tanh(torch.einsum("bi,bij->bj", z, self.hands[y]))

    def _judge(self, x: Tensor, y: Tensor) -> Tensor:
        return (x * self.eyes[y]).sum(1)


def told(real: Tensor, fake: Tensor) -> Tensor:
    """-C: minus the mean of log D of real examples, minus the mean of log(1 - D) of fakes."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


TOLD_MISTAKES: list[tuple[str, Logits]] = [
    (
        "the sign is wrong: this is C, which D wants as large as can be. What is minimised is minus C",
        lambda real, fake: -told(real, fake),
    ),
    (
        "real and fake are exchanged: D should say 1 to x and 0 to G(z, y)",
        lambda real, fake: F.softplus(real).mean() + F.softplus(-fake).mean(),
    ),
    (
        "the fakes are missing: add minus the mean of log(1 - D(G(z, y), y))",
        lambda real, fake: F.softplus(-real).mean(),
    ),
    (
        "the real examples are missing: add minus the mean of log D(x, y)",
        lambda real, fake: F.softplus(fake).mean(),
    ),
    (
        "this is G's loss: it asks D to take the fakes for real ones. It is D's turn",
        lambda real, fake: F.softplus(-fake).mean(),
    ),
    (
        "both terms ask for a 1: the fakes should get a 0",
        lambda real, fake: F.softplus(-real).mean() + F.softplus(-fake).mean(),
    ),
    ("you summed over the minibatch: take the mean", lambda real, fake: len(real) * told(real, fake)),
    ("this is half of it: C adds the two means up", lambda real, fake: told(real, fake) / 2),
    (
        "you took the mean before the log: each example has its own log D",
        lambda real, fake: F.softplus(-real.mean()) + F.softplus(fake.mean()),
    ),
    (
        "the sigmoid is taken twice: binary_cross_entropy_with_logits takes the logits as they are",
        lambda real, fake: told(real.sigmoid(), fake.sigmoid()),
    ),
    (
        "D answers with logits, not with probabilities: log D is logsigmoid of them",
        lambda real, fake: -real.sigmoid().mean() - (1 - fake.sigmoid()).mean(),
    ),
]
"""What is often written instead, each with the reason that a student is told."""


class Family:
    """Faces of four pixels, three ages; an encoder that guesses roughly, a recogniser that sees two things."""

    def __init__(self) -> None:
        rng = torch.Generator().manual_seed(19)
        self.hands, self.steps = some(rng, 3, 4), some(rng, 3, 4)
        self.guess, self.view = some(rng, 4, 3) / 2, some(rng, 4, 2)
        self.x, self.own, self.asked = (
            some(rng, 3, 4).tanh(),
            torch.tensor([0, 1, 2]),
            torch.tensor([2, 0, 1]),
        )
        self.searches = 0

    def encoder(self, x: Tensor) -> Tensor:
        """Faces ``(B, 4)`` to noise ``(B, 3)``."""
        return x @ self.guess

    def generator(self, z: Tensor, y: Tensor) -> Tensor:
        """Noise and ages ``(B,)`` to faces."""
        return torch.tanh(z @ self.hands + self.steps[y])

    def look(self, x: Tensor) -> Tensor:
        """Faces to what the recogniser sees of them, ``(B, 2)``."""
        return torch.sin(x @ self.view)

    def search(self, loss: Callable[[Tensor], Tensor], start: Tensor) -> Tensor:
        """Twenty steps down the loss.

        Raises:
            ValueError: the loss is no single number, or does not depend on z.
        """
        self.searches += 1
        z = start.detach().clone().requires_grad_()
        for _ in range(20):
            value = loss(z)
            if not isinstance(value, Tensor) or value.dim():
                raise ValueError(
                    "loss(z) should be one number, a tensor: take the mean of the squared differences"
                )
            if not value.requires_grad:
                raise ValueError("loss(z) does not depend on z: compare x with the face that z makes")
            (slope,) = torch.autograd.grad(value, z)
            z = (z - 0.5 * slope).detach().requires_grad_()
        return z.detach()


Old = Callable[[Family], Tensor]


def aged(
    f: Family,
    look: Callable[[Tensor], Tensor] | None = None,
    during: Tensor | None = None,
    after: Tensor | None = None,
    start: Tensor | None = None,
    size: Callable[[Tensor], Tensor] = lambda d: d.square().mean(),
) -> Tensor:
    """The faces at the asked age; with one thing done otherwise, if that is given."""
    see, during = look or f.look, f.own if during is None else during
    wanted = see(f.x)
    z = f.search(
        lambda z: size(see(f.generator(z, during)) - wanted), f.encoder(f.x) if start is None else start
    )
    return f.generator(z, f.asked if after is None else after)


OLD_MISTAKES: list[tuple[str, Old]] = [
    (
        "this is the encoder's guess at the asked age: search from it, for the z that looks like x at its OWN age",
        lambda f: f.generator(f.encoder(f.x), f.asked),
    ),
    (
        "you search under the asked age. Then z has to make up for the years, and is not who that is any more: search "
        "under the own one, and switch afterwards",
        lambda f: aged(f, during=f.asked),
    ),
    ("the faces that you return have their own age still: switch the label", lambda f: aged(f, after=f.own)),
    (
        "own and asked are exchanged: search under the own age, make the face at the asked one",
        lambda f: aged(f, during=f.asked, after=f.own),
    ),
    (
        "this is the pixelwise form: compare what `look` sees in x and in the face",
        lambda f: aged(f, look=lambda x: x),
    ),
    (
        "the search begins at 0 and not at the encoder's guess: that is what the encoder is for",
        lambda f: aged(f, start=torch.zeros_like(f.encoder(f.x))),
    ),
    (
        "the loss sums up: take the mean of the squared differences",
        lambda f: aged(f, size=lambda d: d.square().sum()),
    ),
    (
        "the differences are not squared: take the mean of their squares",
        lambda f: aged(f, size=lambda d: d.abs().mean()),
    ),
]
"""As above."""
