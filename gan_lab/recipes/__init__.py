"""Recipes: which networks, loss and optimiser a named algorithm gets for which data; commands stand on them."""

from gan_lab.recipes.baselines import modern_baseline, weak_baseline
from gan_lab.recipes.presets import build, shipped
from gan_lab.recipes.recipe import (
    AAES,
    ALGORITHMS,
    CONDITIONAL,
    LOSSES,
    READERS,
    TRANSLATORS,
    Recipe,
    fit,
    image_size,
    known,
)

__all__ = [
    "AAES",
    "ALGORITHMS",
    "CONDITIONAL",
    "LOSSES",
    "READERS",
    "TRANSLATORS",
    "Recipe",
    "build",
    "fit",
    "image_size",
    "known",
    "modern_baseline",
    "shipped",
    "weak_baseline",
]
