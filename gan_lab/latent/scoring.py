"""Does latent arithmetic do what it says? Triples and paths, scored by a reader instead of by eye.

The claim of the slide, "man with glasses - man + woman = woman with glasses", has four parts: an attribute (glasses),
a kind (man or woman), and with both of them three concepts to pick exemplars for and one to expect. A reader says of
every picture how much of each attribute it shows, so the claim can be counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from gan_lab.latent.arithmetic import arithmetic, norm
from gan_lab.latent.interpolation import slerp

Read = Callable[[Tensor], Tensor]
"""From latents ``(n, d)`` to the readings of their pictures ``(n, A)``."""


class Attribute(NamedTuple):
    """What a reading means.

    Attributes:
        name: for people.
        low, high: a picture lacks the attribute for certain at or below ``low`` and has it for certain at or above
            ``high``: exemplars are taken from there. A result has it above the middle between the two.
    """

    name: str
    low: float
    high: float

    @property
    def middle(self) -> float:
        """The boundary between having it and not."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Triples:
    """Exemplars for T sums z1 - z2 + z3, drawn by ``draw_triples``.

    Attributes:
        z: latents ``(T, 3, n, d)``: three concepts of n exemplars.
        attribute, kind: columns of the readings ``(T,)``: which is to be gained, and which to be kept.
        side: whether the third concept has the kind's attribute, bool ``(T,)``; the first two are on the other side.
        possible: bool ``(T,)``: False where the generator shows too few exemplars of a concept; counted as failures.
    """

    z: Tensor
    attribute: Tensor
    kind: Tensor
    side: Tensor
    possible: Tensor

    def __len__(self) -> int:
        return len(self.z)

    def concepts(self, exemplars: int) -> Tensor:
        """The mean of the first exemplars of each concept, ``(3, T, d)``."""
        return self.z[:, :, :exemplars].mean(2).transpose(0, 1)

    def result(self, exemplars: int) -> Tensor:
        """z1 - z2 + z3 from so many exemplars per concept, ``(T, d)``."""
        first, second, third = self.concepts(exemplars)
        return arithmetic(first, second, third)

    def success(self, readings: Tensor, attributes: Sequence[Attribute]) -> Tensor:
        """Where the attribute was gained AND the kind is the third concept's, bool ``(..., T)``.

        Args:
            readings: of results, ``(..., T, A)``.
            attributes: one per column of the readings.
        """
        middles = torch.tensor([attribute.middle for attribute in attributes])
        has = readings > middles
        rows = torch.arange(len(self))
        gained, kept = has[..., rows, self.attribute], has[..., rows, self.kind] == self.side
        return gained & kept & self.possible


def draw_triples(
    z: Tensor,
    readings: Tensor,
    attributes: Sequence[Attribute],
    plan: Sequence[tuple[str, str]],
    n: int,
    exemplars: int = 3,
    seed: int = 0,
) -> Triples:
    """Random triples: the plan's pairs in turn, the kind's two sides at random, exemplars at random without repeats.

    For ("glasses", "feminine") and the side "not feminine": z1 shows glasses and is feminine, z2 lacks glasses and is
    feminine, z3 lacks glasses and is not feminine; all six for certain (see :class:`Attribute`).

    Args:
        z: a pool of latents ``(N, d)``, single draws.
        readings: of their pictures ``(N, A)``.
        attributes: one per column of the readings.
        plan: pairs (attribute to gain, kind to keep) by name.
        n: how many triples.
        exemplars: for each concept.
        seed: of the drawing.
    """
    column = {attribute.name: i for i, attribute in enumerate(attributes)}
    lacks = readings <= torch.tensor([a.low for a in attributes])
    has = readings >= torch.tensor([a.high for a in attributes])
    generator = torch.Generator().manual_seed(seed)
    sides = torch.rand(n, generator=generator) < 0.5
    pairs = [[column[name] for name in plan[i % len(plan)]] for i in range(n)]
    picks, possible = [], torch.ones(n, dtype=torch.bool)
    for i, ((gain, keep), side) in enumerate(zip(pairs, sides.tolist())):
        first, third = (lacks[:, keep], has[:, keep]) if side else (has[:, keep], lacks[:, keep])
        cells = [has[:, gain] & first, lacks[:, gain] & first, lacks[:, gain] & third]
        chosen = [_some(cell, exemplars, generator) for cell in cells]
        possible[i] = all(len(rows) == exemplars for rows in chosen)
        picks.append(torch.stack([r if len(r) == exemplars else r.new_zeros(exemplars) for r in chosen]))
    gained, kept = torch.tensor(pairs).unbind(1)
    return Triples(z[torch.stack(picks)], gained, kept, sides, possible)


def _some(mask: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """n different places where the mask holds, at random; fewer where there are fewer."""
    places = mask.nonzero()[:, 0]
    return places[torch.randperm(len(places), generator=generator)[:n]]


def random_directions(
    triples: Triples, read: Read, attributes: Sequence[Attribute], n: int = 100, seed: int = 0
) -> Tensor:
    """What a random step does in place of z1 - z2: the success of each direction on each triple, bool ``(n, T)``.

    Each direction is one unit vector for all triples; a triple takes it as long as its own z1 - z2, from its own z3.

    Args:
        triples: of averaged exemplars.
        read: from latents to readings.
        attributes: as for the triples.
        n: how many directions.
        seed: of the directions.
    """
    first, second, third = triples.concepts(triples.z.shape[2])
    length = norm(first - second)[:, None]
    directions = torch.randn(n, third.shape[1], generator=torch.Generator().manual_seed(seed))
    directions = directions / norm(directions)[:, None]
    return torch.stack(
        [triples.success(read(third + length * step), attributes) for step in directions.to(third)]
    )


def best_direction(success: Tensor, attribute: Tensor) -> float:
    """The share of successes when each attribute takes that of the random directions which serves it best.

    Args:
        success: bool ``(n, T)`` of :func:`random_directions`.
        attribute: which attribute each triple asks for ``(T,)``.
    """
    won = sum(success[:, attribute == k].sum(1).max().item() for k in attribute.unique())
    return won / success.shape[1]


@dataclass(frozen=True)
class Paths:
    """Readings along P ways from a latent that lacks an attribute to one that has it.

    Attributes:
        readings: of that attribute at the points of the way, ``(P, points)``.
        features: of the pictures, ``(P, points, F)``.
    """

    readings: Tensor
    features: Tensor

    def monotone(self, tolerance: float = 0.1) -> Tensor:
        """Where the reading never falls back by more than this share of its whole rise, bool ``(P,)``.

        Falling back is measured from the highest reading so far. A way that does not rise is not monotone.
        """
        rise = self.readings[:, -1] - self.readings[:, 0]
        back = (self.readings.cummax(1).values - self.readings).max(1).values
        return (rise > 0) & (back <= tolerance * rise)

    def unevenness(self) -> Tensor:
        """The largest over the median step from point to point in the features ``(P,)``: 1 is a steady walk."""
        steps = self.features.diff(dim=1).norm(dim=2)
        return steps.max(1).values / steps.median(1).values


def walk(
    a: Tensor,
    b: Tensor,
    column: Tensor,
    read: Read,
    features: Read,
    points: int = 17,
) -> Paths:
    """Reads the spherical ways from a to b.

    Args:
        a, b: latents ``(P, d)``; b has the attribute, a lacks it.
        column: which reading is followed on each way ``(P,)``.
        read, features: from latents to readings ``(n, A)`` and to features ``(n, F)``.
        points: on each way, both ends included.
    """
    z = torch.stack([slerp(a, b, t) for t in torch.linspace(0, 1, points).tolist()], dim=1)
    flat = z.flatten(0, 1)
    readings = read(flat).view(len(a), points, -1)
    rows = torch.arange(len(a))
    return Paths(readings[rows, :, column], features(flat).view(len(a), points, -1))


def draw_ends(
    z: Tensor, readings: Tensor, attributes: Sequence[Attribute], names: Sequence[str], n: int, seed: int = 0
) -> tuple[Tensor, Tensor, Tensor]:
    """Ends of n paths: a lacks an attribute and b has it, for certain; the attributes by turns.

    Returns:
        a and b ``(n, d)``, and the attribute's column ``(n,)``. Attributes that are never or always there are left out.

    Raises:
        ValueError: none of the attributes is seen both present and absent.
    """
    generator = torch.Generator().manual_seed(seed)
    wanted = [(i, a) for i, a in enumerate(attributes) if a.name in names]
    cells = {i: (readings[:, i] <= a.low, readings[:, i] >= a.high) for i, a in wanted}
    there = [i for i, pair in cells.items() if all(bool(mask.any()) for mask in pair)]
    if not there:
        raise ValueError(f"none of {', '.join(names)} is seen both present and absent: there is no path")
    columns = [there[k % len(there)] for k in range(n)]
    ends = [[z[_some(mask, 1, generator)][0] for mask in cells[i]] for i in columns]
    return torch.stack([a for a, _ in ends]), torch.stack([b for _, b in ends]), torch.tensor(columns)
