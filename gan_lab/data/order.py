"""In which order examples come: a pure function of a seed, so that nothing has to be wound forward."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import torch
from torch import Tensor


def mix(*parts: int | str) -> int:
    """A seed of 63 bits from any numbers and words, so that neighbouring seeds share nothing."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def generator(device: torch.device | str, *parts: int | str) -> torch.Generator:
    """A random generator on the device, seeded with ``mix(*parts)``."""
    return torch.Generator(device=device).manual_seed(mix(*parts))


def check(name: str, value: int, least: int) -> int:
    """The value as an int; ValueError when it is not a whole number or is below ``least``."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < least:
        raise ValueError(f"{name} is {value!r}; it must be a whole number, {least} or more")
    return int(value)


@lru_cache(maxsize=8)
def permutation(count: int, seed: int, epoch: int) -> Tensor:
    """The order of one pass over ``count`` examples, int64 ``(count,)`` on the CPU; do not write to it."""
    return torch.randperm(count, generator=generator("cpu", "shuffle", seed, epoch))


def indices(count: int, i: int, n: int, seed: int = 0) -> Tensor:
    """Which examples make the i-th minibatch of n: an endless shuffle, without replacement within a pass.

    The passes are laid end to end and cut into pieces of n, so that a minibatch may end one pass and begin
    the next; nothing is dropped, and n may exceed ``count``.

    Returns:
        int64 ``(n,)`` on the CPU, a pure function of the arguments.

    Raises:
        ValueError: when i or the seed is negative, or n or ``count`` is below 1.
    """
    count, i, n, seed = check("count", count, 1), check("i", i, 0), check("n", n, 1), check("seed", seed, 0)
    pieces, position, end = [], i * n, (i + 1) * n
    while position < end:
        epoch, start = divmod(position, count)
        piece = permutation(count, seed, epoch)[start : start + end - position]
        pieces.append(piece)
        position += len(piece)
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces)
