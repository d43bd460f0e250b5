"""The tab "Style transfer": a digit is encoded, and all ten digits are written in its style."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from .. import digit_pad
from ..latent_page.view import pngs
from . import coders, view
from .controls import CONTROLS, DIGITS
from .grid import written

Answer = dict[str, Any]
EACH = 2
"""Digits of each class in a sheet to choose from."""


def sheet(sheet: int = 0, number: int = 0) -> Answer:
    """Twenty digits of mnist-5k to choose from, two of each class, by the number of the sheet; one is chosen already.

    Raises:
        ValueError: there is no such sheet.
    """
    digits = coders.digits()
    assert digits.labels is not None
    CONTROLS["sheet"].parse(str(int(sheet)))
    which = [
        (digits.labels == label).nonzero()[:, 0][EACH * int(sheet) + k].item()
        for k in range(EACH)
        for label in range(10)
    ]
    return {"which": which, "pictures": pngs(digits.images_float(which)), "pick": str(number)}


def transfer(
    model: str, source: str = "picked", number: int = 0, drawing: str | None = None, strength: float = 1.0
) -> Answer:
    """All ten digits in the style of one: its code z times ``strength``, and each label.

    Args:
        model: one of style and label.
        source: "picked" or "drawn".
        number: of a digit of mnist-5k, for the first.
        drawing: a PNG as a data address, for the second.
        strength: 1 writes in its style, 0 in the mean of the prior, more exaggerates.

    Raises:
        ValueError, FileNotFoundError: there is no such model, no drawing, or a number is out of its range.
    """
    if not model:
        return {"html": view.missing(coders.MADE[coders.STYLE])}
    CONTROLS["source"].parse(source)
    CONTROLS["strength"].parse(str(float(strength)))
    net = coders.load(model, coders.STYLE)
    x, label, words = wanted(source, number, drawing)
    z = net.encode(x)
    pictures = written(net, strength * z)[0]
    shares = coders.read(pictures)
    typical = net.latents(1000).norm(dim=1).median().item()
    answer: Answer = {
        "picture": pngs(x)[0],
        "label": label,
        "ten": pngs(pictures),
        "read": None if shares is None else shares.argmax(1).tolist(),
        "norm": z.norm().item(),
        "typical": typical,
    }
    answer["html"] = view.transferred(
        answer["picture"], words, answer["ten"], shares, label, (answer["norm"], typical)
    )
    return answer


def wanted(source: str, number: int, drawing: str | None) -> tuple[Tensor, int | None, str]:
    """The digit ``(1, 1, 28, 28)``, which one it is, and that in words.

    Raises:
        ValueError: nothing was drawn, or there is no such digit.
    """
    if source == "drawn":
        x = digit_pad.read(drawing)
        shares = coders.read(x)
        if shares is None:
            return x, None, "your drawing"
        label = int(shares[0].argmax())
        return x, label, f"your drawing, read as a {label} ({100 * shares[0, label].item():.0f} %)"
    if number is None or not 0 <= number < DIGITS:
        raise ValueError(f"digits of mnist-5k have numbers from 0 to {DIGITS - 1}, not {number}")
    digits = coders.digits()
    assert digits.labels is not None
    label = int(digits.labels[int(number)])
    return digits.images_float([int(number)]), label, f"a {label} of mnist-5k"


def write_or_wait(
    model: str, source: str = "picked", number: int = 0, drawing: str | None = None, strength: float = 1.0
) -> Answer:
    """``transfer``; while nothing has been drawn, a sentence says what to do."""
    return (
        waiting() if source == "drawn" and not drawing else transfer(model, source, number, drawing, strength)
    )


def waiting() -> Answer:
    """Before anything is drawn."""
    words = "Draw a digit on the pad: all ten are then written in its style."
    return {"note": words, "html": view.missing(words)}
