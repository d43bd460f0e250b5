"""The lecture's taxonomy as a tree whose leaves are the models of this package (after Goodfellow 2017)."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from gan_lab.viz.diagrams import box
from gan_lab.viz.style import BLACK, BLUE, GREEN, VERMILION


@dataclass(frozen=True)
class Leaf:
    """A model of the map.

    Attributes:
        name: as the lecture has it.
        module: its file in ``gan_lab/algorithms``, without the ending.
        gives: what one gets from it, in a few words.
    """

    name: str
    module: str
    gives: str


@dataclass(frozen=True)
class Branch:
    """Models of one kind; ``colour``, ``shape`` of the frames and ``line`` all say which."""

    side: str
    kind: str
    colour: str
    shape: str
    line: str
    leaves: tuple[Leaf, ...]


BRANCHES = (
    Branch(
        "explicit\na density",
        "tractable:\nlog p(x) itself",
        BLUE,
        "round,pad=0.08",
        "-",
        (Leaf("PixelCNN", "pixelcnn", "each pixel given those before"),),
    ),
    Branch(
        "explicit\na density",
        "approximate:\na bound on log p(x)",
        GREEN,
        "round4,pad=0.08",
        "-.",
        (Leaf("VAE", "vae", "encoder, decoder, and a KL"),),
    ),
    Branch(
        "implicit\na process that samples",
        "direct:\none pass, no density",
        VERMILION,
        "square,pad=0.08",
        "--",
        (
            Leaf("AAE", "aae", "a VAE's networks, an adversary for the KL"),
            Leaf("GAN", "gan", "generator against discriminator"),
            Leaf("WGAN", "wgan", "a critic in the discriminator's place"),
            Leaf("DCGAN", "dcgan", "a GAN of convolutions"),
            Leaf("Progressive GAN", "progressive", "a GAN that grows"),
            Leaf("Conditional GAN", "conditional", "a GAN that is told the label"),
            Leaf("Age-cGAN", "age_cgan", "one that is told an age, and keeps the face"),
            Leaf("pix2pix", "pix2pix", "a GAN that is given a picture, from pairs"),
            Leaf("CycleGAN", "cyclegan", "the same without pairs: there and back"),
        ),
    ),
)
"""The tree from the top. Of Goodfellow's branches those with Markov chains and changes of variables are left out."""

COLUMNS = (0.0, 2.8, 6.2, 9.5)
WIDTHS = (2.1, 2.65, 2.5, 1.9)
HEIGHT = 0.62
ROW = 1.0


def taxonomy(ax: Axes) -> Axes:
    """Draws the tree from left to right: what is learned, how the likelihood is had, and the models."""
    rows, sides = 0, dict[str, list[tuple[float, Branch]]]()
    for branch in BRANCHES:
        places = [-ROW * (rows + i) for i in range(len(branch.leaves))]
        rows += len(places)
        middle = sum(places) / len(places)
        _node(ax, 2, middle, branch.kind, branch.colour, branch.shape)
        for y, leaf in zip(places, branch.leaves, strict=True):
            _join(ax, 2, middle, y, branch)
            _node(ax, 3, y, leaf.name, branch.colour, branch.shape)
            ax.text(COLUMNS[3] + WIDTHS[3] + 0.25, y, leaf.gives, va="center", fontsize=9, color=BLACK)
        sides.setdefault(branch.side, []).append((middle, branch))
    middles = [sum(y for y, _ in kinds) / len(kinds) for kinds in sides.values()]
    root = sum(middles) / len(middles)
    for (side, kinds), middle in zip(sides.items(), middles, strict=True):
        one = kinds[0][1]
        _join(ax, 0, root, middle, one)
        _node(ax, 1, middle, side, one.colour, one.shape)
        for y, branch in kinds:
            _join(ax, 1, middle, y, branch)
    _node(ax, 0, root, "learn to generate\nfrom examples", BLACK, "round,pad=0.08")
    ax.set(xlim=(-0.3, 15.6), ylim=(-ROW * rows + 0.3, 0.65))
    ax.axis("off")
    return ax


def _node(ax: Axes, column: int, y: float, text: str, colour: str, shape: str) -> None:
    box(ax, COLUMNS[column], y - HEIGHT / 2, text, colour, shape, WIDTHS[column], HEIGHT)


def _join(ax: Axes, column: int, y: float, end: float, branch: Branch) -> None:
    """A line in the look of the branch, from a node to one of the next column."""
    x = (COLUMNS[column] + WIDTHS[column] + 0.08, COLUMNS[column + 1] - 0.08)
    ax.plot(x, (y, end), color=branch.colour, linestyle=branch.line, linewidth=1.6, zorder=0)
