"""What can be set on the page on latent coverage; the link holds the same names."""

from __future__ import annotations

from gan_lab import zoo

from ..links import Choice, Number, Table

PRIORS = {"gaussian": "N(0, 25 I)", "mixture": "ten Gaussians", "swiss-roll": "swiss roll"}
"""The priors that the zoo's models were matched to, with what the page calls them."""
MODELS = {
    "gaussian": {"aae": "aae-mnist-2d", "vae": "vae-mnist-2d"},
    "mixture": {"aae": "aae-mnist-2d-mixture", "vae": "vae-mnist-2d-mixture"},
    "swiss-roll": {"aae": "aae-mnist-2d-swiss-roll"},
}
KINDS = {"aae": "AAE", "vae": "VAE"}
SHOWN = {"codes": "codes", "manifold": "decoded manifold", "both": "both"}
GUESSES = {"": "not yet", "vae": "the VAE’s", "aae": "the AAE’s", "same": "about as many"}
TABS = {
    "path": "Path across a hole",
    "draw": "Draw a digit",
    "numbers": "The numbers",
    "live": "Train both live",
}
LIVE_PRIORS = {
    "wide-gaussian": "N(0, 25 I)",
    "mixture": "ten Gaussians",
    "swiss-roll": "swiss roll",
    "ring": "ring",
    "uniform": "uniform square",
}
ENCODERS = {"gaussian": "draws its code", "point": "one code per picture"}
FAR = 40.0
"""How far from the middle a point may lie, in the units of z; the priors end at about 18."""


def there() -> dict[str, str]:
    """The priors that the zoo has a model for, with what the page calls them."""
    names = set(zoo.names())
    return {key: words for key, words in PRIORS.items() if names & set(MODELS[key].values())}


def controls() -> Table:
    """Everything a hand can set."""
    priors = there()
    place = Number(0.0, -FAR, FAR, 0.001)
    return {
        "prior": Choice(next(iter(priors), ""), priors),
        "show": Choice("codes", SHOWN),
        "x": place,
        "y": place,
        "ax": Number(-8.0, -FAR, FAR, 0.001),
        "ay": place,
        "bx": Number(8.0, -FAR, FAR, 0.001),
        "by": place,
        "guess": Choice("", GUESSES),
        "tab": Choice("path", TABS),
        "matched": Choice("wide-gaussian", LIVE_PRIORS),
        "encoder": Choice("gaussian", ENCODERS),
        "beta": Number(1.0, 0.0, 8.0, 0.25),
    }


INPUTS = tuple(controls())
"""The controls in the order in which events take them."""
