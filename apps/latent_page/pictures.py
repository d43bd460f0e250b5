"""Pictures that somebody brings to the page: uploaded, drawn, or made by one who is not the generator."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

import torch
from torch import Tensor

from gan_lab import data, zoo
from gan_lab.data.files import MAX_BYTES, decode

from .. import models
from .state import MAX_NUMBER, SOURCES
from .vectors import generate

ADDRESS = "data:image/png;base64,"


def invertible(net: models.Model) -> torch.nn.Module:
    """The network that gradients go back through.

    Raises:
        ValueError: the model is not one network from noise to pictures.
    """
    network = getattr(net, "net", None)
    if isinstance(net, zoo.GrowingSampler) or not isinstance(network, torch.nn.Module):
        raise ValueError(
            "this generator is not one network from noise to picture, so the search cannot go back through it: "
            "choose a DCGAN"
        )
    return network


def shape(net: models.Model) -> tuple[int, int]:
    """Channels and side of the generator's pictures."""
    made = generate(net, torch.zeros(1, net.latent_dim))
    return made.shape[1], made.shape[-1]


def uploaded(path: str | None, channels: int, size: int) -> Tensor:
    """A picture file as the generator makes them, ``(1, C, size, size)`` in [-1, 1]: its centre square.

    Raises:
        ValueError: there is none, or it cannot be read; the message says what is wrong with it.
    """
    if not path:
        raise ValueError("upload a picture first, or choose another kind of picture")
    file = Path(path)
    if not file.is_file() or file.stat().st_size > MAX_BYTES:
        raise ValueError(f"{file.name} is not there, or larger than {MAX_BYTES >> 20} MiB")
    return _decoded(file.read_bytes(), file.name, channels, size)


def drawn(address: str | None, channels: int, size: int) -> Tensor:
    """What was drawn on the page's canvas, a PNG as a data address, as ``uploaded`` does it.

    Raises:
        ValueError: nothing was drawn, or this is no PNG.
    """
    if not address:
        raise ValueError("draw something first, or choose another kind of picture")
    if not address.startswith(ADDRESS):
        raise ValueError("the drawing must be a PNG as a data address")
    try:
        content = base64.b64decode(address.removeprefix(ADDRESS), validate=True)
    except binascii.Error as error:
        raise ValueError("the drawing must be a PNG as a data address") from error
    return _decoded(content, "the drawing", channels, size)


def _decoded(content: bytes, name: str, channels: int, size: int) -> Tensor:
    try:
        picture = decode(content, size, channels)
    except ValueError as error:
        raise ValueError(f"{name} cannot be used: {error}") from error
    return picture[None].float() / 127.5 - 1


def held_out(net: models.Model, number: int, channels: int, size: int) -> Tensor:
    """A real picture that the generator was not trained on, ``(1, C, size, size)``.

    Raises:
        ValueError: there are none for this generator here.
    """
    name = net.card.get("recipe", {}).get("data", "")
    if name == "faces":
        return data.faces.FaceStream(size, "test").batch(int(number), 1).x
    if not name.startswith("mnist") or channels != 1:
        raise ValueError(
            "there are no held-out pictures for this generator here: choose another kind of picture"
        )
    digits = data.load("mnist-5k", size=size)
    assert isinstance(digits, data.ImageSet)
    return digits.batch(int(number) % len(digits), 1).x


def wanted(
    net: models.Model, source: str, number: int, path: str | None = None, drawing: str | None = None
) -> Tensor:
    """The picture whose noise is asked for, ``(1, C, size, size)`` in [-1, 1].

    Raises:
        ValueError: an unknown source, an impossible number, or a picture that cannot be had.
    """
    channels, size = shape(net)
    if source not in SOURCES:
        raise ValueError(f"the picture is one of {', '.join(SOURCES)}, not {source!r}")
    if source == "upload":
        return uploaded(path, channels, size)
    if source == "drawing":
        return drawn(drawing, channels, size)
    if number is None or not 0 <= number <= MAX_NUMBER:
        raise ValueError(f"the number of the picture is 0 to {MAX_NUMBER}, not {number}")
    if source == "other":
        return held_out(net, number, channels, size)
    generator = torch.Generator().manual_seed(10**6 + int(number))
    return generate(net, torch.randn(1, net.latent_dim, generator=generator))
