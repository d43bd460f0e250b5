"""What a run of the playground is made from: one frozen value, which the link and the run card hold whole."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from gan_lab.data.toy2d import TOY_SETS
from gan_lab.losses import LOSSES

EXTENT = 2.1
"""The plane is shown, and drawn on, from -EXTENT to EXTENT in both directions."""

DRAWN = "drawn"
MOST_POINTS = 600
ACTIVATIONS = ("relu", "leaky-relu", "tanh", "softplus", "silu")

CHOICES: dict[str, tuple[str, ...]] = {
    "data": (*TOY_SETS, DRAWN),
    "noise": ("normal", "uniform"),
    "g_activation": ACTIVATIONS,
    "d_activation": (*ACTIVATIONS, "maxout"),
    "loss": tuple(LOSSES),
    "d_optimiser": ("adam", "rmsprop", "sgd"),
    "g_optimiser": ("adam", "rmsprop", "sgd"),
}

RANGES: dict[str, tuple[float, float]] = {
    "latent": (1, 2),
    "batch": (8, 1024),
    "g_depth": (0, 6),
    "g_width": (1, 400),
    "d_depth": (0, 6),
    "d_width": (1, 400),
    "r1": (0, 100),
    "r2": (0, 100),
    "gp": (0, 100),
    "clip": (0, 10),
    "d_lr": (0, 10),
    "g_lr": (0, 10),
    "beta1": (0, 0.999),
    "beta2": (0, 0.9999),
    "d_steps": (0, 25),
    "g_steps": (0, 25),
    "seed": (0, 2**31 - 1),
}
"""Smallest and largest value. Absurd ones that can be computed are allowed: to see them fail is instructive."""

LIVE = ("loss", "r1", "r2", "gp", "clip", "d_lr", "g_lr", "d_steps", "g_steps")
"""What may change while a run goes on; anything else starts a new one."""


@dataclass(frozen=True)
class Configuration:
    """Everything that decides a run, seed included.

    Attributes:
        data: one of the toy sets, or "drawn"; then ``points`` holds the drawing (see ``encode_points``).
        noise, latent, batch: what z is drawn from, its width (1 or 2), and the size of the minibatches.
        g_depth, g_width, g_activation, g_norm: the generator's hidden layers, perhaps with BatchNorm. Depth 0 is
            an affine map, whose density is known exactly.
        d_depth, d_width, d_activation: the discriminator's.
        loss: the game. r1, r2, gp, clip: penalties' weights and the clip value, 0 for none.
        d_optimiser, g_optimiser, d_lr, g_lr, beta1, beta2: the optimisers; the betas are Adam's.
        d_steps, g_steps: updates of either player per step, the lecture's k.
        seed: of the first weights, the data's order and the noise.

    Raises:
        ValueError: a value that is not allowed; the message names it and what is.
    """

    data: str = "ring"
    points: str = ""
    noise: str = "normal"
    latent: int = 2
    batch: int = 128
    g_depth: int = 3
    g_width: int = 64
    g_activation: str = "relu"
    g_norm: bool = False
    d_depth: int = 3
    d_width: int = 64
    d_activation: str = "leaky-relu"
    loss: str = "non-saturating"
    r1: float = 0.0
    r2: float = 0.0
    gp: float = 0.0
    clip: float = 0.0
    d_optimiser: str = "adam"
    g_optimiser: str = "adam"
    d_lr: float = 1e-3
    g_lr: float = 1e-3
    beta1: float = 0.5
    beta2: float = 0.999
    d_steps: int = 1
    g_steps: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, check(field.name, getattr(self, field.name)))
        if self.data == DRAWN:
            enough(decode_points(self.points))


KINDS = {field.name: type(field.default) for field in fields(Configuration)}
NAMES = tuple(KINDS)


def check(name: str, value: Any) -> Any:
    """The value in its own kind, or a ValueError with what is allowed."""
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise ValueError(f"{name} must be one of {', '.join(CHOICES[name])}, not {value!r}")
        return value
    if name in RANGES:
        return _number(name, value)
    if name == "points":
        decode_points(value)
        return value
    return bool(value)


def _number(name: str, value: Any) -> float | int:
    low, high = RANGES[name]
    whole = KINDS[name] is int
    try:
        number = float(value)
        good = low <= number <= high and (not whole or number == int(number))
    except (TypeError, ValueError):
        good = False
    if not good:
        what = "a whole number" if whole else "a number"
        raise ValueError(f"{name} must be {what} from {low:g} to {high:g}, not {value!r}")
    return int(number) if whole else number


def encode_points(points: list[tuple[float, float]]) -> str:
    """Drawn points as hexadecimal text, two digits a coordinate: 256 steps from -EXTENT to EXTENT.

    Raises:
        ValueError: a point is not a pair of finite numbers, or there are too many.
    """
    if len(points) > MOST_POINTS:
        raise ValueError(f"{len(points)} points were drawn; at most {MOST_POINTS} fit into a link")
    levels = []
    for point in points:
        if len(point) != 2 or not all(isinstance(v, (int, float)) and math.isfinite(v) for v in point):
            raise ValueError(f"a drawn point is a pair of finite numbers, not {point!r}")
        levels += [min(255, max(0, round((v + EXTENT) / (2 * EXTENT) * 255))) for v in point]
    return bytes(levels).hex()


def decode_points(text: str) -> list[tuple[float, float]]:
    """The points behind ``encode_points``.

    Raises:
        ValueError: the text is not such a code, or too long.
    """
    try:
        levels = bytes.fromhex(text)
    except (TypeError, ValueError):
        levels = b"?"
    if len(levels) % 2 or len(levels) > 2 * MOST_POINTS:
        raise ValueError(f"points must be up to {MOST_POINTS} points of four hexadecimal digits each")
    place = [level / 255 * 2 * EXTENT - EXTENT for level in levels]
    return list(zip(place[::2], place[1::2], strict=True))


def enough(points: list[tuple[float, float]]) -> None:
    """ValueError where a drawing has too few points to learn from."""
    if len(points) < 10:
        raise ValueError(
            f"{len(points)} points were drawn, and at least 10 are needed to learn from: draw some more"
        )


def to_query(config: Configuration, story: str = "") -> str:
    """The part of a link behind the question mark; numbers in full, so that it restores the very same run."""
    values = {}
    for name in NAMES:
        value = getattr(config, name)
        if name != "points" or value:
            values[name] = str(int(value)) if isinstance(value, bool) else str(value)
    if story:
        values["story"] = story
    return urlencode(values, safe="~:,")


def read(query: str) -> tuple[Configuration, str, list[str]]:
    """The configuration and the story of a link, and one sentence for each value that could not be used."""
    config, story, sentences = Configuration(), "", []
    found = dict(parse_qsl(query.lstrip("?")[:8000], keep_blank_values=True))
    # The drawing comes before the choice of it: a drawn set without its points is refused.
    for name in sorted(found.keys() & KINDS.keys(), key=("points", *NAMES).index):
        try:
            config = replace(config, **{name: _read(name, found[name])})
        except ValueError as error:
            sentences.append(f"The link cannot be used in full: {error}; the default is shown instead.")
    if "story" in found:
        story = found["story"]
    return config, story, sentences


def _read(name: str, text: str) -> Any:
    if KINDS[name] is bool:
        if text not in ("0", "1"):
            raise ValueError(f"{name} must be 0 or 1, not {text!r}")
        return text == "1"
    return text


def to_card(config: Configuration, **facts: Any) -> str:
    """The run card: the configuration and what else decides a run, as JSON to keep and to paste back."""
    card = {"configuration": {name: getattr(config, name) for name in NAMES}, **facts}
    return json.dumps(card, indent=2, ensure_ascii=False)


def from_card(text: str) -> tuple[Configuration, str]:
    """The configuration and the story of a run card.

    Raises:
        ValueError: it is not a run card, or holds a value that is not allowed.
    """
    try:
        card = json.loads(text)
        values = card["configuration"]
        known = {name: values[name] for name in NAMES}
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"this is not a run card ({error}): paste one as it was copied, whole") from error
    return Configuration(**known), str(card.get("story", ""))
