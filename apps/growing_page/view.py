"""What the page on Progressive GAN shows of its answers: the faces' places, the critic's side, the film strip."""

from __future__ import annotations

from html import escape

import torch
from torch import Tensor

from ..latent_page.view import picture, pngs
from ..plots import Plot, figure, nothing, number
from .album import Album
from .controls import FACES
from .descent import Descent

MAPS = 6
"""Feature maps shown of each level; always the first ones, for they must not change while a slider moves."""

NO_MODEL = (
    "There is no model that grew yet: train one with gan-lab train progressive --data mnist-5k --out runs/growing, "
    "then start the apps again. Training live works without one."
)
PATHS = {"old": "Old path", "blend": "What G shows", "new": "New path"}


def faces() -> str:
    """The places for both paths and their blend; the script paints them."""
    return f'<div class="paths">{"".join(_path(kind, title) for kind, title in PATHS.items())}</div>'


def _path(kind: str, title: str) -> str:
    cells = "".join(
        f'<button type="button" data-face="{k}" aria-label="latent {k + 1}">'
        '<canvas class="pixels fill"></canvas></button>'
        if kind == "blend"
        else '<canvas class="pixels fill" aria-hidden="true"></canvas>'
        for k in range(FACES)
    )
    role = 'role="group" aria-label="The pictures that G shows: one of them is followed through training"'
    return (
        f'<figure class="path {kind}"><figcaption><b>{title}</b> <span data-say="{kind}"></span></figcaption>'
        f'<div class="eight" {role if kind == "blend" else "role=img"} data-sheet="{kind}">{cells}</div>'
        f'<div class="true"><span>true size</span>'
        f'<canvas data-strip="{kind}" role="img" aria-label=""></canvas></div></figure>'
    )


def answer(guess: str, level: int, gap: float, other: float) -> str:
    """The guess against the measured difference at alpha = 0, beside that at alpha = 1 (both in [0, 2])."""
    if not guess:
        return ""
    size = 4 << level
    right = "Yes" if guess == "same" else "No"
    return (
        f'<div class="answer"><p><b>{right}: at α = 0 it is the {size // 2}×{size // 2} picture, '
        f"every pixel doubled.</b> Largest difference between the two, over these {FACES} pictures: {number(gap)}. "
        f"At α = 1 they differ by up to {number(other)} "
        "(black to white is 2). The old path alone counts at first, so that new, random layers cannot "
        "spoil what the lower ones have learnt.</p></div>"
    )


def critic(album: Album, level: int, alpha: float, way: Descent) -> str:
    """The image, the two ways in, what goes on, and the scores."""
    size, count = 4 << level, len(way.below[0])
    shown = pngs(torch.stack([way.image]))[0]
    alt = f"the real image as the critic is shown it at {size}x{size} pixels"
    head = (
        f'<figure class="shown">{picture(shown, alt, "large")}'
        f'<div class="true"><span>true size</span><img src="{shown}" width="{size}" height="{size}" alt="">'
        f"</div><figcaption>{size}×{size}"
        f"{f', faded: {alpha:.0%} of its finest detail' if level else ''}</figcaption></figure>"
    )
    rows = ""
    if way.new is not None and way.old is not None and way.halved is not None:
        low = size // 2
        small = picture(pngs(way.halved[None])[0], f"the image halved to {low}x{low} pixels", "small")
        rows += _row("new", f"fromRGB and the {size}×{size} block, then ½", f"α = {alpha:.2f}", way.new, way)
        rows += _row(
            "old", f"½, then fromRGB of {low}×{low}", f"1 − α = {1 - alpha:.2f}", way.old, way, small
        )
        rows += _row("sum", f"their blend goes on, {low}×{low}", "", way.below[0], way)
    else:
        rows += _row("sum", "fromRGB of 4×4", "", way.below[0], way)
    for features in way.below[1:]:
        side = features.shape[-1]
        rows += _row("sum", f"one block further down, {side}×{side}", "", features)
    hint = (
        f'<p class="hint">Of each level the first {min(MAPS, count)} feature maps, each in a scale of grey of its own: '
        "bright is a strong answer.</p>"
    )
    note = f'<p class="note status" role="status">{escape(album.shown[1])}</p>' if album.shown[1] else ""
    flow = f'<div class="descent">{head}<div class="down">{rows}</div></div>'
    return f"{note}{flow}{hint}{_scores(album, way, level, alpha)}"


def _row(kind: str, title: str, share: str, maps: Tensor, way: Descent | None = None, first: str = "") -> str:
    """Feature maps of one place; each has one scale of grey over the two ways and their blend."""
    together = [t[:MAPS] for t in (way.new, way.old, way.below[0]) if t is not None] if way else [maps[:MAPS]]
    flat = torch.cat([t.flatten(1) for t in together], 1)
    low, high = flat.amin(1)[:, None, None], flat.amax(1)[:, None, None]
    grey = ((maps[:MAPS] - low) / (high - low).clamp(min=1e-6) * 2 - 1)[:, None]
    side = maps.shape[-1]
    cells = "".join(
        picture(uri, f"feature map {k + 1}, {side}x{side}, {title}", "map")
        for k, uri in enumerate(pngs(grey))
    )
    share = f" <em>{share}</em>" if share else ""
    return f'<div class="maps {kind}"><p><b>{title}</b>{share}</p><div>{first}{cells}</div></div>'


def _scores(album: Album, way: Descent, level: int, alpha: float) -> str:
    """What the critic says of the four real images, or of those that stand in for them, and of four generated ones."""
    shown = "stand-in" if album.shown[1] else "real"
    values = [*way.reals, *way.fakes]
    low, high = min(values), max(values)
    room = 0.12 * (high - low) + 1e-3
    plot = Plot((low - room, high + room), (0, 3), height=110)
    for y, kind, shape, scores in ((2, "s0", "round", way.reals), (1, "s1", "diamond", way.fakes)):
        for score in scores:
            plot.dot(score, y, kind, shape)
    plot.dot(way.score, 2, "s0", "ring")
    told = f"{shown} {', '.join(map(number, way.reals))}; generated {', '.join(map(number, way.fakes))}"
    ticks = [(low, number(low)), (high, number(high))]
    drawn = plot.svg(f"Scores: {told}", ticks, [(2, shown), (1, "G’s")], "score of the critic", "")
    mean = sum(way.reals) / len(way.reals) - sum(way.fakes) / len(way.fakes)
    words = f'<p class="hint">The ringed one is the image above: {number(way.score)}. ' + (
        "G made both rows: they say nothing about real images."
        if album.shown[1]
        else f"On average these real images score {number(abs(mean))} {'more' if mean >= 0 else 'less'} than "
        "these generated ones."
    )
    late = (
        ""
        if level == album.top and alpha == 1
        else (
            " This critic has finished growing: of its lower ways in, nothing was trained since their level was left. "
            "There the drawing shows how a critic is built, not what this one thinks."
        )
    )
    return figure("Its score, beside those of the others", drawn) + words + f"{late}</p>"


def film(album: Album, face: int) -> str:
    """One latent through all of training, and the finished generator asked for every level."""
    top = album.top
    training = [(pictures[face], _meaning(name)) for name, pictures in album.film]
    levels = [(pictures[face], f"{4 << i}×{4 << i}") for i, pictures in enumerate(album.last)]
    return (
        f'<h2 class="section">Latent {face + 1} through training</h2>'
        '<p class="hint">The generator as each phase of growing left it, first at its true size, then enlarged. '
        "Just after a fade a picture can look off in colour: until then only blends of both ways were judged, and the "
        "averaged weights still belong to an α before 1.</p>"
        f"{_strip(training)}"
        f'<h2 class="section">Through the levels of the last generator</h2>'
        f'<p class="hint">Its own lower toRGB layers are still there, but nobody has trained them since '
        f"{4 << top}×{4 << top} was faded in, while the blocks below them went on learning.</p>"
        f"{_strip(levels)}"
    )


def _meaning(name: str) -> str:
    size, fade = name.removesuffix("-fade"), name.endswith("-fade")
    return f"{size}×{size} {'faded in' if fade else 'trained'}"


def _strip(frames: list[tuple[Tensor, str]]) -> str:
    cells = ""
    for image, words in frames:
        uri, side = pngs(image[None])[0], image.shape[-1]
        cells += (
            f'<figure><span class="real-size"><img src="{uri}" width="{side}" height="{side}" alt=""></span>'
            f"{picture(uri, f'{words}, {side}x{side} pixels', 'fill')}<figcaption>{_lines(words)}</figcaption></figure>"
        )
    return f'<div class="film">{cells}</div>'


def _lines(words: str) -> str:
    """The size on a line of its own: where a strip is narrow, all captions break alike."""
    return "<br>".join(map(escape, words.split(" ", 1)))


def no_film() -> str:
    """In place of a film."""
    return nothing("No model that grew: there is no film yet.")
