"""The zoo: trained models that come with gan_lab, and a door to runs of one's own.

    model = zoo.load("dcgan-mnist")       # or zoo.load("runs/digits"), the folder of a finished run
    images = model.sample(16, seed=0)     # (16, 1, 32, 32) in [-1, 1]

Each model is a safetensors file and a card (JSON): the command that made it, data, seed, images seen, wall time,
hardware, and its metrics beside their floors. ``evaluate`` computes those metrics anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as from_bytes
from torch import Tensor, nn

from gan_lab import recipes
from gan_lab.recipes import Recipe

WEIGHTS = Path(__file__).parent / "weights"


@dataclass
class Model:
    """A trained network with its card.

    Attributes:
        name: in the zoo, or the run's folder.
        net: in evaluation mode, without gradients.
        recipe: what it was made by.
        card: see the module's text; for a run of one's own, its ``run.json``.
    """

    name: str
    net: nn.Module
    recipe: Recipe
    card: dict[str, Any]


class Sampler(Model):
    """A generator."""

    @property
    def latent_dim(self) -> int:
        """Width d of the latents ``(B, d)``."""
        return self.recipe.latent_dim

    def latents(self, n: int, seed: int = 0) -> Tensor:
        """``(n, d)`` from N(0, I); the same for the same seed, on any device."""
        return torch.randn(n, self.latent_dim, generator=torch.Generator().manual_seed(seed))

    @torch.no_grad()
    def generate(self, z: Tensor) -> Tensor:
        """What the latents ``(B, d)`` become: images ``(B, C, H, W)`` in [-1, 1], or points ``(B, 2)``.

        Raises:
            ValueError: latents of another width, or not finite.
        """
        if z.dim() != 2 or z.shape[1] != self.latent_dim:
            raise ValueError(
                f"{self.name} takes latents of shape (B, {self.latent_dim}), not {tuple(z.shape)}"
            )
        if not torch.isfinite(z).all():
            raise ValueError(
                f"{self.name} takes finite latents; there is an infinite or undefined number in z"
            )
        return self.net(z)

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """n samples, ``(n, C, H, W)`` in [-1, 1]; the same for the same seed."""
        return torch.cat([self.generate(z) for z in self.latents(n, seed).split(500)])


class Reader(Model):
    """A classifier: what the metrics look through."""

    @torch.no_grad()
    def features(self, x: Tensor) -> Tensor:
        """Features ``(B, F)`` of images ``(B, 1, 28, 28)`` or ``(B, 1, 32, 32)`` in [-1, 1]."""
        return self.net.features(x)  # pyright: ignore[reportCallIssue]

    @torch.no_grad()
    def classify(self, x: Tensor) -> Tensor:
        """Logits ``(B, 10)`` of such images."""
        return self.net(x)


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


def load(name_or_path: str | Path, device: torch.device | str = "cpu") -> Sampler | Reader:
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
) -> Sampler | Reader:
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
        net = recipes.shipped(recipes.build(recipe))
        net.load_state_dict(tensors)
    except (SafetensorError, KeyError, TypeError, RuntimeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is damaged, or not a model of gan_lab ({error})") from error
    kind = Reader if recipe.algorithm == "classifier" else Sampler
    return kind(name, net.eval().requires_grad_(False).to(device), recipe, card)
