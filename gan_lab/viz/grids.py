"""Many small images as one: for figures, for widgets, for files."""

from __future__ import annotations

import io
import math

import numpy as np
from matplotlib.axes import Axes
from PIL import Image


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Images in [-1, 1] as bytes 0..255; what lies outside is clipped, uint8 passes as it is."""
    if images.dtype == np.uint8:
        return images
    return np.rint((np.clip(images, -1.0, 1.0) + 1.0) * 127.5).astype(np.uint8)


def tile(images: np.ndarray, columns: int | None = None, gap: int = 2, zoom: int = 1) -> np.ndarray:
    """One picture of many, row by row, on a light grey ground.

    Args:
        images: ``(N, C, H, W)`` with C of 1 or 3, float in [-1, 1] or uint8.
        columns: images in a row; by default as square as can be.
        gap: pixels between images and around them.
        zoom: each pixel becomes a square of so many (no smoothing: a pixel stays a pixel).

    Returns:
        uint8 ``(height, width, 3)``.

    Raises:
        ValueError: no images, another number of channels, or fewer than one column.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[0] == 0 or images.shape[1] not in (1, 3):
        raise ValueError(f"a grid needs images (N, 1 or 3, H, W), not an array {images.shape}")
    columns = math.ceil(math.sqrt(len(images))) if columns is None else columns
    if columns < 1 or zoom < 1 or gap < 0:
        raise ValueError(
            f"a grid needs columns >= 1, zoom >= 1 and gap >= 0, not {columns}, {zoom} and {gap}"
        )
    pixels = to_uint8(images).repeat(zoom, axis=2).repeat(zoom, axis=3)
    count, _, height, width = pixels.shape
    rows = math.ceil(count / columns)
    sheet = np.full((gap + rows * (height + gap), gap + columns * (width + gap), 3), 208, dtype=np.uint8)
    for i, image in enumerate(pixels):
        top, left = gap + (i // columns) * (height + gap), gap + (i % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image.transpose(
            1, 2, 0
        )  # one channel spreads to three
    return sheet


def png(images: np.ndarray, columns: int | None = None, gap: int = 2, zoom: int = 2) -> bytes:
    """The grid of :func:`tile` as the bytes of a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(tile(images, columns, gap, zoom)).save(buffer, format="PNG")
    return buffer.getvalue()


def show(
    ax: Axes,
    images: np.ndarray,
    columns: int | None = None,
    title: str = "",
    captions: list[str] | None = None,
) -> Axes:
    """Draws the grid of :func:`tile` into axes, with a caption under each image of a single row if given.

    Raises:
        ValueError: as :func:`tile`, and for captions that do not match one row of images.
    """
    if captions is not None and (len(captions) != len(images) or (columns or len(images)) < len(images)):
        raise ValueError(
            f"captions go under one row: {len(images)} images need as many captions, not {len(captions)}"
        )
    columns = len(images) if captions is not None else columns
    gap = 2
    ax.imshow(tile(images, columns, gap), interpolation="nearest")
    ax.set_title(title, fontsize=11)
    ax.set_yticks([])
    width = images.shape[3] + gap
    ax.set_xticks([gap + width * i + width / 2 - gap for i in range(len(captions or []))], captions or [])
    ax.tick_params(length=0, labelsize=8)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax
