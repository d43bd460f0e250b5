"""What the page on Progressive GAN answers. Plain arguments in, dictionaries out: data, and ``html`` for the page."""

from __future__ import annotations

from typing import Any

import gradio as gr

from gan_lab.models.progressive import check_level, double

from .. import links, parts
from ..latent_page.view import pngs
from . import album as albums
from . import drawing, view
from .controls import FACES, INPUTS, TOP, controls
from .descent import descend
from .live import MAPS as LIVE_MAPS

Answer = dict[str, Any]


def fade(model: str, level: int = 2, alpha: float = 1.0, face: int = 0) -> Answer:
    """One latent at a level and alpha: the two ends of the fade and its middle, as data addresses.

    ``old`` and ``new`` are None at the lowest level. ``gap`` is the largest difference between what is shown and the
    old path's picture, doubled.
    """
    album = albums.load(model)
    level, k = check_level(_whole(level), float(alpha), album.top), _face(face)
    shown, ends = album.at(level, float(alpha)), album.fades[level]
    answer: Answer = {"blend": pngs(shown[k : k + 1])[0], "old": None, "new": None, "size": 4 << level}
    if ends is not None:
        old, new = (end.clamp(-1, 1) for end in ends)
        answer |= {"old": pngs(old[k : k + 1])[0], "new": pngs(new[k : k + 1])[0]}
        answer["gap"] = (shown - double(old)).abs().max().item()
    return answer


def judge(model: str, level: int = 2, alpha: float = 1.0, real: int = 0) -> Answer:
    """A real image on its way through the critic, and the scores of its group and of generated ones."""
    if not model:
        return {"html": view.nothing(view.NO_MODEL)}
    album = albums.load(model)
    level = check_level(_whole(level), float(alpha), album.top)
    way = descend(album, level, float(alpha), _whole(real))
    return {"score": way.score, "reals": way.reals, "fakes": way.fakes,
            "html": view.critic(album, level, float(alpha), way)}  # fmt: skip


def film(model: str, face: int = 0) -> Answer:
    """One latent through every stage of training, and through the levels of the last generator."""
    if not model:
        return {"html": view.no_film()}
    album, k = albums.load(model), _face(face)
    stages = {name: pngs(pictures[k : k + 1])[0] for name, pictures in album.film}
    return {
        "stages": stages,
        "levels": [pngs(p[k : k + 1])[0] for p in album.last],
        "html": view.film(album, k),
    }


def answer(model: str, level: int = 2, guess: str = "") -> Answer:
    """The guess about alpha = 0 against what is measured on the model's pictures."""
    if not model or not guess:
        return {"html": ""}
    album = albums.load(model)
    level = max(1, check_level(_whole(level), 1.0, album.top)) if album.top else 0
    ends = album.fades[level]
    if ends is None:
        return {"html": ""}
    old = double(ends[0])
    grown = album.model.at(
        album.model.stage_for(level, 0.0).name
    )  # the network itself is asked, not the album
    gap = (grown(album.z, level, 0.0) - double(grown(album.z, level - 1))).abs().max().item()
    other = (ends[1].clamp(-1, 1) - old.clamp(-1, 1)).abs().max().item()
    return {"gap": gap, "other": other, "html": view.answer(guess, level, gap, other)}


def choose(
    model: str, level: float, alpha: float, face: float, real: float, guess: str, tab: str = "fade"
) -> list[Any]:
    """Another model: everything that hangs on it, the level as high as it goes at most."""
    sentences = []
    try:
        albums.load(model)
    except (ValueError, FileNotFoundError) as error:
        model = albums.default()
        sentences.append(f"{error}. Showing {model} instead." if model else view.NO_MODEL)
    top = albums.load(model).top if model else TOP
    level = min(int(level), top)
    return [
        model or None,
        gr.update(maximum=top, value=level),
        *_everything(model, level, alpha, int(face), int(real), guess, tab),
        parts.notice(sentences),
    ]


def restore(query: str) -> list[Any]:
    """What a link asks for: a value for each control, everything there is to see, and what could not be had."""
    asked = links.read(query, {"model": _Any("")})[0]["model"]
    known, model, sentences = albums.names(), asked or albums.default(), []
    try:
        if model:
            albums.load(model)
    except (ValueError, FileNotFoundError) as error:
        sentences.append(f"The link's model cannot be shown: {error}.")
        model = albums.default()
    if not model:
        sentences.append(view.NO_MODEL)
    top = albums.load(model).top if model else TOP
    values, more = links.read(query, controls(top))
    tab = gr.Tabs(selected=values["tab"])
    shown = {**values, "model": gr.Dropdown(known, value=model or None, allow_custom_value=True)}
    shown["level"] = gr.update(maximum=top, value=values["level"])
    seen = [values[name] for name in ("level", "alpha", "face", "real", "guess", "tab")]
    told = parts.notice(sentences + more)
    return [*(shown[name] for name in INPUTS), *_everything(model, *seen), told, tab]


def _everything(
    model: str, level: int, alpha: float, face: int, real: int, guess: str, tab: str
) -> list[Answer]:
    """The drawing with the pictures for the script, the critic's side, the film, the answer."""
    album = albums.load(model) if model else None
    maps = album.model.critic.maps[: album.top + 1] if album else (64, 64, 32, 16, 8)
    networks = f"<div class='for-model'>{drawing.architecture(maps, level, alpha)}</div>"
    small = f'<div class="for-live" hidden>{drawing.architecture(LIVE_MAPS, 0, 1.0)}</div>'
    drawn: Answer = {"html": networks + small, "level": level, "alpha": alpha, "face": face, "tab": tab}
    drawn["album"] = albums.packed(album) if album else None
    # The critic's side needs the data: it is drawn when its own tab is opened.
    judged = judge(model, level, alpha, real) if tab == "critic" else {"html": ""}
    return [drawn, judged, film(model, face), answer(model, level, guess)]


class _Any(links.Choice):
    """Whatever a link says: the model's name is judged by those who load it."""

    def __init__(self, default: str) -> None:
        super().__init__(default, {})

    def parse(self, text: str) -> str:
        return text


def _whole(value: float) -> int | float:
    """A whole number as such: a slider and a client may send 2.0; anything else is left to be refused by name."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _face(face: float) -> int:
    k = _whole(face)
    if not isinstance(k, int) or not 0 <= k < FACES:
        raise ValueError(f"face is a whole number from 0 to {FACES - 1}, not {face}")
    return k
