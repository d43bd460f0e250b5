"""What the browser draws: plain arrays of one moment of a run, packed small. Watching never changes the run."""

from __future__ import annotations

import base64
import math
from collections.abc import Collection
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_lab.algorithms.base import watching
from gan_lab.algorithms.gan import GAN

from . import optimum
from .run import CURVES, Run

LAYERS = {
    "real": "Real data",
    "fake": "Fakes",
    "surface": "What D says",
    "arrows": "Pull on the fakes",
    "manifold": "Warped noise",
    "optimum": "Optimal D",
}
SHOWN = ("real", "fake", "surface", "arrows")
"""The layers that are on at first."""

POINTS = 500
ARROWS = 100
CELLS = 48
MESH = 21
CURVE = 300
STEPS_PER_UNIT = 8000
"""Coordinates travel as 16-bit whole numbers of 1/8000: up to 4 units from the middle."""


def pack(x: Tensor | np.ndarray, kind: str = "f4") -> str:
    """Numbers as base64 of little-endian ``kind``."""
    return base64.b64encode(np.ascontiguousarray(np.asarray(x), dtype="<" + kind).tobytes()).decode()


def places(x: Tensor) -> str:
    """Points ``(n, 2)`` as 16-bit coordinates; what is not finite or far out sits at the edge of what fits."""
    return pack(torch.nan_to_num(x * STEPS_PER_UNIT).clamp(-32767, 32767).round(), "i2")


def look(run: Run, layers: Collection[str]) -> dict[str, Any]:
    """One moment of a run, as JSON values.

    Args:
        run: what to look at.
        layers: names of ``LAYERS``; what is not wanted is not computed.
    """
    with run.lock:
        gan, ruler, now = run.gan, run.ruler, run.now
        with watching(gan):
            fake = gan.shown(ruler.z[:POINTS])
            real_logits = gan.discriminator(ruler.real[:POINTS])
            fake_logits = gan.discriminator(fake)
        view: dict[str, Any] = {
            "moment": run.moment,
            "recorded": run.session.recorded,
            "step": run.session.progress.step,
            "failed": run.failed,
            "loss": describe(now),
            "outside": int((~(fake.abs() <= optimum.EXTENT).all(1)).sum()),
            "real": places(ruler.real[:POINTS]) if "real" in layers else None,
            "fake": places(fake) if "fake" in layers else None,
        }
        if "surface" in layers:
            view["surface"] = surface(gan, real_logits, fake_logits)
        if "arrows" in layers:
            view["arrows"] = arrows(gan, fake[:ARROWS], real_logits[:ARROWS])
        if "manifold" in layers:
            view["manifold"] = manifold(gan)
        if "optimum" in layers:
            best = optimum.find(run.config, run.data, gan, ruler.z, ruler.real, CELLS)
            view["optimum"] = {"cells": shades(best.belief), "note": best.note, "exact": best.exact}
        view["charts"] = charts(run)
        view["marks"] = list(gan.loss.equilibrium)
        view["ledger"] = ledger(run)
        return view


def describe(config: Any) -> str:
    """The game in a few words, for example "wasserstein, gradient penalty 1, 5 critic updates"."""
    names = {"r1": "R1", "r2": "R2", "gp": "gradient penalty", "clip": "clip"}
    words = [config.loss] + [
        f"{text} {getattr(config, name):g}" for name, text in names.items() if getattr(config, name)
    ]
    if config.d_steps != 1:
        words.append(f"k_D {config.d_steps}")
    return ", ".join(words)


def shades(belief: Tensor) -> str:
    """Beliefs from 0 to 1 as bytes; what is not a number is undecided."""
    return pack((torch.nan_to_num(belief, 0.5).clamp(0, 1) * 254).round(), "u1")


def surface(gan: GAN, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Any]:
    """What D says on CELLS x CELLS cells: as a belief where its output is one, else as a score from low to high."""
    with watching(gan):
        logits = gan.discriminator(optimum.cells(CELLS)).reshape(CELLS, CELLS)
    middle = (real_logits.mean() + fake_logits.mean()) / 2
    if gan.loss.name in optimum.BELIEFS:
        return {"cells": shades(optimum.belief(gan.loss.name, logits, middle)), "kind": "belief"}
    if gan.loss.name == "hinge":
        return {"cells": shades((logits + 1) / 2), "kind": "margin"}
    low, high = logits.min().item(), logits.max().item()
    span = max(high - middle.item(), middle.item() - low, 1e-30)
    return {
        "cells": shades((logits - middle) / (2 * span) + 0.5),
        "kind": "score",
        "low": _number(low),
        "high": _number(high),
    }


def arrows(gan: GAN, fake: Tensor, real_logits: Tensor) -> dict[str, Any]:
    """Where the generator's own loss pulls each fake: minus its gradient by that fake.

    Of the loss G really minimises, not of D whatever the loss: a saturated minimax loss leaves no arrow although
    D is steep there.
    """
    modes = gan.discriminator.training
    gan.discriminator.eval()
    with torch.enable_grad():
        x = fake.detach().clone().requires_grad_()
        loss = gan.loss.generator(gan.discriminator(x), real_logits[: len(x)].detach()) * len(x)
        (gradient,) = torch.autograd.grad(loss, x)
    gan.discriminator.train(modes)
    median = torch.linalg.vector_norm(gradient, dim=1).median().item()
    return {"at": places(fake), "by": pack(torch.nan_to_num(-gradient)), "median": _number(median)}


def manifold(gan: GAN) -> dict[str, Any]:
    """The noise as a net of equally probable meshes (2-D) or a thread of equally probable pieces (1-D), as G warps
    it: the denser, the likelier."""
    if gan.latent_dim == 1:
        z = _quantiles(257, gan.noise)[:, None]
    else:
        edge = _quantiles(MESH, gan.noise)
        z = torch.cartesian_prod(edge, edge)
    with watching(gan):
        return {"at": places(gan.shown(z)), "dim": gan.latent_dim, "side": MESH}


def _quantiles(n: int, noise: str) -> Tensor:
    """n numbers between which the noise is equally probable; Gaussian tails are cut at 0.5 %."""
    u = torch.linspace(0, 1, n)
    return u * 2 - 1 if noise == "uniform" else torch.special.ndtri(u.clamp(0.005, 0.995))


def charts(run: Run) -> dict[str, Any]:
    """The curves in at most CURVE pieces, each the mean of its moments, and the measurements so far."""
    n = len(run.curves["d_loss"])
    size = max(1, math.ceil(n / CURVE))
    view: dict[str, Any] = {"size": size, "n": n}
    for name in CURVES:
        values = np.array(run.curves[name], dtype=np.float64)
        padded = np.concatenate([values, np.full(-n % size, np.nan)]).reshape(-1, size)
        counts = np.isfinite(padded).sum(1)
        means = np.nansum(np.where(np.isfinite(padded), padded, 0.0), 1) / np.where(counts, counts, np.nan)
        view[name] = pack(np.clip(means, -3e38, 3e38))
    moments = sorted(run.measured)
    keep = moments[:: max(1, len(moments) // 150)]
    view["measured"] = [
        [m, *(_number(run.measured[m].get(name)) for name in ("modes", "quality", "kl", "js", "gap"))]
        for m in keep
    ]
    return view


def ledger(run: Run) -> dict[str, Any]:
    """The latest measurement at or before this moment, with the losses of this moment."""
    moment = max((m for m in run.measured if m <= run.moment), default=0)
    found = {
        name: _number(v) if isinstance(v, float) else v for name, v in run.measured.get(moment, {}).items()
    }
    i = run.moment - 1
    latest = {name: _number(curve[i]) if 0 <= i < len(curve) else None for name, curve in run.curves.items()}
    modes = run.data.modes
    return {
        "at": moment,
        **found,
        **latest,
        "all": None if modes is None else len(modes),
        "modes_at": None if modes is None else places(modes),
    }


def _number(value: float | None) -> float | None:
    """Six digits, as JSON has neither infinity nor NaN."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.6g}")
