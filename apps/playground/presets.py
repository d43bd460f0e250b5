"""Five runs worth watching, and the games a run may turn to half-way ("what if")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .settings import Configuration


@dataclass(frozen=True)
class Preset:
    """A configuration and what to look for in it."""

    config: Configuration
    lesson: str


VANISHING = Configuration(
    loss="minimax", d_steps=10, d_lr=5e-3, g_optimiser="sgd", g_lr=0.02, g_depth=2, seed=3
)
COLLAPSE = Configuration(
    data="two-gaussians",
    loss="minimax",
    d_steps=5,
    d_lr=2e-3,
    g_optimiser="sgd",
    g_lr=0.05,
    g_depth=2,
    seed=3,
)
ORBIT = Configuration(
    data="two-gaussians", loss="wasserstein", g_depth=0, d_depth=0, d_optimiser="sgd", g_optimiser="sgd", d_lr=0.03,
    g_lr=0.03, seed=2
)  # fmt: skip

PRESETS: dict[str, Preset] = {
    "start": Preset(
        Configuration(),
        "Predict: which of the eight modes will be found first, and will all be found? Then press Play.",
    ),
    "mode-collapse": Preset(
        Configuration(
            batch=100, g_depth=4, g_width=400, g_norm=True, d_depth=3, d_width=200, d_activation="maxout",
            d_lr=1e-4, g_lr=1e-4, beta1=0.8,
        ),
        "PacGAN's weak recipe on our ring (their table: 6.3 of 8 modes on average). It learns slowly, and unevenly: "
        "in the ledger the good samples crowd into some modes while others hold hardly any, "
        "and the loss does not say which.",
    ),
    "collapse-at-once": Preset(
        COLLAPSE,
        "Two modes, one found: all fakes go to one of them within some hundred steps, and stay. Does either loss tell? "
        "Then branch off with another loss from an early moment.",
    ),
    "vanishing-gradient": Preset(
        VANISHING,
        "Minimax, and D is ahead. Watch the arrows and their median: where D is sure that fakes are fakes, "
        "log(1 − D) is flat, and plain gradient descent leaves G where it is.",
    ),
    "oscillation": Preset(
        ORBIT,
        "Both players are linear, so this is the game f(x, y) = x y: the fakes circle about the data and never arrive. "
        "Nobody errs; there is no friction. Try R1 = 0.5 while it runs.",
    ),
    "wgan-saves-it": Preset(
        replace(VANISHING, loss="wasserstein", gp=1.0),
        "The vanishing gradient's set-up; only the loss is another, with a gradient penalty. The arrows keep their "
        "length however far the fakes are.",
    ),
    "modern-baseline": Preset(
        Configuration(data="grid", batch=256, g_depth=3, g_width=128, d_depth=3, d_width=128, loss="relativistic",
                      g_activation="leaky-relu", r1=0.02, r2=0.02, beta1=0.0, beta2=0.99),
        "Relativistic loss with R1 and R2 (Huang et al. 2024): slower for each step, but all 25 modes come, and stay.",
    ),
}  # fmt: skip

NOTHING: dict[str, Any] = {"r1": 0.0, "r2": 0.0, "gp": 0.0, "clip": 0.0}

WHAT_IF: dict[str, dict[str, Any]] = {
    "minimax": {"loss": "minimax", **NOTHING},
    "non-saturating": {"loss": "non-saturating", **NOTHING},
    "non-saturating + R1": {"loss": "non-saturating", **NOTHING, "r1": 0.1},
    "least-squares": {"loss": "least-squares", **NOTHING},
    "hinge": {"loss": "hinge", **NOTHING},
    "wasserstein, clipped": {"loss": "wasserstein", **NOTHING, "clip": 0.1, "d_steps": 5},
    "wasserstein + gradient penalty": {"loss": "wasserstein", **NOTHING, "gp": 1.0, "d_steps": 5},
    "wasserstein, unconstrained": {"loss": "wasserstein", **NOTHING},
    "relativistic": {"loss": "relativistic", **NOTHING},
    "relativistic + R1 + R2": {"loss": "relativistic", **NOTHING, "r1": 0.02, "r2": 0.02},
}
"""By the name shown: what changes from this moment on in the second run."""
