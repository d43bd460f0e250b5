"""The face, from the back to the front: each function yields what is painted, in the order of painting."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.data.faces.features import features
from gan_lab.data.faces.scene import Canvas, Layer, Layers, Scene
from gan_lab.data.faces.shapes import absent, band, box, circle, cover, dome, ellipse


def face(s: Scene, size: int) -> Layers:
    """All layers of the faces at ``size`` x ``size`` pixels."""
    body, head = s.canvas(size)
    outline = hair_outline(s, head)
    skull = dome(head.x, head.y, s.width, s.skull, s.chin, (0.2, s.square), s.taper)
    yield from ground(s, body)
    yield from hair_behind(s, head, outline)
    yield from torso(s, body, head)
    yield from ears(s, head)
    yield from skin(s, head, skull)
    yield from features(s, head, skull)
    yield from hair_in_front(s, head, outline, skull)
    yield from hat(s, head, skull)


def ground(s: Scene, at: Canvas) -> Layers:
    """A lighter disc behind the head; the ground itself is the empty canvas."""
    yield Layer(at, cover(circle(at.x, at.y - 0.12, 0.86), at.pixel), s.disc)


def hair_outline(s: Scene, at: Canvas) -> Tensor:
    """Signed distance to all the hair there is, before the face's window is cut out of it."""
    style, swell = s.style, s.style["swell"] * s.volume
    a = s.width + style["side"] + 0.6 * swell
    up = s.skull + style["top"] + swell
    d = dome(at.x, at.y, a, up, style["bottom"], (0.12, style["square"]), -style["flare"])
    curls = torch.sin(at.x * 17 + 1) * torch.cos(at.y * 17)
    d = torch.addcmul(d, curls, style["bumps"])
    bun = circle(at.x - 0.06 * s.parting, at.y + s.skull + 0.15, style["bun"]) + absent(s.bun_style)
    d = torch.minimum(d, bun)
    d = torch.maximum(d, (-0.30 - at.y) * s.hatted + (s.hatted - 1))  # nothing grows through a hat
    return d + absent(s.haired)


def hair_behind(s: Scene, at: Canvas, outline: Tensor) -> Layers:
    """The back of the hair, in its shade."""
    yield Layer(at, cover(outline, at.pixel), s.hair_shade, "hair", outline)


def torso(s: Scene, body: Canvas, head: Canvas) -> Layers:
    """Neck with the chin's shadow, shoulders with clothes around a neckline."""
    at = body.crop(-0.4, 0.3, 0.4, 1)
    d = box(at.x, at.y - 0.7, s.neck, 0.45, 0.05)
    neck = cover(d, at.pixel)
    yield Layer(at, neck, s.skin, "skin", d)
    leaned = head.crop(-0.4, 0.3, 0.4, 1)
    under = dome(leaned.x, leaned.y - 0.10, s.width, s.skull, s.chin, (0.2, s.square), s.taper)
    yield Layer(at, neck * cover(under, at.pixel), s.skin_shade)
    at = body.crop(-1, 0.6, 1, 1)
    line = ellipse(at.x, at.y - 0.74, s.neck + 0.07, 0.10 + 0.07 * s.feminine)
    shoulders = dome(at.x, at.y - 1.15, s.shoulders, 0.40, 0.5, (0.5, 0.0))
    d = torch.maximum(shoulders, -line)
    cloth = cover(d, at.pixel)
    yield Layer(at, cloth, s.top, "clothes", d)
    yield Layer(at, cloth * band(line - 0.03, 0.03, at.pixel), s.top_shade)
    yield Layer(at, cloth * (-at.x * s.light).clamp_(0, 0.6), s.top_shade)


def ears(s: Scene, at: Canvas) -> Layers:
    """Both at once: the left half of the picture is folded onto the right one."""
    at = at.crop(-0.75, -0.25, 0.75, 0.4)
    x, y = (at.x + 0.025 * s.turn).abs() - s.width + 0.01, at.y - s.eye_y - 0.06
    d = ellipse(x, y, 0.075, 0.115)
    yield Layer(at, cover(d, at.pixel), s.skin, "skin", d)
    yield Layer(at, cover(ellipse(x - 0.01, y, 0.04, 0.07), at.pixel), s.skin_shade)


def skin(s: Scene, at: Canvas, d: Tensor) -> Layers:
    """The head, brighter on the side of the light."""
    whole = cover(d, at.pixel)
    yield Layer(at, whole, s.skin, "skin", d)
    across = at.x * (1 / s.width)
    shade = (across * (-0.7 * s.light)).add_(torch.addcmul(at.y * 0.12, across, across, value=0.25))
    yield Layer(at, whole * shade.clamp_(0, 0.75), s.skin_shade)


def window(s: Scene, at: Canvas) -> Tensor:
    """Signed distance to the part of the face that the hair leaves free: an arch, open below."""
    slant = s.style["slant"] * s.parting
    x = at.x - s.shift
    y = at.y - 0.02 + slant * x
    a = s.width - s.style["window"]
    top = s.style["line"] + 0.03 * s.old * s.masculine
    return dome(x - 0.5 * slant, y, a, top, 4.0, (0.35, 0.0))


def hair_in_front(s: Scene, at: Canvas, outline: Tensor, skull: Tensor) -> Layers:
    """Fringe and sides, with their shadow on the forehead and a shine."""
    free = window(s, at)
    d = torch.maximum(outline, -free)
    fringe = cover(d, at.pixel)
    yield Layer(at, fringe, s.hair, "hair", d)
    away = (at.x * s.light * (-0.9 / s.width)).clamp_(0, 0.7)
    yield Layer(at, fringe * away, s.hair_shade)
    ring = ellipse(at.x - 0.14 * s.light, at.y, s.width * 0.86, s.skull * 0.98)
    shine = band(ring, 0.025, at.pixel) * ((-0.22 - at.y) * 5).clamp_(0, 1)
    yield Layer(at, fringe * shine, s.hair_light)


def hat(s: Scene, at: Canvas, skull: Tensor) -> Layers:
    """A knitted beanie with a rolled rim and a bobble, or a cap with a visor."""
    at = at.crop(-0.8, -1, 0.8, 0.05)
    a = s.width + 0.05 + torch.minimum(s.style["side"], torch.tensor(0.05, device=s.device))
    off = absent(s.beanie)
    bobble = circle(at.x, at.y + 0.83, 0.11) + off
    yield Layer(at, cover(bobble, at.pixel), s.hat_shade, "hat", bobble)
    crown = dome(at.x, at.y + 0.2, a, 0.22 + 0.4 * s.beanie + 0.36 * s.cap, 0.06, (0.2, 1.0))
    crown = crown + absent(s.hatted)
    whole = cover(crown, at.pixel)
    yield Layer(at, whole, s.hat_colour, "hat", crown)
    side = (at.x * s.light * -1.4).clamp_(0, 0.6)
    yield Layer(at, whole * side, s.hat_shade)
    rim = box(at.x, at.y + 0.255 - 0.1 * at.x.square(), a + 0.02, 0.085, 0.06) + off
    yield Layer(at, cover(rim, at.pixel), s.hat_shade, "hat", rim)
    yield from visor(s, at, whole)


def visor(s: Scene, at: Canvas, crown: Tensor) -> Layers:
    """What makes a cap: seams, a badge, and a visor that stands out over the brows."""
    x = at.x - 1.6 * s.shift
    seams = band(x.abs() - 0.30 - 0.25 * (at.y + 0.25), 0.008, at.pixel) * crown * s.cap
    yield Layer(at, seams, s.hat_shade, line=True)
    badge = circle(x, at.y + 0.44, 0.085) + absent(s.cap)
    yield Layer(at, cover(badge, at.pixel), s.constant("fff6e0"), "hat", badge)
    d = dome(x, at.y + 0.235, s.width + 0.035, 0.10, 0.15, (0.3, 0.3))
    d = torch.maximum(d, -0.265 - at.y + 0.22 * x.square()) + absent(s.cap)
    yield Layer(at, cover(d, at.pixel), s.hat_dark, "hat", d)
