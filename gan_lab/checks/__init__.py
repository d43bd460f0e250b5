"""Exercises that answer: each lab has a module, each of its exercises a function of the same name.

In a notebook::

    from gan_lab import checks
    checks.lab01.discriminator_loss(my_function)     # shows a verdict, raises nothing
"""

from gan_lab.checks import lab01, lab02, lab03, lab04, lab07
from gan_lab.checks.verdict import Verdict

__all__ = ["Verdict", "lab01", "lab02", "lab03", "lab04", "lab07"]
