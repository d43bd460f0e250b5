"""What pix2pix's only noise does: the same input with the dropout drawn again and again."""

from __future__ import annotations

import threading
from typing import Any

import torch
from torch import Tensor

from gan_lab import zoo

from ..latent_page.view import pngs
from . import translators, view

DRAWS = 8
BRIGHT = 20.0
"""Grey levels of spread that the map shows as white."""
_making = threading.Lock()
_INPUTS: dict[int, tuple[zoo.PairTranslator, float]] = {}
"""How far other inputs spread, by the model's identity, with the model itself; the oldest makes room."""


def answer(net: zoo.PairTranslator, x: Tensor, seed: int) -> dict[str, Any]:
    """Eight results for one input ``(1, 3, H, W)``, and their spread beside that of eight inputs."""
    made = net.translate(x.expand(DRAWS, -1, -1, -1), seed)
    at = spread(made)
    found: dict[str, Any] = {
        "pictures": pngs(made),
        "spread": at.mean().item(),
        "most": at.max().item(),
        "inputs": inputs(net),
    }
    shades = (at / BRIGHT).clamp(0, 1) * 2 - 1
    found["html"] = view.noise(found, pngs(shades[None, None])[0], BRIGHT)
    return found


def spread(pictures: Tensor) -> Tensor:
    """The standard deviation over pictures ``(n, 3, H, W)`` in grey levels of 255, for each pixel ``(H, W)``."""
    return 127.5 * pictures.std(0).mean(0)


def inputs(net: zoo.PairTranslator) -> float | None:
    """The mean spread over what eight held-out inputs become with one dropout; None where there are none."""
    if net.recipe.data not in translators.SIDES:
        return None
    with _making:
        if id(net) not in _INPUTS:
            # One by one: every one gets the same dropout, so that only the inputs differ.
            made = [net.translate(translators.held_out(net, k)[0]) for k in range(DRAWS)]
            _INPUTS[id(net)] = (net, spread(torch.cat(made)).mean().item())
            while len(_INPUTS) > 4:
                del _INPUTS[next(iter(_INPUTS))]
        return _INPUTS[id(net)][1]
