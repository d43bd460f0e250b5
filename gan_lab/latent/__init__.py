"""Moving about in the noise: arithmetic on latents, paths between them, directions, and the way back from a picture."""

from gan_lab.latent import directions
from gan_lab.latent.arithmetic import arithmetic, neighbourhood, norm, project, typical_norm
from gan_lab.latent.interpolation import lerp, slerp
from gan_lab.latent.inversion import Attempt, invert
from gan_lab.latent.preserving import Look, pixels, preserve, seek
from gan_lab.latent.scoring import (
    Attribute,
    Paths,
    Read,
    Triples,
    best_direction,
    draw_ends,
    draw_triples,
    random_directions,
    walk,
)

__all__ = [
    "Attempt",
    "Attribute",
    "Look",
    "Paths",
    "Read",
    "Triples",
    "arithmetic",
    "best_direction",
    "directions",
    "draw_ends",
    "draw_triples",
    "invert",
    "lerp",
    "neighbourhood",
    "norm",
    "pixels",
    "preserve",
    "project",
    "random_directions",
    "seek",
    "slerp",
    "typical_norm",
    "walk",
]
