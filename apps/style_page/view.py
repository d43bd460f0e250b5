"""What the page on style and label draws of styles: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from torch import Tensor

from ..latent_page.view import picture
from ..plots import nothing, number
from .coders import Styles

Head = tuple[str, str]
"""What stands at the left of a row: words, and a picture's address or nothing."""
MISREAD = "✗"


def missing(words: str) -> str:
    """A model or a log is not there: what to do."""
    return nothing(words)


def table(heads: Sequence[Head], strips: Sequence[str], said: Sequence[Sequence[int]] | None) -> str:
    """A row for each style, a column for each digit; what the classifier reads otherwise is marked in its place."""
    numbers = "".join(f"<b>{digit}</b>" for digit in range(10))
    body = ""
    for i, ((words, face), strip) in enumerate(zip(heads, strips)):
        head = (picture(face, "the digit whose style it is", "tiny") if face else "") + escape(words)
        read = None if said is None else said[i]
        told = "" if read is None else f"; the classifier reads {' '.join(map(str, read))}"
        marks = "".join(
            f'<span class="misread" style="left:{10 * asked}%"><i>{MISREAD}</i> {got}</span>'
            for asked, got in enumerate(read or ())
            if asked != got
        )
        alt = f"the digits 0 to 9 in {words}{told}"
        body += (
            f'<div class="style-head">{head}</div><div class="style-row">'
            f'<img class="strip-of-ten" src="{strip}" alt="{escape(alt)}">{marks}</div>'
        )
    return (
        f'<div class="style-table"><div class="style-head corner">style</div><div class="asked">{numbers}</div>'
        f"{body}</div>{_score(said)}"
    )


def _score(said: Sequence[Sequence[int]] | None) -> str:
    if said is None:
        return '<p class="hint">The zoo has no classifier of digits here: nobody reads what was written.</p>'
    count = sum(len(row) for row in said)
    right = sum(asked == got for row in said for asked, got in enumerate(row))
    return (
        f'<p class="verdict" role="status">The classifier reads the digit that was asked for in <b>{right} of {count}'
        f"</b>. {MISREAD} marks the others, with what it reads.</p>"
    )


def about(known: Styles) -> str:
    """What the directions are worth."""
    d = known.codes.shape[1]
    told = ", ".join(
        f"{name} {100 * share:.0f} %" for name, share in zip(("ink", "slant", "width"), known.known.tolist())
    )
    return (
        "<details><summary>What the directions are worth</summary>"
        '<ul class="notes"><li>Directions for ink, slant and width are fitted on the codes of mnist-5k: of what is '
        f"measured in the pictures, this share is linear in z: {told}.</li>"
        f"<li>The first principal direction holds {100 * known.shares[0].item():.1f} % of the codes’ variance. If they "
        f"fill a round prior of {d} dimensions, each holds {100 / d:.1f} %: then principal directions are as good as "
        "any others.</li></ul></details>"
    )


def transferred(
    source: str,
    reads: str,
    strips: Sequence[str],
    shares: Tensor | None,
    own: int | None,
    z: tuple[float, float],
) -> str:
    """The digit whose style it is, and all ten digits in it with what the classifier reads in each.

    Args:
        source: the picture's address.
        reads: what it is.
        strips: addresses of the ten.
        shares: the classifier's ``(10, 10)``, or None.
        own: the digit the source is taken for; marked among the ten.
        z: the code's norm, and the prior's typical one.
    """
    ten = "".join(
        _one(digit, address, None if shares is None else shares[digit], digit == own)
        for digit, address in enumerate(strips)
    )
    norm, typical = map(number, z)
    return (
        '<div class="transfer"><figure class="card single"><figcaption><b>x</b> '
        f"<span>{escape(reads)}</span></figcaption>"
        f"{picture(source, reads, 'large')}<p class='norm'>‖z‖ = {norm}, the prior’s typical {typical}</p></figure>"
        f'<div class="ten">{ten}</div></div>{_right(shares)}'
    )


def _one(digit: int, address: str, shares: Tensor | None, own: bool) -> str:
    said = ""
    if shares is not None:
        got = int(shares.argmax())
        sure = f"{100 * shares[got].item():.0f} %"
        cue = "✓ reads" if got == digit else f"{MISREAD} reads"
        said = f'<p class="{"right" if got == digit else "wrong"}">{cue} {got} <small>{sure}</small></p>'
    mark = "<span>x’s label</span>" if own else ""
    return (
        f'<figure class="card {"sum" if own else "s0"}"><figcaption><b>{digit}</b> {mark}</figcaption>'
        f"{picture(address, f'a {digit} in the style of x', 'fill')}{said}</figure>"
    )


def _right(shares: Tensor | None) -> str:
    if shares is None:
        return _score(None)
    right = int((shares.argmax(1) == shares.new_tensor(range(10))).sum())
    return f'<p class="verdict" role="status">Read as the digit that was asked for: <b>{right} of 10</b>.</p>'
