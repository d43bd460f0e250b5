"""The zoo: trained models that come with gan_lab, and a door to runs of one's own.

    model = zoo.load("dcgan-mnist")       # or zoo.load("runs/digits"), the folder of a finished run
    images = model.sample(16, seed=0)     # (16, 1, 32, 32) in [-1, 1]

Each model is a safetensors file and a card (JSON): the command that made it, data, seed, images seen, wall time,
hardware, and its metrics beside their floors. ``evaluate`` computes those metrics anew.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as from_bytes

from gan_lab import recipes
from gan_lab.recipes import Recipe
from gan_lab.zoo.coders import Autoencoder, Autoregressive
from gan_lab.zoo.conditional import AgeSampler, ConditionalSampler
from gan_lab.zoo.growing import GrowingSampler, unpack
from gan_lab.zoo.model import FaceReader, Model, Reader, Sampler
from gan_lab.zoo.translators import CycleTranslator, FaceSegmenter, PairTranslator, Translator

__all__ = [
    "WEIGHTS",
    "AgeSampler",
    "AnyModel",
    "Autoencoder",
    "Autoregressive",
    "ConditionalSampler",
    "CycleTranslator",
    "FaceReader",
    "FaceSegmenter",
    "GrowingSampler",
    "Model",
    "PairTranslator",
    "Reader",
    "Sampler",
    "Translator",
    "card",
    "load",
    "names",
]

AnyModel = Sampler | Reader | Autoregressive | Translator | FaceSegmenter

WEIGHTS = Path(__file__).parent / "weights"


def names() -> list[str]:
    """The models that come with gan_lab."""
    return sorted(path.stem for path in WEIGHTS.glob("*.safetensors"))


def card(name: str) -> dict[str, Any]:
    """The card of a model in the zoo, without loading it.

    Raises:
        ValueError: there is no such model.
    """
    if name not in names():
        raise ValueError(_unknown(name))
    return json.loads((WEIGHTS / f"{name}.json").read_text(encoding="utf-8"))


def load(name_or_path: str | Path, device: torch.device | str = "cpu") -> AnyModel:
    """A model of the zoo by name, or of a finished run by its folder or its ``final.safetensors``.

    Raises:
        ValueError: an unknown name, or a file that is damaged or not of gan_lab; the message says which.
        FileNotFoundError: the folder holds no finished run.
    """
    name = str(name_or_path)
    if name in names():
        known = card(name)
        return _model(name, WEIGHTS / f"{name}.safetensors", known, device, known["sha256"])
    path = Path(name)
    if path.is_dir():
        path = path / "final.safetensors"
        if not path.is_file():
            raise FileNotFoundError(f"{name} holds no finished run: there is no {path.name} in it")
    if not path.is_file():
        raise ValueError(_unknown(name))
    beside = path.with_name("run.json")
    known = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    return _model(name, path, known, device)


def _unknown(name: str) -> str:
    there = ", ".join(names()) or "none"
    return f"no model called {name!r}: there are {there}, or give the folder of a finished run"


def _model(
    name: str, path: Path, card: dict[str, Any], device: torch.device | str, sha256: str | None = None
) -> AnyModel:
    content = path.read_bytes()
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(
            f"{path.name} is not the file its card names (SHA-256 differs): install gan_lab again"
        )
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
        tensors = from_bytes(content)
        recipe = Recipe(**json.loads(metadata["recipe"]))
        if recipe.algorithm == "progressive":
            return unpack(name, tensors, recipe, card, device)
        net = recipes.shipped(recipes.build(recipe))
        net.load_state_dict(tensors)
    except (SafetensorError, KeyError, TypeError, RuntimeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is damaged, or not a model of gan_lab ({error})") from error
    kinds = {"classifier": Reader, "probe": FaceReader, "pixelcnn": Autoregressive}
    kinds |= dict.fromkeys(("vae", *recipes.AAES), Autoencoder)
    kinds |= {"cgan": ConditionalSampler, "age-cgan": AgeSampler}
    kinds |= {"pix2pix": PairTranslator, "cyclegan": CycleTranslator, "segmenter": FaceSegmenter}
    kind = kinds.get(recipe.algorithm, Sampler)
    return kind(name, net.eval().requires_grad_(False).to(device), recipe, card)
