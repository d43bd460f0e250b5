"""All that is measured of an image generator, in one call."""

from __future__ import annotations

from torch import Tensor

from gan_lab.metrics.classes import class_shares
from gan_lab.metrics.common import Features, Metric, extract
from gan_lab.metrics.frechet import frechet, kid
from gan_lab.metrics.prdc import prdc


def image_report(
    samples: Tensor,
    real_a: Tensor,
    real_b: Tensor,
    features: Features,
    classify: Features | None = None,
) -> dict[str, Metric]:
    """Frechet and kernel distance, precision, recall, density, coverage and, with a classifier, class shares.

    Everything is measured against ``real_a``; ``real_b`` takes the samples' place for the floors. Frechet
    distance and its like depend on how many samples there are, so no more samples are compared than there are
    images in ``real_b``, and the other way round; the class shares take all samples.

    Args:
        samples: generated images ``(n, C, H, W)`` in [-1, 1].
        real_a: real images ``(m, C, H, W)``, best none that the generator was trained on.
        real_b: further real images, disjoint from ``real_a``.
        features: what to look through, for example ``DigitClassifier.features`` in evaluation mode.
        classify: from images to logits ``(B, K)``; None leaves the class shares out.

    Raises:
        ValueError: for too few images (there must be more than features) or non-finite features.
    """
    n = min(len(samples), len(real_b))
    fake, other = extract(features, samples[:n]), extract(features, real_b[:n])
    real = extract(features, real_a)
    report = {"frechet": frechet(fake, real, other), "kid": kid(fake, real, other), **prdc(fake, real, other)}
    if classify is not None:
        report |= class_shares(extract(classify, samples), extract(classify, real_b))
    return report
