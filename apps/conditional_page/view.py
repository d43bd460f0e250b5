"""What the page on conditional generation draws of classes: only text, no Gradio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..latent_page.view import picture
from ..plots import Plot, duo, figure, legend, nothing
from ..style_page.view import MISREAD, rows

Read = Sequence[Sequence[int]]
"""The class that is read in each picture of a table, row by row."""

FRACTIONS = ("0", "⅛", "¼", "⅜", "½", "⅝", "¾", "⅞", "1")
PARTS = {
    "label": ("s0", "the label: how the classes’ mean pictures differ"),
    "z": ("s1", "z, whatever the label: the same change in every class"),
    "both": ("s2", "z, in a way of its own under each label"),
}
LIMITS = {"less": (0.0, 0.25), "half": (0.25, 0.5), "more": (0.5, 1.0)}
"""Between which shares a guess is right."""
NOBODY = (
    '<p class="hint">The zoo has no network here that reads such pictures: nobody says what they show.</p>'
)


def missing(words: str) -> str:
    """A model is not there: what to do."""
    return nothing(words)


def heads(n: int) -> list[tuple[str, str]]:
    """What stands at the left of n rows of noises."""
    return [(f"z no. {i + 1}", "") for i in range(n)]


def table(strips: Sequence[str], said: Read | None, names: Sequence[str]) -> str:
    """A row for each noise, a column for each class; what is read otherwise is marked in its place."""
    marks, alts = [], []
    for i in range(len(strips)):
        read = said[i] if said is not None else []
        marks.append({asked: names[got] for asked, got in enumerate(read) if asked != got})
        told = f"; read as {', '.join(names[got] for got in read)}" if read else ""
        alts.append(f"noise number {i + 1} as {', '.join(names)}{told}")
    return rows("noise", heads(len(strips)), names, strips, alts, marks) + _score(said)


def _score(said: Read | None) -> str:
    if said is None:
        return NOBODY
    count = sum(len(row) for row in said)
    right = sum(asked == got for row in said for asked, got in enumerate(row))
    return (
        f'<p class="verdict" role="status">The class that was asked for is read in <b>{right} of {count}</b>. '
        f"{MISREAD} marks the others, with what is read.</p>"
    )


def shares(found: Mapping[str, float] | None, guess: str, card: Mapping[str, Any]) -> str:
    """The variance as one bar in three parts, against the guess; before it, only the question."""
    if found is None:
        return nothing("Guess first: then the variance of the pixels is shared out between label and noise.")
    low, high = LIMITS[guess]
    verdict = "Yes" if low <= found["label"] <= high else "No"
    said = {name: f"{100 * share:.0f} %" for name, share in found.items()}
    bar = "".join(
        f'<i class="{PARTS[name][0]}" style="width:{100 * max(0.0, share):.1f}%"><b>{said[name]}</b></i>'
        for name, share in found.items()
    )
    alt = "Shares of the pixels’ variance. " + "; ".join(
        f"{words}: {said[name]}" for name, (_, words) in PARTS.items()
    )
    key = "".join(
        f'<li><i class="swatch {kind}"></i>{escape(words)} <b>{said[name]}</b></li>'
        for name, (kind, words) in PARTS.items()
    )
    return (
        f'<p class="verdict" role="status">{verdict}: of the pixels’ variance over 100 noises under all classes the '
        f"label decides <b>{said['label']}</b>, and the noise the rest.{_real(card)}</p>"
        f'<div class="shares" role="img" aria-label="{escape(alt)}">{bar}</div><ul class="legend">{key}</ul>'
        '<p class="hint">A generator that ignores its z would have 0 % in the second and the third part: one picture '
        "for each class.</p>"
    )


def _real(card: Mapping[str, Any]) -> str:
    """The share between classes in real pictures, if the model's card has it."""
    floor = card.get("variance from label", {}).get("floor")
    return "" if floor is None else f" In real pictures the class decides {100 * floor:.0f} %."


def way(
    strips: Sequence[str],
    said: Read | None,
    ends: tuple[int, int],
    names: Sequence[str],
    found: Mapping[str, Sequence[float]] | None,
) -> str:
    """Noises as rows, places of the way as columns; marked where neither end is read. And how often each is read."""
    marks, alts = [], []
    for i in range(len(strips)):
        read = said[i] if said is not None else []
        marks.append({k: names[got] for k, got in enumerate(read) if got not in ends})
        told = f"; read as {', '.join(names[got] for got in read)}" if read else ""
        alts.append(f"noise number {i + 1} from {names[ends[0]]} to {names[ends[1]]}{told}")
    drawn = rows("t", heads(len(strips)), FRACTIONS, strips, alts, marks)
    return drawn + (NOBODY if found is None else duo(_chart(found, ends, names), _words(found, ends, names)))


def _chart(found: Mapping[str, Sequence[float]], ends: tuple[int, int], names: Sequence[str]) -> str:
    plot = Plot((0, 1), (0, 1), 210)
    words = {"first": names[ends[0]], "second": names[ends[1]], "other": "any other class"}
    for values, kind in zip(found.values(), ("s0", "s1", "s2")):
        plot.line([i / (len(values) - 1) for i in range(len(values))], list(values), kind)
    told = "; ".join(
        f"{words[name]}: {', '.join(f'{100 * v:.0f} %' for v in values)}" for name, values in found.items()
    )
    drawn = plot.svg(
        f"Share of noises in which each class is read, from t = 0 to t = 1. {told}.",
        [(0.0, "0"), (0.25, "¼"), (0.5, "½"), (0.75, "¾"), (1.0, "1")],
        [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")],
        "t: share of the second label",
    )
    keys = [(kind, f"read as {words[name]}") for name, kind in zip(found, ("s0", "s1", "s2"))]
    return figure("What is read in the pictures of 60 other noises", drawn, legend(keys))


def _words(found: Mapping[str, Sequence[float]], ends: tuple[int, int], names: Sequence[str]) -> str:
    half = len(found["first"]) // 2
    first, second, other = (100 * found[name][half] for name in ("first", "second", "other"))
    a, b = (escape(names[k]) for k in ends)
    return (
        f'<div class="words"><p class="verdict" role="status">Half-way, <b>{a}</b> is read in {first:.0f} %, '
        f"<b>{b}</b> in {second:.0f} %, and something else in {other:.0f} %.</p>"
        "<p>The label enters as a one-hot vector, and the first layer adds a learnt vector of its own for each class. "
        "Shares of two labels walk along the straight line between these two vectors.</p>"
        "<p><b>A label in between was never trained:</b> neither player has seen one, so nothing says what should be "
        "there. What one sees is how the network fills the gap: strokes bend and join, z stays what it is, and often "
        "most of the change falls on a short piece of the way.</p></div>"
    )


def moment(
    pictures: Sequence[str], said: Sequence[int] | None, ends: tuple[int, int], names: Sequence[str], t: float
) -> str:
    """The noises at one place of the way, large."""
    cells = ""
    for i, address in enumerate(pictures):
        words = "" if said is None else f"read as {names[said[i]]}"
        alt = f"noise number {i + 1} at t = {t:g}{': ' if words else ''}{words}"
        cells += f"<figure>{picture(address, alt, 'fill')}<figcaption>{escape(words)}</figcaption></figure>"
    a, b = (escape(names[k]) for k in ends)
    return (
        f'<p class="norm" role="status">label = <b>{1 - t:.2f}</b> · {a} + <b>{t:.2f}</b> · {b}</p>'
        f'<div class="six">{cells}</div>'
    )
