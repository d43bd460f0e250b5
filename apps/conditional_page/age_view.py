"""What the page on conditional generation draws of ageing: only text, no Gradio."""

from __future__ import annotations

from html import escape
from typing import Any

from gan_lab.data import ages

from ..latent_page.view import picture
from ..plots import duo, nothing, number
from ..plots import table as readings
from .controls import WAYS
from .faces import Face

UNSEEN = (
    "The generator and the recogniser have only ever seen drawn cartoon faces. Of any other picture the search finds "
    "the nearest cartoon that it can make, and what is read in it means little."
)
WAITING = {
    "picked": "Choose a face.",
    "upload": "Upload a picture of a face: its centre square is taken.",
    "drawn": "Draw a face, with skin, hair and eyes: it is encoded after every stroke.",
}


def waiting(source: str) -> str:
    """Before there is a face: what to do."""
    return nothing(WAITING[source])


def refused(words: str) -> str:
    """A face that cannot be used, and why."""
    return f'<p class="note" role="alert">{escape(words)}</p>'


def moment(
    answer: dict[str, Any], face: Face, age: float, progress: tuple[str, float] | None, asked: str
) -> str:
    """The face and what is made of it, side by side."""
    own = ages.SIXTHS[face.group]
    words = f"{own} years, {face.known}"
    below = min(int(age), len(ages.SIXTHS) - 2)
    share = age - below
    if share in (0, 1):
        label = f"{ages.SIXTHS[below + int(share)]} years"
    else:
        label = f"{1 - share:.1f} · {ages.SIXTHS[below]} + {share:.1f} · {ages.SIXTHS[below + 1]}"
    alt = f"what the noise found for it makes at the label {label}"
    late = "" if answer["way"] == asked else " (not searched yet: press Search)"
    return (
        f"{_progress(progress)}"
        '<div class="pair"><figure class="card single"><figcaption><b>face</b> '
        f"<span>{escape(words)}</span></figcaption>{picture(answer['face'], f'the face, {words}', 'large')}"
        '</figure><figure class="card sum"><figcaption><b>G(z, y)</b> '
        f"<span>y: {escape(label)}</span></figcaption>{picture(answer['picture'], alt, 'large')}"
        f'<p class="norm">z: {escape(WAYS[answer["way"]])}{late}</p>'
        f"{_scores(answer['likeness'], answer['threshold'])}<small>the probe reads {ages.SIXTHS[answer['read']]} years"
        "</small></figure></div>" + (f'<p class="hint">{UNSEEN}</p>' if face.truth is None else "")
    )


def _progress(progress: tuple[str, float] | None) -> str:
    if progress is None:
        return ""
    way, share = progress
    return (
        f'<div class="progress" role="progressbar" aria-label="search" aria-valuenow="{100 * share:.0f}">'
        f'<i style="width:{100 * share:.0f}%"></i></div><p class="norm" role="status">being {escape(WAYS[way])}: '
        f"{100 * share:.0f} % done</p>"
    )


def _scores(likeness: float, line: float | None) -> str:
    """Likeness as a bar from 0 to 1, the threshold as a tick on it, and the verdict in words."""
    if line is None:
        verdict, tick, alt = "", "", f"likeness {likeness:.2f}; the threshold is being measured"
    else:
        same = likeness > line
        verdict = (
            f'<p class="{"right" if same else "wrong"}">{"✓ same person" if same else "✗ another person"}</p>'
        )
        tick = f'<b style="left:{100 * line:.1f}%"></b>'
        alt = f"likeness {likeness:.2f}, threshold {line:.2f}"
    return (
        f'<div class="likeness" role="img" aria-label="{alt}"><i style="width:{100 * likeness:.1f}%"></i>{tick}</div>'
        f'<p class="norm">likeness <b>{likeness:.2f}</b></p>{verdict}'
    )


def strip(answer: dict[str, Any], face: Face, way: str) -> str:
    """All six ages with their scores, the truth below them, the ways in a table, and what the score means."""
    cards = "".join(_one(k, answer, face) for k in range(len(ages.SIXTHS)))
    truth = ""
    if answer["truth"]:
        cells = "".join(
            f"<figure>{picture(address, f'the truth: the same face drawn at {years} years', 'fill')}</figure>"
            for address, years in zip(answer["truth"], ages.SIXTHS)
        )
        truth = f'<p class="hint">The truth: the same factors, drawn at these ages.</p><div class="six">{cells}</div>'
    return (
        f"<h2 class='section'>All six age groups, z: {escape(WAYS[way])}</h2>"
        f'<div class="six ages">{cards}</div>{truth}{duo(_table(answer["ways"]), _meaning(answer))}'
    )


def _one(k: int, answer: dict[str, Any], face: Face) -> str:
    own, years = k == face.group, ages.SIXTHS[k]
    got = answer["read"][k]
    cue = "✓" if got == k else "✗"
    mark = "<span>its own</span>" if own else ""
    alt = f"the face at {years} years, likeness {answer['likeness'][k]:.2f}, read as {ages.SIXTHS[got]} years"
    return (
        f'<figure class="card {"sum" if own else "s0"}"><figcaption><b>{years}</b> {mark}</figcaption>'
        f"{picture(answer['pictures'][k], alt, 'fill')}{_scores(answer['likeness'][k], answer['threshold'])}"
        f'<p class="{"right" if got == k else "wrong"}">{cue} reads {ages.SIXTHS[got]}</p></figure>'
    )


def _table(ways: dict[str, dict[str, Any]]) -> str:
    rows = [
        [
            WAYS[name],
            f"{s['likeness']:.2f}",
            "–" if s["verified"] is None else f"{s['verified']} of 5",
            f"{s['asked']} of 5",
            number(s["error"]),
        ]
        for name, s in ways.items()
    ]
    head = ["z", "likeness at its own age", "same person, other ages", "asked age read", "pixel error"]
    return readings(head, rows, "Ways to find z for this face")


def _meaning(answer: dict[str, Any]) -> str:
    line, rate = answer["threshold"], answer["rate"]
    where = (
        "The threshold is being measured on 1,000 pairs of one drawn person at two ages and 1,000 of two persons."
        if line is None
        else f"Above <b>{line:.2f}</b> (the tick) two pictures are taken for one person. There, of 1,000 pairs of one "
        "drawn person at two ages and 1,000 of two persons, as large a share is refused as accepted wrongly: the equal "
        f"error rate, {100 * rate:.1f} %."
    )
    return (
        '<div class="words"><p><b>What the score means:</b> likeness is 1 / (1 + distance) between what the recogniser '
        "sees in both pictures: the probe’s readings of every factor of a face but age and hair colour, which ageing "
        f"may change. {where}</p><p>The search by identity looks through this same recogniser, so it is judged by the "
        "measure that it was searched with: a picture may pass that nobody else would take for this face. The pixel "
        "error is the root mean square over pixels in [−1, 1], at the face’s own age.</p></div>"
    )
