"""Both networks as blocks, level by level: what takes part at a level and alpha is lit, as far as it takes part.

G runs down on the left, D up on the right, and the picture goes over in the middle. The page's script lights the
parts anew as the sliders move; here stands how they look before that, and where they are.
"""

from __future__ import annotations

from collections.abc import Sequence

ROW, FIRST = 64, 92
"""Pixels from level to level, and where the middle of the lowest one is."""


def weight(part: str, at: int, level: int, alpha: float) -> float:
    """How far a part of level ``at`` takes part, in [0, 1].

    Args:
        part: "block", "rgb" (toRGB, fromRGB), "over" (the connection from or to the level below), or "node"
            (the picture between the networks).
    """
    new = alpha if level else 1.0
    if part == "block":
        return 1.0 if at < level else new if at == level else 0.0
    if part == "rgb":
        return new if at == level else 1 - new if at == level - 1 else 0.0
    if part == "over":
        return 1 - new if at == level else 0.0
    return float(at == level)


def architecture(maps: Sequence[int], level: int, alpha: float) -> str:
    """The networks as an inline SVG.

    Args:
        maps: feature maps of each level from 4x4 up.
        level, alpha: what is lit.
    """
    height = FIRST + ROW * (len(maps) - 1) + 62
    parts = [_ends()]
    for at, count in enumerate(maps):

        def lit(part: str, drawn: str, kind: str = "", at: int = at) -> str:
            w = weight(part, at, level, alpha)
            on = " on" if w > 0 else ""
            return f'<g class="{part} {kind}{on}" data-part="{part}" data-at="{at}" style="--w:{w:.2f}">{drawn}</g>'

        y, size = FIRST + ROW * at, 4 << at
        parts += [lit("over", _over(y), "old")] if at else []
        parts.append(lit("block", _block(12, y, size, count, "down") + _block(272, y, size, count, "up")))
        parts.append(lit("rgb", _rgb(119, y, "toRGB") + _rgb(209, y, "fromRGB") + _weights(y)))
        parts.append(lit("node", f'<rect x="185" y="{y - 10}" width="10" height="20" rx="3"/>'))
    said = said_of(level, alpha)
    return (
        f'<svg class="networks" role="img" viewBox="0 0 380 {height}" aria-label="{said}">{"".join(parts)}'
        f'<text class="faint foot" x="190" y="{height - 8}" text-anchor="middle">'
        "solid: the new way · dashed: the old way</text></svg>"
    )


def said_of(level: int, alpha: float) -> str:
    """The drawing in words."""
    size = 4 << level
    if not level:
        return "Generator and critic at 4x4 pixels: only the lowest block of each takes part."
    return (
        f"Generator and critic at {size}x{size} pixels: the blocks up to {size // 2}x{size // 2} take part in full, "
        f"the block of {size}x{size} with alpha = {alpha:.2f}, the old way past it with {1 - alpha:.2f}."
    )


def _ends() -> str:
    """Where the noise comes in and the score goes out."""
    return (
        '<text class="title" x="62" y="16" text-anchor="middle">G, the generator</text>'
        '<text class="title" x="318" y="16" text-anchor="middle">D, the critic</text>'
        '<g class="end on"><rect x="32" y="28" width="60" height="24" rx="12"/>'
        '<text x="62" y="45" text-anchor="middle">z</text></g>'
        '<g class="end on"><rect x="282" y="28" width="72" height="24" rx="12"/>'
        '<text x="318" y="45" text-anchor="middle">score</text></g>'
    )


def _block(x: int, y: int, size: int, maps: int, way: str) -> str:
    """One level of a network, with the arrow that leads into it (G, from above) or out of it (D, to above)."""
    middle, top = x + 48, y - 20
    first = ROW - 52 if size > 4 else 20  # the lowest one hangs on its end, the others on the block above
    start = top - (24 if size > 4 else first)
    a, b = (start, top - 2) if way == "down" else (top, start + 2)
    tip = -5 if way == "down" else 5
    arrow = f'<path class="way" d="M{middle} {a}V{b}m-4 {tip}l4 {-tip}l4 {tip}"/>'
    return (
        f'{arrow}<rect x="{x}" y="{top}" width="96" height="40" rx="7"/>'
        f'<text class="size" x="{middle}" y="{y - 2}" text-anchor="middle">{size}×{size}</text>'
        f'<text class="faint" x="{middle}" y="{y + 13}" text-anchor="middle">{maps} maps</text>'
    )


def _rgb(x: int, y: int, name: str) -> str:
    width = 52
    left, right = (
        (f"M108 {y}H{x}", f"M{x + width} {y}H185")
        if name == "toRGB"
        else (f"M195 {y}H{x}", f"M{x + width} {y}H272")
    )
    return (
        f'<path class="way" d="{left}{right}"/><rect x="{x}" y="{y - 11}" width="{width}" height="22" rx="11"/>'
        f'<text class="small" x="{x + width / 2}" y="{y + 4}" text-anchor="middle">{name}</text>'
    )


def _weights(y: int) -> str:
    """Where the script writes the share of this way in, on either side."""
    return "".join(
        f'<text class="share" x="{x}" y="{y - 15}" text-anchor="middle"></text>' for x in (145, 235)
    )


def _over(y: int) -> str:
    """Past the new block: doubled on G's side, halved on D's."""
    above, middle = y - ROW, y - ROW / 2
    signs = "".join(
        f'<circle cx="{x}" cy="{middle}" r="10"/>'
        f'<text class="small" x="{x}" y="{middle + 4}" text-anchor="middle">{sign}</text>'
        for x, sign in ((178, "×2"), (202, "½"))
    )
    return f'<path class="way" d="M178 {above}V{y - 8}H187M202 {above}V{y - 8}H193"/>{signs}'
