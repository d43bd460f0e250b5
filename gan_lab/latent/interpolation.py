"""Two ways from one latent to another: along the chord and along the arc."""

from __future__ import annotations

import torch
from torch import Tensor

_PARALLEL = 1e-3
"""Sine of the angle below which arc and chord are one: float32 can no longer tell them apart."""


def lerp(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    """Linear interpolation (1 - t) a + t b: the chord, which dips below the shell on its way.

    Half-way between two independent Gaussian latents the norm is sqrt(d/2) rather than sqrt(d).

    Args:
        a, b: latents ``(d,)`` or ``(B, d)``; t = 0 gives a and t = 1 gives b, exactly.
        t: a number, or numbers ``(n,)`` that make a path ``(n, d)`` from two latents ``(d,)``.

    Raises:
        ValueError: the shapes of a and b differ.
    """
    t = _column(a, b, t)
    return (1 - t) * a + t * b


def slerp(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    """Spherical interpolation sin((1-t)w)/sin(w) a + sin(tw)/sin(w) b, w the angle from a to b: the arc.

    Between two latents of the same norm every point has that norm (Shoemake 1985; for latents White 2016,
    section 2.1).

    Args:
        a, b: latents ``(d,)`` or ``(B, d)``, neither of them zero; t = 0 gives a and t = 1 gives b, exactly.
        t: a number, or numbers ``(n,)`` that make a path ``(n, d)`` from two latents ``(d,)``.

    Raises:
        ValueError: the shapes differ, one is the zero vector, or they point in opposite directions, between
            which no arc is shorter than the others.
    """
    t = _column(a, b, t)
    lengths = torch.linalg.vector_norm(torch.stack([a, b]), dim=-1, keepdim=True)
    if not bool((lengths > 0).all()):
        raise ValueError("the zero vector has no direction, so there is no arc to or from it: use lerp")
    cosine = ((a / lengths[0]) * (b / lengths[1])).sum(-1, keepdim=True).clamp(-1, 1)
    angle = torch.acos(cosine)
    sine = torch.sin(angle)
    parallel = sine < _PARALLEL
    if bool((parallel & (cosine < 0)).any()):
        raise ValueError("a and b point in opposite directions, so no arc is the shortest: use lerp")
    sine = torch.where(parallel, torch.ones_like(sine), sine)
    arc = torch.sin((1 - t) * angle) / sine * a + torch.sin(t * angle) / sine * b
    return torch.where(parallel, (1 - t) * a + t * b, arc)


def _column(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    """t as a tensor that multiplies whole latents."""
    if a.shape != b.shape:
        raise ValueError(f"a and b need one shape, got {tuple(a.shape)} and {tuple(b.shape)}")
    t = torch.as_tensor(t, dtype=a.dtype, device=a.device)
    return t[..., None] if t.ndim else t
