"""Models that grew: one file with the generator at the end of each phase of growing, and the critic once.

    model = zoo.load("progressive-fashion")
    z = model.latents(16, seed=0)
    model.generate(z)                              # (16, 1, 32, 32): the last stage at full size
    model.generate(z, level=1)                     # (16, 1, 8, 8): the generator as it was when it had learnt 8x8
    model.generate(z, level=2, alpha=0.3)          # (16, 1, 16, 16): in the fade from 8x8 to 16x16
    model.stages                                   # Stage(name="4", ...), Stage("8-fade", ...), Stage("8", ...), ...
    old, new = model.paths(z, level=2)             # the two ends of that fade, each at its true size
    model.generate(z, stage="8-fade")              # as that phase left it
    model.generate(z, 1, 0.3, stage="8-fade")      # the two paths of that one generator, blended
    model.critic(images, level, alpha)             # scores (B,)

In the file a tensor is called ``STAGE/NAME`` or ``critic/NAME`` and held in half precision, computed with in float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gan_lab import recipes
from gan_lab.algorithms.progressive import Progressive, Stage
from gan_lab.models.progressive import Critic, Generator, blend, check_level, double, fading
from gan_lab.recipes import Recipe
from gan_lab.zoo.model import Sampler


@dataclass
class GrowingSampler(Sampler):
    """A generator at every phase of its growing, and the critic it grew with.

    Attributes:
        stages: the phases that the file holds, in their order.
        last_alpha: at the end of the run; 1 unless that came in mid-fade.
    """

    stages: list[Stage]
    last_alpha: float

    @property
    def critic(self) -> Critic:
        """The critic at the end of training: ``critic(images, level, alpha)`` gives scores ``(B,)``.

        Its ways in at lower levels (``from_rgb``) are as they were when those levels were left: what they make of an
        image shows how the critic is built, not what it has learnt.
        """
        return self.net.get_submodule("critic")  # pyright: ignore[reportReturnType]

    @property
    def top(self) -> int:
        """The highest level there is a stage for; level l has 4 * 2^l pixels."""
        return self.stages[-1].level

    def stage(self, name: str) -> Stage:
        """The stage of that name; ValueError lists the names there are."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise ValueError(
            f"{self.name} has no stage {name!r}; it has {', '.join(s.name for s in self.stages)}"
        )

    def at(self, name: str) -> Generator:
        """The averaged generator as the stage of that name left it; its top level is the stage's."""
        self.stage(name)
        return self.net.get_submodule(name)  # pyright: ignore[reportReturnType]

    def stage_for(self, level: int, alpha: float = 1.0) -> Stage:
        """The stage whose one generator belongs to a level and alpha: its fade below 1, else its own training."""
        there = [stage for stage in self.stages if stage.level == level]
        return there[0] if alpha < 1 else there[-1]

    @torch.no_grad()
    def generate(
        self, z: Tensor, level: int | None = None, alpha: float | None = None, stage: str | None = None
    ) -> Tensor:
        """Images ``(B, C, 4 * 2^level, 4 * 2^level)`` in [-1, 1].

        Below alpha = 1 the picture is a blend. Without ``stage``: of what the fade leads from and to, the level below
        and the level itself as their own training left them, see ``paths``. With it: of the two paths of that one
        generator, as in training. There only their blend is judged, at the alpha of the moment, so that each path
        makes up for the other's colours, and another alpha than the stage's own (1 at its end) shows that.

        Args:
            z: latents ``(B, latent_dim)``.
            level: 0 for 4x4 pixels, ...; None for the stage's own, or the highest.
            alpha: in [0, 1]: 0 is the doubled picture of the level below, 1 the level's own. None for 1 (where a run
                ended in mid-fade, for its last stage: where that stood).
            stage: whose weights, by name; None for ``stage_for(level)``. A stage knows its level and those below it.

        Raises:
            ValueError: latents of another width or not finite, an unknown stage, or a level or alpha out of range.
        """
        self.check(z)
        found = self._stage(level, alpha, stage)
        level = found.level if level is None else level
        if alpha is None:
            return self._picture(z, found, level)
        if stage is None and fading(level, alpha):
            old, new = self.paths(z, level)
            return blend(double(old), new, alpha)
        return self.at(found.name)(z, level, alpha).clamp(-1, 1)

    @torch.no_grad()
    def paths(self, z: Tensor, level: int, stage: str | None = None) -> tuple[Tensor, Tensor]:
        """Both ends of the fade to ``level`` >= 1, in [-1, 1]: ``(B, C, h, h)`` one level below, ``(B, C, 2h, 2h)``.

        Args:
            stage: the two paths of that stage's generator; None for two generators, the one that had learnt the level
                below and the one that had learnt this level.

        Raises:
            ValueError: as for ``generate``, and for level 0, which has none below it.
        """
        self.check(z)
        found = self._stage(level, 0.0, stage)
        if stage is None and level:
            return self._picture(z, self.stage_for(level - 1), level - 1), self._picture(z, found, level)
        old, new = self.at(found.name).paths(z, level)
        return old.clamp(-1, 1), new.clamp(-1, 1)

    def _picture(self, z: Tensor, stage: Stage, level: int) -> Tensor:
        """At the stage's own alpha."""
        alpha = self.last_alpha if stage is self.stages[-1] and level == stage.level else 1.0
        return self.at(stage.name)(z, level, alpha).clamp(-1, 1)

    def _stage(self, level: int | None, alpha: float | None, name: str | None) -> Stage:
        alpha = 1.0 if alpha is None else alpha
        if name is None:
            return self.stage_for(check_level(level, alpha, self.top))
        check_level(level, alpha, self.stage(name).level)
        return self.stage(name)


def unpack(
    name: str,
    tensors: dict[str, Tensor],
    recipe: Recipe,
    card: dict[str, Any],
    device: torch.device | str,
) -> GrowingSampler:
    """The model from a file's tensors.

    Raises:
        KeyError, RuntimeError: tensors are missing, or have other shapes.
    """
    built = recipes.build(recipe)
    assert isinstance(built, Progressive)
    found = {key.split("/")[0] for key in tensors} - {"critic", "images_seen"}
    stages = [stage for stage in built.stages() if stage.name in found]
    if len(stages) != len(found) or not stages:
        raise KeyError(f"the stages {sorted(found)} are not those of the recipe")
    critic = built.discriminator
    assert isinstance(critic, Critic)
    nets = nn.ModuleDict({"critic": critic})
    for stage in stages:
        maps = critic.maps[: stage.level + 1]
        nets[stage.name] = Generator(4 << stage.level, recipe.channels, recipe.latent_dim, maps)
    for key, net in nets.items():
        own = {name: t for name, t in tensors.items() if name.startswith(f"{key}/")}
        net.load_state_dict({name.removeprefix(f"{key}/"): t.float() for name, t in own.items()})
    nets = nets.eval().requires_grad_(False).to(device)
    _, alpha = built.at(int(tensors["images_seen"]))
    return GrowingSampler(name, nets, recipe, card, stages, alpha)
