"""What the latent arithmetic page draws: pictures as data addresses, cards, bars of norms, strips."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from html import escape
from math import sqrt
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..plots import figure

NAMES = ("z₁", "z₂", "z₃")


def pngs(pictures: Tensor) -> list[str]:
    """Pictures ``(B, C, H, W)`` in [-1, 1] as data addresses; the page enlarges them without smoothing."""
    levels = ((pictures + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return [_png(array[..., 0] if array.shape[-1] == 1 else array) for array in levels]


def _png(array: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def picture(uri: str, alt: str, kind: str = "") -> str:
    """An image with its alternative text; ``kind`` is its size in the style sheet."""
    return f'<img class="pixels {kind}" src="{uri}" alt="{escape(alt)}">'


def card(k: int, mean: str, exemplars: Sequence[str], length: float, reads: str = "") -> str:
    """One concept: the picture of the mean vector, its exemplars, its norm, and what a probe reads in the picture."""
    count = len(exemplars)
    words = {0: "nothing chosen: counts as 0", 1: "one picture", 2: "mean of two", 3: "mean of three"}
    small = "".join(
        picture(uri, f"exemplar {i + 1} of {NAMES[k]}", "small") for i, uri in enumerate(exemplars)
    )
    small += '<span class="pixels small hole"></span>' * (3 - count)
    large = picture(mean, f"what the mean of {NAMES[k]} generates", "middle")
    return (
        f'<figure class="card c{k}"><figcaption><b>{NAMES[k]}</b> <span>{words[count]}</span></figcaption>'
        f'{large}<div class="exemplars">{small}</div><p class="norm">norm {length:.1f}</p>{reading(reads)}</figure>'
    )


def reading(words: str) -> str:
    """What a probe reads in the picture above; nothing where there is none."""
    return f'<p class="reads"><small>the probe reads</small> {escape(words)}</p>' if words else ""


def terms(weights: Sequence[float]) -> str:
    """The sum as it is written: z₁ − z₂ + z₃, or 1.5 z₁ − 0.5 z₂; 0 where no term is left."""
    said = ""
    for weight, name in zip(weights, NAMES):
        sign = ("− " if weight < 0 else "+ ") if said else ("−" if weight < 0 else "")
        size = "" if abs(weight) == 1 else f"{abs(weight):g} "
        said += f"{' ' if said else ''}{sign}{size}{name}" if weight else ""
    return said or "0"


def result(measured: dict[str, Any], weights: Sequence[float], projected: bool) -> str:
    """The sum, large."""
    length, note = measured["norm"], measured["note"]
    alt = f"G of the weighted sum of the three concepts, a vector of norm {length:.1f}"
    where = "put on the shell" if projected and not note else f"shell {measured['shell']:.1f}"
    warning = f'<p class="note" role="status">{escape(note)}</p>' if note else ""
    return (
        f'<figure class="card sum"><figcaption><b>=</b> <span>G({terms(weights)})</span></figcaption>'
        f"{picture(measured['picture'], alt, 'large')}"
        f'<p class="norm">norm <b>{length:.1f}</b> · {where}</p>{reading(measured.get("reads", ""))}{warning}</figure>'
    )


def marks(shell: float, noise: str) -> list[tuple[float, str]]:
    """The lengths worth marking, with their names: a mean of three, one draw, a sum of three draws."""
    names = ("√(d/3)", "√d", "√(3d)") if noise == "normal" else ("√d / 3", "√(d/3)", "√d")
    return [(0.0, "0"), *zip((shell / sqrt(3), shell, shell * sqrt(3)), names)]


LEFT, WIDTH = 24.0, 66.0
"""Where bars begin and how wide they get, in percent: letters keep their size on a narrow page."""


def bars(measured: dict[str, Any], noise: str) -> str:
    """The norms as bars against the shell, an SVG as wide as its column.

    Args:
        measured: what the event ``arithmetic`` returns.
        noise: what latents are drawn from, for the names of the marks.
    """
    rows = [(f"{name} mean", f"c{k}", measured["norms"][k]) for k, name in enumerate(NAMES)]
    rows.append(("their sum", "sum", measured["norm"]))
    if "single" in measured:
        rows.append(("one each", "single", measured["single"]["norm"]))
    shell = measured["shell"]
    scale = WIDTH / max(2.0 * shell, *(length for *_, length in rows))
    bottom = 10 + 28 * len(rows)
    parts = [
        _mark(LEFT + scale * length, length, name, bottom, shell) for length, name in marks(shell, noise)
    ]
    parts += [_bar(10 + 28 * i, *row, scale) for i, row in enumerate(rows)]
    told = "; ".join(f"{label}: {length:.1f}" for label, _, length in rows)
    alt = f"Norms. {told}. The shell where single draws lie: {shell:.1f}."
    return f'<svg class="plot" role="img" aria-label="{alt}" height="{bottom + 42}">{"".join(parts)}</svg>'


def _mark(x: float, length: float, name: str, bottom: int, shell: float) -> str:
    kind = "mark shell" if length == shell else "mark"
    return (
        f'<line class="{kind}" x1="{x:.2f}%" x2="{x:.2f}%" y1="4" y2="{bottom}"/>'
        f'<text class="tick" x="{x:.2f}%" y="{bottom + 18}">{name}</text>'
        f'<text class="tick faint" x="{x:.2f}%" y="{bottom + 34}">{length:.1f}</text>'
    )


def _bar(y: int, label: str, kind: str, length: float, scale: float) -> str:
    return (
        f'<text class="row" x="{LEFT - 2:.0f}%" y="{y + 14}">{label}</text>'
        f'<rect class="bar {kind}" x="{LEFT}%" y="{y}" width="{scale * length:.2f}%" height="18" rx="3"/>'
        f'<text class="value" x="{LEFT + scale * length:.2f}%" dx="6" y="{y + 14}">{length:.1f}</text>'
    )


def answer(guess: str, measured: dict[str, Any], weights: Sequence[float], noise: str) -> str:
    """What one exemplar per concept gave, against the guess; nothing before there is a guess."""
    if not guess:
        return ""
    if "single" not in measured:
        return '<p class="note">Choose at least one picture for each concept, then this can be measured.</p>'
    single, shell = measured["single"], measured["shell"]
    expected = shell * sqrt(sum(w * w for w in weights))
    name = marks(shell, noise)[3][1]
    if all(abs(w) == 1 for w in weights):
        verdict = f"{'Yes' if guess == 'longer' else 'No'}: about {name} = {expected:.1f}."
    else:
        verdict = f"With these weights about {expected:.1f}."
    shown = picture(single["picture"], "G of the sum of one exemplar per concept", "middle")
    return (
        f'<div class="answer">{shown}<p><b>{verdict} Measured: {single["norm"]:.1f}.</b> '
        "Independent vectors add their variances, whatever the sign: three draws make three times d. "
        "The mean of three draws has a third of d, so three such means add up to d again: their sum lands "
        "where the generator was trained. "
        "The picture here is the sum of the first exemplars.</p></div>"
    )


def strips(rows: dict[str, dict[str, Any]], note: str) -> str:
    """Rows of pictures from start to end, each with the norm of its latent beneath."""
    html = [f'<p class="note" role="status">{escape(note)}</p>' if note else ""]
    for name, row in rows.items():
        shown = [picture(uri, f"{name}, step {i + 1}", "fill") for i, uri in enumerate(row["pictures"])]
        norms = [f"<small>{length:.1f}</small>" for length in row["norms"]]
        cells = "".join(f'<span class="cell">{image}{norm}</span>' for image, norm in zip(shown, norms))
        html.append(f'<div class="strip"><p class="{name}">{name}</p><div class="cells">{cells}</div></div>')
    return "".join(html)


def pair(pictures: dict[str, str], norms: dict[str, float], t: float) -> str:
    """The two ways' pictures at one t, side by side."""
    figures = "".join(
        f'<figure class="card {name}"><figcaption><b>{name}</b></figcaption>'
        f"{picture(uri, f'{name} interpolation at t = {t:.2f}', 'large')}"
        f'<p class="norm">norm <b>{norms[name]:.1f}</b></p></figure>'
        for name, uri in pictures.items()
    )
    return f'<div class="pair">{figures}</div>'


def before_after(measured: dict[str, Any], reads: Sequence[str]) -> str:
    """One latent's picture before and after the steps, with what is read and how long the latent is."""
    figures = "".join(
        f'<figure class="card {kind}"><figcaption><b>{name}</b></figcaption>'
        f"{picture(measured['pictures'][name], f'{name} the steps: {words}', 'large')}"
        f'<p class="norm">norm <b>{measured["norms"][name]:.1f}</b> · shell {measured["shell"]:.1f}</p>'
        f"{reading(words)}</figure>"
        for (name, kind), words in zip((("before", "single"), ("after", "sum")), reads)
    )
    return f'<div class="pair">{figures}</div>'


DOTS = {
    "linear": '<rect class="linear" width="10" height="10" x="{x}%" y="{y}" transform="translate(-5 -5)"/>',
    "spherical": '<circle class="spherical" r="5.5" cx="{x}%" cy="{y}"/>',
}
FLOOR = 120
"""Height of the zero line of the path's plot, in pixels."""


def path_plot(curves: dict[str, Sequence[float]], at: dict[str, float], t: float, shell: float) -> str:
    """Norm along both ways, the shell as a line, and where t is now."""
    top = 1.15 * max(shell, *(max(curve) for curve in curves.values()))

    def y(length: float) -> str:
        return f"{8 + (FLOOR - 8) * (1 - length / top):.1f}"

    def line(kind: str, x1: float, x2: float, y1: str, y2: str) -> str:
        return f'<line class="{kind}" x1="{x1:.2f}%" x2="{x2:.2f}%" y1="{y1}" y2="{y2}"/>'

    now = 10 + 84 * t
    told = ", ".join(f"{name} {length:.1f}" for name, length in at.items())
    alt = f"Norm along the way. At t = {t:.2f}: {told}; the shell is at {shell:.1f}."
    lines = "".join(
        f'<polyline class="{name}" points="{_points(curve, y)}"/>' for name, curve in curves.items()
    )
    dots = "".join(DOTS[name].format(x=f"{now:.2f}", y=y(length)) for name, length in at.items())
    drawn = (
        f'<svg class="plot" role="img" height="150" aria-label="{alt}">'
        f"{line('mark shell', 10, 94, y(shell), y(shell))}{line('axis', 10, 94, y(0), y(0))}"
        f'{line("mark", now, now, "8", y(0))}<text class="row" x="9%" y="{y(shell)}" dy="4">shell</text>'
        f'<text class="row" x="9%" y="{y(0)}" dy="4">0</text>'
        '<svg x="10%" width="84%" y="0" height="150" viewBox="0 0 1 150" preserveAspectRatio="none">'
        f'{lines}</svg>{dots}<text class="tick" x="10%" y="{FLOOR + 20}">start</text>'
        f'<text class="tick" x="94%" y="{FLOOR + 20}">end</text></svg>'
    )
    return figure("Length of the latent along both ways", drawn)


def _points(curve: Sequence[float], y: Callable[[float], str]) -> str:
    return " ".join(f"{i / (len(curve) - 1):.3f},{y(length)}" for i, length in enumerate(curve))


def grid(centre: str, around: Sequence[str], radius: float) -> str:
    """The paper's 3x3: the sum in the middle, eight neighbours around it."""
    cells = [picture(uri, f"neighbour {i + 1} at radius {radius:g}", "fill") for i, uri in enumerate(around)]
    cells.insert(4, picture(centre, "the sum itself", "fill centre"))
    return f'<div class="nine">{"".join(cells)}</div>'


def notice(sentences: Sequence[str]) -> dict[str, Any]:
    """What could not be done as asked, in one line; nothing where all went well."""
    text = " ".join(sentences)
    return {"html": f'<p class="note" role="alert">{escape(text)}</p>' if text else "", "text": text}
