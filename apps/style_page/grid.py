"""The tab "Styles × digits": rows are styles z, columns are labels; steps along directions of z move every row."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gan_lab import zoo

from ..latent_page.view import pngs
from . import coders, view
from .controls import CONTROLS, MOVES, REACH

Answer = dict[str, Any]

SHOWN = 7
"""Rows of the table."""
LABELS = torch.arange(10)


def grid(
    model: str,
    rows: str = "prior",
    seed: int = 0,
    along: str = "slant",
    ink: float = 0.0,
    slant: float = 0.0,
    width: float = 0.0,
    first: float = 0.0,
    second: float = 0.0,
) -> Answer:
    """Seven styles, each writing all ten digits, after steps along the directions (in standard deviations).

    Raises:
        ValueError, FileNotFoundError: there is no such model, or a control is out of its range.
    """
    if not model:
        return {"html": view.missing(coders.MADE[coders.STYLE])}
    net, steps = coders.load(model, coders.STYLE), torch.tensor([ink, slant, width, first, second])
    if not steps.abs().max() <= REACH:
        raise ValueError(f"steps go from {-REACH:g} to {REACH:g} standard deviations, not {steps.tolist()}")
    for name, value in (("rows", rows), ("seed", seed), ("along", along)):
        CONTROLS[name].parse(str(int(value) if isinstance(value, float) else value))
    known = coders.styles(net)
    z, heads = chosen(net, rows, int(seed), along)
    offset = (steps * known.spread) @ known.axes
    pictures = written(net, z + offset)
    shares = coders.read(pictures.flatten(0, 1))
    said = None if shares is None else shares.argmax(1).unflatten(0, (SHOWN, 10)).tolist()
    answer: Answer = {
        "strips": pngs(pictures.permute(0, 2, 3, 1, 4).flatten(3)),
        "read": said,
        "asked": None
        if said is None
        else sum(a == b for row in said for a, b in enumerate(row)) / (10 * SHOWN),
        "offset": offset.norm().item(),
        "directions": dict(zip(MOVES, known.axes.tolist())),
    }
    answer["html"] = view.table(heads, answer["strips"], said) + view.about(known)
    return answer


def written(net: zoo.Autoencoder, z: Tensor) -> Tensor:
    """All ten digits in each style: codes ``(n, d)`` to pictures ``(n, 10, 1, 28, 28)``."""
    made = net.generate(z.repeat_interleave(10, 0), LABELS.repeat(len(z)))
    return made.unflatten(0, (len(z), 10))


def chosen(net: zoo.Autoencoder, rows: str, seed: int, along: str) -> tuple[Tensor, list[view.Head]]:
    """The styles of the rows ``(SHOWN, d)``, and what stands at their left: words, and a picture where there is one."""
    if rows == "digits":
        digits, source = coders.digits(), torch.Generator().manual_seed(seed)
        which = torch.randperm(len(digits), generator=source)[:SHOWN]
        assert digits.labels is not None
        faces = pngs(digits.images_float(which))
        heads = [(f"of this {label}", face) for label, face in zip(digits.labels[which].tolist(), faces)]
        return coders.styles(net).codes[which], heads
    z = net.latents(SHOWN, seed)
    if rows == "prior":
        return z, [(f"style {i + 1}", "") for i in range(SHOWN)]
    known, k = coders.styles(net), list(MOVES).index(along)
    steps = torch.linspace(-REACH, REACH, SHOWN)
    walk = z[:1] + steps[:, None] * known.spread[k] * known.axes[k]
    return walk, [(f"{step:+.0f} σ".replace("-", "−").replace("+0", "0"), "") for step in steps.tolist()]
