"""Recipes: which networks, loss and optimiser a named algorithm gets for which data. The command line stands on them.

A recipe is plain numbers and words, so that a run card can hold it and the same networks can be built again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from gan_lab.data.faces.stream import FaceStream
from gan_lab.data.pair_folders import AnyPairs
from gan_lab.data.pairs import check_direction
from gan_lab.data.toy2d import ToySet
from gan_lab.models import patchgan

if TYPE_CHECKING:
    from gan_lab.data.loader import AnySet

CONDITIONAL = ("cgan", "age-cgan")
GANS = ("gan", "wgan", "wgan-gp", "dcgan", "progressive")
TRANSLATORS = ("pix2pix", "cyclegan")
READERS = ("classifier", "probe", "segmenter")
AAES = ("aae", "aae-style", "aae-semi")
ALGORITHMS = (*GANS, *CONDITIONAL, "vae", *AAES, "pixelcnn", *TRANSLATORS, *READERS)
LOSS_TAKERS = ("gan", "dcgan", *CONDITIONAL)
LOSSES = ("minimax", "non_saturating", "least_squares", "hinge", "relativistic")
DCGAN_SIZES = (8, 16, 32, 64, 128)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a run learns, but for its length, its device and its precision.

    Attributes:
        algorithm: one of ``ALGORITHMS``.
        data, split: what ``data.load`` was asked for.
        size, channels: of the images in pixels; 0 and 0 for points in the plane.
        batch_size: examples in a minibatch (of each process, where there are several).
        seed: of the first weights, of the data's order and of all noise.
        latent_dim: width of the noise.
        width: hidden units of the toy networks, or feature maps (ngf = ndf) of the convolutional ones.
        loss: one of ``LOSSES``; "" where the algorithm has its own.
        k: discriminator updates per generator update.
        lr: Adam's or RMSprop's learning rate; 0 for the algorithm's own.
        r1, r2, ema: as for ``GAN``.
        decay_from, decay_until: images seen between which the learning rate falls to 0; 0 and 0 for never.
        phase_images: real images to fade a level in, and again to train it (progressive only).
        prior: what codes are matched to, see ``gan_lab.data.priors.named``.
        beta: the weight of the VAE's KL term.
        binarise: "" for grey pixels, "fixed" for black or white once and for all, "dynamic" for anew each time.
        gaussian: the adversarial autoencoder's encoder draws its codes (a VAE's always does).
        tied: labels are tied to the prior's components.
        labels: how many labels may be used (semi-supervised).
        classes: how many labels a conditional GAN is told; those that the data have.
        condition: how its discriminator is told, see ``gan_lab.models.conditional``.
        patch: receptive field of the discriminator of patches, in pixels (translators).
        direction: "AtoB" or "BtoA", what a pair's translator is given and what it makes (pix2pix).
        without: the part of a translator's loss to leave out, one of ``WITHOUT``; "" for none.
    """

    algorithm: str
    data: str
    split: str = "train"
    size: int = 0
    channels: int = 0
    batch_size: int = 128
    seed: int = 0
    latent_dim: int = 100
    width: int = 64
    loss: str = ""
    k: int = 1
    lr: float = 0.0
    r1: float = 0.0
    r2: float = 0.0
    ema: float = 0.0
    decay_from: int = 0
    decay_until: int = 0
    phase_images: int = 0
    prior: str = ""
    beta: float = 1.0
    binarise: str = ""
    gaussian: bool = False
    tied: bool = False
    labels: int = 0
    classes: int = 0
    condition: str = ""
    patch: int = 0
    direction: str = ""
    without: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``Recipe(**that)`` is the same recipe."""
        return asdict(self)

    def differences(self, other: Recipe) -> list[str]:
        """What another recipe has otherwise, for example "seed 0, not 1" (mine first)."""
        pairs = [(f.name, getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]
        return [f"{name} {mine!r}, not {theirs!r}" for name, mine, theirs in pairs if mine != theirs]


OWN: dict[str, dict[str, Any]] = {
    "wgan": {"k": 5},
    "wgan-gp": {"k": 5},
    "progressive": {"batch_size": 32, "ema": 0.999},
    "probe": {"batch_size": 64, "width": 24},
    "cgan": {"condition": "projection"},
    "age-cgan": {"condition": "projection", "batch_size": 32, "width": 32},
    "segmenter": {"batch_size": 16, "width": 16},
    "pix2pix": {"batch_size": 4, "width": 28, "direction": "AtoB"},
    "cyclegan": {"batch_size": 1, "width": 24},
    "vae": {"batch_size": 100, "width": 500, "latent_dim": 40, "prior": "gaussian", "binarise": "dynamic"},
    "pixelcnn": {"batch_size": 50, "width": 32, "binarise": "dynamic"},
    "aae": {"batch_size": 100, "width": 1000, "latent_dim": 2, "prior": "gaussian"},
    "aae-style": {"batch_size": 100, "width": 1000, "latent_dim": 15, "prior": "wide-gaussian"},
    "aae-semi": {"batch_size": 100, "width": 1000, "latent_dim": 10, "prior": "gaussian", "labels": 100},
}
"""What an algorithm takes where nothing else is asked for."""

BELONGS: dict[str, tuple[str, ...]] = {
    "phase_images": ("progressive",),
    "prior": ("vae", *AAES),
    "gaussian": AAES,
    "tied": ("aae",),
    "labels": ("aae-semi",),
    "beta": ("vae",),
    "binarise": ("vae", "pixelcnn"),
    "classes": CONDITIONAL,
    "condition": CONDITIONAL,
    "patch": TRANSLATORS,
    "direction": ("pix2pix",),
    "without": TRANSLATORS,
}
"""Which of the recipe's fields go with which algorithms only."""

WITHOUT = {"pix2pix": ("l1", "gan"), "cyclegan": ("cycle", "identity", "history")}
"""What a translator's loss can do without, to see what it is for."""


def fit(algorithm: str, dataset: AnySet | AnyPairs, **wishes: Any) -> Recipe:
    """The recipe for an algorithm on a data set: the algorithm's own numbers, and the caller's where given.

    Args:
        wishes: any of the recipe's fields; None stands for the default.

    Raises:
        ValueError: an unknown algorithm or loss, one that does not go with the data, or a number out of range.
    """
    known(algorithm)
    if isinstance(dataset, ToySet) and algorithm not in ("gan", "wgan", "wgan-gp"):
        raise ValueError(
            f"{algorithm} works on images, {dataset.name} is a set of points: take gan, wgan or wgan-gp"
        )
    if algorithm in ("probe", "segmenter") and not isinstance(dataset, FaceStream):
        what = "factors" if algorithm == "probe" else "label maps"
        raise ValueError(
            f"{algorithm} reads the {what} of faces, and {dataset.name} has none: take --data faces"
        )
    if (algorithm in TRANSLATORS) != isinstance(dataset, AnyPairs):
        raise ValueError(f"{', '.join(TRANSLATORS)} work on pairs or on two domains, and nothing else does")
    own = OWN.get(algorithm, {}) | {"loss": "non_saturating" if algorithm in LOSS_TAKERS else ""}
    if algorithm in CONDITIONAL and not isinstance(dataset, AnyPairs):
        own |= {"classes": classes_of(algorithm, dataset)}
    if isinstance(dataset, ToySet):
        own |= {"batch_size": 256, "latent_dim": 2, "width": 128}
    else:
        own |= {"size": dataset.size, "channels": dataset.channels}
    if isinstance(dataset, AnyPairs):  # the paper's 70 of 256 pixels is all of 64
        own |= {"patch": 34 if dataset.size < 128 else 70}
    given = {name: value for name, value in wishes.items() if value is not None}
    if given.get("loss") and not own["loss"]:
        raise ValueError(f"{algorithm} has a loss of its own; --loss goes with {', '.join(LOSS_TAKERS)}")
    values: dict[str, Any] = {"data": dataset.name} | own | given
    recipe = Recipe(algorithm, **values)
    _check(recipe)
    return recipe


def classes_of(algorithm: str, dataset: AnySet) -> int:
    """How many classes the data have; ValueError where they have none."""
    classes = len(getattr(dataset, "classes", ()))
    if not classes:
        raise ValueError(
            f"{algorithm} is told labels, and {dataset.name} has none: take a labelled set such as mnist-5k, faces "
            f"(age groups), pictures in a folder for each class, or photographs called AGE_GENDER_...jpg"
        )
    return classes


def known(algorithm: str) -> None:
    """Raises ValueError with the names there are, if this is none of them."""
    if algorithm not in ALGORITHMS:
        raise ValueError(f"unknown algorithm {algorithm!r}; there are: {', '.join(ALGORITHMS)}")


def _check(recipe: Recipe) -> None:
    if recipe.loss and recipe.loss not in LOSSES:
        raise ValueError(f"unknown loss {recipe.loss!r}; there are: {', '.join(LOSSES)}")
    for name in ("batch_size", "latent_dim", "width", "k"):
        if getattr(recipe, name) < 1:
            raise ValueError(f"{name} must be at least 1, not {getattr(recipe, name)}")
    for name, algorithms in BELONGS.items():
        default = next(f.default for f in fields(recipe) if f.name == name)
        if getattr(recipe, name) != default and recipe.algorithm not in algorithms:
            option = "--" + name.replace("_", "-")
            raise ValueError(f"{option} goes with {', '.join(algorithms)}, not with {recipe.algorithm}")
    if recipe.binarise not in ("", "fixed", "dynamic"):
        raise ValueError(f"binarise is fixed or dynamic (or nothing), not {recipe.binarise!r}")
    if recipe.algorithm == "pixelcnn" and (recipe.channels != 1 or not recipe.binarise):
        raise ValueError("pixelcnn models black and white: take grey images and --binarise fixed or dynamic")
    if recipe.algorithm == "progressive" and (recipe.r1 or recipe.r2):
        raise ValueError("progressive has WGAN-GP's penalty; --r1 and --r2 do not go with it")
    if recipe.algorithm in TRANSLATORS:
        _check_translator(recipe)
    if recipe.seed < 0 or recipe.lr < 0:
        raise ValueError(f"seed and lr must not be negative, not {recipe.seed} and {recipe.lr}")


def _check_translator(recipe: Recipe) -> None:
    patchgan.check(recipe.patch, recipe.size)
    if recipe.without and recipe.without not in WITHOUT[recipe.algorithm]:
        allowed = " or ".join(WITHOUT[recipe.algorithm])
        raise ValueError(f"--without takes {allowed} for {recipe.algorithm}, not {recipe.without!r}")
    if recipe.algorithm == "pix2pix":
        check_direction(recipe.direction)
    elif recipe.size % 4 or recipe.size < 16:
        raise ValueError(f"cyclegan needs a size of at least 16 that 4 divides, not {recipe.size}")


def image_size(height: int) -> int:
    """The size to train at where none was asked for: the smallest of DCGAN's that holds the images, at most 64."""
    return next((size for size in DCGAN_SIZES if height <= size <= 64), 64)
