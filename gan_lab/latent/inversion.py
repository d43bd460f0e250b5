"""Which noise makes this picture? A GAN has no encoder, so z is searched for, by gradient descent on the pixels.

The slides say that a GAN cannot perform inference, and this is no exception: what comes out is one point, the best
that a few starts have found, and not a posterior. It says nothing of how many other z make the same picture, nor
of how likely each is; and for a picture that the generator cannot make it is the least bad one it can.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

Generate = Callable[[Tensor], Tensor]
"""From latents ``(B, d)`` to pictures ``(B, C, H, W)``, differentiable: a network, not ``Sampler.generate``."""


@dataclass(frozen=True)
class Attempt:
    """How far the search has come.

    Attributes:
        step, steps: updates done, and planned.
        z: the best latent so far for each picture ``(B, d)``: of all starts and steps, the least loss.
        error: its root mean squared error over pixels and channels ``(B,)``; pictures are in [-1, 1].
        starts: the error of each start now ``(B, starts)``.
    """

    step: int
    steps: int
    z: Tensor
    error: Tensor
    starts: Tensor


def invert(
    generate: Generate,
    pictures: Tensor,
    latent_dim: int,
    steps: int = 200,
    starts: int = 4,
    lr: float = 0.1,
    prior: float = 0.01,
    seed: int = 0,
    every: int = 10,
) -> Iterator[Attempt]:
    """Searches z with Adam from several random starts; a generator function, so its caller may stop at any time.

    The loss is the mean squared pixel error plus ``prior`` times (|z|^2 / d - 1)^2, which holds z near the shell on
    which nearly all of a Gaussian's draws lie. The learning rate follows half a cosine down to 0. Each picture and
    each start is a search of its own; they only share the batch.

    Args:
        generate: see ``Generate``; in evaluation mode, its parameters are not touched.
        pictures: ``(B, C, H, W)`` in [-1, 1], of the generator's size.
        latent_dim: d.
        steps: updates, 1 or more.
        starts: searches for each picture, 1 or more.
        lr: Adam's learning rate.
        prior: weight of the norm's penalty; 0 leaves the length of z free.
        seed: of the starts.
        every: updates between two reports; the first is before any update, the last after the last one.

    Yields:
        An :class:`Attempt`.

    Raises:
        ValueError: numbers out of their range, or pictures of another shape than the generator makes.
    """
    if min(steps, starts, every) < 1 or lr <= 0 or prior < 0:
        raise ValueError(
            f"steps, starts and every must be at least 1, lr positive and prior at least 0, "
            f"not {steps}, {starts}, {every}, {lr} and {prior}"
        )
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(len(pictures) * starts, latent_dim, generator=generator).to(pictures)
    z.requires_grad_()
    with torch.no_grad():
        made = generate(z[:1]).shape[1:]
    if made != pictures.shape[1:]:
        raise ValueError(f"the generator makes pictures {tuple(made)}, not {tuple(pictures.shape[1:])}")
    adam = torch.optim.Adam([z], lr=lr)
    wanted = pictures.repeat_interleave(starts, dim=0)
    best, least = z.detach().clone(), torch.full((len(z),), math.inf, device=z.device)
    closest = least.clone()
    for step in range(steps + 1):
        adam.param_groups[0]["lr"] = lr * 0.5 * (1 + math.cos(math.pi * step / steps))
        here = z.detach().clone()
        loss, squared = _step(generate, z, wanted, prior, adam if step < steps else None)
        better = loss < least
        best[better], least[better], closest[better] = here[better], loss[better], squared[better]
        if step % every == 0 or step == steps:
            yield _attempt(step, steps, best, least, closest, squared, starts)


def _step(
    generate: Generate, z: Tensor, wanted: Tensor, prior: float, adam: torch.optim.Optimizer | None
) -> tuple[Tensor, Tensor]:
    """Loss and mean squared error of each search ``(n,)``, as z stands; then one update, if there is to be one."""
    with torch.enable_grad():  # here and not around a yield: gradient mode belongs to the thread
        squared = (generate(z) - wanted).square().flatten(1).mean(1)
        loss = squared + prior * (z.square().mean(1) - 1).square()
        if adam is not None:
            (z.grad,) = torch.autograd.grad(loss.sum(), z)
            adam.step()
    return loss.detach(), squared.detach()


def _attempt(
    step: int, steps: int, best: Tensor, least: Tensor, closest: Tensor, squared: Tensor, starts: int
) -> Attempt:
    winner = least.view(-1, starts).argmin(1)
    rows = torch.arange(len(winner), device=best.device) * starts + winner
    return Attempt(step, steps, best[rows].clone(), closest[rows].sqrt(), squared.sqrt().view(-1, starts))
