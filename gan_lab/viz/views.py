"""What a player shows of a session: callables that turn its present moment into the bytes of a PNG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gan_lab.algorithms.base import Probe
from gan_lab.training import Session
from gan_lab.viz import curves, fields, frame, grids, style

History = Mapping[str, Mapping[int, float]]
"""The losses on record, by phase and moment."""

Draw = Callable[[Session, History], bytes]


class Plane:
    """A view of a game in the plane: real and fake samples over D's surface, and the losses so far.

    Built once; each frame only moves what moves, several times faster than drawing anew. Not to be
    called from two threads at once (a player does not).

    Args:
        real: real samples ``(n, 2)``, drawn as they are in every frame.
        z: latents ``(m, d)``; the same noise in every frame, so that each fake can be followed with the eye.
        limits: the square to show.
        mesh: points along each axis at which D is read.
        marks: values of the losses worth a line, see :data:`gan_lab.viz.curves.MARKS`.
    """

    def __init__(
        self,
        real: Tensor,
        z: Tensor,
        limits: fields.Limits = (-2.0, 2.0),
        mesh: int = 40,
        marks: tuple[str, ...] = ("2 log 2", "log 2"),
    ) -> None:
        self.limits, self.mesh = limits, mesh
        self.probe = Probe(z, torch.from_numpy(fields.mesh(limits, mesh)))
        self.fig, (self.left, self.right) = style.figure(columns=2)
        blank = {"fake": torch.zeros(len(z), 2).numpy(), "logits": torch.zeros(mesh * mesh).numpy()}
        frame.draw(self.left, blank, real.cpu().numpy(), limits, "step 0")
        self.fakes = self.left.collections[-1]
        self.curves: dict[str, Any] = {}
        self.now = self.right.axvline(0, color=style.GREY, linewidth=1)
        curves.mark(self.right, marks)
        style.label(self.right, "losses on record", "moment", "loss (nats)")
        self.fig.draw_without_rendering()  # the layout is found once, then kept
        self.fig.set_layout_engine("none")

    def __call__(self, session: Session, history: History) -> bytes:
        seen = session.frame(self.probe)
        self.fakes.set_offsets(seen["fake"])
        for old in [c for c in self.left.collections if c.get_gid() == "D = 1/2"]:
            old.remove()
        self.left.images[0].set_data(fields.belief(seen["logits"]).reshape(self.mesh, self.mesh))
        fields.boundary(self.left, seen["logits"], self.limits)
        self.left.set_title(f"step {session.progress.step}", fontsize=11)
        self._draw_losses(session.moment, history)
        return style.png(self.fig)

    def _draw_losses(self, moment: int, history: History) -> None:
        for (phase, record), look in zip(history.items(), style.curve_styles()):
            if phase not in self.curves:
                self.curves[phase] = self.right.plot([], [], label=phase, linewidth=1.3, **look)[0]
                self.right.legend(fontsize=8, loc="center right")
            self.curves[phase].set_data(list(record), list(record.values()))
        self.now.set_xdata([moment, moment])
        self.right.relim()
        self.right.autoscale_view()


def images(z: Tensor, columns: int | None = None, zoom: int = 2) -> Draw:
    """A view of an image generator: what the same latents ``(n, d)`` become at each moment, as one grid."""
    probe = Probe(z)

    def draw(session: Session, history: History) -> bytes:
        return grids.png(session.frame(probe)["fake"], columns, zoom=zoom)

    return draw
