"""What the zoo's probe reads in generated faces, and how the page shows it: in words, and as points on scales."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import torch
from torch import Tensor

from gan_lab.zoo import faces

from .. import models, plots

SCALE = {a.name: (-1.0, 1.0) if a.name == "smile" else (0.0, 1.0) for a in faces.ATTRIBUTES}
SHAPES = ("round", "square", "diamond", "ring")
"""Of the three concepts and their sum on the scales."""
WORDS: dict[str, tuple[str, str, str]] = {
    "glasses": ("", "glasses?", "glasses"),
    "hat": ("", "hat?", "hat"),
    "beard": ("", "beard?", "beard"),
    "smile": ("not smiling", "smiling a little", "smiling"),
    "age": ("young", "middle-aged", "old"),
    "feminine": ("masculine", "in between", "feminine"),
}
"""What is said of a reading that is clearly low, between, and clearly high."""


def of_faces(net: models.Model) -> bool:
    """Whether a generator makes the faces that the probe can read."""
    return models.probe() is not None and net.card.get("recipe", {}).get("data") == "faces"


def read(net: models.Model, pictures: Tensor) -> Tensor | None:
    """Readings ``(B, 6)`` of generated pictures ``(B, 3, H, W)``; None where there is nobody to read them."""
    reader = models.probe()
    if reader is None or not of_faces(net):
        return None
    with torch.inference_mode():
        return faces.attributes(reader, pictures)


def numbers(row: Tensor) -> dict[str, float]:
    """One picture's readings by name, for a client."""
    return {name: round(value, 3) for name, value in zip(faces.NAMES, row.tolist())}


def words(row: Tensor) -> str:
    """One picture's readings as a few words: "glasses, smiling, young, masculine"."""
    said = []
    for attribute, value in zip(faces.ATTRIBUTES, row.tolist()):
        level = 0 if value <= attribute.low else 2 if value >= attribute.high else 1
        said.append(WORDS[attribute.name][level])
    return ", ".join(word for word in said if word)


LEFT, WIDTH, ROW = 31.0, 64.0, 24
"""Where the scales begin and how wide they are, in percent; a row's height in pixels."""

Point = tuple[str, str, str, Tensor]
"""A picture on the scales: its name, its class in the style sheet, its shape, its readings ``(6,)``."""


def scales(points: Sequence[Point]) -> str:
    """Every attribute as a scale, every picture as a point on it; shapes tell as much as colours."""
    rows, told = [], []
    for k, name in enumerate(faces.NAMES):
        y = 12 + ROW * k
        rows.append(
            f'<text class="row" x="{LEFT}%" dx="-13" y="{y + 4}">{name}</text>'
            f'<line class="rule" x1="{LEFT}%" x2="{LEFT + WIDTH}%" y1="{y}" y2="{y}"/>'
        )
        rows += [_point(name, y, kind, shape, row[k].item()) for _, kind, shape, row in points]
    for name, _, _, row in points:
        told.append(f"{name}: {words(row)}")
    alt = f"What the probe reads. {'; '.join(told)}."
    foot = 12 + ROW * len(faces.NAMES)
    ends = (
        f'<text class="faint" x="{LEFT}%" y="{foot + 2}">none, least</text>'
        f'<text class="faint" text-anchor="end" x="{LEFT + WIDTH}%" y="{foot + 2}">clear, most</text>'
    )
    svg = f'<svg class="plot scales" role="img" aria-label="{escape(alt)}" height="{foot + 8}">'
    return f"{svg}{''.join(rows)}{ends}</svg>{_legend(points)}"


def _point(name: str, y: int, kind: str, shape: str, value: float) -> str:
    low, high = SCALE[name]
    share = (min(max(value, low), high) - low) / (high - low)
    return plots.symbol(f"{LEFT + WIDTH * share:.1f}%", str(y), kind, shape)


def _legend(points: Sequence[Point]) -> str:
    items = "".join(
        f'<li><svg class="plot key small" aria-hidden="true">{plots.symbol("50%", "9", kind, shape)}</svg>'
        f"{escape(name)}</li>"
        for name, kind, shape, _ in points
    )
    return f'<ul class="legend">{items}</ul>'
