"""What the recipes for image to image are built into: networks narrow enough for a CPU at 64 pixels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import nn

from gan_lab.algorithms.cyclegan import CycleGAN
from gan_lab.algorithms.gan import adam
from gan_lab.algorithms.history import History
from gan_lab.algorithms.pix2pix import Pix2pix
from gan_lab.algorithms.segmenter import Segmenting
from gan_lab.data.faces.drawing import LABELS
from gan_lab.models.patchgan import PatchGAN
from gan_lab.models.resnet import ResNet, blocks_for
from gan_lab.models.segmenter import Segmenter
from gan_lab.models.unet import UNet
from gan_lab.recipes.recipe import Recipe

Factor = Callable[[int], float] | None

FASTER = 5
"""pix2pix's G learns so much faster than its D, which at the same rate knows every fake: faces come out speckled."""


def pix2pix(recipe: Recipe, lr_factor: Factor) -> Pix2pix:
    """A U-Net against a PatchGAN with the paper's Adam, G's rate ``FASTER`` times D's; ``without`` "l1" or "gan" is one
    half of the loss alone.

    Below 256 pixels the U-Net is at most four times as wide as its first layer, not eight: half of the published
    network's weights lie where its pictures are 4 pixels wide or fewer.
    """
    size, channels, width = recipe.size, recipe.channels, recipe.width
    judge = None if recipe.without == "gan" else PatchGAN(2 * channels, recipe.patch, width)
    lr = recipe.lr or 2e-4
    return Pix2pix(
        UNet(size, channels, channels, width, widest=8 if size >= 256 else 4),
        judge,
        l1=0.0 if recipe.without == "l1" else 100.0,
        optimizer=partial(adam, lr=lr),
        generator_optimizer=partial(adam, lr=FASTER * lr),
        lr_factor=lr_factor,
    )


def cyclegan(recipe: Recipe, lr_factor: Factor) -> CycleGAN:
    """Two ResNets and two PatchGANs with the paper's Adam; ``without`` leaves out "cycle", "identity" or "history"."""
    size, channels, width = recipe.size, recipe.channels, recipe.width
    ab, ba = (ResNet(channels, width, blocks_for(size)) for _ in range(2))
    judge_a, judge_b = (PatchGAN(channels, recipe.patch, width, nn.InstanceNorm2d) for _ in range(2))
    left_out = {recipe.without: 0} if recipe.without else {}
    return CycleGAN(
        ab,
        ba,
        judge_a,
        judge_b,
        (channels, size, size),
        optimizer=partial(adam, lr=recipe.lr or 2e-4),
        lr_factor=lr_factor,
        **left_out,
    )


def segmenter(recipe: Recipe) -> Segmenting:
    """The network that reads the label map back from a face."""
    net = Segmenter(len(LABELS), recipe.width)
    return Segmenting(net, lr=recipe.lr or 3e-3, decay_images=recipe.decay_until or None)


def networks(algorithm: Pix2pix | CycleGAN) -> nn.ModuleDict:
    """All that plays, by the names it has in the algorithm: judges are shipped as well, for what they see."""
    return nn.ModuleDict({n: net for n, net in algorithm.named_children() if not isinstance(net, History)})
