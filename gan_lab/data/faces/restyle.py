"""The same faces in another world: by night, in pencil, as a mosaic. The truth that translation is held against."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.data.faces.drawing import in_parts, ink, paint
from gan_lab.data.faces.factors import Factors
from gan_lab.data.faces.palettes import rgb
from gan_lab.data.faces.shapes import circle, cover

STARS = ((-0.9, -0.42), (-0.78, -0.9), (-0.52, -0.93), (-0.62, -0.2), (0.88, -0.15), (0.6, -0.86), (0.93, -0.88),
         (0.72, -0.4), (-0.93, 0.1), (0.9, 0.3), (-0.3, -0.96), (0.32, -0.95))  # fmt: skip
TILES = 32


def restyle(factors: Factors, size: int = 64, style: str = "night") -> Tensor:
    """The faces in another style: float32 ``(n, 3, size, size)`` in [-1, 1].

    Args:
        style: "night" (blue, under a moon on the side the light comes from), "pencil" (lines and hatching in
            greys: the colours are lost, what is left is how dark they are) or "mosaic" (tiles of one colour).

    Raises:
        ValueError: another style, or a size that is not a whole number from 4 to 128.
    """
    if style not in STYLES:
        raise ValueError(f"there is no style {style!r}; there are: {', '.join(STYLES)}")
    return in_parts(STYLES[style], factors, size).mul(2).sub_(1)


def night(factors: Factors, size: int) -> Tensor:
    """Colours go dim and blue; what faces the moon gets a cold rim."""
    image, matte = with_matte(factors, size)
    device = factors.device
    light = factors.light[:, None, None, None]
    grey = luminance(image)
    tint = torch.tensor([0.50, 0.56, 0.86], device=device)[:, None, None]
    dim = torch.lerp(image, grey, 0.3) * tint
    x = _axis(size, device)
    dim = dim * (1 + 0.3 * light * x)
    step = max(1, round(size * 0.03))
    padded = F.pad(matte, (step,) * 4, mode="replicate")
    right, left = padded[:, :, step:-step, 2 * step :], padded[:, :, step:-step, : -2 * step]
    behind = torch.lerp(left, right, (light > 0).float())
    rim = (matte - behind).clamp_(min=0) * (0.35 + 0.35 * light.abs())
    dim = torch.lerp(dim, rgb("4a5aa8", device)[:, None, None], 0.12)
    dim = torch.lerp(dim, rgb("bcd0ff", device)[:, None, None], rim)
    return torch.lerp(sky(factors, size), dim, matte)


def sky(factors: Factors, size: int) -> Tensor:
    """A gradient with the moon on the side of the light and a few stars, ``(n, 3, size, size)``."""
    device = factors.device
    x, y = _axis(size, device)[None, None], _axis(size, device)[None, :, None]
    pixel = 2 / size
    down = ((y + 1) / 2)[:, None]
    ground = torch.lerp(rgb("0d1238", device)[:, None, None], rgb("3a3f86", device)[:, None, None], down)
    side = torch.where(factors.light > 0, 1.0, -1.0)[:, None, None]
    image = ground.expand(len(factors), 3, size, size)
    stars = torch.zeros(1, size, size, device=device)
    for star_x, star_y in STARS:
        stars = torch.maximum(stars, cover(circle(x - star_x, y - star_y, 0.018), max(pixel, 0.03)))
    image = torch.lerp(image, rgb("e8ecff", device)[:, None, None], stars[:, None])
    moon = circle(x - 0.72 * side, y + 0.72, 0.15)
    glow = (1 - moon / 0.35).clamp(0, 1).square() * 0.35
    image = torch.lerp(image, rgb("a9b8f5", device)[:, None, None], glow[:, None])
    return torch.lerp(image, rgb("fdf3c8", device)[:, None, None], cover(moon, pixel)[:, None])


def pencil(factors: Factors, size: int) -> Tensor:
    """Outlines, and three layers of hatching that set in one after the other as it gets darker."""
    image, matte = with_matte(factors, size)
    dark = (1 - luminance(image)) * matte
    x, y = _axis(size, factors.device)[None, :], _axis(size, factors.device)[:, None]
    drawn = 0.95 * ink(factors, size)
    for start, along in ((0.3, x + y), (0.6, x - y), (0.8, y + 0.3 * x)):
        line = 0.5 + 0.5 * torch.sin(along * 42)
        drawn = torch.maximum(drawn, ((dark - start) * 4).clamp(0, 1) * line * 0.5)
    drawn = torch.maximum(drawn, 0.4 * dark)
    return (0.97 - 0.85 * drawn).expand(-1, 3, -1, -1)


def mosaic(factors: Factors, size: int) -> Tensor:
    """Tiles of one colour each, no two alike in brightness, with light joints."""
    image = paint(factors, size)
    device = factors.device
    place = (_axis(size, device) + 1) * (TILES / 2)
    which = place.floor().long()
    tiles = F.adaptive_avg_pool2d(image, TILES)
    number = torch.arange(TILES, device=device)
    uneven = torch.sin(number[:, None] * 12.9898 + number[None] * 78.233) * 43.0
    tiles = (tiles * (1 + 0.16 * (uneven - uneven.floor() - 0.5))).clamp(0, 1)
    edge = ((place - which - 0.5).abs() - 0.36) * (size / TILES)
    joint = (edge + 0.5).clamp(0, 1)
    joint = torch.maximum(joint[:, None], joint[None]) * 0.4
    return torch.lerp(tiles[:, :, which][:, :, :, which], rgb("f4efe6", device)[:, None, None], joint)


STYLES = {"night": night, "pencil": pencil, "mosaic": mosaic}


def with_matte(factors: Factors, size: int) -> tuple[Tensor, Tensor]:
    """The picture, and how far each pixel is the person's, ``(n, 1, size, size)``."""
    matte = torch.zeros(len(factors), 1, size, size, device=factors.device)
    return paint(factors, size, matte), matte


def luminance(image: Tensor) -> Tensor:
    """Brightness ``(n, 1, h, w)`` of colours ``(n, 3, h, w)``, by the luma of ITU-R BT.601."""
    weights = torch.tensor([0.299, 0.587, 0.114], device=image.device)[:, None, None]
    return (image * weights).sum(1, keepdim=True)


def _axis(size: int, device: torch.device) -> Tensor:
    return (torch.arange(size, device=device) + 0.5) * (2 / size) - 1
