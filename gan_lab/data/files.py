"""Reading pictures from a folder or a zip that somebody else made: any mode, size, orientation, or damage."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm")
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")  # none that would start another program
MAX_BYTES = 128 << 20
MAX_PIXELS = 80_000_000
MIN_SIDE = 4
MAX_ASPECT = 8
SPLITS = ("train", "val", "valid", "validation", "test")


@dataclass
class Source:
    """The picture files below a folder or in a zip; a zip is read where it is, nothing is unpacked to disk.

    Attributes:
        path: the folder or the zip.
        names: the pictures in natural order (2.png before 10.png), with "/" between the parts.
        others: how many other files there are.
    """

    path: Path
    names: list[str] = field(init=False)
    others: int = field(init=False)
    _archive: zipfile.ZipFile | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        found = _walk(self.path) if self.path.is_dir() else self._open().namelist()
        seen = [name for name in dict.fromkeys(found) if not _hidden(name)]
        self.names = sorted((name for name in seen if name.lower().endswith(SUFFIXES)), key=natural)
        self.others = len(seen) - len(self.names)

    def read(self, name: str) -> bytes:
        """The bytes of one file; ValueError with the reason when it cannot be read or is absurdly large."""
        try:
            if self.path.is_dir():
                with open(self.path / name, "rb") as file:
                    content = file.read(MAX_BYTES + 1)
            else:
                with self._open().open(name) as file:
                    content = file.read(MAX_BYTES + 1)  # never trusts the size that the zip states
        except Exception as error:  # zips fail in many ways: checksum, password, method, a cut end
            raise ValueError(f"unreadable: {error}") from error
        if len(content) > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES >> 20} MiB")
        return content

    def close(self) -> None:
        """Closes the zip; it is opened again when needed."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def _open(self) -> zipfile.ZipFile:
        if self._archive is None:
            try:
                self._archive = zipfile.ZipFile(self.path)
            except (zipfile.BadZipFile, OSError) as error:
                raise ValueError(f"{self.path} cannot be read as a zip: {error}") from error
        return self._archive

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_archive": None}


def _walk(folder: Path) -> list[str]:
    return [
        (Path(base) / name).relative_to(folder).as_posix()
        for base, _, names in os.walk(folder)
        for name in names
    ]


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.endswith("/") or any(part == "__MACOSX" or part.startswith(".") for part in parts)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key in which 2.png comes before 10.png, and upper and lower case lie together."""
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p.lower()) for p in parts if p] + [(2, 0, name)]


def arrange(names: Sequence[str], split: str) -> tuple[list[str], list[int] | None, list[str]]:
    """Which files belong to the split, and their classes by sub-folder.

    Folders that all files share are looked through. If everything then lies in folders called train, val or
    test, the one called ``split`` is taken. The next folder is the class; there are no classes where some
    file lies in no sub-folder.

    Returns:
        the names, a label for each or None, the classes in natural order.

    Raises:
        ValueError: when the split asked for is not there, rather than evaluating on training pictures.
    """
    paths = _without_shared_folders([PurePosixPath(name).parts for name in names])
    tops = {path[0].lower() for path in paths if len(path) > 1}
    if tops and tops <= set(SPLITS) and all(len(path) > 1 for path in paths):
        if split.lower() not in tops:
            raise ValueError(f"there is no folder for split {split!r}; there are: {', '.join(sorted(tops))}")
        mine = [k for k, path in enumerate(paths) if path[0].lower() == split.lower()]
        names = [names[k] for k in mine]
        paths = _without_shared_folders([paths[k][1:] for k in mine])
    elif split != "train":
        raise ValueError(
            f"there is no split {split!r}: the pictures are not in folders called train and test"
        )
    if any(len(path) < 2 for path in paths):
        return list(names), None, []
    classes = sorted({path[0] for path in paths}, key=natural)
    number = {name: k for k, name in enumerate(classes)}
    return list(names), [number[path[0]] for path in paths], classes


def _without_shared_folders(paths: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    folders = [path[:-1] for path in paths]
    shared = 0
    for one, other in zip(min(folders), max(folders)):  # what the extremes share, all share
        if one != other or one.lower() in SPLITS:  # a lone folder called test is still a test set
            break
        shared += 1
    return [path[shared:] for path in paths]


def decode(content: bytes, size: int, channels: int) -> Tensor:
    """One picture as uint8 ``(channels, size, size)``: upright (EXIF), its centre square, scaled (Lanczos).

    Transparency is laid over white; of an animation the first frame counts.

    Raises:
        ValueError: with the reason, when this is no picture, a damaged one, or one of an impossible shape.
    """
    return square(
        upright(content, channels, enough=2 * size), size
    )  # a large JPEG comes at a fraction of its size


def upright(content: bytes, channels: int, enough: int | None = None) -> Image.Image:
    """One picture as it is meant to be seen, in grey (1) or colour (3).

    Args:
        enough: a side in pixels to which it may be reduced while it is read; None for its own size.

    Raises:
        ValueError: as for ``decode``.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_shape(*image.size)
            if enough is not None:
                image.draft(None, (enough, enough))
            return _in_mode(ImageOps.exif_transpose(image), "L" if channels == 1 else "RGB")
    except UnidentifiedImageError as error:
        raise ValueError("not a picture, or damaged at its start") from error
    except Exception as error:  # decoders raise OSError, SyntaxError, struct.error and more on damaged files
        raise ValueError(str(error) or type(error).__name__) from error


def square(image: Image.Image, size: int) -> Tensor:
    """A picture's centre square, scaled: uint8 ``(C, size, size)``."""
    pixels = np.array(ImageOps.fit(image, (size, size), _LANCZOS)).reshape(size, size, -1)
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


_LANCZOS = Image.Resampling.LANCZOS


def _check_shape(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ValueError(f"{width} x {height} pixels are too many: at most {MAX_PIXELS // 10**6} million")
    if min(width, height) < MIN_SIDE:
        raise ValueError(f"{width} x {height} pixels are too few: at least {MIN_SIDE} on each side")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise ValueError(f"{width} x {height} is too narrow: its centre square would show next to nothing")


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if image.mode.startswith("I;16"):  # 16-bit grey: Pillow would clip it, not scale it
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in ("I", "F"):
        raise ValueError("its pixels are 32-bit numbers without a known range; save it with 8 or 16 bits")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert(mode)
