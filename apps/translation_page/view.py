"""What the page on image translation draws of pairs and of noise: only text, no Gradio."""

from __future__ import annotations

from html import escape
from typing import Any

from ..latent_page.view import picture
from ..plots import nothing, number
from .heat import Verdict, words


def missing(sentence: str) -> str:
    """A model or a picture is not there: what to do."""
    return nothing(sentence)


def said(found: Verdict | None, real: Verdict | None, error: float | None) -> str:
    """What D says of the picture, and of the true face; and how far that is away."""
    parts = [
        f"{words(found)}." if found else "This model was trained without a discriminator: nobody judges."
    ]
    if real is not None:
        count = real.belief.numel()
        parts.append(f"Of the true face it takes {round(real.share * count)} of {count} for real.")
    if error is not None:
        parts.append(f"Error to the true face: {number(error)} (mean absolute difference in [−1, 1]).")
    return escape(" ".join(parts))


def noise(found: dict[str, Any], map_of: str, bright: float) -> str:
    """Eight results side by side, their spread as a map, and what that is worth."""
    drawn = "".join(
        picture(address, f"the same input with other dropout, {k + 1} of {len(found['pictures'])}", "fill")
        for k, address in enumerate(found["pictures"])
    )
    alt = f"where the eight results differ: {number(found['spread'])} grey levels on average"
    return (
        f'<div class="draws">{drawn}<figure>{picture(map_of, alt, "fill")}<figcaption>spread: black none, white '
        f"{bright:g} levels or more</figcaption></figure></div>"
        f'<p class="verdict" role="status">{escape(_worth(found))}</p>'
    )


def _worth(found: dict[str, Any]) -> str:
    own, most, inputs = found["spread"], found["most"], found["inputs"]
    told = (
        f"Dropout moves a pixel by {number(own)} of 255 grey levels on average (standard deviation), by {number(most)} "
        "at most."
    )
    if inputs is None:
        return told
    share = own / inputs if inputs else float("inf")
    word = "all but ignores" if share < 0.1 else "listens a little to" if share < 0.3 else "listens to"
    return f"{told} Another input moves it by {number(inputs)}: this G {word} its z."
