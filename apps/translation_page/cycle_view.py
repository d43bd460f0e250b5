"""What the page on image translation draws of a way there and back: only text, no Gradio."""

from __future__ import annotations

from html import escape
from typing import Any

from ..latent_page.view import picture
from ..plots import Plot, duo, figure, legend, number
from . import heat
from .controls import NOISES
from .heat import Verdict

KINDS = {"own": ("s1", "from its own picture"), "true": ("s0", "from the true picture")}
LEVELS = 127.5
"""Grey levels of 255 in a unit of [-1, 1]."""


def shown(
    answer: dict[str, Any], names: tuple[str, str], way: str, back: str, noise: float, verdict: Verdict
) -> str:
    """The stations in a row, the errors, and what noise does to the way back."""
    return (
        f'<div class="stations">{_stations(answer, names, way, back, noise, verdict)}</div>'
        f'<p class="verdict" role="status">{escape(errors(answer, names))}</p>'
        + duo(_chart(answer["curve"], noise, names), _words(answer["curve"], names))
    )


def _stations(
    answer: dict[str, Any], names: tuple[str, str], way: str, back: str, noise: float, verdict: Verdict
) -> str:
    home, away = names
    first, other = way[0], way[-1]
    error = (
        f"error <b>{number(answer['error'])}</b>" if answer["error"] is not None else "its truth is unknown"
    )
    cards = [_card("s5", first, f"{home}, given", answer["given"], f"the picture of {home} that sets out")]
    cards += [
        _card("s1", f"G({first})", f"{away}, made", answer["there"], f"what becomes of it in {away}", error)
    ]
    if answer["truth"]:
        nothing = f"doing nothing: {number(answer['nothing'])}"
        cards.append(
            _card("s0", other, f"{away}, the truth", answer["truth"], f"the true picture of {away}", nothing)
        )
    cards.append(heat.card(verdict, answer["there"], f"D of {other}"))
    start = f"G({first})" if back == "own" else other
    disturbed = f"{start} + noise" if noise else start
    trip = f"error <b>{number(answer['round_trip'])}</b>"
    cards.append(
        _card("s2", f"F({disturbed})", f"{home} again", answer["home"], f"what comes back in {home}", trip)
    )
    return "".join(cards)


def _card(kind: str, name: str, what: str, address: str, alt: str, below: str = "") -> str:
    norm = f'<p class="norm">{below}</p>' if below else ""
    return (
        f'<figure class="card {kind}"><figcaption><b>{escape(name)}</b> <span>{escape(what)}</span></figcaption>'
        f"{picture(address, alt, 'fill')}{norm}</figure>"
    )


def errors(answer: dict[str, Any], names: tuple[str, str]) -> str:
    """What the numbers say."""
    home, away = names
    if answer["error"] is None:
        return (
            f"Nobody knows how your picture should look in {away}. The way back to {home} misses it by "
            f"{number(answer['round_trip'])}: that says only that it could be undone."
        )
    share = answer["error"] / answer["nothing"]
    verb = "leaves" if share < 1 else "makes of it"
    return (
        f"The way to {away} {verb} {100 * share:.0f} % of the error of doing nothing; the way back misses {home} by "
        f"{number(answer['round_trip'])}."
    )


def _chart(curve: dict[str, list[float]], noise: float, names: tuple[str, str]) -> str:
    top = 1.1 * max(max(values) for values in curve.values())
    plot = Plot((0.0, NOISES[-1]), (0.0, top), 240).mark_x(noise, "shell")
    for kind, values in curve.items():
        look, _ = KINDS[kind]
        plot.line(NOISES, values, look)
        for std, value in zip(NOISES, values):
            plot.dot(std, value, look, "square" if kind == "true" else "round")
    told = "; ".join(
        f"{KINDS[kind][1]}: " + ", ".join(f"{number(v)} at {s:g}" for s, v in zip(NOISES, values))
        for kind, values in curve.items()
    )
    step = 0.05 if top < 0.4 else 0.2
    ticks = [(k * step, number(k * step)) for k in range(int(top / step) + 1)]
    drawn = plot.svg(
        f"Error of the way back to {names[0]} over the noise added before. {told}.",
        [(s, f"{s:g}") for s in (0.0, 0.05, 0.1, 0.15, 0.2)],
        ticks,
        f"noise on {names[1]}, standard deviation (0.1: {LEVELS * 0.1:.0f} of 255 levels)",
    )
    keys = [KINDS[kind] for kind in curve]
    return figure(f"Error of the way back to {names[0]}", drawn, legend(keys))


def _words(curve: dict[str, list[float]], names: tuple[str, str]) -> str:
    away, own = names[1], curve["own"]
    lines = []
    if "true" in curve:
        true = curve["true"][0]
        share = own[0] / true if true else float("inf")
        if share < 0.8:
            lines.append(
                f"<b>Its own picture knows more than the truth does.</b> From the true {away} the way back errs by "
                f"{number(true)}, from its own by {number(own[0])}: {100 * (1 - share):.0f} % of the error is saved by "
                f"what no true picture of {away} holds."
            )
        else:
            lines.append(
                f"From its own picture the way back errs by {number(own[0])}, from the true {away} by {number(true)}: "
                "on this face its own holds little that the truth does not."
            )
    faint = own[2] / own[0] if own[0] else float("inf")
    verb = "grows" if faint >= 1 else "falls"
    lines.append(
        f"Noise of 0.02, {LEVELS * 0.02:.1f} grey levels of 255, is hard to see. With it the error from its own "
        f"picture {verb} to {number(own[2])}, {100 * faint:.0f} % of that without."
    )
    return '<div class="words">' + "".join(f"<p>{line}</p>" for line in lines) + "</div>"
