"""What the latent arithmetic page draws: pictures as data addresses, cards, bars of lengths, strips. Only text."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from math import sqrt
from typing import Any

import torch
from PIL import Image
from torch import Tensor

NAMES = ("z₁", "z₂", "z₃")
SUM = "z₁ − z₂ + z₃"


def png(picture: Tensor) -> str:
    """One picture ``(C, H, W)`` in [-1, 1] as a data address; the page enlarges it without smoothing."""
    levels = ((picture + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    array = levels[0].numpy() if len(levels) == 1 else levels.permute(1, 2, 0).numpy()
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def picture(uri: str, alt: str, kind: str = "") -> str:
    """An image with its alternative text; ``kind`` is its size in the style sheet."""
    return f'<img class="pixels {kind}" src="{uri}" alt="{escape(alt)}">'


def card(k: int, mean: str, exemplars: Sequence[str], length: float) -> str:
    """One concept: the picture of the mean vector, its exemplars, its norm."""
    count = len(exemplars)
    words = {0: "nothing chosen: counts as 0", 1: "one picture", 2: "mean of two", 3: "mean of three"}
    small = "".join(picture(uri, f"exemplar {i + 1} of {NAMES[k]}", "small") for i, uri in enumerate(exemplars))
    small += '<span class="pixels small hole"></span>' * (3 - count)
    large = picture(mean, f"what the mean of {NAMES[k]} generates", "middle")
    return (
        f'<figure class="card c{k}"><figcaption><b>{NAMES[k]}</b> <span>{words[count]}</span></figcaption>'
        f'{large}<div class="exemplars">{small}</div><p class="norm">norm {length:.1f}</p></figure>'
    )


def result(uri: str, length: float, shell: float, projected: bool, note: str) -> str:
    """The sum, large."""
    alt = f"G of the weighted sum of the three concepts, a vector of norm {length:.1f}"
    where = "put on the shell" if projected else f"shell {shell:.1f}"
    warning = f'<p class="note" role="status">{escape(note)}</p>' if note else ""
    return (
        f'<figure class="card sum"><figcaption><b>=</b> <span>G({SUM})</span></figcaption>'
        f'{picture(uri, alt, "large")}<p class="norm">norm <b>{length:.1f}</b> · {where}</p>{warning}</figure>'
    )


def marks(shell: float, noise: str) -> list[tuple[float, str]]:
    """The lengths worth marking, with their names: a mean of three, one draw, a sum of three draws."""
    names = ("√(d/3)", "√d", "√(3d)") if noise == "normal" else ("√d / 3", "√(d/3)", "√d")
    return [(0.0, "0"), *zip((shell / sqrt(3), shell, shell * sqrt(3)), names)]


def bars(rows: Sequence[tuple[str, str, float]], shell: float, noise: str) -> str:
    """Lengths as bars against the shell: an SVG whose width follows the page and whose letters keep their size.

    Args:
        rows: (label, class in the style sheet, norm) for each bar.
        shell: the norm of a typical draw.
        noise: what latents are drawn from, for the names of the marks.
    """
    left, width = 24.0, 66.0
    scale = max(2.0 * shell, *(length for *_, length in rows))
    at = lambda length: left + width * length / scale  # noqa: E731
    bottom = 10 + 28 * len(rows)
    parts = []
    for length, name in marks(shell, noise):
        kind = "mark shell" if length == shell else "mark"
        parts.append(f'<line class="{kind}" x1="{at(length):.2f}%" x2="{at(length):.2f}%" y1="4" y2="{bottom}"/>')
        parts.append(f'<text class="tick" x="{at(length):.2f}%" y="{bottom + 18}">{name}</text>')
        parts.append(f'<text class="tick faint" x="{at(length):.2f}%" y="{bottom + 34}">{length:.1f}</text>')
    for i, (label, kind, length) in enumerate(rows):
        y = 10 + 28 * i
        parts.append(f'<text class="row" x="{left - 2:.0f}%" y="{y + 14}">{label}</text>')
        parts.append(
            f'<rect class="bar {kind}" x="{left}%" y="{y}" width="{width * length / scale:.2f}%" height="18" rx="3"/>'
        )
        parts.append(f'<text class="value" x="{at(length):.2f}%" dx="6" y="{y + 14}">{length:.1f}</text>')
    told = "; ".join(f"{label}: {length:.1f}" for label, _, length in rows)
    alt = f"Lengths. {told}. The shell where single draws lie: {shell:.1f}."
    return f'<svg class="plot" role="img" aria-label="{alt}" height="{bottom + 42}">{"".join(parts)}</svg>'


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
    return (
        f'<div class="answer">{picture(single["picture"], "G of the sum of one exemplar per concept", "middle")}'
        f"<p><b>{verdict} Measured: {single['norm']:.1f}.</b> Independent vectors add their variances, "
        f"whatever the sign: three draws make three times d. The mean of three draws has a third of it, so three "
        f"such means add up to d again, and the sum lands where the generator was trained. The picture is the sum "
        f"of the first exemplars.</p></div>"
    )


def strips(rows: dict[str, tuple[Sequence[str], Sequence[float]]], note: str) -> str:
    """Rows of pictures from start to end, each with the norm of its latent beneath."""
    html = [f'<p class="note" role="status">{escape(note)}</p>' if note else ""]
    for name, (uris, norms) in rows.items():
        cells = "".join(
            f'<span class="cell">{picture(uri, f"{name}, step {i + 1} of {len(uris)}", "fill")}'
            f"<small>{length:.1f}</small></span>"
            for i, (uri, length) in enumerate(zip(uris, norms))
        )
        html.append(f'<div class="strip"><p class="{name}">{name}</p><div class="cells">{cells}</div></div>')
    return "".join(html)


def pair(pictures: dict[str, str], norms: dict[str, float], t: float) -> str:
    """The two ways' pictures at one t, side by side."""
    figures = "".join(
        f'<figure class="card {name}"><figcaption><b>{name}</b></figcaption>'
        f'{picture(uri, f"{name} interpolation at t = {t:.2f}", "large")}'
        f'<p class="norm">norm <b>{norms[name]:.1f}</b></p></figure>'
        for name, uri in pictures.items()
    )
    return f'<div class="pair">{figures}</div>'


def path_plot(curves: dict[str, Sequence[float]], at: dict[str, float], t: float, shell: float) -> str:
    """Norm along both ways, the shell as a dotted line, and where t is now."""
    top = 1.15 * max(shell, *(max(c) for c in curves.values()))
    y = lambda length: 8 + 112 * (1 - length / top)  # noqa: E731
    lines = []
    for name, norms in curves.items():
        points = " ".join(f"{i / (len(norms) - 1):.3f},{y(v):.1f}" for i, v in enumerate(norms))
        lines.append(f'<polyline class="{name}" points="{points}"/>')
    x = lambda u: 10 + 84 * u  # noqa: E731
    dots = {
        "linear": '<rect class="linear" width="10" height="10" x="{x:.2f}%" y="{y:.1f}" transform="translate(-5 -5)"/>',
        "spherical": '<circle class="spherical" r="5.5" cx="{x:.2f}%" cy="{y:.1f}"/>',
    }
    told = ", ".join(f"{name} {length:.1f}" for name, length in at.items())
    return (
        f'<svg class="plot" role="img" height="150" aria-label="Norm along the way. At t = {t:.2f}: {told}; '
        f'the shell is at {shell:.1f}.">'
        f'<line class="mark shell" x1="10%" x2="94%" y1="{y(shell):.1f}" y2="{y(shell):.1f}"/>'
        f'<text class="row" x="9%" y="{y(shell) + 4:.1f}">shell</text><text class="row" x="9%" y="124">0</text>'
        f'<line class="axis" x1="10%" x2="94%" y1="120" y2="120"/>'
        f'<line class="mark" x1="{x(t):.2f}%" x2="{x(t):.2f}%" y1="8" y2="120"/>'
        f'<svg x="10%" width="84%" y="0" height="150" viewBox="0 0 1 150" preserveAspectRatio="none">{"".join(lines)}'
        f"</svg>{''.join(dots[n].format(x=x(t), y=y(v)) for n, v in at.items())}"
        f'<text class="tick" x="10%" y="140">start</text><text class="tick" x="94%" y="140">end</text></svg>'
    )


def grid(centre: str, around: Sequence[str], radius: float) -> str:
    """The paper's 3x3: the sum in the middle, eight neighbours around it."""
    cells = [picture(uri, f"neighbour {i + 1} at radius {radius:g}", "fill") for i, uri in enumerate(around)]
    cells.insert(4, picture(centre, "the sum itself", "fill centre"))
    return f'<div class="nine">{"".join(cells)}</div>'


def notice(sentences: Sequence[str]) -> dict[str, Any]:
    """What could not be done as asked, in one line; nothing where all went well."""
    text = " ".join(sentences)
    return {"html": f'<p class="note" role="alert">{escape(text)}</p>' if text else "", "text": text}
