"""What ten mistakes look like from outside, each a rule on what the stethoscope heard."""

from __future__ import annotations

import statistics
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_lab.checks.bugs import Finding
from gan_lab.checks.stethoscope import Stethoscope, Turn

LONG_STEP = 0.12
"""An update this long, in norms of the weights. For fresh networks Adam at 1e-3 makes one of 0.01, at 0.1 of 0.2."""


def examine(ear: Stethoscope, squashed: bool) -> tuple[list[Finding], list[str]]:
    """All findings, the most telling first, and remarks on what looks odd but is in order."""
    d_turns = [t for t in ear.turns if t.who == "D" and t.pulls]
    g_turns = [t for t in ear.turns if t.who == "G" and t.pulls]
    causes = [
        _left_in_g(ear.turns),
        _left_in_d(d_turns),
        _directions(d_turns, g_turns),
        _shape_of_loss(d_turns, squashed),
        _company(d_turns),
        _clipping(ear),
        _noise(ear),
    ]
    found = [f for f in causes if f]
    if not found:  # what diverges for another reason makes long steps, too
        found = [f for f in (_step_size(ear), _finite(ear.turns)) if f]
    return found, _notes(ear.turns, d_turns, g_turns)


def _left_in_g(turns: list[Turn]) -> Finding | None:
    """G's .grad was not empty when the gradient of its own turn came."""
    leaked, worst, count = 0.0, 0.0, 0
    for t in turns:
        if t.who == "D":
            leaked = max(leaked, t.own["G"])
        elif t.found["G"] > 1e-6 * t.own["G"]:
            worst, count = max(worst, t.found["G"] / max(t.own["G"], 1e-12)), count + 1
    if not count:
        return None
    bug = "detach removed and G's gradients not zeroed" if leaked else "G's gradients not zeroed"
    source = f", and D's backward had reached G (gradient of norm {leaked:.3g})" if leaked else ""
    return Finding(
        bug,
        f"in {count} of G's turns G.grad was not empty when its own gradient came: up to {worst:.3g} times as "
        f"long{source}",
    )


def _left_in_d(d_turns: list[Turn]) -> Finding | None:
    shares = [t.found["D"] / max(t.own["D"], 1e-12) for t in d_turns]
    dirty = [s for s in shares if s > 1e-6]
    if not dirty:
        return None
    return Finding(
        "G's backward left in D.grad",
        f"in {len(dirty)} of {len(shares)} updates of D its .grad was not empty when its own gradient came: up to "
        f"{max(dirty):.3g} times as long",
    )


def _sense(turns: list[Turn], fake: bool) -> int:
    """+1 if the turns' losses ask D for larger outputs on these examples, -1 for smaller, 0 if they do not agree."""
    sums = [-t.side(fake)[1].sum().item() for t in turns if len(t.side(fake)[1])]
    up, down = sum(s > 0 for s in sums), sum(s < 0 for s in sums)
    return 0 if up + down == 0 or 0.2 < up / (up + down) < 0.8 else (1 if up > down else -1)


def _directions(d_turns: list[Turn], g_turns: list[Turn]) -> Finding | None:
    """Who pulls D's answers where: G has to pull the fakes' against D."""
    real, fake, g = _sense(d_turns, False), _sense(d_turns, True), _sense(g_turns, True)
    if real * fake != -1 or g != fake:
        return None
    word = {1: "up", -1: "down"}
    evidence = (
        f"D's loss pulls D's output {word[real]} on real data and {word[fake]} on fakes, and G's loss pulls it "
        f"{word[g]} on fakes, too: the same way, not against it"
    )
    return Finding("sign flip in G" if real == 1 else "labels swapped in D only", evidence)


def _residual(pulls: Tensor, shape: Tensor) -> float:
    """How far the pulls are from a multiple of a candidate's, as a share of their norm."""
    scale = (pulls @ shape) / (shape @ shape).clamp_min(1e-300)
    return ((pulls - scale * shape).norm() / pulls.norm().clamp_min(1e-300)).item() if scale > 0 else 1.0


def _shapes(r: Tensor, f: Tensor, squashed: bool) -> dict[str, Tensor]:
    """The gradient of known losses by D's outputs on real data and fakes, those of real data first."""
    r, f = r.detach().requires_grad_(), f.detach().requires_grad_()
    p, q = (r, f) if squashed else (r.sigmoid(), f.sigmoid())
    losses = {
        "cross-entropy": -p.log().mean() - (1 - q).log().mean(),
        "least squares": (1 - r).square().mean() + f.square().mean(),
        "wasserstein": f.mean() - r.mean(),
        "averaged before the log": -p.mean().log() - (1 - q).mean().log(),
        "sigmoid twice": F.softplus(-p).mean() + F.softplus(q).mean(),
    }
    return {
        name: torch.cat(torch.autograd.grad(loss, (r, f), retain_graph=True)) for name, loss in losses.items()
    }


def _shape_of_loss(d_turns: list[Turn], squashed: bool) -> Finding | None:
    """Which loss D minimises is told by how its gradient depends on D's own outputs."""
    swapped = _sense(d_turns, False) == -1 and _sense(d_turns, True) == 1
    votes: list[tuple[str, float, float]] = []
    for t in d_turns:
        (r, r_pull), (f, f_pull) = t.side(fake=swapped), t.side(fake=not swapped)
        if not len(r) or not len(f) or not bool(torch.isfinite(r).all() and torch.isfinite(f).all()):
            continue
        pulls = torch.cat([r_pull, f_pull])
        fits = {name: _residual(pulls, shape) for name, shape in _shapes(r, f, squashed).items()}
        best = min(fits, key=lambda name: fits[name] if fits[name] == fits[name] else 2.0)
        if fits[best] < 1e-3:
            votes.append((best, fits[best], fits["cross-entropy"]))
    for bug in ("sigmoid twice", "averaged before the log"):
        agree = [v for v in votes if v[0] == bug]
        if len(agree) > len(d_turns) / 2:
            fit, usual = statistics.median(v[1] for v in agree), statistics.median(v[2] for v in agree)
            known = "D's outputs lie between 0 and 1 whatever its weights; " if squashed else ""
            kind = (
                "takes a sigmoid of D once more"
                if bug == "sigmoid twice"
                else "takes the mean of D before the log"
            )
            return Finding(
                bug,
                f"{known}the gradient at D's outputs fits a loss that {kind}, to {fit:.0e} of its length, and misses "
                f"the cross-entropy's by {usual:.0%}",
            )
    return None


def always_a_probability(ear: Stethoscope, net: nn.Module) -> bool:
    """Whether D answers between 0 and 1 even with random weights: five draws, on the last examples it saw."""
    if ear.last_seen is None:
        return False
    inside = True
    kept = {name: value.clone() for name, value in net.state_dict().items()}
    with torch.no_grad(), ear.silence():
        for _ in range(5):
            for p in net.parameters():
                p.normal_()
            out = net(*ear.last_seen)
            inside = inside and bool(((out >= 0) & (out <= 1)).all())
    net.load_state_dict(kept)
    return inside


def _company(d_turns: list[Turn]) -> Finding | None:
    moves = [call.company for t in d_turns for call, _ in t.pulls if call.company is not None]
    if not moves or statistics.median(moves) < 1e-2:
        return None
    return Finding(
        "BatchNorm over a mixed batch",
        f"D gets real and fake in one batch, and its output on a real example moves by up to {max(moves):.2g} "
        "standard deviations when the fakes are left out",
    )


def _clipping(ear: Stethoscope) -> Finding | None:
    if ear.bound is None:
        return None
    used = [t.largest_used for t in ear.turns if t.largest_used]
    beyond = [u for u in used if u > ear.bound * (1 + 1e-4)]
    if not beyond:
        return None
    return Finding(
        "clip before the step",
        f"the critic's weights are clipped to {ear.bound:.3g}, but in {len(beyond)} of {len(used)} turns it is used "
        f"with weights beyond that, up to {max(beyond):.3g}",
    )


def _noise(ear: Stethoscope) -> Finding | None:
    """The very same noise made the fakes of one iteration and of the next."""
    heard = [n for n in ear.noise if n]
    again = sum(bool(a & b) for a, b in pairwise(heard))
    if not again or again < (len(heard) - 1) / 2:
        return None
    return Finding(
        "the same noise each step",
        f"in {again} of {len(heard) - 1} iterations G got, number by number, the noise of the one before",
    )


def _step_size(ear: Stethoscope) -> Finding | None:
    """Left out for a clipped critic: there c says how far a weight can go, and steps of the size of c are common."""
    for who in "DG" if ear.bound is None else "G":
        steps = [t.relative_step for t in ear.turns if t.who == who and t.finite]
        if steps and statistics.median(steps) > LONG_STEP:
            return Finding(
                "learning rate 100 times too large",
                f"one update of {who} changes its weights by {statistics.median(steps):.0%} of their norm (the median "
                f"of {len(steps)}); 1% is usual",
            )
    return None


def _finite(turns: list[Turn]) -> Finding | None:
    if all(t.finite for t in turns):
        return None
    return Finding("not finite", f"after update {len(turns)}, {turns[-1].who}'s, some weights are no numbers")


def _notes(turns: list[Turn], d_turns: list[Turn], g_turns: list[Turn]) -> list[str]:
    notes = []
    leaked = [t.own["G"] for t in turns if t.who == "D" and t.own["G"]]
    if leaked:
        notes.append(
            f"D's backward reaches G, too (gradient of norm {max(leaked):.3g}), but it is cleared before G's own "
            "comes: only time is lost"
        )
    if _sense(d_turns, False) == -1 and _sense(d_turns, True) == 1 and _sense(g_turns, True) == -1:
        notes.append(
            "D answers low for real and high for fake, and G knows it: as good as the other way round"
        )
    if {True, False} <= set().union(*(t.d_training for t in turns)):
        notes.append(
            "D changes between train and eval mode: of no account unless it has BatchNorm or dropout"
        )
    return notes
