"""Age groups, the classes of face ageing: of photographs by their file names, of drawn faces by their factor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from torch import Tensor

from gan_lab.data.batch import Batch
from gan_lab.data.faces.drawing import render
from gan_lab.data.faces.factors import Factors
from gan_lab.data.faces.stream import FaceStream

YEARS = ("0-18", "19-29", "30-39", "40-49", "50-59", "60 and over")
"""The six groups of Antipov et al. 2017."""
FROM = (19, 30, 40, 50, 60)
OLDEST = 120

SIXTHS = ("4-17", "18-30", "31-44", "45-57", "58-71", "72-85")
"""The groups of drawn faces, about in years: the factor age, uniform in [0, 1], cut into six equal parts, so that each
is met equally often."""

NAMED = re.compile(r"(\d{1,3})_[01]_")


def from_names(names: Sequence[str]) -> tuple[list[int], list[str]] | None:
    """A label for each picture whose name begins as UTKFace's do, AGE_GENDER_ (25_1_2_201701.jpg), and the classes.

    None where not all names begin so.

    Raises:
        ValueError: an age above 120.
    """
    found = [NAMED.match(PurePosixPath(name).name) for name in names]
    ages = [int(match[1]) for match in found if match]
    if len(ages) < len(names):
        return None
    if max(ages) > OLDEST:
        name = names[ages.index(max(ages))]
        raise ValueError(
            f"{name} begins like a file of a face of {max(ages)} years: ages go from 0 to {OLDEST}; rename it"
        )
    return [sum(age >= start for start in FROM) for age in ages], list(YEARS)


def of_drawn(age: Tensor) -> Tensor:
    """The group 0 to 5 of drawn faces, int64, by their factor age in [0, 1], drawn or read."""
    return (age * len(SIXTHS)).long().clamp(0, len(SIXTHS) - 1)


@dataclass(frozen=True)
class AgedFaces(FaceStream):
    """Drawn faces without end, each labelled with its age group: ``y`` is int64 ``(n,)``, 0 to 5."""

    @property
    def classes(self) -> list[str]:
        """The names of the labels."""
        return list(SIXTHS)

    def draw(self, factors: Factors) -> Batch:
        """The very faces of ``FaceStream``, with their groups."""
        return Batch(render(factors, self.size), of_drawn(factors.age))
