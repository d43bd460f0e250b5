"""Errors on MNIST that others reported, in per cent; none of them was measured here. For "all" they had 60,000 labels.

The paper: Makhzani et al. 2016, table 2. The replication is a public report with the paper's own settings; no public
replication of the 1.90 at 100 labels was found.
"""

from __future__ import annotations

from dataclasses import dataclass

ALL = 60_000


@dataclass(frozen=True)
class Report:
    """What was reported: a name, and the error in per cent by the number of labels."""

    name: str
    errors: dict[int, float]


PAPER = Report("AAE, the paper’s", {100: 1.90, 1000: 1.60, ALL: 0.85})
PLAIN = Report("plain network, the paper’s", {100: 25.8, 1000: 8.73, ALL: 1.25})
REPLICATION = Report("AAE, a public replication", {100: 23.5, 1000: 6.9, ALL: 1.04})
OTHERS = "Other public replications report about 5 % at 1,000 labels and 2.90 % at 1,280."
