"""The tab "Classes × z": rows are noises z, columns are classes; and how much of a picture either decides."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gan_lab import metrics, zoo
from gan_lab.zoo import conditioning

from ..latent_page.view import pngs
from . import generators, view
from .controls import CONTROLS
from .kept import Kept

Answer = dict[str, Any]

SHOWN = 6
"""Rows of the table."""
NOISES = 100
"""Noises, each under all classes, that the shares of variance are measured on."""


def grid(model: str, seed: int = 0, guess: str = "") -> Answer:
    """Six noises, each under every class; after a guess also what share of the variance the label has.

    Raises:
        ValueError, FileNotFoundError: there is no such model, or a control is out of its range.
    """
    if not model:
        return {"html": view.missing(generators.MADE[generators.CLASSES])}
    net = generators.load(model)
    CONTROLS["seed"].parse(str(int(seed)))
    CONTROLS["guess"].parse(guess)
    pictures = under_every_class(net, net.latents(SHOWN, int(seed)))
    read = generators.reading(net)
    said = None if read is None else read(pictures.flatten(0, 1)).unflatten(0, pictures.shape[:2]).tolist()
    answer: Answer = {"strips": strips(pictures), "read": said, "classes": list(generators.class_names(net))}
    if said is not None:
        answer["asked"] = sum(a == b for row in said for a, b in enumerate(row)) / (SHOWN * net.classes)
    if guess:
        answer["shares"] = shares(net)
    answer["html"] = view.table(answer["strips"], said, answer["classes"])
    answer["html"] += view.shares(answer.get("shares"), guess, net.card.get("metrics", {}))
    return answer


def strips(pictures: Tensor) -> list[str]:
    """Rows of pictures ``(n, k, C, H, W)``, each as one wide picture's address."""
    return pngs(pictures.permute(0, 2, 3, 1, 4).flatten(3))


def under_every_class(net: zoo.ConditionalSampler, z: Tensor) -> Tensor:
    """Noises ``(n, d)`` under every class: ``(n, K, C, H, W)``."""
    made = net.generate(z.repeat_interleave(net.classes, 0), torch.arange(net.classes).repeat(len(z)))
    return made.unflatten(0, (len(z), net.classes))


def _shares(net: zoo.ConditionalSampler) -> dict[str, float]:
    """The pixels' variance in three parts that add up to 1.

    ``label``: of the mean pictures of the classes. ``z``: what z changes alike under every label. ``both``: what z
    changes under one label and not under another.
    """
    found = metrics.variance_shares(conditioning.under_every_label(net, NOISES))
    within, label, alone = (found[f"variance from {name}"]["value"] for name in ("z", "label", "z alone"))
    return {"label": label, "z": alone, "both": within - alone}


shares = Kept(_shares)
