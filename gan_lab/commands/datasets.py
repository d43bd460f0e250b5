"""The data that a run of ``gan-lab train`` gets: by name or path, as its algorithm needs them."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gan_lab import data, recipes
from gan_lab.training import Engine

if TYPE_CHECKING:
    from gan_lab.commands.train import Order
    from gan_lab.data.loader import AnySet
    from gan_lab.data.pair_folders import AnyPairs


def load(
    order: Order, algorithm: str, name: str, wishes: dict[str, Any], engine: Engine
) -> AnySet | AnyPairs:
    """The data, at a size that the networks can make."""
    if algorithm in recipes.TRANSLATORS:
        return load_pairs(order, algorithm, name, wishes, engine)
    wanted = {key: wishes.get(key) for key in ("size", "channels")}
    options = {"root": order.root, "download": order.download and engine.rank == 0}
    split = wishes.get("split") or "train"
    if engine.accelerator is not None and engine.rank > 0:
        engine.accelerator.wait_for_everyone()  # the first process fetches what is missing
    dataset = data.load(
        name, split=split, skip_broken=order.skip_broken, device=engine.device, **wanted, **options
    )
    if engine.accelerator is not None and engine.rank == 0:
        engine.accelerator.wait_for_everyone()
    tell_skipped(dataset)
    if isinstance(dataset, data.FaceStream) and algorithm in recipes.READERS:
        return replace(dataset, labelled=algorithm == "probe", mapped=algorithm == "segmenter")
    if isinstance(dataset, data.FaceStream) and algorithm in recipes.CONDITIONAL:
        return data.AgedFaces(dataset.size, dataset.split, dataset.device)
    own_size = algorithm in (
        *recipes.READERS,
        *recipes.AAES,
        "vae",
        "pixelcnn",
    )  # no doublings from 4x4 there
    if isinstance(dataset, data.ImageSet) and not own_size and wanted["size"] is None:
        dataset = dataset.resized(recipes.image_size(dataset.size))
    if wishes.get("binarise") == "fixed":
        if not isinstance(dataset, data.ImageSet):
            raise ValueError(f"{dataset.name} cannot be binarised once and for all: take --binarise dynamic")
        dataset = dataset.binarised()
    return dataset


def load_pairs(order: Order, algorithm: str, name: str, wishes: dict[str, Any], engine: Engine) -> AnyPairs:
    """Pairs for pix2pix, two domains without pairs for CycleGAN."""
    if wishes.get("channels") not in (None, 3):
        raise ValueError(f"{algorithm} works in colour: --channels does not go with it")
    dataset = data.load_pairs(
        name,
        size=wishes.get("size") or 64,
        split=wishes.get("split") or "train",
        direction=wishes.get("direction") or "AtoB",
        paired=algorithm == "pix2pix",
        skip_broken=order.skip_broken,
        device=engine.device,
    )
    tell_skipped(dataset)
    return dataset


def tell_skipped(dataset: AnySet | AnyPairs) -> None:
    """Says how many broken files were left out, if any were."""
    if skipped := getattr(dataset, "skipped", 0):
        print(f"skipped {skipped} broken files", file=sys.stderr)
