"""What the page on latent coverage shows of its answers: the planes' cards, a path, a drawing, the cards' numbers."""

from __future__ import annotations

from html import escape
from math import log
from typing import Any

from gan_lab.metrics import Metric
from gan_lab.zoo.autoencoding import COMPARED

from ..latent_page.view import picture, pngs
from ..plots import Plot, figure, legend, nothing, number, table
from .controls import KINDS, PRIORS
from .pairs import Pair
from .path import STOPS, Way

NO_MODEL = (
    "There are no autoencoders with a code in the plane yet, so there are no planes to look at. "
    "Training both live works without them."
)
NO_VAE = {
    "swiss-roll": "No VAE for this prior: its ELBO needs the prior’s density, and the density of this spiral has no "
    "closed form. The AAE asks for samples only.",
}
MISSING = "The zoo holds no such model for this prior yet."
NO_DRAWING = nothing("Draw a digit on the pad: its codes appear in both planes, as stars.")
CEILING = log(COMPARED)
"""The most that the information can read: the logarithm of the number of digits it is estimated from."""
LINES = {"aae": "s1", "vae": "s0"}
"""The class of each model's curves: vermilion and dashed, blue and solid."""

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


def planes(pair: Pair) -> str:
    """A card for each model: the decoded point above, its plane below; the script paints them."""
    cards = "".join(
        card(kind, _encoder(pair, kind)) if kind in pair.sides else absent(kind, pair.prior) for kind in KINDS
    )
    return f'<div class="coverage-planes">{cards}</div>{classes()}'


def _encoder(pair: Pair, kind: str) -> str:
    recipe = pair.sides[kind].model.recipe
    if kind == "vae":
        return f"q(z|x) Gaussian, β = {recipe.beta:g}"
    words = "q(z|x) Gaussian" if recipe.gaussian else "one code for each picture"
    return f"{words}{', labels tied' if recipe.tied else ''}"


def card(kind: str, words: str) -> str:
    """The places of one model."""
    name = KINDS[kind]
    return (
        f'<figure class="coverage-card {kind}" data-kind="{kind}"><figcaption><b>{name}</b> '
        f"<span>{escape(words)}</span></figcaption>"
        '<div class="coverage-point"><canvas class="pixels made" width="28" height="28" role="img" '
        f'aria-label="what the {name} decodes the point to"></canvas><p class="said" aria-live="polite"></p>'
        '<canvas class="pixels near" width="28" height="28" role="img" aria-label="the nearest held-out digit">'
        "</canvas></div>"
        '<div class="coverage-plane"><canvas class="base" aria-hidden="true"></canvas><canvas class="over" '
        f'tabindex="0" role="img" aria-label="Plane of the {name}’s codes"></canvas></div></figure>'
    )


def why(kind: str, prior: str) -> str:
    """Why there is no such model for a prior."""
    return NO_VAE.get(prior, MISSING) if kind == "vae" else MISSING


def absent(kind: str, prior: str) -> str:
    """In the place of a model that there is not."""
    return (
        f'<figure class="coverage-card {kind}"><figcaption><b>{KINDS[kind]}</b></figcaption>'
        f"{nothing(why(kind, prior))}</figure>"
    )


def classes() -> str:
    """The ten classes as buttons: each lifts its own codes out of the others."""
    buttons = "".join(
        f'<button type="button" data-class="{d}" class="d{d}" aria-pressed="false" '
        f'aria-label="lift out the codes of {d}">{d}</button>'
        for d in range(10)
    )
    return f'<div class="coverage-classes" role="group" aria-label="Classes of the codes">{buttons}</div>'


def path(pair: Pair, ways: dict[str, Way], length: float) -> str:
    """The strips, and the distance to the nearest code along the way."""
    strips = "".join(_strip(kind, way) for kind, way in ways.items())
    top = 1.15 * max(pair.reach, *(way.distances.max().item() for way in ways.values()))
    plot = Plot((0, 1), (0, top), height=190)
    for kind, way in ways.items():
        n = len(way.distances) - 1
        plot.line([i / n for i in range(n + 1)], way.distances.tolist(), LINES[kind])
    plot.mark_y(pair.reach, "reach")
    told = ", ".join(
        f"{KINDS[kind]} up to {number(way.distances.max().item())}" for kind, way in ways.items()
    )
    ticks = [(0.0, "A"), (0.25, "¼"), (0.5, "½"), (0.75, "¾"), (1.0, "B")]
    high = [(v, number(v)) for v in (0.0, round(top / 2, 2))]
    drawn = plot.svg(
        f"Distance to the nearest code from A to B: {told}; reach {number(pair.reach)}",
        ticks, high, f"along the line, {number(length)} units of z long", "distance",
    )  # fmt: skip
    return strips + figure("Distance to the nearest held-out code", drawn, _key(list(ways)))


def _key(kinds: list[str]) -> str:
    return legend([(LINES[kind], KINDS[kind]) for kind in kinds]) + (
        '<p class="hint">Beyond the reach there is no code nearby: of 100 samples of the prior, 95 have another one '
        "within it. There a decoder shows what it was never taught.</p>"
    )


def _strip(kind: str, way: Way) -> str:
    n = len(way.distances) - 1
    cells = ""
    for i, uri in enumerate(pngs(way.pictures)):
        far = way.distances[round(i * n / (STOPS - 1))].item()
        words = f"decoded by the {KINDS[kind]} at step {i} of {STOPS - 1}; nearest code {number(far)} away"
        cells += f"<figure>{picture(uri, words, 'fill')}<figcaption>{far:.2f}</figcaption></figure>"
    share = f"{100 * way.hole:.0f} % of the way without a code in reach"
    head = f"<p><b>{KINDS[kind]}</b> <span>{share}</span></p>"
    return f'<div class="coverage-strip {kind}">{head}<div>{cells}</div></div>'


def drawing(answer: dict[str, Any], reach: float) -> str:
    """The digit as the encoders see it, and both reconstructions."""
    seen = picture(answer["drawn"], "the drawing, centred and scaled to 28x28 as MNIST does it", "fill")
    cells = f"<figure>{seen}<figcaption><b>as they see it</b></figcaption></figure>"
    for kind, side in answer["sides"].items():
        name, far = KINDS[kind], side["distance"]
        made = picture(side["picture"], f"the {name}’s reconstruction of the drawing", "fill")
        words = "beyond reach" if far > reach else "within reach"
        cells += (
            f'<figure class="{kind}">{made}<figcaption><b>{name}</b> error {number(side["error"])}<br>'
            f"<span>nearest code {number(far)}, {words}</span></figcaption></figure>"
        )
    return (
        f'<div class="coverage-drawn">{cells}</div><p class="hint">Stars: samples of q(z|x) for your digit, '
        "reconstructed from the ringed one. Error: mean squared error of the intensities in [0, 1].</p>"
    )


def numbers(pair: Pair, cards: dict[str, dict[str, Metric]]) -> str:
    """The cards' figures in one table, each beside what the prior itself, or real digits, would read."""
    known = [name for name in NAMES if any(name in metrics for metrics in cards.values())]
    if not known:
        return nothing("The cards of these models hold no figures: gan-lab evaluate computes them.")
    kinds = list(cards)
    rows = [[NAMES[name], *(_cell(cards[kind].get(name)) for kind in kinds), MEANT[name]] for name in known]
    head = ["", *(f"{KINDS[kind]} (floor)" for kind in kinds), "what it is"]
    words = f"Samples of q(z|x) of 5,000 held-out digits against {PRIORS[pair.prior]}"
    return (
        f'<div class="coverage-numbers">{table(head, rows, words)}</div>{verdict(cards, pair.prior)}{_split(cards)}'
        f'<p class="hint">From the models’ cards; gan-lab evaluate '
        f"{' and '.join(side.model.name for side in pair.sides.values())} computes them anew.</p>"
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
