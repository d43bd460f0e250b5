"""The latents behind the page: draws, concepts, their sum, the points of a path; and what they generate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from gan_lab import latent
from gan_lab.zoo import faces

from .. import models
from .state import MAX_SEED, SHEET, parse_picks


@dataclass(frozen=True)
class Scene:
    """What the page shows, as vectors.

    Attributes:
        net: the generator.
        noise: what its latents are drawn from, "normal" or "uniform".
        shell: the norm of a typical draw.
        exemplars: their latents, one tensor ``(n, d)`` for each concept.
        concepts: ``(3, d)``, each the mean of its exemplars, zero where none is chosen.
        total: ``(d,)``, the weighted sum, on the shell if that was asked for and is possible.
        note: why it was not possible, or nothing.
    """

    net: models.Model
    noise: str
    shell: float
    exemplars: list[Tensor]
    concepts: Tensor
    total: Tensor
    note: str

    def point(self, name: str) -> Tensor:
        """Where a path starts or ends: "sum", a concept's mean ("z1") or its first exemplar ("z1-first")."""
        if name == "sum":
            return self.total
        k = int(name[1]) - 1
        first = name.endswith("first") and len(self.exemplars[k])
        return self.exemplars[k][0] if first else self.concepts[k]


def noise_of(net: models.Model) -> str:
    """What the model's latents are drawn from; N(0, I) unless its card says otherwise."""
    return "uniform" if net.card.get("noise") == "uniform" else "normal"


def draws(net: models.Model, seed: int) -> Tensor:
    """The latents ``(40, d)`` behind the sheet of that seed; never written to.

    Raises:
        ValueError: no seed.
    """
    if seed is None or not 0 <= seed <= MAX_SEED:
        raise ValueError(f"the seed is a whole number from 0 to {MAX_SEED}, not {seed}")
    return _draws(net.latent_dim, noise_of(net), int(seed))


@lru_cache(maxsize=32)
def _draws(d: int, noise: str, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    if noise == "uniform":
        return torch.rand(SHEET, d, generator=generator) * 2 - 1
    return torch.randn(SHEET, d, generator=generator)


def scene(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
) -> Scene:
    """The concepts and their sum w1 z1 + w2 z2 + w3 z3.

    Raises:
        ValueError: an impossible model, seed or choice of exemplars; the message says which.
        FileNotFoundError: there is no such run.
    """
    net = models.load(model)
    sheet = draws(net, seed)
    exemplars = [sheet[group] for group in parse_picks(picks)]
    concepts = torch.stack([z.mean(0) if len(z) else torch.zeros_like(sheet[0]) for z in exemplars])
    total, note = latent.arithmetic(*concepts, weights=(w1, w2, w3)), ""
    shell = latent.typical_norm(net.latent_dim, noise_of(net))
    if project and total.any():
        total = latent.project(total, shell)
    elif project:
        note = "The sum is zero: it has no direction, so it cannot be put on the shell."
    return Scene(net, noise_of(net), shell, exemplars, concepts, total, note)


def generate(net: models.Model, z: Tensor) -> Tensor:
    """Pictures ``(B, C, H, W)`` of latents ``(B, d)``."""
    with torch.inference_mode():
        return net.generate(z)


def possible_ways(a: Tensor, b: Tensor) -> tuple[dict[str, Callable[..., Tensor]], str]:
    """The chord, and the arc where there is one; else a note that says why not."""
    try:
        latent.slerp(a, b, 0.5)
    except ValueError as error:
        return {"linear": latent.lerp}, f"Only the straight way is shown: {error}."
    return {"linear": latent.lerp, "spherical": latent.slerp}, ""


def suggest(pictures: Tensor) -> str:
    """Exemplars to begin with, so that the sum reads "bold minus thin of one shape, plus another shape".

    No labels are needed, so it works for any generator: among groups of six that look alike, the one whose bold
    half differs most from its thin half; then the tight three that look least like it.

    Args:
        pictures: the sheet ``(40, C, H, W)`` in [-1, 1].

    Returns:
        The three groups of three as ``"3,7,12;1,2,4;5,6,8"``.
    """
    ink = (pictures + 1).mean(1, keepdim=True)
    amount = ink.flatten(1).sum(1)
    blurred = functional.normalize(functional.adaptive_avg_pool2d(ink, 8).flatten(1), dim=1)
    likeness = blurred @ blurred.T
    six = likeness.topk(6).indices
    six = six.gather(1, amount[six].argsort(1))  # thinnest first
    bold, thin = amount[six[:, 3:]].mean(1), amount[six[:, :3]].mean(1)
    close = likeness.gather(1, six).mean(1)
    best = six[((bold - thin) / (bold + thin) * (close >= close.quantile(0.6))).argmax()]
    unlike = -likeness[:, best].mean(1)
    likeness[:, best] = -1  # the third group shares no picture with the first two
    three = likeness.topk(3)
    close = three.values.mean(1)
    unlike[best] = unlike[close < close.quantile(0.5)] = -2
    groups = (best[3:], best[:3], three.indices[unlike.argmax()])
    return ";".join(",".join(map(str, group.tolist())) for group in groups)


def suggest_faces(read: Tensor) -> str:
    """Exemplars for the slide's sum: persons with glasses, minus the same kind without, plus the other kind without.

    The kind is masculine or feminine, whichever of the two ways round the sheet shows more clearly.

    Args:
        read: readings ``(40, 6)`` of the sheet.

    Returns:
        The three groups of three as ``"3,7,12;1,2,4;5,6,8"``.
    """
    glasses = read[:, faces.NAMES.index("glasses")]
    feminine = read[:, faces.NAMES.index("feminine")]
    ways = []
    for kind in (1 - feminine, feminine):
        fits = torch.stack(
            [glasses.minimum(kind), (1 - glasses).minimum(kind), (1 - glasses).minimum(1 - kind)]
        )
        best = fits.topk(3)
        ways.append((best.values.min().item(), best.indices.tolist()))
    return ";".join(",".join(map(str, group)) for group in max(ways)[1])
