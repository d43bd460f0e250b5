"""Exercises of lab 08: the fade between two levels, and when which level is trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.algorithms import progressive
from gan_lab.checks.verdict import Student, call, call_for_tensor, exercise, expect, refuse, same
from gan_lab.models.progressive import blend, double, halve

Fade = Callable[[Tensor, Tensor, float], Tensor]


def _wanted(old: Tensor, new: Tensor, alpha: float) -> Tensor:
    return blend(double(old), new, alpha)


def _zeros_between(old: Tensor) -> Tensor:
    wide = old.new_zeros(*old.shape[:2], 2 * old.shape[2], 2 * old.shape[3])
    wide[..., ::2, ::2] = old
    return wide


FADE_MISTAKES: list[tuple[str, Fade]] = [
    (
        "the weights are swapped: alpha is the share of the NEW path, 0 at the beginning of a fade",
        lambda old, new, a: _wanted(old, new, 1 - a),
    ),
    (
        "the old picture is laid out four times, as tiles: `repeat` copies the whole picture. Each PIXEL is to be "
        "repeated, as repeat_interleave or F.interpolate(mode='nearest') do",
        lambda old, new, a: blend(old.repeat(1, 1, 2, 2), new, a),
    ),
    (
        "the old picture is smoothed on its way up: the paper repeats each pixel (nearest neighbour)",
        lambda old, new, a: blend(
            F.interpolate(old, scale_factor=2.0, mode="bilinear", align_corners=False), new, a
        ),
    ),
    (
        "the old picture is smoothed on its way up: the paper repeats each pixel (nearest neighbour)",
        lambda old, new, a: blend(
            F.interpolate(old, scale_factor=2.0, mode="bilinear", align_corners=True), new, a
        ),
    ),
    (
        "the old picture has zeros between its pixels: each is to be repeated",
        lambda old, new, a: blend(_zeros_between(old), new, a),
    ),
    (
        "the new path comes in on top of the old one, which stays at full strength: it has to fade out by 1 - alpha",
        lambda old, new, a: double(old) + a * new,
    ),
    (
        "the old path fades out, but the new one is there at full strength from the start: weigh it by alpha",
        lambda old, new, a: (1 - a) * double(old) + new,
    ),
    (
        "this is the new picture alone: alpha has no effect",
        lambda old, new, a: new,
    ),
    (
        "this is the old picture alone: alpha has no effect",
        lambda old, new, a: double(old),
    ),
    (
        "both paths have one half at any alpha",
        lambda old, new, a: _wanted(old, new, 0.5),
    ),
    (
        "you switch from one to the other half-way: the change should come little by little",
        lambda old, new, a: new if a >= 0.5 else double(old),
    ),
    (
        "you blend old with the new picture's own half: that is how REAL images are faded. The generator's old path is "
        "a picture of its own",
        lambda old, new, a: blend(double(halve(new)), new, a),
    ),
]
"""What is often written instead, each with the reason that a student is told."""


@exercise
def fade(student: Student) -> str:
    """Checks ``fade(old, new, alpha)``: pictures ``(B, C, h, h)`` and ``(B, C, 2h, 2h)`` in, ``(B, C, 2h, 2h)`` out."""
    rng = torch.Generator().manual_seed(8)
    shapes = ((2, 3, 4, 4), (2, 3, 8, 8))
    old, new = (torch.randn(*s, generator=rng, dtype=torch.float64, requires_grad=True) for s in shapes)
    answers = {a: call_for_tensor(student, shapes[1], old, new, a) for a in (0.0, 0.25, 0.5, 0.8, 1.0)}

    def all_as(formula: Fade) -> bool:
        return all(same(got, formula(old, new, a)) for a, got in answers.items())

    if not all_as(_wanted):
        for reason, wrong in FADE_MISTAKES:
            if all_as(wrong):
                refuse(reason)
        at, got = next((a, got) for a, got in answers.items() if not same(got, _wanted(old, new, a)))
        off = float((got - _wanted(old, new, at)).abs().max().detach())
        refuse(
            f"at alpha = {at} a pixel is off by {off:.3f}: (1 - alpha) times the old picture, each pixel repeated "
            "twice in both directions, plus alpha times the new one"
        )
    _check_gradients(answers[0.25], old, new)
    return "alpha = 0 is the old picture, doubled; alpha = 1 the new one; and both paths learn in between"


def _check_gradients(answer: Tensor, old: Tensor, new: Tensor) -> None:
    for name, given, want in (("old", old, 4 * 0.75), ("new", new, 0.25)):
        got = None
        if answer.requires_grad:
            (got,) = torch.autograd.grad(answer.sum(), given, allow_unused=True, retain_graph=True)
        expect(
            got is not None and same(got, torch.full_like(given, want)),
            f"the value is right, but no gradient flows back to the {name} path: both are trained during the fade. Do "
            "not detach, and keep `.data` and no_grad out of it",
        )


# --- the schedule -------------------------------------------------------------------------------------------

Schedule = Callable[[int, int, int, int], tuple[int, float]]
RUNS = ((3, 20, 10), (4, 8, 24), (2, 10, 10))
"""Levels, images to fade a level in, and to train it."""


def _at_once(seen: int, levels: int, fade: int, stable: int) -> tuple[int, float]:
    """Levels come one after the other, without a fade."""
    return progressive.schedule(seen, levels, fade, stable)[0], 1.0


def _fade_at_first(seen: int, levels: int, fade: int, stable: int) -> tuple[int, float]:
    level, within = divmod(seen, fade + stable)
    return (levels - 1, 1.0) if level >= levels else (level, min(1.0, within / fade))


def _stable_then_fade(seen: int, levels: int, fade: int, stable: int) -> tuple[int, float]:
    """The fade of the next level is counted as the end of this one."""
    level, within = divmod(seen, fade + stable)
    if level >= levels:
        return levels - 1, 1.0
    return level, 1.0 if within < stable else 1 - (within - stable) / fade


def _slow(seen: int, levels: int, fade: int, stable: int) -> tuple[int, float]:
    """alpha grows over the fade and the training together."""
    level, within = divmod(seen + fade, fade + stable)
    return (levels - 1, 1.0) if level >= levels else (level, within / (fade + stable) if level else 1.0)


def _beyond_one(seen: int, levels: int, fade: int, stable: int) -> tuple[int, float]:
    """alpha is not held at 1."""
    level, within = divmod(seen + fade, fade + stable)
    return (levels - 1, 1.0) if level >= levels else (level, within / fade if level else 1.0)


def _change(how: Callable[[int, float], tuple[int, float]]) -> Schedule:
    return lambda *given: how(*progressive.schedule(*given))


SCHEDULE_MISTAKES: list[tuple[str, Schedule]] = [
    ("alpha is always 1: a new level is switched on at once, instead of being faded in", _at_once),
    (
        "alpha runs down: it is the share of the new path, so it grows from 0 to 1 in a fade",
        _change(lambda level, a: (level, 1 - a if a < 1 and level else a)),
    ),
    (
        "the first level is faded in, too: there is nothing below 4x4 pixels to fade from. It begins with `stable` "
        "images at alpha = 1",
        _fade_at_first,
    ),
    (
        "while a level is being faded in you return the level below it: level is the one that comes",
        _stable_then_fade,
    ),
    (
        "alpha grows over fade + stable images: it should be 1 after `fade` of them, and stay there",
        _slow,
    ),
    (
        "alpha goes on above 1 after its fade: it stays at 1 while the level is trained",
        _beyond_one,
    ),
    (
        "alpha is 0 outside the fades: once a level has been faded in, it is all there, alpha = 1",
        _change(lambda level, a: (level, a if a < 1 else 0.0)),
    ),
    ("levels are counted from 0: the first one, 4x4 pixels, is level 0", _change(lambda level, a: (level + 1, a))),
    ("you return pixels: level 0 has 4, level 1 has 8, and the level is asked for",
     _change(lambda level, a: (4 << level, a))),
    (
        "fade and stable are swapped",
        lambda seen, levels, fade, stable: progressive.schedule(seen, levels, stable, fade),
    ),
    (
        "after the last stage the level goes on growing: it stays at levels - 1, with alpha = 1",
        lambda seen, levels, fade, stable: progressive.schedule(seen, levels + 9, fade, stable),
    ),
]  # fmt: skip
"""What is often written instead, each with the reason that a student is told."""


@exercise
def schedule(student: Student) -> str:
    """Checks ``schedule(seen, levels, fade, stable)``: (level, alpha) after so many real images."""
    moments = [(seen, *run) for run in RUNS for seen in range(0, 2 * run[0] * (run[1] + run[2]), 2)]
    answers = [_answer(student, moment) for moment in moments]
    if not _all_as(answers, moments, progressive.schedule):
        for reason, wrong in SCHEDULE_MISTAKES:
            if _all_as(answers, moments, wrong):
                refuse(reason)
        _name_first(answers, moments)
    for seen in (0, 9, 10, 25):
        given = (seen, 3, 0, 10)
        want, got = progressive.schedule(*given), _answer(student, given)
        expect(
            _close(got, want),
            f"right with a fade; for fade = 0 {_told(given, got, want)}: a level comes at once",
        )
    return "4x4 alone, then fade and train, level by level, and the last for as long as one likes"


def _answer(student: Student, given: tuple[int, ...]) -> tuple[float, float]:
    answer = call(student, *given)
    told = "a pair is wanted, (level, alpha)"
    expect(answer is not None, f"your function returns nothing; {told}")
    expect(isinstance(answer, tuple | list) and len(answer) == 2, f"your function returns {answer!r}; {told}")
    try:
        return float(answer[0]), float(answer[1])
    except (TypeError, ValueError):
        refuse(f"your function returns {answer!r}; {told}, two numbers")


def _close(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] == b[0] and abs(a[1] - b[1]) < 1e-6


def _all_as(answers: list[tuple[float, float]], moments: list[Any], formula: Schedule) -> bool:
    return all(_close(got, formula(*moment)) for got, moment in zip(answers, moments))


def _told(given: tuple[int, ...], got: tuple[float, float], want: tuple[int, float]) -> str:
    seen, levels, fade, stable = given
    return (
        f"after {seen} images of {levels} levels (fade {fade}, stable {stable}) you say level {got[0]:g}, alpha "
        f"{got[1]:.3g}; it is level {want[0]}, alpha {want[1]:.3g}"
    )


def _name_first(answers: list[tuple[float, float]], moments: list[tuple[int, ...]]) -> None:
    for got, moment in zip(answers, moments):
        want = progressive.schedule(*moment)
        if not _close(got, want):
            refuse(_told(moment, got, want))
