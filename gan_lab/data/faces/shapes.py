"""Signed distances of a few shapes, negative inside, evaluated at every pixel.

x and y are ``(n, h, w)``, every other number is ``(n, 1, 1)`` or plain. They are first-order distances,
f / |grad f|: right at the outline, where the antialiasing and the drawn lines look, and never below -5, so that a
shape is taken away by adding more than that (``absent``).
"""

from __future__ import annotations

import torch
from torch import Tensor

Number = Tensor | float


def cover(d: Tensor, pixel: float) -> Tensor:
    """How much of each pixel a shape covers, 0 to 1: the distance over the pixel's width, clipped."""
    return (d * (-1 / pixel)).add_(0.5).clamp_(0, 1)


def band(d: Tensor, half: Number, pixel: float) -> Tensor:
    """Coverage of a line of half-width ``half`` along d = 0; right even where it is thinner than a pixel."""
    d = d * (1 / pixel)
    half = half / pixel
    return (d + half).add_(0.5).clamp_(0, 1) - (d - half).add_(0.5).clamp_(0, 1)


def ellipse(x: Tensor, y: Tensor, a: Number, b: Number) -> Tensor:
    """Signed distance to an ellipse around the origin with half-axes a and b."""
    u, v = x / a, y / b
    f = torch.addcmul(u * u, v, v) - 1
    u, v = u / a, v / b
    return (f * torch.addcmul(u * u + 0.01, v, v).rsqrt_()).mul_(0.5)


def circle(x: Tensor, y: Tensor, r: Number) -> Tensor:
    """Signed distance to a circle around the origin."""
    return torch.addcmul(x * x + 1e-8, y, y).sqrt_() - r


def dome(
    x: Tensor,
    y: Tensor,
    a: Number,
    up: Number,
    down: Number,
    square: tuple[Number, Number],
    taper: Number = 0.0,
) -> Tensor:
    """A rounded shape with its own height above and below the origin: heads, hair, hats, shoulders.

    Args:
        a: half-width at y = 0.
        up, down: heights above and below.
        square: roundness above and below, 0 an ellipse, 1 a superellipse of order 4.
        taper: the half-width falls by this share towards the bottom.
    """
    below = y > 0
    iv = torch.where(below, 1 / as_tensor(down, y), 1 / as_tensor(up, y))
    q = torch.where(below, as_tensor(square[1], y), as_tensor(square[0], y))
    v = y * iv
    width = 1 / (a * (1 - taper * (v.clamp(min=0)).square()))
    u = x * width
    u2, v2 = u * u, v * v
    p = 1 - q
    f = u2 * torch.addcmul(p, q, u2) + v2 * torch.addcmul(p, q, v2) - 1
    gx = u * width * torch.addcmul(p, q, u2, value=2.0)
    gy = v * iv * torch.addcmul(p, q, v2, value=2.0)
    return (f * torch.addcmul(gx * gx + 0.01, gy, gy).rsqrt_()).mul_(0.5)


def box(x: Tensor, y: Tensor, a: Number, b: Number, r: float) -> Tensor:
    """Signed distance to a rectangle of half-sides a and b with corners of radius r."""
    u, v = x.abs() - (a - r), y.abs() - (b - r)
    outside = torch.addcmul(u.clamp(min=0).square() + 1e-8, v.clamp(min=0), v.clamp(min=0)).sqrt_()
    return outside + torch.maximum(u, v).clamp(max=0) - r


def absent(present: Tensor) -> Tensor:
    """What to add to a distance so that nothing is left where ``present`` is 0."""
    return 9 * (1 - present)


def as_tensor(value: Number, like: Tensor) -> Tensor:
    """A plain number as a tensor beside ``like``."""
    return value if isinstance(value, Tensor) else torch.full((1, 1, 1), value, device=like.device)
