"""Identity-preserving latent optimisation (Antipov, Baccouche and Dugelay 2017, section 2.3).

From a first guess of z, search for the one whose picture G(z, y) looks as the given picture x does:

    pixelwise                z* = argmin |x - G(z, y)|^2
    identity-preserving      z* = argmin |FR(x) - FR(G(z, y))|^2     FR: what a face recogniser sees

Few numbers and an exact gradient: L-BFGS, as in the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

Look = Callable[[Tensor], Tensor]
"""From pictures ``(B, C, H, W)`` to what is compared of them ``(B, ...)``, differentiable."""

Conditional = Callable[[Tensor, Tensor], Tensor]
"""From latents ``(B, d)`` and labels to pictures, differentiable: a network, not ``Sampler.generate``."""


class Step(NamedTuple):
    """How far a search for one picture has come.

    Attributes:
        step: iterations done.
        z: the best latent so far ``(1, d)``.
        loss: its loss; 1, plus the norm's penalty, at the start.
    """

    step: int
    z: Tensor
    loss: float


def pixels(x: Tensor) -> Tensor:
    """The pixelwise form: the picture itself."""
    return x


def preserve(
    generate: Conditional,
    pictures: Tensor,
    labels: Tensor,
    start: Tensor,
    look: Look = pixels,
    steps: int = 50,
    prior: float = 0.01,
) -> Tensor:
    """Searches z for each picture by itself: a line search that pictures shared would serve none of them.

    The loss is the mean squared difference of what is looked at, as a share of what it is at the start, plus
    ``prior`` times (|z|^2 / d - 1)^2: a z far from the shell of radius sqrt(d) is one the generator has never seen,
    and would not age like a face.

    Args:
        generate: in evaluation mode; its parameters are not touched.
        pictures: ``(B, C, H, W)`` in [-1, 1], of the generator's size.
        labels: of the pictures ``(B,)``.
        start: first guesses ``(B, d)``, an encoder's for example.
        look: what is to be the same.
        steps: iterations of L-BFGS; 0 gives ``start``.
        prior: weight of the norm's penalty; 0 for the paper's loss.

    Returns:
        Latents ``(B, d)``, none worse than its start.

    Raises:
        ValueError: negative steps or prior, or pictures of another shape than the generator makes.
    """
    found = []
    for x, y, z in zip(pictures.split(1), labels.split(1), start.split(1), strict=True):
        *_, last = seek(generate, x, y, z, look, steps, prior)
        found.append(last.z)
    return torch.cat(found)


def seek(
    generate: Conditional,
    picture: Tensor,
    label: Tensor,
    start: Tensor,
    look: Look = pixels,
    steps: int = 50,
    prior: float = 0.01,
    every: int = 0,
) -> Iterator[Step]:
    """The search for one picture, as ``preserve`` makes it; a generator function, so its caller may stop at any time.

    Args:
        picture, label, start: ``(1, C, H, W)``, ``(1,)`` and ``(1, d)``; all else as for ``preserve``.
        every: iterations between two reports; 0 for the last alone. A report costs one more look at z, and L-BFGS,
            which may stop early where nothing moves any more, is asked anew after it.

    Yields:
        a :class:`Step`, at the start first.

    Raises:
        ValueError: as ``preserve``.
    """
    if min(steps, prior, every) < 0:
        raise ValueError(f"steps, prior and every must not be negative, not {steps}, {prior} and {every}")
    with torch.no_grad():
        wanted, made = look(picture), generate(start, label)
        if made.shape[1:] != picture.shape[1:]:
            raise ValueError(
                f"the generator makes pictures {tuple(made.shape[1:])}, not {tuple(picture.shape[1:])}"
            )
        unit = (look(made) - wanted).square().mean().clamp(min=1e-12)

    best, least = start.detach(), float("inf")
    z = best.clone().requires_grad_()

    def closure() -> Tensor:
        nonlocal best, least
        with torch.enable_grad():  # here and not around a yield: gradient mode belongs to the thread
            difference = (look(generate(z, label)) - wanted).square().mean() / unit
            loss = difference + prior * (z.square().mean() - 1).square()
            (z.grad,) = torch.autograd.grad(loss, z)
        if loss.item() < least:
            best, least = z.detach().clone(), loss.item()
        return loss

    closure()
    yield Step(0, best, least)
    search = torch.optim.LBFGS([z], history_size=10, line_search_fn="strong_wolfe")
    for done in range(0, steps, every or max(steps, 1)):
        once = min(every or steps, steps - done)
        # looks at z: PyTorch's own ratio, but never too few for a line search
        search.param_groups[0].update(max_iter=once, max_eval=max(10, once * 5 // 4))
        search.step(closure)
        yield Step(done + once, best, least)
