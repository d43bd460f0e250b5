"""Image to image as the zoo hands it out: translators, the judges they learnt against, and the reader of label maps.

drawing = zoo.load("pix2pix-edges-faces")
drawing.translate(lines)                       # (B, 3, 64, 64) in [-1, 1] from pictures of the same shape
drawing.judge(lines, faces)                    # (B, 1, h, w): what D thinks of each patch
night = zoo.load("cyclegan-day-night")
night.translate(day), night.translate(dark, "BtoA")
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan_lab.algorithms.base import Frame, seeded
from gan_lab.data.batch import Batch
from gan_lab.data.pair_folders import AnyPairs, load_pairs
from gan_lab.data.pairs import check_direction
from gan_lab.zoo.model import Model


class Translator(Model):
    """From pictures to pictures."""

    def pairs(self, split: str = "test") -> AnyPairs:
        """The data that it was made for.

        Raises:
            ValueError, FileNotFoundError: a folder that has no such split, or is gone.
        """
        recipe = self.recipe
        paired = recipe.algorithm == "pix2pix"
        return load_pairs(recipe.data, recipe.size, split, recipe.direction or "AtoB", paired)

    def frame(self, batch: Batch) -> Frame:
        """What there is to see of a minibatch of ``pairs``, as the algorithm's own ``frame`` has it."""
        raise TypeError(f"{type(self).__name__} has nothing to show: define frame(batch)")

    def check(self, x: Tensor) -> None:
        """Raises ValueError for what is no batch of pictures of its size, or is not finite."""
        size = self.recipe.size
        if x.ndim != 4 or tuple(x.shape[1:]) != (3, size, size):
            raise ValueError(
                f"{self.name} takes pictures of shape (B, 3, {size}, {size}), not {tuple(x.shape)}"
            )
        if not torch.isfinite(x).all():
            raise ValueError(
                f"{self.name} takes finite pictures; there is an infinite or undefined number in x"
            )

    @torch.no_grad()
    def _run(self, name: str, *pictures: Tensor) -> Tensor:
        """One of its networks on pictures, or on several laid over one another."""
        for x in pictures:
            self.check(x)
        net: nn.Module = self.net.get_submodule(name)
        return torch.cat([net(part) for part in torch.cat(pictures, dim=1).split(100)])


class PairTranslator(Translator):
    """pix2pix: from the pictures it was given in training to those it was to make."""

    def translate(self, x: Tensor, seed: int | None = 0) -> Tensor:
        """What pictures ``(B, 3, H, W)`` in [-1, 1] become, whatever else lies in the batch.

        Args:
            seed: of the dropout, its only noise; None for other noise each time.

        Raises:
            ValueError: pictures of another shape, or not finite.
        """
        if seed is None:
            return self._run("generator", x)
        with seeded(seed, x.device):
            return self._run("generator", x)

    def judge(self, x: Tensor, y: Tensor) -> Tensor:
        """D's logits ``(B, 1, h, w)``, one a patch: is y, ``(B, 3, H, W)``, what x stands for?

        Raises:
            ValueError: as for ``translate``; or it was trained without a discriminator.
        """
        if self.recipe.without == "gan":
            raise ValueError(f"{self.name} was trained without a discriminator: there is no judge to ask")
        return self._run("discriminator", x, y)

    def frame(self, batch: Batch) -> Frame:
        return {"fake": self.translate(batch.x).cpu().numpy()}


class CycleTranslator(Translator):
    """CycleGAN: there and back again."""

    def translate(self, x: Tensor, direction: str = "AtoB") -> Tensor:
        """What pictures ``(B, 3, H, W)`` of A become in B, or "BtoA" the other way round.

        Raises:
            ValueError: pictures of another shape or not finite, or another direction.
        """
        check_direction(direction)
        return self._run("ab" if direction == "AtoB" else "ba", x)

    def judge(self, x: Tensor, domain: str = "B") -> Tensor:
        """D's scores ``(B, 1, h, w)``, one a patch: does x, ``(B, 3, H, W)``, belong to this domain? 1 yes, 0 no.

        Raises:
            ValueError: as for ``translate``, or another domain than "A" and "B".
        """
        if domain not in ("A", "B"):
            raise ValueError(f"the domains are A and B, not {domain!r}")
        return self._run(f"judge_{domain.lower()}", x)

    def frame(self, batch: Batch) -> Frame:
        assert batch.y is not None
        there, home = self.translate(batch.x), self.translate(batch.y, "BtoA")
        pictures = {"fake": there, "back": self.translate(there, "BtoA")}
        pictures |= {"fake_a": home, "back_b": self.translate(home)}
        return {name: picture.cpu().numpy() for name, picture in pictures.items()}


class FaceSegmenter(Model):
    """It says of every pixel of a face what that shows."""

    @torch.no_grad()
    def segment(self, x: Tensor) -> Tensor:
        """Label maps int64 ``(B, H, W)``, numbers of ``data.faces.LABELS``, of faces ``(B, 3, H, W)`` in [-1, 1].

        Raises:
            ValueError: images without three channels, or with a side that 4 does not divide.
        """
        return torch.cat([self.net(part).argmax(1) for part in x.split(250)])
