"""Randomness as a function of where one is, so that resume, rewind and single turns are exact."""

from __future__ import annotations

import hashlib
from threading import RLock

import torch

DRAWING = RLock()
"""Held from the seeding of an update to its end: the default generator belongs to the whole process, and runs in
several threads (the pages') must not draw from each other's seed."""


def seed_for(*where: int | str) -> int:
    """A 63-bit seed from a hash of its arguments; neighbouring arguments share nothing."""
    digest = hashlib.blake2b(repr(where).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def seed_device(device: torch.device, seed: int) -> None:
    """Seeds the default generator of one device directly: 1 us on the CPU, where ``torch.manual_seed``, which
    visits every kind of device, takes over 100."""
    if device.type == "cuda":
        index = device.index if device.index is not None else torch.cuda.current_device()
        torch.cuda.default_generators[index].manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)
