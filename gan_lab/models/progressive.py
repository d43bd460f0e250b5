"""The networks of Progressive GAN (Karras, Aila, Laine and Lehtinen 2018), from 4x4 pixels up.

Every level exists from the start: level l makes, or judges, images of 4 * 2^l pixels. While level l is faded in, alpha
goes from 0 (the old path alone: level l-1, its picture doubled) to 1 (the new path alone; paper, figure 2).

What the paper adds to a plain convolutional network:
    weights from N(0, 1), scaled at run time by He's constant, so that Adam moves all equally fast (section 4.1);
    each pixel of the generator's features normalised to unit length per map (section 4.2);
    the spread of the minibatch as one more feature map of the critic (section 3).
"""

from __future__ import annotations

from math import gcd, log2, prod, sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Alpha = float | Tensor
"""How much of the new path, in [0, 1]; a 0-d tensor where it changes under a recorded graph."""


def levels(size: int) -> int:
    """How many levels lead from 4x4 to ``size``: 1 for 4, 5 for 64.

    Raises:
        ValueError: not a power of two from 4 to 1024.
    """
    if size not in (4, 8, 16, 32, 64, 128, 256, 512, 1024):
        raise ValueError(
            f"progressive sizes are the powers of two from 4 to 1024, not {size}: resize the images"
        )
    return int(log2(size)) - 1


def channel_table(size: int, width: int = 512, full: int = 32) -> tuple[int, ...]:
    """Feature maps at each level, from 4x4 up: ``width`` up to ``full`` pixels, then halved from level to level.

    The defaults are the paper's (table 2): 512 up to 32x32, 16 at 1024x1024.
    """
    return tuple(max(1, min(width, width * full // (4 << level))) for level in range(levels(size)))


class _Equalised:
    """Weights from N(0, 1), multiplied by gain / sqrt(fan-in) each time they are used; biases start at zero."""

    def _equalise(self, weight: Tensor, bias: Tensor | None, gain: float) -> None:
        nn.init.normal_(weight)
        self.scale = gain / sqrt(prod(weight.shape[1:]))
        if bias is not None:
            nn.init.zeros_(bias)


class EqualConv2d(nn.Conv2d, _Equalised):
    """A convolution with an equalised learning rate (section 4.1); ``(B, inputs, H, W)`` to ``(B, outputs, H, W)``.

    Args:
        kernel: side of the filter.
        gain: sqrt(2) (He's) before a rectifier, 1 for an output layer.
        padding: zeros at each side; by default as many as keep the size.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, gain: float = sqrt(2), padding: int | None = None
    ) -> None:
        super().__init__(inputs, outputs, kernel, padding=kernel // 2 if padding is None else padding)
        self._equalise(self.weight, self.bias, gain)

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight * self.scale, self.bias)


class EqualLinear(nn.Linear, _Equalised):
    """A fully connected layer with an equalised learning rate; ``(B, inputs)`` to ``(B, outputs)``."""

    def __init__(self, inputs: int, outputs: int, gain: float = sqrt(2)) -> None:
        super().__init__(inputs, outputs)
        self._equalise(self.weight, self.bias, gain)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight * self.scale, self.bias)


def rectify(x: Tensor) -> Tensor:
    """LeakyReLU with slope 0.2 below zero, as everywhere in the paper."""
    return F.leaky_relu(x, 0.2)


def pixel_norm(x: Tensor) -> Tensor:
    """Divides each pixel's feature vector (dimension 1) by its root mean square (section 4.2)."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def double(x: Tensor) -> Tensor:
    """Twice the size, each pixel repeated (nearest neighbour)."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def halve(x: Tensor) -> Tensor:
    """Half the size, each pixel the mean of four."""
    return F.avg_pool2d(x, 2)


def minibatch_spread(x: Tensor, group: int = 4) -> Tensor:
    """One more feature map that tells how much the examples of a group differ (section 3).

    The standard deviation over the group, of every feature at every place, averaged to one number a group.

    Args:
        x: ``(B, C, H, W)``. Groups are the examples i, i + B/n, i + 2B/n, ... of n, as in the authors' code.
        group: n; where that does not divide B, the largest of 4, 2, 1 that does (at n = 1 the spread is zero).

    Returns:
        ``(B, C + 1, H, W)``.
    """
    n = gcd(len(x), group)
    y = x.reshape(n, -1, *x.shape[1:])
    spread = ((y - y.mean(0)).square().mean(0) + 1e-8).sqrt().mean((1, 2, 3), keepdim=True)
    return torch.cat([x, spread.repeat(n, 1, *x.shape[2:]).to(x.dtype)], dim=1)


def blend(old: Tensor, new: Tensor, alpha: Alpha) -> Tensor:
    """(1 - alpha) old + alpha new: exactly ``old`` at 0, exactly ``new`` at 1."""
    return (1 - alpha) * old + alpha * new


def faded(x: Tensor, level: int, alpha: float) -> Tensor:
    """Real images as the critic is shown them at a level: pooled to its size, then blended with their own half.

    Args:
        x: ``(B, C, H, H)`` of at least the level's size.
    """
    factor = x.shape[-1] // (4 << level)
    small = F.avg_pool2d(x, factor) if factor > 1 else x
    return blend(double(halve(small)), small, alpha) if level and alpha < 1 else small


def check_level(level: int | None, alpha: Alpha, top: int) -> int:
    """The level, the top one for None.

    Raises:
        ValueError: a level outside 0..top, or an alpha outside [0, 1] (one in a tensor is not looked at).
    """
    level = top if level is None else level
    if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= top:
        raise ValueError(
            f"level is a whole number from 0 (4x4 pixels) to {top} ({4 << top}x{4 << top}), not {level}"
        )
    if not isinstance(alpha, Tensor) and not 0 <= alpha <= 1:
        raise ValueError(f"alpha lies in [0, 1], from the old path alone to the new one alone; it is {alpha}")
    return level


def fading(level: int, alpha: Alpha) -> bool:
    """Whether the old path takes part; nothing of it is computed otherwise."""
    return level > 0 and (isinstance(alpha, Tensor) or alpha < 1)


class Generator(nn.Module):
    """Latents ``(B, latent_dim)`` to images ``(B, channels, 4 * 2^level, 4 * 2^level)``.

    The output layer is linear, as in the paper: images lie in about [-1, 1], clamp them to look at them.
    A generator of fewer levels has the same names for the same layers: weights of the lower levels fit it.

    Args:
        size: of the top level, a power of two from 4 to 1024.
        channels: 1 for grey images, 3 for colour.
        latent_dim: width of the latents, which are put on a sphere first; 512 in the paper.
        maps: feature maps of each level; ``channel_table(size)`` by default.

    Raises:
        ValueError: no such size, or not one number of maps for each level.
    """

    def __init__(
        self, size: int = 1024, channels: int = 3, latent_dim: int = 512, maps: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        self.maps = _check_maps(size, maps)
        self.size, self.channels, self.latent_dim, self.top = size, channels, latent_dim, len(self.maps) - 1
        # On a 1x1 image padded by 3 a 4x4 filter is a fully connected layer to 4x4 pixels.
        self.first = EqualConv2d(latent_dim, self.maps[0], kernel=4, padding=3)
        pairs = zip((self.maps[0], *self.maps), self.maps, strict=False)
        self.blocks = nn.ModuleList(
            nn.ModuleList([EqualConv2d(m, n), EqualConv2d(n, n)] if level else [EqualConv2d(m, n)])
            for level, (m, n) in enumerate(pairs)
        )
        self.to_rgb = nn.ModuleList(EqualConv2d(n, channels, 1, gain=1.0) for n in self.maps)

    def forward(self, z: Tensor, level: int | None = None, alpha: Alpha = 1.0) -> Tensor:
        """The picture at a level (the top one for None), below alpha = 1 blended with the doubled one from below.

        Raises:
            ValueError: a level or alpha out of range.
        """
        level = check_level(level, alpha, self.top)
        if not fading(level, alpha):
            return self.to_rgb[level](self.features(z, level))
        old, new = self.paths(z, level)
        return blend(double(old), new, alpha)

    def weights_up_to(self, level: int) -> dict[str, Tensor]:
        """The state of the layers that a level needs: it fits a generator whose top level that is."""
        above = tuple(f"{part}.{i}." for part in ("blocks", "to_rgb") for i in range(level + 1, self.top + 1))
        return {name: t for name, t in self.state_dict().items() if not name.startswith(above)}

    def paths(self, z: Tensor, level: int) -> tuple[Tensor, Tensor]:
        """Both ends of the fade to ``level`` >= 1, each at its true size: level - 1's picture and ``level``'s."""
        if check_level(level, 1.0, self.top) == 0:
            raise ValueError(f"level 0 (4x4 pixels) has no level below it; paths takes 1 to {self.top}")
        below = self.features(z, level - 1)
        return self.to_rgb[level - 1](below), self.to_rgb[level](self._grow(below, level))

    def features(self, z: Tensor, level: int) -> Tensor:
        """The feature maps ``(B, maps[level], H, H)`` that the picture of a level is made from."""
        x = pixel_norm(rectify(self.first(pixel_norm(z)[:, :, None, None])))
        for i in range(level + 1):
            x = self._grow(x, i)
        return x

    def _grow(self, x: Tensor, level: int) -> Tensor:
        x = double(x) if level else x
        for layer in self.blocks[level].children():
            x = pixel_norm(rectify(layer(x)))
        return x


class Critic(nn.Module):
    """Images ``(B, channels, 4 * 2^level, 4 * 2^level)`` in [-1, 1] to scores ``(B,)``: the generator's mirror.

    One image's score depends on its group by ``minibatch_spread``; the gradient penalty takes it as it is, as the
    authors' code does.

    Args:
        size, channels, maps: as for the generator.

    Raises:
        ValueError: no such size, or not one number of maps for each level.
    """

    def __init__(self, size: int = 1024, channels: int = 3, maps: tuple[int, ...] | None = None) -> None:
        super().__init__()
        self.maps = _check_maps(size, maps)
        self.size, self.channels, self.top = size, channels, len(self.maps) - 1
        least = self.maps[0]
        self.from_rgb = nn.ModuleList(EqualConv2d(channels, n, 1) for n in self.maps)
        first = nn.ModuleList([EqualConv2d(least + 1, least)])
        self.blocks = nn.ModuleList([first])
        for m, n in zip(self.maps[1:], self.maps, strict=False):
            self.blocks.append(nn.ModuleList([EqualConv2d(m, m), EqualConv2d(m, n)]))
        self.last = nn.ModuleList([EqualLinear(16 * least, least), EqualLinear(least, 1, gain=1.0)])

    def forward(self, x: Tensor, level: int | None = None, alpha: Alpha = 1.0) -> Tensor:
        """Scores at a level (the top one for None); below alpha = 1 the halved image comes in beside the new block.

        Raises:
            ValueError: a level or alpha out of range, or images of another size than the level's.
        """
        level = check_level(level, alpha, self.top)
        if x.shape[-2:] != (4 << level, 4 << level):
            raise ValueError(f"level {level} judges {4 << level}x{4 << level} images, not {tuple(x.shape)}")
        features = rectify(self.from_rgb[level](x))
        if level:
            features = self.shrink(features, level)
            if fading(level, alpha):
                features = blend(rectify(self.from_rgb[level - 1](halve(x))), features, alpha)
        for i in range(level - 1, 0, -1):
            features = self.shrink(features, i)
        return self.judge(features)

    def shrink(self, x: Tensor, level: int) -> Tensor:
        """Features of a level, 1 or higher, to those of the level below."""
        for layer in self.blocks[level].children():
            x = rectify(layer(x))
        return halve(x)

    def judge(self, x: Tensor) -> Tensor:
        """Features ``(B, maps[0], 4, 4)`` to scores ``(B,)``."""
        x = rectify(self.blocks[0].get_submodule("0")(minibatch_spread(x)))
        x = rectify(self.last[0](x.flatten(1)))
        return self.last[1](x).flatten()


def _check_maps(size: int, maps: tuple[int, ...] | None) -> tuple[int, ...]:
    maps = channel_table(size) if maps is None else tuple(maps)
    if len(maps) != levels(size) or min(maps) < 1:
        raise ValueError(
            f"maps has one number, 1 or more, for each of the {levels(size)} levels to {size}, not {maps}"
        )
    return maps
