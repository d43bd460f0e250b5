"""The ten mistakes that the clinic knows: what each does to the game, and where to look."""

from __future__ import annotations

from dataclasses import dataclass

BUGS = {
    "detach removed and G's gradients not zeroed": (
        "G follows the gradient of D's loss as well, which makes its fakes easier to catch",
        "a .detach() on the fakes in D's turn, and optimizer_g.zero_grad() right before G's backward",
    ),
    "G's backward left in D.grad": (
        "G's loss asks D to call the fakes real, and D follows that next to its own loss",
        "optimizer_d.zero_grad() right before D's backward: after D's step is too early, G's backward comes later",
    ),
    "sign flip in G": (
        "G learns to be caught, and runs away from the data as far as D can see",
        "the sign of G's loss: ascending log D(G(z)) is descending -log D(G(z))",
    ),
    "labels swapped in D only": (
        "D learns to call fakes real, and G helps it: the two work together, and nobody looks for the data",
        "the labels in D's loss: 1 for real, 0 for fake, or swap them in G's loss, too",
    ),
    "sigmoid twice": (
        "the loss sees only numbers from 0 to 1 where it expects any logit: D's loss cannot fall under 1.006, and "
        "where D is sure the first sigmoid is flat, so that no gradient reaches G",
        "the sigmoid at D's end and the loss: binary_cross_entropy_with_logits wants D without one",
    ),
    "averaged before the log": (
        "where D is most wrong the sigmoid is flat, and the log that would make up for it comes too late: of a batch "
        "of fakes only the best get a gradient",
        "the order of mean and log: .log() first, then .mean(); best as binary_cross_entropy_with_logits",
    ),
    "BatchNorm over a mixed batch": (
        "D tells the two kinds apart by the company they keep; in G's turn the fakes come alone and are normalised in "
        "another way, so that what D has learned says nothing about them",
        "the torch.cat of real and fake in D's turn: call D twice",
    ),
    "clip before the step": (
        "the critic is used with weights that no clipping has seen: its slope has no bound",
        "the clipping: it comes after every optimizer_d.step()",
    ),
    "the same noise each step": (
        "G learns where to put these few latents, and nobody ever asks about all others",
        "the noise: draw it anew each time, and seed once, before the loop",
    ),
    "learning rate 100 times too large": (
        "a gradient says what a small change does; after a step as long as this nothing that D had learned holds",
        "lr of both optimisers",
    ),
}
"""The ten: what each does to the game, and where to look."""

ALSO = {
    "G's gradients not zeroed": (
        "every step follows all gradients since the start, not the present one",
        "optimizer_g.zero_grad() right before G's backward",
    ),
    "not finite": (
        "a weight that is infinite or not a number never comes back",
        "logarithms of sigmoids, learning rates",
    ),
}
"""Two that come along with them."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and the numbers that show it."""

    bug: str
    evidence: str

    @property
    def why(self) -> str:
        return {**BUGS, **ALSO}[self.bug][0]

    @property
    def where(self) -> str:
        return {**BUGS, **ALSO}[self.bug][1]
