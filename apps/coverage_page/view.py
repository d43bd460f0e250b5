"""What the page on latent coverage shows of its answers: the planes' cards, a path, a drawing."""

from __future__ import annotations

from html import escape
from typing import Any

from ..latent_page.view import picture, pngs
from ..plots import Plot, figure, legend, nothing, number
from .controls import KINDS
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
LINES = {"aae": "s1", "vae": "s0"}
"""The class of each model's curves: vermilion and dashed, blue and solid."""


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
