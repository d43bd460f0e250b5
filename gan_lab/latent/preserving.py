"""Identity-preserving latent optimisation (Antipov, Baccouche and Dugelay 2017, section 2.3).

From a first guess of z, search for the one whose picture G(z, y) looks as the given picture x does:

    pixelwise                z* = argmin |x - G(z, y)|^2
    identity-preserving      z* = argmin |FR(x) - FR(G(z, y))|^2     FR: what a face recogniser sees

Few numbers and an exact gradient: L-BFGS, as in the paper.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Look = Callable[[Tensor], Tensor]
"""From pictures ``(B, C, H, W)`` to what is compared of them ``(B, ...)``, differentiable."""

Conditional = Callable[[Tensor, Tensor], Tensor]
"""From latents ``(B, d)`` and labels to pictures, differentiable: a network, not ``Sampler.generate``."""


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
    if steps < 0 or prior < 0:
        raise ValueError(f"steps and prior must not be negative, not {steps} and {prior}")
    with torch.no_grad():
        made = generate(start[:1], labels[:1]).shape[1:]
    if made != pictures.shape[1:]:
        raise ValueError(f"the generator makes pictures {tuple(made)}, not {tuple(pictures.shape[1:])}")
    rows = zip(pictures.split(1), labels.split(1), start.split(1), strict=True)
    return torch.cat([_search(generate, look, x, y, z, steps, prior) for x, y, z in rows])


def _search(
    generate: Conditional, look: Look, picture: Tensor, label: Tensor, start: Tensor, steps: int, prior: float
) -> Tensor:
    z = start.detach().clone().requires_grad_()
    with torch.no_grad():
        wanted = look(picture)
        first = (look(generate(z, label)) - wanted).square().mean().clamp(min=1e-12)
    best, least = start.detach(), float("inf")

    def loss() -> Tensor:
        nonlocal best, least
        with torch.enable_grad():
            difference = (look(generate(z, label)) - wanted).square().mean() / first
            total = difference + prior * (z.square().mean() - 1).square()
            (z.grad,) = torch.autograd.grad(total, z)
        if total.item() < least:
            best, least = z.detach().clone(), total.item()
        return total

    if steps:
        torch.optim.LBFGS([z], max_iter=steps, history_size=10, line_search_fn="strong_wolfe").step(loss)
    return best
