"""What lies on the board: the input of a pix2pix, drawn, painted, uploaded, or of a held-out face."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab import zoo
from gan_lab.data.faces.drawing import LABEL_COLOURS, LABELS, coloured
from gan_lab.data.faces.palettes import rgb

from ..latent_page import pictures
from ..latent_page.view import pngs
from . import translators

SIDE = 256
"""Pixels along the board, a multiple of the pictures' size: a mean over squares gives back what was laid there."""
CPU = torch.device("cpu")
Paint = dict[str, Any]
KINDS = {("edges-faces", "AtoB"): "lines", ("labels-faces", "AtoB"): "labels"}
EMPTY = {
    "lines": "the drawing is empty: draw a line, or start from a held-out face",
    "labels": "the map shows one label only: paint at least two, or start from a held-out face",
    "picture": "the picture is one plain colour: paint something on it, or start from a held-out face",
}
"""What to say of a drawing of nothing."""


def kind(model: zoo.PairTranslator) -> str:
    """What it is given: "lines", "labels", or any other "picture"."""
    return KINDS.get((model.recipe.data, model.recipe.direction), "picture")


def side(model: zoo.PairTranslator) -> int:
    """Pixels along its board."""
    return max(SIDE, model.recipe.size)


def paints(what: str) -> list[Paint]:
    """What can be painted with: name, colour, and the brush's width in pixels of the board."""
    if what == "lines":
        return [
            {"name": "pen", "colour": "#000000", "width": 3},  # as thin as the lines it was trained on
            {"name": "rubber", "colour": "#ffffff", "width": 20},
        ]
    return [
        {"name": name, "colour": f"#{colour}", "width": 24} for name, colour in zip(LABELS, LABEL_COLOURS)
    ]


def laid(model: zoo.PairTranslator, x: Tensor, number: int | None) -> dict[str, Any]:
    """The board with a picture ``(1, 3, size, size)`` on it, as its script takes it."""
    what = kind(model)
    return {
        "model": model.name,
        "kind": what,
        "side": side(model),
        "grain": 0 if what == "lines" else side(model) // model.recipe.size,
        "ground": "#ffffff" if what == "lines" else f"#{LABEL_COLOURS[0]}",
        "paints": paints(what),
        "names": list(translators.sides(model)),
        "picture": pngs(x)[0],
        "number": number,
    }


def plain(model: zoo.PairTranslator) -> Tensor:
    """An empty board's picture ``(1, 3, size, size)``."""
    ground = rgb("ffffff" if kind(model) == "lines" else LABEL_COLOURS[0], CPU) * 2 - 1
    return ground[None, :, None, None].expand(1, 3, model.recipe.size, model.recipe.size)


def drawn(model: zoo.PairTranslator, drawing: str | None) -> Tensor:
    """A drawing, a PNG as a data address, as the model was given its pictures: ``(1, 3, size, size)``.

    Raises:
        ValueError: nothing was drawn, or this is no PNG.
    """
    if not drawing:
        raise ValueError(EMPTY[kind(model)])
    across = side(model)
    return read(model, F.avg_pool2d(pictures.drawn(drawing, 3, across), across // model.recipe.size))


def uploaded(model: zoo.PairTranslator, path: str | None) -> Tensor:
    """An uploaded file, its centre square: ``(1, 3, size, size)``.

    Raises:
        ValueError: there is none, it is no picture, or it shows nothing.
    """
    return read(model, pictures.uploaded(path, 3, model.recipe.size))


def read(model: zoo.PairTranslator, x: Tensor) -> Tensor:
    """Any picture ``(1, 3, size, size)`` as such an input: lines without colour, labels in their own colours.

    Raises:
        ValueError: it is one plain colour.
    """
    what = kind(model)
    if what == "lines":
        x = x.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    if what == "labels":
        x = coloured(nearest(x))
    if (x.amax((2, 3)) - x.amin((2, 3))).max() < 0.1:
        raise ValueError(EMPTY[what])
    return x


def nearest(x: Tensor) -> Tensor:
    """The label map ``(1, size, size)`` whose colours are nearest to a picture's ``(1, 3, size, size)``."""
    colours = torch.stack([rgb(colour, CPU) for colour in LABEL_COLOURS]) * 2 - 1
    return torch.cdist(x.permute(0, 2, 3, 1).flatten(1, 2), colours[None]).argmin(2).unflatten(1, x.shape[2:])
