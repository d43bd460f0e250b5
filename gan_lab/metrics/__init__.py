"""How good is it, and compared with what? Every metric comes with the reading of real data as its floor.

Toy sets: :func:`mode_coverage`, and KL and JS on a grid. Images: :func:`image_report` or its parts,
and :func:`sliced_wasserstein`, which looks through no network.
"""

from gan_lab.metrics.classes import asked_class, class_shares
from gan_lab.metrics.colours import colour_overlap
from gan_lab.metrics.common import Features, Metric, extract, metric
from gan_lab.metrics.divergences import (
    Grid,
    divergences_to_density,
    exact_divergences,
    js_between_samples,
)
from gan_lab.metrics.frechet import frechet, frechet_distance, kid
from gan_lab.metrics.modes import mode_coverage
from gan_lab.metrics.neighbour import nearest_label, neighbour_error
from gan_lab.metrics.prdc import prdc
from gan_lab.metrics.report import image_report
from gan_lab.metrics.sliced import sliced_wasserstein
from gan_lab.metrics.variance import class_variance, variance_shares
from gan_lab.metrics.verification import equal_error

__all__ = [
    "Features",
    "Grid",
    "Metric",
    "asked_class",
    "class_shares",
    "class_variance",
    "colour_overlap",
    "divergences_to_density",
    "equal_error",
    "exact_divergences",
    "extract",
    "frechet",
    "frechet_distance",
    "image_report",
    "js_between_samples",
    "kid",
    "metric",
    "mode_coverage",
    "nearest_label",
    "neighbour_error",
    "prdc",
    "sliced_wasserstein",
    "variance_shares",
]
