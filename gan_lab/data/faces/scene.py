"""Where everything in a face is: the factors turned into places, sizes and colours, and the canvas to draw on.

The canvas is [-1, 1] x [-1, 1], x to the right, y downwards; the head's middle lies near (0, 0), its chin at .6.
Numbers of a face are ``(n, 1, 1)``, colours ``(n, 3)``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gan_lab.data.faces import palettes as p
from gan_lab.data.faces.factors import CLASSES, Factors

# One row a style: bald short curly bob long bun.
HAIR_SHAPE = {
    "side": (0.0, 0.035, 0.20, 0.10, 0.10, 0.03),  # how far hair stands off the head at its sides
    "top": (0.0, 0.08, 0.22, 0.10, 0.09, 0.06),  # and above it
    "swell": (0.0, 0.06, 0.10, 0.05, 0.05, 0.03),  # what the factor volume adds
    "bottom": (0.1, 0.14, 0.36, 0.56, 1.15, 0.14),  # where it ends, below the head's middle
    "square": (0.0, 0.9, 0.1, 0.9, 0.6, 0.9),
    "flare": (0.0, 0.0, 0.0, 0.06, 0.12, 0.0),  # wider towards the bottom
    "bumps": (0.0, 0.0, 0.024, 0.0, 0.0, 0.0),
    "window": (0.0, 0.045, 0.06, 0.08, 0.08, 0.035),  # how far it comes in over the sides of the face
    "line": (0.30, 0.34, 0.27, 0.21, 0.37, 0.40),  # where the fringe ends, above the head's middle
    "slant": (0.0, 0.10, 0.05, 0.05, 0.15, 0.14),  # how much the parting tilts the fringe
    "bun": (0.0, 0.0, 0.0, 0.0, 0.0, 0.17),
}


@dataclass
class Canvas:
    """Pixel centres of a square picture, leaned with the head. ``x``, ``y`` are ``(n, h, w)``."""

    x: Tensor
    y: Tensor
    pixel: float
    rows: slice = field(default_factory=lambda: slice(None))
    columns: slice = field(default_factory=lambda: slice(None))

    def crop(self, left: float, top: float, right: float, bottom: float) -> Canvas:
        """The part that surely holds a rectangle, given in the canvas's own coordinates."""
        size = self.x.shape[-1]
        low = [max(0, math.floor((v + 1) / 2 * size)) for v in (top, left)]
        high = [min(size, math.ceil((v + 1) / 2 * size)) for v in (bottom, right)]
        rows, columns = (slice(a, max(b, a + 1)) for a, b in zip(low, high, strict=True))
        return Canvas(self.x[:, rows, columns], self.y[:, rows, columns], self.pixel, rows, columns)


@dataclass
class Scene:
    """All measures of some faces. Made by ``Scene(factors)``; geometry is documented where it is drawn."""

    f: Factors
    device: torch.device = field(init=False)

    def __post_init__(self) -> None:
        f = self.f
        self.device = f.device
        self.age, self.feminine, self.smile = number(f.age), number(f.feminine), number(f.smile)
        self.masculine = 1 - self.feminine
        self.light, self.turn = number(f.light), number(f.turn)
        self.child = (1 - self.age / 0.3).clamp(min=0)
        self.adult = 1 - self.child
        self.old = ((self.age - 0.3) / 0.7).clamp(min=0)
        self.lean = 0.1 * number(f.tilt)
        self._classes()
        self._proportions()
        self._colours()

    def _classes(self) -> None:
        f = self.f
        self.round_glasses, self.square_glasses = (number(f.glasses == k).float() for k in (1, 2))
        self.moustache, self.beard = (number(f.facial_hair == k).float() for k in (1, 2))
        self.beanie, self.cap = (number(f.hat == k).float() for k in (1, 2))
        self.hatted = number(f.hat > 0).float()
        self.haired = number(f.hair > 0).float()
        self.style = {
            name: number(torch.tensor(row, device=self.device)[f.hair]) for name, row in HAIR_SHAPE.items()
        }
        self.bun_style = number(f.hair == CLASSES["hair"].index("bun")).float()
        self.volume = number(f.volume)
        self.parting = number(f.parting)

    def _proportions(self) -> None:
        f, child, old = self.f, self.child, self.old
        head, jaw, nose = number(f.head), number(f.jaw), number(f.nose)
        self.width = 0.475 + 0.03 * head + 0.035 * child - 0.012 * self.feminine
        self.skull = 0.56 - 0.01 * head
        self.chin = 0.585 - 0.09 * child + 0.07 * self.age - 0.02 * self.feminine - 0.025 * head
        self.square = (0.22 + 0.2 * jaw + 0.38 * self.masculine * self.adult).clamp(0, 0.8)
        self.taper = (0.10 + 0.13 * self.feminine * self.adult - 0.06 * jaw - 0.04 * child).clamp(min=0)
        self.shift = 0.06 * self.turn
        size = 1 + 0.10 * number(f.eye_size)
        self.eye_y = 0.02 + 0.09 * child
        self.eye_gap = 0.205 + 0.008 * head
        self.eye_a = (0.097 + 0.021 * child + 0.006 * self.feminine - 0.012 * self.age) * size
        self.eye_b = (0.084 + 0.036 * child + 0.006 * self.feminine - 0.016 * old) * size
        self.eye_b = self.eye_b * (1 - 0.2 * self.smile.clamp(min=0))
        self.iris = (0.062 + 0.016 * child) * (1 + 0.06 * number(f.eye_size))
        self.gaze_x, self.gaze_y = 0.036 * number(f.gaze_x), 0.022 * number(f.gaze_y)
        self.brow_y = self.eye_y - self.eye_b - 0.062 - 0.022 * number(f.brows) - 0.012 * self.smile
        self.nose_x = 0.09 * self.turn
        self.nose_a = 0.056 + 0.012 * nose - 0.014 * child + 0.016 * old
        self.nose_y = self.eye_y + 0.19 - 0.05 * child + 0.012 * nose + 0.02 * old
        self.mouth_y = self.nose_y + 0.155 - 0.03 * child + 0.015 * old
        self.mouth_a = 0.125 + 0.05 * self.smile.clamp(min=0) - 0.012 * child + 0.012 * self.masculine
        self.shoulders = 0.68 + 0.16 * self.masculine * self.adult - 0.16 * child
        self.neck = 0.155 + 0.07 * self.masculine * self.adult - 0.03 * child

    def _colours(self) -> None:
        f, device = self.f, self.device
        self.skin = p.walk(p.SKIN, f.skin)
        self.skin_shade = self.skin * torch.tensor([0.86, 0.76, 0.74], device=device)
        self.skin_line = self.skin * torch.tensor([0.62, 0.47, 0.45], device=device)
        self.skin_light = torch.lerp(self.skin, p.rgb("fff4e0", device), 0.35)
        self.blush = torch.lerp(self.skin, p.rgb("f0566a", device), 0.42)
        natural = p.walk(p.HAIR, f.hair_colour)
        alike = ((natural - self.skin).mean(1, keepdim=True) / 0.1).square().neg().exp()
        darker = torch.tensor([0.86, 0.72, 0.56], device=device)
        natural = torch.lerp(natural, natural * darker, alike)  # hair like the skin would not be seen on it
        grey = ((f.age - 0.5) / 0.4).clamp(0, 1)[:, None]
        self.hair = torch.lerp(natural, p.rgb(p.GREY, device), 0.95 * grey)
        self.hair_shade = self.hair * torch.tensor([0.74, 0.72, 0.76], device=device)
        self.hair_light = torch.lerp(self.hair, p.rgb("ffffff", device), 0.22)
        self.brow = torch.lerp(self.hair * 0.72, self.skin_line * 0.6, 0.25)
        self.eye = p.walk(p.EYES, f.eye_colour)
        self.top = p.walk(p.CLOTHES, f.clothes)
        self.top_shade = self.top * 0.8
        self.hat_colour = p.walk(p.CLOTHES, (f.clothes + 0.4) % 1)
        self.hat_shade = self.hat_colour * 0.78
        self.hat_dark = self.hat_colour * 0.6
        self.ground = p.walk(p.BACKGROUND, f.background)
        self.disc = torch.lerp(self.ground, p.rgb("ffffff", device), 0.38)
        lips = torch.lerp(self.skin_line, p.rgb("c2364f", device), 0.25 + 0.6 * f.feminine[:, None])
        self.lips = lips
        self.mouth_line = self.skin_line * 0.6
        self.nose_colour = torch.lerp(self.skin_shade, self.blush, 0.35)
        self.beard_colour = self.hair * 0.82
        self.frame = torch.lerp(p.rgb("23263a", device), p.rgb("f7d774", device), _step(f.skin, 0.64, 0.66))

    def constant(self, colour: str) -> Tensor:
        """One colour for all, ``(1, 3)``."""
        return p.rgb(colour, self.device)[None]

    def canvas(self, size: int) -> tuple[Canvas, Canvas]:
        """The body's canvas, upright, and the head's, leaned around the neck."""
        pixel = 2 / size
        axis = (torch.arange(size, device=self.device) + 0.5) * pixel - 1
        y, x = (axis[:, None] - 0.7)[None], axis[None, None]
        cos, sin = self.lean.cos(), self.lean.sin()
        head = Canvas(x * cos + y * sin, y * cos - x * sin + 0.7, pixel)
        body = Canvas(x.expand(1, size, size), (y + 0.7).expand(1, size, size), pixel)
        return body, head


def number(value: Tensor) -> Tensor:
    """One number of each face ``(n,)``, ready to meet pixels: ``(n, 1, 1)``."""
    return value[:, None, None]


def _step(t: Tensor, low: float, high: float) -> Tensor:
    return ((t - low) / (high - low)).clamp(0, 1)[:, None]


@dataclass
class Layer:
    """One thing to paint, over what is there.

    Attributes:
        at: the part of the canvas it lies in.
        cover: how much of each pixel it covers, ``(n, h, w)`` in [0, 1].
        colour: ``(n, 3)`` or ``(1, 3)`` in [0, 1].
        label: the class of its pixels in the label map; None leaves them what they are (shading, lines).
        d: signed distance to its outline, for shapes that have one in the line drawing.
        line: whether it is itself a line of the line drawing.
    """

    at: Canvas
    cover: Tensor
    colour: Tensor
    label: str | None = None
    d: Tensor | None = None
    line: bool = False


Layers = Iterator[Layer]
