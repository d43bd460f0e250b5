"""The tab "Attributes": one latent, and a slider for each attribute that walks along its direction."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from gan_lab import latent
from gan_lab.latent import directions
from gan_lab.zoo import faces

from .. import models
from . import readings, view
from .state import MOVED
from .vectors import generate, scene

POOL = 2000
"""Generated faces from which the directions are fitted."""
NO_READER = (
    "Directions need somebody who reads the pictures. The zoo's probe reads faces: choose a generator of faces "
    "(in the list of generators, a model trained on the data set faces)."
)
_fitting = threading.Lock()


@lru_cache(maxsize=8)
def _fit(model: str, which: int) -> Tensor:
    """Directions ``(6, d)`` of all attributes, fitted by regression on what the probe reads in faces of its own.

    ``which`` is the identity of the loaded model: one that was trained again is fitted again.
    """
    net = models.load(model)
    z = torch.randn(POOL, net.latent_dim, generator=torch.Generator().manual_seed(0))
    read = [readings.read(net, generate(net, part)) for part in z.split(250)]
    return directions.by_regression(z, torch.cat([part for part in read if part is not None]))


def fitted(model: str, pure: bool) -> Tensor:
    """One unit vector for each slider ``(5, d)``; pure ones are orthogonal to the directions of all other attributes.

    Raises:
        ValueError: the pictures are not faces, or there is no probe.
    """
    net = models.load(model)
    if not readings.of_faces(net):
        raise ValueError(NO_READER)
    with _fitting:  # two visitors at once: the second waits instead of fitting too
        every = _fit(model, id(net))
    rows = [faces.NAMES.index(name) for name in MOVED]
    if not pure:
        return every[rows]
    others = [torch.cat([every[:row], every[row + 1 :]]) for row in rows]
    return torch.stack([directions.orthogonal(every[row], other) for row, other in zip(rows, others)])


def attributes(
    model: str,
    seed: int,
    picks: str,
    w1: float = 1.0,
    w2: float = -1.0,
    w3: float = 1.0,
    project: bool = False,
    who: str = "z3-first",
    smile: float = 0.0,
    glasses: float = 0.0,
    age: float = 0.0,
    hat: float = 0.0,
    beard: float = 0.0,
    pure: bool = False,
) -> dict[str, Any]:
    """The face of one latent before and after steps along the attributes' directions, and what is read in both."""
    at = scene(model, seed, picks, w1, w2, w3, project)
    if not readings.of_faces(at.net):
        return {"html": f'<p class="empty">{NO_READER}</p>', "note": NO_READER}
    before = at.point(who)
    steps = torch.tensor([smile, glasses, age, hat, beard], dtype=before.dtype)
    after = before + steps @ fitted(model, pure)
    z = torch.stack([before, after])
    pictures = generate(at.net, z)
    read = readings.read(at.net, pictures)
    assert read is not None
    answer: dict[str, Any] = {
        "pictures": dict(zip(("before", "after"), view.pngs(pictures))),
        "readings": dict(zip(("before", "after"), map(readings.numbers, read))),
        "norms": dict(zip(("before", "after"), latent.norm(z).tolist())),
        "shell": at.shell,
    }
    answer["html"] = view.before_after(answer, [readings.words(row) for row in read]) + readings.scales(
        [("before", "single", "ring", read[0]), ("after", "sum", "round", read[1])]
    )
    return answer


def when_open(tab: str, *inputs: Any) -> dict[str, Any]:
    """``attributes`` if its tab is the open one: what nobody looks at is not drawn."""
    return attributes(*inputs) if tab == "attributes" else {}
