"""Pairs and domains of one's own, laid out as the papers' data sets come: one folder or zip.

side by side     train/1.jpg, val/1.jpg, ...       one file holds both: A in its left half, B in its right
two folders      trainA/1.jpg, trainB/1.jpg, ...   or just A and B; testA and testB for the other split
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from gan_lab.data.files import SUFFIXES, Source, arrange, decode, square, upright
from gan_lab.data.folders import BUDGET, Decoder, decode_all, report
from gan_lab.data.images import check_size
from gan_lab.data.loader import picture_path
from gan_lab.data.pair_set import PairSet
from gan_lab.data.pairs import DRAWN, FacePairs, check_direction

AnyPairs = FacePairs | PairSet
JITTER = 286 / 256
"""The papers enlarge to 286 pixels and cut pieces of 256."""


def load_pairs(
    name_or_path: str | Path,
    size: int = 64,
    split: str = "train",
    direction: str = "AtoB",
    paired: bool = True,
    skip_broken: bool = False,
    device: torch.device | str = "cpu",
) -> AnyPairs:
    """Pairs of pictures, or two domains without pairs: drawn faces by name, or a folder or zip by path.

    Args:
        name_or_path: one of ``DRAWN``, or a path.
        size: side of the pictures in pixels.
        split: which part; "train" of a folder is jittered.
        direction: "AtoB" if A is what is given and B what is sought, "BtoA" for the other way round.
        paired: whether x and y are to belong together.
        skip_broken: leave broken files of a folder or zip out, counted in ``.skipped``.
        device: where drawn faces are drawn; pictures of a folder lie in main memory.

    Raises:
        FileNotFoundError: the path is not there.
        ValueError: an unknown name, split or direction; broken pictures; what is no pair; a domain without pictures.
    """
    name = str(name_or_path)
    if name in DRAWN:
        return FacePairs(name, size, split, direction, paired, device)
    check_direction(direction)
    path, side = picture_path(name, list(DRAWN)), check_size(size)
    side = round(side * JITTER) if split == "train" else side
    source = Source(path)
    try:
        if not source.names:
            raise ValueError(f"no pictures ({', '.join(SUFFIXES)}) and {source.others} other files in {path}")
        folders = domains(source.names, split)
        if folders is None:
            a, b, skipped = side_by_side(source, split, side, skip_broken)
        else:
            a, b, skipped = two_folders(source, folders, side, paired, skip_broken)
    finally:
        source.close()
    if direction == "BtoA":
        a, b = b, a
    return PairSet(path.absolute().name, a, b, size, paired, skipped)


def domains(names: list[str], split: str) -> dict[str, list[str]] | None:
    """The pictures of trainA and trainB by these names; None where there are no such folders at all.

    Raises:
        ValueError: the folders are there, but not those of this split, or only one of them.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        for folder in PurePosixPath(name).parts[:-1]:
            if folder[-1:] in "AB" and folder[:-1] in ("", "train", "val", "test"):
                found.setdefault(folder, []).append(name)
    if not found:
        return None
    wanted = [f"{split}A", f"{split}B"]
    if split == "train" and not found.keys() & set(wanted):
        wanted = ["A", "B"]
    for folder in wanted:
        if folder not in found:
            there = ", ".join(f"{key} with {len(value)}" for key, value in sorted(found.items()))
            raise ValueError(f"there is no picture in a folder {folder}; there are: {there}")
    return {folder: found[folder] for folder in wanted}


def side_by_side(source: Source, split: str, size: int, skip_broken: bool) -> tuple[Tensor, Tensor, int]:
    """Left and right halves of every file of the split, uint8 ``(N, 3, size, size)``, and how many were left out."""
    names, _, _ = arrange(source.names, split)
    check_room(2 * len(names), size)
    both, broken = good(source, names, size, 6, skip_broken, halves)
    return both[~broken, :3], both[~broken, 3:], int(broken.sum())


def halves(content: bytes, size: int, channels: int = 6) -> Tensor:
    """The left and the right half of one picture, laid over one another: uint8 ``(6, size, size)``.

    Raises:
        ValueError: as for ``decode``, and for an odd width.
    """
    image = upright(content, 3)
    width, height = image.size
    if width % 2:
        raise ValueError(f"its width of {width} is odd: two pictures side by side are equally wide")
    lefts = (0, width // 2)
    return torch.cat([square(image.crop((x, 0, x + width // 2, height)), size) for x in lefts])


def two_folders(
    source: Source, folders: dict[str, list[str]], size: int, paired: bool, skip_broken: bool
) -> tuple[Tensor, Tensor, int]:
    """The pictures of both folders, uint8 ``(N, 3, size, size)``, and how many were left out."""
    check_room(sum(map(len, folders.values())), size)
    if paired:
        check_partners(source, folders)
    (a, no_a), (b, no_b) = (good(source, names, size, 3, skip_broken) for names in folders.values())
    if paired:  # with a broken picture goes its partner
        no_a = no_b = no_a | no_b
    return a[~no_a], b[~no_b], int(no_a.sum() + no_b.sum())


def check_partners(source: Source, folders: dict[str, list[str]]) -> None:
    """Raises ValueError unless both folders have the same names, and each pair one size."""
    (a, ours), (b, theirs) = folders.items()
    hint = "for pictures that do not belong together take cyclegan"
    if len(ours) != len(theirs):
        raise ValueError(f"{a} has {len(ours)} pictures and {b} {len(theirs)}: pairs need as many; {hint}")
    for one, other in zip(ours, theirs, strict=True):
        if PurePosixPath(one).stem != PurePosixPath(other).stem:
            raise ValueError(f"{one} and {other} have other names: pairs are called alike; {hint}")
        try:
            sizes = [upright(source.read(name), 3).size for name in (one, other)]
        except ValueError:  # a broken one: named when its turn comes
            continue
        if sizes[0] != sizes[1]:
            said = " and ".join(f"{width} x {height}" for width, height in sizes)
            raise ValueError(f"{one} and {other} have {said} pixels: both pictures of a pair need one size")


def good(
    source: Source, names: list[str], size: int, channels: int, skip_broken: bool, decoder: Decoder = decode
) -> tuple[Tensor, Tensor]:
    """All pictures, and which are broken, a mask ``(N,)``; ValueError names those unless they may be skipped."""
    images, broken = decode_all(source, names, size, channels, decoder)
    if broken:
        report(source.path, [(names[k], reason) for k, reason in broken.items()], len(names), skip_broken)
    return images, torch.tensor([k in broken for k in range(len(names))])


def check_room(count: int, size: int) -> None:
    """Raises ValueError for more pictures than fit into memory."""
    if (needed := count * 3 * size**2) > BUDGET:
        raise ValueError(
            f"{count} pictures of {size} x {size} take {needed / 2**30:.1f} GiB, above the budget of "
            f"{BUDGET / 2**30:.1f} GiB: choose a smaller size"
        )
