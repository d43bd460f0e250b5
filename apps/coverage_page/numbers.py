"""How well both models cover the prior, as their cards have it: the table, the verdict, the split KL, the guess."""

from __future__ import annotations

from html import escape
from math import log

from gan_lab.metrics import Metric
from gan_lab.zoo.autoencoding import COMPARED

from ..plots import nothing, number, table
from .controls import KINDS, PRIORS
from .pairs import Pair
from .view import why

CEILING = log(COMPARED)
"""The most that the information can read: the logarithm of the number of digits it is estimated from."""
NAMES = {
    "two-sample AUC": "two-sample AUC",
    "MMD": "MMD²",
    "hole rate": "hole rate",
    "KL(q(z) || p(z))": "KL(q(z) ‖ p) by neighbours",
    "recognised": "recognised",
    "right component": "in the right component",
    "kl": "E KL(q(z|x) ‖ p)",
    "information": "= information I(x; z)",
    "aggregate_kl": "+ aggregate KL(q(z) ‖ p)",
}
MEANT = {
    "two-sample AUC": "how well a small network tells codes from the prior’s samples; 0.5: not at all",
    "MMD": "distance of both sets; the floor: 95 of 100 relabellings lie below",
    "hole rate": "share of the prior’s samples without a code nearby",
    "KL(q(z) || p(z))": "nats, from samples of both alone; no density needed",
    "recognised": "share of decoded prior samples that a classifier is sure of; floor: real digits",
    "right component": "share of codes in the Gaussian that their label is tied to",
    "kl": "nats; what a VAE’s objective penalises",
    "information": "nats; what the code knows of the picture",
    "aggregate_kl": "nats; the part that an AAE’s discriminator works on",
}


def compare(pair: Pair, cards: dict[str, dict[str, Metric]]) -> str:
    """The cards' figures in one table, each beside what the prior itself, or real digits, would read."""
    known = [name for name in NAMES if any(name in metrics for metrics in cards.values())]
    if not known:
        return nothing("The cards of these models hold no figures: gan-lab evaluate computes them.")
    kinds = list(cards)
    rows = [[NAMES[name], *(_cell(cards[kind].get(name)) for kind in kinds), MEANT[name]] for name in known]
    head = ["", *(f"{KINDS[kind]} (floor)" for kind in kinds), "what it is"]
    words = f"Samples of q(z|x) of 5,000 held-out digits against {PRIORS[pair.prior]}"
    return (
        f'<div class="coverage-numbers">{table(head, rows, words)}</div>{verdict(cards, pair.prior)}{_told(pair)}'
        f"{_split(cards)}"
        f'<p class="hint">From the models’ cards; gan-lab evaluate '
        f"{' and '.join(side.model.name for side in pair.sides.values())} computes them anew.</p>"
    )


def _told(pair: Pair) -> str:
    """What one of both was told and the other was not."""
    if len(pair.sides) < 2 or not pair.sides["aae"].model.recipe.tied:
        return ""
    return (
        '<p class="hint">The comparison is not quite even: the AAE’s discriminator was told the labels, each of them '
        "tied to one Gaussian; nobody told the VAE.</p>"
    )


def _cell(metric: Metric | None) -> str:
    if metric is None:
        return "–"
    floor = "" if metric["floor"] is None else f" ({number(metric['floor'])})"
    return number(metric["value"]) + floor


def verdict(cards: dict[str, dict[str, Metric]], prior: str) -> str:
    """Which of both is nearer to the prior, figure by figure; nothing where there is one model only."""
    if missing := set(KINDS) - set(cards):
        return f'<p class="hint">{why(missing.pop(), prior)}</p>'
    wins: dict[str, list[str]] = {"aae": [], "vae": []}
    for name in ("two-sample AUC", "MMD", "hole rate", "KL(q(z) || p(z))", "recognised"):
        both = [cards[kind].get(name) for kind in ("aae", "vae")]
        if both[0] is None or both[1] is None or both[0]["value"] == both[1]["value"]:
            continue
        lower = both[0]["value"] < both[1]["value"]
        wins["aae" if lower == (both[0]["better"] == "lower") else "vae"].append(NAMES[name])
    words = "; ".join(f"the {KINDS[kind]} in {', '.join(names)}" for kind, names in wins.items() if names)
    return f'<p class="verdict"><b>Nearer to the prior:</b> {escape(words)}.</p>' if words else ""


def _split(cards: dict[str, dict[str, Metric]]) -> str:
    """KL = information + aggregate, as bars to scale."""
    parts = {
        kind: (metrics["information"]["value"], metrics["aggregate_kl"]["value"])
        for kind, metrics in cards.items()
        if "information" in metrics and "aggregate_kl" in metrics
    }
    if not parts:
        return ""
    most = max(a + b for a, b in parts.values())
    bars = ""
    for kind, (a, b) in parts.items():
        said = f"{KINDS[kind]}: information {number(a)} nats, aggregate {number(b)} nats"
        bars += (
            f'<div class="coverage-bar {kind}" role="img" aria-label="{said}"><b>{KINDS[kind]}</b>'
            f'<i style="width:{80 * max(a, 0) / most:.1f}%">I(x; z) {number(a)}</i>'
            f'<i class="rest" style="width:{80 * max(b, 0) / most:.1f}%"></i><span>{number(b)}</span></div>'
        )
    words = (
        "E KL(q(z|x) ‖ p) = I(x; z) + KL(q(z) ‖ p), in nats. A VAE pays for both parts; the AAE’s adversary replaces "
        "the KL term and sees only codes of many pictures at once: the last part (hatched)."
    )
    if any(a > CEILING - 0.2 for a, _ in parts.values()):
        words += (
            f" From {COMPARED:,} digits the information can read {CEILING:.1f} nats at most; what a code knows beyond "
            "that is counted in the last part, which is then too large."
        )
    return f'<h2 class="section">What the adversary replaces</h2><p class="hint">{words}</p>{bars}'


def answer(guess: str, prior: str, rates: dict[str, Metric | None]) -> str:
    """The guess against the hole rates of the cards; "about as many" is a difference below one in a hundred."""
    if not guess:
        return ""
    if missing := set(KINDS) - set(rates):
        return f'<div class="answer"><p><b>There is nothing to compare.</b> {why(missing.pop(), prior)}</p></div>'
    aae, vae = rates["aae"], rates["vae"]
    if aae is None or vae is None:
        return '<div class="answer"><p>The cards of these models hold no hole rate.</p></div>'
    a, v = aae["value"], vae["value"]
    truth = "same" if abs(a - v) < 0.01 else "vae" if v > a else "aae"
    words = {
        "vae": "the VAE leaves more holes",
        "aae": "the AAE leaves more holes",
        "same": "both leave about as many",
    }
    floor = "" if aae["floor"] is None else f" (the prior’s own samples: {number(100 * aae['floor'])} %)"
    return (
        f'<div class="answer"><p><b>{"Yes" if guess == truth else "No"}: {words[truth]}.</b> Share of the prior’s '
        f"samples without a code nearby: AAE {number(100 * a)} %, VAE {number(100 * v)} %{floor}.</p></div>"
    )
