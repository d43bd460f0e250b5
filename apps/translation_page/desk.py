"""The tab "From pairs": what a pix2pix makes of the board, what its judge says of that, and what noise does."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gan_lab.metrics.translation import error

from ..latent_page.view import pngs
from . import board, heat, noise, translators, view
from .controls import CONTROLS

Answer = dict[str, Any]


def start(model: str, number: int | None = 0) -> Answer:
    """The board with a held-out face's input on it; an empty one where there is no such face for this model.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or no such number.
    """
    if not model:
        return {"html": view.missing(translators.MADE[translators.PAIRS])}
    net = translators.paired(model)
    if number is None or net.recipe.data not in translators.SIDES:
        return _named(board.laid(net, board.plain(net), None), model)
    return _named(board.laid(net, translators.held_out(net, number)[0], int(number)), model)


def clear(model: str) -> Answer:
    """An empty board."""
    return start(model, None)


def upload(model: str, path: str | None) -> Answer:
    """The board with somebody's picture on it.

    Raises:
        ValueError, FileNotFoundError: there is no such model; or no picture, or one of nothing.
    """
    net = translators.paired(model)
    return _named(board.laid(net, board.uploaded(net, path), None), model) | {"touched": True}


def _named(answer: Answer, model: str) -> Answer:
    return answer | {"model": model}  # as the page knows it: a run's own name is its folder


def given(model: str, drawing: str | None, number: int | None) -> tuple[Tensor, Tensor | None]:
    """What the model is to translate ``(1, 3, size, size)``, and the true answer where it is known.

    Args:
        drawing: a PNG as a data address; nothing for the untouched input of the held-out face.
        number: of that face.

    Raises:
        ValueError, FileNotFoundError: there is no such model or face, or a drawing of nothing.
    """
    net = translators.paired(model)
    if drawing or number is None:
        return board.drawn(net, drawing), None
    return translators.held_out(net, number)


def translate(model: str, drawing: str | None = None, number: int | None = None, seed: int = 0) -> Answer:
    """What a drawing, or the input of a held-out face, becomes, and what D says of it.

    Args:
        seed: of the dropout, the only noise there is.

    Returns:
        ``picture`` (PNG as a data address); ``belief``, D's map of numbers from 0 to 1, or None; for an untouched
        held-out face ``error`` to its truth and ``truth``, that picture.

    Raises:
        ValueError, FileNotFoundError: as for ``given``, or a seed out of range.
    """
    CONTROLS["seed"].parse(str(int(seed)))
    net = translators.paired(model)
    x, y = given(model, drawing, number)
    made = net.translate(x, int(seed))
    found = heat.judged(net, x, made)
    answer: Answer = {
        "picture": pngs(made)[0],
        "belief": None if found is None else found.belief.tolist(),
        "truth": None if y is None else pngs(y)[0],
        "error": None if y is None else error(made, y),
    }
    real = None if y is None else heat.judged(net, x, y)
    answer["verdict"] = "" if found is None else heat.card(found, answer["picture"])
    answer["said"] = view.said(found, real, answer["error"])
    return answer


def ask(asked: list[Any]) -> Answer:
    """``translate`` for the board's script, which calls it past Gradio's events, to be quick."""
    try:
        return translate(*asked)
    except (ValueError, TypeError, FileNotFoundError) as failed:
        return {"note": str(failed)}


def resample(model: str, drawing: str | None = None, number: int | None = None, seed: int = 0) -> Answer:
    """The same input with the dropout drawn eight times, and how far they spread.

    Returns:
        ``pictures``; ``spread``, the mean over pixels and colours of the standard deviation in grey levels of 255;
        ``inputs``, the same over eight other inputs instead, or None where there are no held-out faces.

    Raises:
        ValueError, FileNotFoundError: as for ``translate``.
    """
    if not model:
        return {"html": ""}
    CONTROLS["seed"].parse(str(int(seed)))
    net = translators.paired(model)
    x, _ = given(model, drawing, number)
    return noise.answer(net, x, int(seed))


def resample_or_say(*asked: Any) -> Answer:
    """``resample``; an empty board is no error here: the board itself says so already."""
    try:
        return resample(*asked)
    except ValueError as failed:
        if str(failed) in board.EMPTY.values():
            return {"note": str(failed), "html": view.missing(f"No noise without a picture: {failed}.")}
        raise
