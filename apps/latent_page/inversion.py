"""The tab "Inversion": which noise makes this picture? Searched live, and left when somebody presses Stop."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from time import monotonic, perf_counter
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gan_lab import latent, zoo

from .. import models
from ..plots import symbol
from . import pictures, readings, view
from .vectors import generate

STEPS, STARTS, EVERY = 200, 4, 5
PAUSE = 0.15
"""Seconds between two pictures: a small generator's search would else leave the browser no time for the Stop button."""
ROWS = {
    "own": ("made by it", "c0", "round"),
    "other": ("not made by it", "c1", "square"),
    "yours": ("yours", "c2", "diamond"),
}
ENCODER, DIGITS = "vae-mnist-40d", ("mnist", "mnist-5k")
"""Whose encoder is held against the search, and the data of the generators it is for."""


class Encoded(NamedTuple):
    """A picture through an encoder and back: ``(1, C, H, W)``, its root mean squared error, and the time it took."""

    picture: Tensor
    error: float
    seconds: float


Seen = list[tuple[str, float]]
"""The searches so far: a row of the chart, and the error."""


def search(
    model: str,
    source: str,
    number: int = 0,
    path: str | None = None,
    drawing: str | None = None,
    seen: Seen | None = None,
) -> Iterator[tuple[dict[str, Any], Seen]]:
    """Searches the z of a picture, and yields how far it has come: both pictures, the error, the norm.

    Args:
        model: the generator.
        source: "own", "other", "upload" or "drawing".
        number: of the picture, for the first two.
        path: of the uploaded file.
        drawing: a PNG as a data address.
        seen: the errors of earlier searches, for the chart.
    """
    net = models.load(model)
    network = pictures.invertible(net)
    target = pictures.wanted(net, source, number, path, drawing)
    row, seen = source if source in ROWS else "yours", list(seen or [])
    encoded = by_encoder(net, target)
    errors: list[float] = []
    told = monotonic()
    for attempt in latent.invert(network, target, net.latent_dim, STEPS, STARTS, every=EVERY):
        errors.append(attempt.error.item())
        done = attempt.step == attempt.steps
        if not done and attempt.step > EVERY and monotonic() - told < PAUSE:
            continue
        told = monotonic()
        now = [*seen, (row, errors[-1])]
        yield _answer(net, target, attempt, errors, now, encoded), now if done else seen


def by_encoder(net: models.Model, target: Tensor) -> Encoded | None:
    """What a VAE's encoder makes of the same picture in one pass; None where the zoo has none for such pictures.

    It knows digits of 28x28 pixels; the generator's are the same with a margin around them.
    """
    if net.card.get("recipe", {}).get("data") not in DIGITS or ENCODER not in zoo.names():
        return None
    coder = models.load_any(ENCODER)
    assert isinstance(coder, zoo.Autoencoder)
    margin = (target.shape[-1] - coder.recipe.size) // 2
    inside = slice(margin, margin + coder.recipe.size)
    back = torch.full_like(target, -1)
    started = perf_counter()
    back[..., inside, inside] = coder.generate(coder.encode(target[..., inside, inside]))
    seconds = perf_counter() - started
    return Encoded(back, (back - target).square().mean().sqrt().item(), seconds)


def search_or_say(*given: Any) -> Iterator[tuple[dict[str, Any], Seen]]:
    """``search``; what cannot be searched is said in the place of the answer, above the errors so far."""
    try:
        yield from search(*given)
    except (ValueError, FileNotFoundError) as error:
        model, seen = given[0], list(given[5] if len(given) > 5 and given[5] else [])
        words = f'<p class="note" role="alert">{escape(str(error))}</p>'
        yield {"note": str(error), "html": words + empty(model, seen)["html"]}, seen


def _answer(
    net: models.Model,
    target: Tensor,
    attempt: latent.Attempt,
    errors: list[float],
    seen: Seen,
    encoded: Encoded | None,
) -> dict[str, Any]:
    both = torch.cat([target, generate(net, attempt.z)])
    shown = dict(zip(("picture", "found"), view.pngs(both)))
    read = readings.read(net, both)
    words = [readings.words(row) for row in read] if read is not None else ["", ""]
    shell = latent.typical_norm(net.latent_dim)
    answer: dict[str, Any] = {
        **shown,
        "step": attempt.step,
        "steps": attempt.steps,
        "error": errors[-1],
        "norm": latent.norm(attempt.z[0]).item(),
        "shell": shell,
    }
    answer["html"] = _pair(answer, words, _third(encoded)) + chart(seen, net.card.get("metrics", {}))
    return answer


def _third(encoded: Encoded | None) -> str:
    if encoded is None:
        return ""
    (png,) = view.pngs(encoded.picture)
    alt = f"the same picture through the encoder of {ENCODER} and its decoder, error {encoded.error:.3f}"
    return (
        '<figure class="card"><figcaption><b>a VAE\'s encoder</b> <span>one pass, no search</span></figcaption>'
        f"{view.picture(png, alt, 'large')}<small>error <b>{encoded.error:.3f}</b> after "
        f"{1000 * encoded.seconds:.0f} ms: {ENCODER} was trained to do this</small></figure>"
    )


def _pair(answer: dict[str, Any], words: list[str], third: str) -> str:
    """The picture, the reconstruction, and how far the search has come."""
    share = answer["step"] / answer["steps"]
    state = "done" if share == 1 else f"step {answer['step']} of {answer['steps']}"
    asked = view.picture(answer["picture"], f"the picture that is asked for. {words[0]}", "large")
    made = view.picture(answer["found"], f"what the found z generates. {words[1]}", "large")
    return (
        f'<div class="progress" role="progressbar" aria-label="search" aria-valuenow="{100 * share:.0f}">'
        f'<i style="width:{100 * share:.0f}%"></i></div><p class="norm" role="status">{state} · error '
        f"<b>{answer['error']:.3f}</b> · norm {answer['norm']:.1f}, shell {answer['shell']:.1f}</p>"
        '<div class="pair"><figure class="card single"><figcaption><b>picture</b></figcaption>'
        f"{asked}{view.reading(words[0])}"
        '</figure><figure class="card sum"><figcaption><b>G(z)</b> <span>the nearest found</span></figcaption>'
        f"{made}{view.reading(words[1])}"
        f"</figure>{third}</div>"
    )


LEFT, WIDTH, ROW = 30.0, 62.0, 30


def chart(seen: Seen, metrics: dict[str, Any]) -> str:
    """Every search's error as a point, by where the picture came from; medians of the model's card as bars."""
    medians = {name: metrics[f"inversion {name}"]["value"] for name in ROWS if f"inversion {name}" in metrics}
    top = 1.15 * max([0.1, *medians.values(), *(error for _, error in seen)])
    rows = [_row(i, name, seen, medians.get(name), top) for i, name in enumerate(ROWS)]
    foot = 10 + ROW * len(ROWS)
    told = "; ".join(
        f"{ROWS[name][0]}: " + (", ".join(f"{e:.3f}" for n, e in seen if n == name) or "none yet")
        for name in ROWS
    )
    card = "; ".join(f"median of {ROWS[name][0]}: {value:.3f}" for name, value in medians.items())
    alt = f"Errors of the searches. {told}. {card}"
    ticks = "".join(
        f'<text class="tick" x="{LEFT + WIDTH * u}%" y="{foot + 14}">{top * u:.2f}</text>'
        for u in (0, 0.5, 1)
    )
    note = " The bars are medians from the model's card." if card else ""
    title = "Error: root mean square over the pixels, which lie in [−1, 1]"
    return (
        f'<figure class="drawing"><figcaption>{title}</figcaption>'
        f'<svg class="plot" role="img" aria-label="{escape(alt)}" height="{foot + 22}">{"".join(rows)}'
        f'<line class="axis" x1="{LEFT}%" x2="{LEFT + WIDTH}%" y1="{foot}" y2="{foot}"/>{ticks}</svg>'
        f'<p class="hint">Each point is one search on this page.{note}</p></figure>'
    )


def _row(i: int, name: str, seen: Seen, median: float | None, top: float) -> str:
    label, kind, shape = ROWS[name]
    y = 10 + ROW * i + ROW / 2
    parts = [f'<text class="row" x="{LEFT - 2}%" y="{y + 4}">{label}</text>']
    if median is not None:
        parts.append(
            f'<rect class="bar {kind} median" x="{LEFT}%" y="{y - 8}" width="{WIDTH * median / top:.1f}%" height="16"/>'
        )
    errors = [error for row, error in seen if row == name]
    parts += [symbol(f"{LEFT + WIDTH * error / top:.1f}%", str(y), kind, shape) for error in errors]
    return "".join(parts)


def empty(model: str, seen: Seen | None) -> dict[str, Any]:
    """Before the first search: what the model's card says, and what has been found on this page."""
    try:
        metrics = models.load(model).card.get("metrics", {})
    except (ValueError, FileNotFoundError):
        return {"html": ""}
    return {"html": chart(list(seen or []), metrics)}
