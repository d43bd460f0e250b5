"""Exercises that answer: each lab has a module, each of its exercises a function of the same name.

In a notebook::

    from gan_lab import checks
    checks.lab01.discriminator_loss(my_function)     # shows a verdict, raises nothing

And a doctor for training loops, yours or one of the ward's::

    checks.diagnose(checks.run(generator, discriminator, optimizer_g, optimizer_d, step))
"""

from gan_lab.checks import (
    clinic,
    lab00,
    lab01,
    lab02,
    lab03,
    lab04,
    lab05,
    lab06,
    lab07,
    lab08,
    lab09,
    lab10,
    lab11,
    lab12,
    lab13,
)
from gan_lab.checks.diagnosis import Diagnosis, diagnose, run
from gan_lab.checks.verdict import Verdict

__all__ = [
    "Diagnosis",
    "Verdict",
    "clinic",
    "diagnose",
    "lab00",
    "lab01",
    "lab02",
    "lab03",
    "lab04",
    "lab05",
    "lab06",
    "lab07",
    "lab08",
    "lab09",
    "lab10",
    "lab11",
    "lab12",
    "lab13",
    "run",
]
