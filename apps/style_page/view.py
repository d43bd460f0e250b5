"""What the page on style and label draws of styles: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    alts, marks = [], []
    for i, (words, _) in enumerate(heads):
        read = list(said[i]) if said is not None else []
        told = f"; the classifier reads {' '.join(map(str, read))}" if read else ""
        alts.append(f"the digits 0 to 9 in {words}{told}")
        marks.append({asked: str(got) for asked, got in enumerate(read) if asked != got})
    return rows("style", heads, [str(digit) for digit in range(10)], strips, alts, marks) + _score(said)


def rows(
    corner: str,
    heads: Sequence[Head],
    names: Sequence[str],
    strips: Sequence[str],
    alts: Sequence[str],
    marks: Sequence[Mapping[int, str]],
) -> str:
    """Strips of pictures under the names of their columns.

    Args:
        corner: what the rows are.
        heads: what stands at the left of each row.
        names: of the columns.
        strips: the rows' addresses, each one picture as wide as all columns.
        alts: what the rows show.
        marks: by the column's number, what is read in the place of what was asked for.
    """
    n = len(names)
    long = " long" if max(map(len, names)) > 5 else ""
    body = ""
    for (words, face), strip, alt, wrong in zip(heads, strips, alts, marks, strict=True):
        head = (picture(face, "the digit whose style it is", "tiny") if face else "") + escape(words)
        misread = "".join(
            f'<span class="misread" style="left:{100 * k / n:g}%;max-width:{100 / n:g}%"><i>{MISREAD}</i> '
            f"{escape(got)}</span>"
            for k, got in wrong.items()
        )
        body += (
            f'<div class="style-head">{head}</div><div class="style-row">'
            f'<img class="strip-of-ten" src="{strip}" alt="{escape(alt)}">{misread}</div>'
        )
    asked = "".join(f"<b>{escape(name)}</b>" for name in names)
    return (
        f'<div class="style-table" style="--n:{n}"><div class="style-head corner">{escape(corner)}</div>'
        f'<div class="asked{long}">{asked}</div>{body}</div>'
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
