"""Figures as inline SVG: curves that stretch with the page while letters keep their size, and squares of the plane.

What a curve means is told by its class in the style sheet: ``s0`` to ``s5`` are a colour with a dash of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite

LEFT, RIGHT, TOP, BOTTOM = 11.0, 2.0, 10, 40
"""Margins of a plot: per cent of the width, then pixels of the height."""

Span = tuple[float, float]
Ticks = Sequence[tuple[float, str]]


class Plot:
    """Curves over one pair of axes.

    Args:
        x, y: least and greatest value shown.
        height: in pixels.
    """

    def __init__(self, x: Span, y: Span, height: int = 230) -> None:
        self.x, self.y, self.height = x, y, height
        self.inside: list[str] = []
        self.over: list[str] = []

    def across(self, x: float) -> float:
        """x in per cent of the width."""
        return LEFT + (100 - LEFT - RIGHT) * (x - self.x[0]) / (self.x[1] - self.x[0])

    def down(self, y: float) -> float:
        """y in pixels from the top."""
        share = (self.y[1] - y) / (self.y[1] - self.y[0])
        return TOP + (self.height - TOP - BOTTOM) * share

    def line(self, xs: Iterable[float], ys: Iterable[float], kind: str) -> Plot:
        """A curve; what lies far outside is cut, and a value that is not finite interrupts it."""
        low, high = self.y
        reach = high - low
        pieces: list[list[str]] = [[]]
        for x, y in zip(xs, ys):
            if not isfinite(y):
                pieces.append([])
                continue
            across = 1000 * (x - self.x[0]) / (self.x[1] - self.x[0])
            down = 1000 * (high - min(max(y, low - reach), high + reach)) / reach
            pieces[-1].append(f"{across:.1f},{down:.1f}")
        self.inside += [f'<polyline class="{kind}" points="{" ".join(p)}"/>' for p in pieces if len(p) > 1]
        return self

    def mark_x(self, x: float, kind: str = "") -> Plot:
        """A vertical line, dotted unless its kind says otherwise."""
        at = f"{self.across(x):.2f}%"
        self.over.append(
            f'<line class="mark {kind}" x1="{at}" x2="{at}" y1="{TOP}" y2="{self.height - BOTTOM}"/>'
        )
        return self

    def mark_y(self, y: float, text: str = "") -> Plot:
        """A horizontal dotted line with its name at its right end."""
        at = f"{self.down(y):.1f}"
        self.over.append(f'<line class="mark" x1="{LEFT}%" x2="{100 - RIGHT}%" y1="{at}" y2="{at}"/>')
        if text:
            self.note(self.x[1], y, text, "end")
        return self

    def note(self, x: float, y: float, text: str, anchor: str = "start") -> Plot:
        """Words beside a point, just above it."""
        self.over.append(
            f'<text class="faint" text-anchor="{anchor}" x="{self.across(x):.2f}%" y="{self.down(y) - 4:.1f}">'
            f"{escape(text)}</text>"
        )
        return self

    def dot(self, x: float, y: float, kind: str, shape: str = "round") -> Plot:
        """A point of a curve: round, square, diamond, or a ring; not drawn where it is off the axes."""
        if not (isfinite(y) and self.y[0] <= y <= self.y[1]):
            return self
        self.over.append(symbol(f"{self.across(x):.2f}%", f"{self.down(y):.1f}", kind, shape))
        return self

    def svg(self, alt: str, x_ticks: Ticks, y_ticks: Ticks, x_label: str = "", y_label: str = "") -> str:
        """The figure; ``alt`` is what somebody hears who cannot see it."""
        foot, parts = self.height - BOTTOM, []
        for value, text in x_ticks:
            parts.append(
                f'<text class="tick" x="{self.across(value):.2f}%" y="{foot + 16}">{escape(text)}</text>'
            )
        for value, text in y_ticks:
            y = self.down(value)
            parts.append(f'<line class="rule" x1="{LEFT}%" x2="{100 - RIGHT}%" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(f'<text class="row" x="{LEFT - 1}%" y="{y + 4:.1f}">{escape(text)}</text>')
        middle = LEFT + (100 - LEFT - RIGHT) / 2
        frame = (
            f'<svg x="{LEFT}%" y="{TOP}" width="{100 - LEFT - RIGHT}%" height="{foot - TOP}" viewBox="0 0 1000 1000" '
            f'preserveAspectRatio="none">{"".join(self.inside)}</svg>'
        )
        return (
            f'<svg class="plot" role="img" aria-label="{escape(alt)}" height="{self.height}">{"".join(parts)}'
            f'<line class="axis" x1="{LEFT}%" x2="{100 - RIGHT}%" y1="{foot}" y2="{foot}"/>{frame}{"".join(self.over)}'
            f'<text class="tick faint" x="{middle}%" y="{foot + 33}">{escape(x_label)}</text>'
            f'<text class="faint" x="0" y="{TOP + 2}">{escape(y_label)}</text></svg>'
        )


def symbol(x: str, y: str, kind: str, shape: str) -> str:
    """A marker at a place: its shape tells as much as its colour."""
    if shape == "round":
        return f'<circle class="{kind}" cx="{x}" cy="{y}" r="5"/>'
    if shape == "ring":  # larger and open: another point on the same place stays visible
        return f'<circle class="ring {kind}" cx="{x}" cy="{y}" r="8"/>'
    tilt = ' transform="rotate(45)"' if shape == "diamond" else ""
    square = f'<rect class="dot {kind}"{tilt} x="-4.5" y="-4.5" width="9" height="9"/>'
    return f'<svg x="{x}" y="{y}" overflow="visible">{square}</svg>'


def figure(title: str, drawing: str, after: str = "") -> str:
    """A drawing with its title above it."""
    return f'<figure class="drawing"><figcaption>{escape(title)}</figcaption>{drawing}{after}</figure>'


def duo(left: str, right: str) -> str:
    """Two things side by side, or one above the other where the page is narrow."""
    return f'<div class="duo">{left}{right}</div>'


def nothing(words: str) -> str:
    """A place that is still empty, and what fills it."""
    return f'<p class="empty">{escape(words)}</p>'


def legend(entries: Sequence[tuple[str, str]]) -> str:
    """Which curve is which: (class, words) each, with a piece of the line itself."""
    items = "".join(
        f'<li><svg class="plot key" width="34" height="10" aria-hidden="true"><polyline class="{kind}" '
        f'points="1,5 33,5"/></svg>{escape(words)}</li>'
        for kind, words in entries
    )
    return f'<ul class="legend">{items}</ul>'


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", kinds: Sequence[str] = ()
) -> str:
    """Numbers under their names; the first column names the row, in the colour of its curve if it has one."""
    titles = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = ""
    for i, (name, *cells) in enumerate(rows):
        kind = f' class="{kinds[i]}"' if kinds else ""
        body += f'<tr><th scope="row"{kind}>{escape(name)}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'
    words = f"<caption>{escape(caption)}</caption>" if caption else ""
    filled = f"{words}<thead><tr>{titles}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll"><table class="readings">{filled}</table></div>'


def number(value: float) -> str:
    """Three significant digits, as people write them: 4.54e-5 becomes 4.54 · 10⁻⁵."""
    if not isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "–"
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}".replace("-", "−") if abs(value) < 1000 else f"{value:.0f}".replace("-", "−")
    digits, power = f"{value:.2e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits} · 10{raised}".replace("-", "−")
