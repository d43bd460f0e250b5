"""What makes it a face: beard, eyes, brows, nose, mouth, lines of age, glasses. All drawn on crops of the canvas.

Whatever comes in pairs is drawn once, on the canvas folded at the middle of the face: m = |x - middle|.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.data.faces.scene import Canvas, Layer, Layers, Scene
from gan_lab.data.faces.shapes import absent, band, box, circle, cover, dome, ellipse


def features(s: Scene, at: Canvas, skull: Tensor) -> Layers:
    """Everything between the skin and the fringe."""
    low = at.crop(-0.65, -0.2, 0.65, 0.85)
    middle = at.crop(-0.6, 0.0, 0.6, 0.5)
    yield from cheeks(s, middle, skull[:, middle.rows, middle.columns])
    yield from beard(s, low, skull[:, low.rows, low.columns])
    yield from mouth(s, at.crop(-0.38, 0.12, 0.38, 0.62))
    yield from moustache(s, at.crop(-0.38, 0.12, 0.38, 0.55))
    yield from lines(s, at.crop(-0.5, -0.5, 0.5, 0.5))
    yield from nose(s, at.crop(-0.3, -0.05, 0.3, 0.42))
    eyes_at = at.crop(-0.5, -0.22, 0.5, 0.32)
    yield from eyes(s, eyes_at)
    yield from brows(s, at.crop(-0.5, -0.35, 0.5, 0.2))
    yield from glasses(s, at.crop(-0.65, -0.25, 0.65, 0.4))


def cheeks(s: Scene, at: Canvas, skull: Tensor) -> Layers:
    """A soft blush, stronger on children and in a smile."""
    m = (at.x - s.shift).abs() - 0.29
    y = at.y - s.nose_y - 0.04
    soft = (1 - (m / 0.13).square() - (y / 0.10).square()).clamp_(min=0)
    strength = 0.45 + 0.3 * s.child + 0.15 * s.feminine + 0.15 * s.smile.clamp(min=0) - 0.2 * s.old
    yield Layer(at, soft * strength * cover(skull, at.pixel), s.blush)


def beard(s: Scene, at: Canvas, skull: Tensor) -> Layers:
    """A full beard: the lower face but for an arch around nose and cheeks."""
    free = s.mouth_y - 0.005 - s.eye_y
    clean = dome(at.x - s.shift, at.y - s.eye_y, s.width - 0.06, 0.5, free, (0.6, 0.55))
    d = torch.maximum(torch.maximum(skull - 0.018, -clean), s.eye_y + 0.02 - at.y) + absent(s.beard)
    yield Layer(at, cover(d, at.pixel), s.beard_colour, "facial hair", d)


def mouth(s: Scene, at: Canvas) -> Layers:
    """A curve for the closed lips; from a smile of .3 on it opens and shows the teeth."""
    t = (at.x - s.shift) / s.mouth_a
    hill = (1 - t * t).clamp_(min=0)
    bend = 0.085 * s.smile + 0.008
    upper = s.mouth_y - bend * 0.55 + bend * hill
    opening = 0.15 * ((s.smile - 0.25) / 0.75).clamp(min=0)
    lower = upper + opening * hill
    slope = (1 + (2 * bend / s.mouth_a * t).square()).rsqrt_()
    inside = torch.maximum(upper - at.y, at.y - lower) * slope
    full = 0.010 + 0.022 * s.feminine * s.adult + 0.006 * s.adult
    red = torch.maximum(upper - 0.35 * full * hill - at.y, at.y - lower - full * (hill + 1e-6).sqrt()) * slope
    within = t.abs() - 1
    lips = cover(red, at.pixel) * (within < 0)
    yield Layer(at, lips, s.lips, "mouth")
    hole = cover(inside, at.pixel) * cover(-opening + 0.006, at.pixel) * (within < 0)
    open_lips = inside + absent((within < 0).float()) + absent((opening > 0.02).float())
    yield Layer(at, hole, s.constant("6d1a2a"), "mouth", open_lips)
    tongue = cover(
        ellipse(at.x - s.shift, at.y - lower.amax((1, 2), True) - 0.01, 0.6 * s.mouth_a, 0.055), at.pixel
    )
    yield Layer(at, hole * tongue, s.constant("e8707a"))
    teeth = cover(at.y - upper - 0.42 * opening, at.pixel)
    yield Layer(at, hole * teeth, s.constant("fffdf8"))
    line = band((at.y - upper) * slope, 0.010 * (hill + 1e-6).sqrt(), at.pixel) * (within < 0)
    yield Layer(at, line, s.mouth_line, line=True)


def moustache(s: Scene, at: Canvas) -> Layers:
    """Two lobes under the nose."""
    m = (at.x - s.shift).abs()
    t = (m / (0.17 + 0.02 * s.smile)).clamp_(max=1.2)
    middle = s.nose_y + 0.088 + 0.05 * t * t - 0.03 * s.smile * t
    half = 0.048 * (1 - t * t).clamp_(min=1e-6).sqrt() * (0.75 + 0.5 * t)
    d = (at.y - middle).abs() - half + 0.5 * (t - 1).clamp(min=0)
    d = d + absent(s.moustache + s.beard)
    yield Layer(at, cover(d, at.pixel), s.beard_colour, "facial hair", d)


def lines(s: Scene, at: Canvas) -> Layers:
    """What years draw: folds from nose to mouth, rings under the eyes, crow's feet, a lined forehead."""
    x = at.x - s.shift
    m, age = x.abs(), s.old
    y0, y1 = s.nose_y - 0.01, s.mouth_y + 0.01
    t = ((at.y - y0) / (y1 - y0)).clamp(-0.2, 1.2)
    inside = (1 - (2 * t - 1).square()).clamp_(min=0)
    fold = band(m - (s.nose_a + 0.045 + 0.085 * t + 0.01 * s.smile), 0.011 * inside, at.pixel)
    ring = ellipse(m - s.eye_gap, at.y - s.eye_y - 0.03, s.eye_a + 0.015, s.eye_b + 0.025)
    ring = band(ring, 0.009, at.pixel) * ((at.y - s.eye_y - 0.07) * 20).clamp_(0, 1)
    high = s.brow_y - at.y
    wave = high + 0.012 * (x * 9).cos()
    span = (1 - (x / 0.24).square()).clamp_(min=0)
    wrinkles = band(wave - 0.10, 0.010 * span, at.pixel) + band(wave - 0.165, 0.009 * span, at.pixel)
    yield Layer(at, (fold * 0.9 * age).clamp_(max=1), s.skin_line, line=True)
    yield Layer(at, ring * age * 0.7, s.skin_line, line=True)
    yield Layer(at, wrinkles * (age - 0.15).clamp(min=0) * 0.9, s.skin_line, line=True)


def nose(s: Scene, at: Canvas) -> Layers:
    """A rounded tip with a line under it, a bridge in shade away from the light, a glint."""
    x, y = at.x - s.nose_x, at.y - s.nose_y
    side = torch.where(s.light > 0, -1.0, 1.0)
    bridge = box(x - 0.35 * s.nose_a * side, y + 0.07, 0.4 * s.nose_a, 0.10, 0.01)
    yield Layer(at, cover(bridge, 0.05) * 0.5 * s.light.abs(), s.skin_shade)
    d = ellipse(x, y, s.nose_a * 1.05, s.nose_a * 0.82)
    yield Layer(at, cover(d, at.pixel) * 0.75, s.nose_colour, "nose")
    under = band(d, 0.010, at.pixel) * (y * 25).clamp_(0, 1)
    yield Layer(at, under * 0.85, s.skin_line, line=True)
    glint = circle(x + 0.3 * s.nose_a * side, y + 0.3 * s.nose_a, 0.28 * s.nose_a)
    yield Layer(at, cover(glint, at.pixel) * 0.5, s.skin_light)


def eyes(s: Scene, at: Canvas) -> Layers:
    """White, iris, pupil and glints, under a lid that grows heavy with the years."""
    x = at.x - s.shift
    m, y = x.abs() - s.eye_gap, at.y - s.eye_y
    tilted = y + 0.10 * m * (s.feminine - 0.5 * s.old)
    d = ellipse(m, tilted, s.eye_a, s.eye_b)
    lid = -s.eye_b * (1 - 0.34 * s.old)
    d = torch.maximum(d, lid - tilted)
    white = cover(d, at.pixel)
    yield Layer(at, white, s.constant("fffdf8"), "eye", d)
    yield Layer(at, white * ((lid + 0.045 - tilted) * 18).clamp_(0, 0.30), s.constant("8a90b0"))
    sign = x.sign()
    ix, iy = m - sign * s.gaze_x, y - s.gaze_y
    away = torch.addcmul(ix * ix + 1e-8, iy, iy).sqrt_()
    yield Layer(at, white * cover(away - s.iris, at.pixel), s.eye)
    yield Layer(at, white * cover(away - 0.52 * s.iris, at.pixel), s.constant("17131c"), line=True)
    glint = circle(ix * sign - 0.024 * torch.where(s.light > 0, 1.0, -1.0), iy + 0.026, 0.021)
    yield Layer(at, white * cover(glint, at.pixel), s.constant("ffffff"))
    lash = band(d, 0.008 + 0.012 * s.feminine, at.pixel) * ((-tilted - 0.1 * s.eye_b) * 22).clamp_(0, 1)
    yield Layer(at, lash, s.constant("2a1d22"), line=True)
    wing = band(tilted + 0.5 * s.eye_b + 0.6 * (m - s.eye_a * 0.8), 0.011, at.pixel)
    wing = wing * cover((m - s.eye_a * 1.02).abs() - 0.028, at.pixel)
    yield Layer(at, wing * (2 * s.feminine - 0.8).clamp(0, 1), s.constant("2a1d22"))


def brows(s: Scene, at: Canvas) -> Layers:
    """An arch that thins outwards; its inner end rises when the face is sad."""
    t = ((at.x - s.shift).abs() - s.eye_gap - 0.005) / 0.125
    arch = s.brow_y - 0.028 + 0.030 * t * t + 0.030 * t * (-s.smile).clamp(min=0) + 0.006 * t
    half = (0.014 + 0.018 * s.masculine * s.adult) * (1 - 0.35 * t) * (1 - t.square().square()).clamp_(min=0)
    d = at.y - arch
    yield Layer(at, band(d, half, at.pixel), s.brow, "brow", line=True)


def glasses(s: Scene, at: Canvas) -> Layers:
    """Round or square rims, a bridge, and arms to the ears; the lenses are a little blue."""
    x = at.x - s.shift
    m, y = x.abs() - s.eye_gap, at.y - s.eye_y - 0.012
    d = torch.where(s.square_glasses > 0, box(m, y, 0.155, 0.128, 0.035), circle(m, y, 0.152))
    worn = s.round_glasses + s.square_glasses
    off = absent(worn)
    yield Layer(at, cover(d + off, at.pixel) * 0.22, s.constant("dff1ff"), "glasses")
    rim = band(d + off, 0.019, at.pixel)
    beside = (m.abs() > 0.15) * (d > 0) * cover(at.x.abs() - s.width + 0.005, at.pixel)
    bar = band(y + 0.02, 0.015, at.pixel) * beside * worn
    yield Layer(at, torch.maximum(rim, bar), s.frame, "glasses", line=True)
