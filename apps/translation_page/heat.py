"""The verdict of a discriminator of patches as a map that lies over the picture it judges."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import torch
from torch import Tensor

from gan_lab import zoo
from gan_lab.models.patchgan import HALVINGS

from ..latent_page.view import picture
from ..plots import number

LEVELS = 6
"""Steps of colour from undecided to sure, on either side."""


@dataclass(frozen=True)
class Verdict:
    """What D thinks of each patch of a picture.

    Attributes:
        belief: for each patch how far D takes it for real, from 0 to 1, ``(h, w)``.
        size: side of the picture in pixels.
        field: side in pixels of what one patch shows.
    """

    belief: Tensor
    size: int
    field: int

    @property
    def share(self) -> float:
        """The share of the patches that D rather takes for real."""
        return (self.belief > 0.5).float().mean().item()

    @property
    def mean(self) -> float:
        return self.belief.mean().item()

    @property
    def stride(self) -> int:
        """Pixels from one patch to the next."""
        return 1 << HALVINGS[self.field]

    @property
    def worst(self) -> tuple[float, float]:
        """The middle of the patch that D believes least, x and y in pixels."""
        row, column = divmod(int(self.belief.argmin()), self.belief.shape[1])
        return self._at(column, 1) + self.stride / 2, self._at(row, 0) + self.stride / 2

    def _at(self, k: int, dim: int) -> float:
        """Where the k-th cell begins. All layers look evenly to both sides: the map lies in the picture's middle."""
        return (self.size - self.belief.shape[dim] * self.stride) / 2 + k * self.stride


def judged(model: zoo.PairTranslator, x: Tensor, y: Tensor) -> Verdict | None:
    """Of a pix2pix, whose D sees what was given as well; None where it was trained without D."""
    if model.recipe.without == "gan":
        return None
    return _verdict(model, torch.sigmoid(model.judge(x, y)))


def scored(model: zoo.CycleTranslator, x: Tensor, domain: str) -> Verdict:
    """Of a CycleGAN, whose scores are to be 1 for real and 0 for fake: least squares."""
    return _verdict(model, model.judge(x, domain).clamp(0, 1))


def _verdict(model: zoo.Translator, belief: Tensor) -> Verdict:
    return Verdict(belief[0, 0], model.recipe.size, model.recipe.patch)


def card(found: Verdict, address: str, name: str = "D’s verdict") -> str:
    """The picture under the map, with the legend."""
    alt = f"the picture under D’s verdict: {words(found)}"
    return (
        f'<figure class="card s3"><figcaption><b>{escape(name)}</b> <span>of {found.field} × {found.field} px'
        f'</span></figcaption><div class="heat">{picture(address, alt, "fill")}{overlay(found)}</div>{LEGEND}</figure>'
    )


LEGEND = '<p class="heat-key"><span>fake</span><i aria-hidden="true"></i><span>real</span></p>'


def overlay(found: Verdict) -> str:
    """Cells coloured by belief, hatched where D rather sees a fake; the least believed patch is framed."""
    size, stride, belief = found.size, found.stride, found.belief
    cells: dict[str, list[str]] = {}
    hatch = []
    for row, line in enumerate(belief.tolist()):
        for column, value in enumerate(line):
            x, y = found._at(column, 1), found._at(row, 0)
            level = min(LEVELS, int(LEVELS * abs(2 * value - 1)) + 1)
            kind = f"{'real' if value > 0.5 else 'fake'} b{level}"
            cells.setdefault(kind, []).append(f"M{x:g} {y:g}h{stride}v{stride}h-{stride}z")
            if value <= 0.5:
                hatch.append(f"M{x:g} {y + stride:g}l{stride}-{stride}")
    drawn = "".join(f'<path class="{kind}" d="{"".join(paths)}"/>' for kind, paths in cells.items())
    return (
        f'<svg viewBox="0 0 {size} {size}" aria-hidden="true">{drawn}<path class="hatch" d="{"".join(hatch)}"/>'
        f"{_frame(found)}</svg>"
    )


def _frame(found: Verdict) -> str:
    """The whole of the least believed patch, as far as it lies in the picture."""
    spans = []
    for middle in found.worst:
        low = max(0.5, middle - found.field / 2)
        spans.append((low, min(found.size - 0.5, middle + found.field / 2) - low))
    (x, width), (y, height) = spans
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'


def words(found: Verdict) -> str:
    """The verdict in words."""
    count = found.belief.numel()
    real = round(found.share * count)
    return (
        f"D takes {real} of {count} patches for real, its mean belief is {number(found.mean)}; "
        f"it doubts most {where(found)}"
    )


def where(found: Verdict) -> str:
    """Where the least believed patch lies, in words."""
    x, y = (min(2, int(3 * at / found.size)) for at in found.worst)
    across, down = ("left", "", "right")[x], ("upper", "", "lower")[y]
    if not across and not down:
        return "in the middle"
    return f"at the {' '.join(word for word in (down, across) if word)}{'' if across and down else ' edge'}"
