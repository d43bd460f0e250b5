"""The checks of lab 08 accept what is right, however it is written, and say why the rest is wrong."""

from math import isclose

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_lab.checks import lab08


def nearest(old):
    return F.interpolate(old, scale_factor=2)


def blended(up, first=lambda a: 1 - a, second=lambda a: a):
    return lambda old, new, alpha: first(alpha) * up(old) + second(alpha) * new


def sparse(old):
    wide = torch.zeros(*old.shape[:2], 2 * old.shape[2], 2 * old.shape[3], dtype=old.dtype)
    wide[..., ::2, ::2] = old
    return wide


RIGHT_FADES = {
    "interpolate": blended(nearest),
    "repeat_interleave": blended(lambda x: x.repeat_interleave(2, 2).repeat_interleave(2, 3)),
    "Upsample": blended(nn.Upsample(scale_factor=2)),
    "kron": blended(lambda x: torch.kron(x, torch.ones(2, 2, dtype=x.dtype))),
    "lerp": lambda old, new, alpha: torch.lerp(nearest(old), new, alpha),
}
WRONG_FADES = {
    "the weights are swapped": blended(nearest, lambda a: a, lambda a: 1 - a),
    "as tiles": blended(lambda x: x.repeat(1, 1, 2, 2)),
    "smoothed": blended(lambda x: F.interpolate(x, scale_factor=2, mode="bilinear")),
    "zeros between": blended(sparse),
    "stays at full strength": blended(nearest, lambda a: 1),
    "at full strength from the start": blended(nearest, second=lambda a: 1),
    "the new picture alone": lambda old, new, alpha: new * 1.0,
    "the old picture alone": lambda old, new, alpha: nearest(old),
    "one half at any alpha": blended(nearest, lambda a: 0.5, lambda a: 0.5),
    "you switch": lambda old, new, alpha: nearest(old) if alpha < 0.5 else new,
    "how REAL images are faded": lambda old, new, alpha: blended(nearest)(F.avg_pool2d(new, 2), new, alpha),
    "back to the old path": blended(lambda x: nearest(x.detach())),
    "back to the new path": lambda old, new, alpha: blended(nearest)(old, new.detach(), alpha),
    "a pixel is off by": blended(nearest, lambda a: (1 - a) ** 0.5, lambda a: a**0.5),
    "RuntimeError in its line": lambda old, new, alpha: (1 - alpha) * old + alpha * new,
    "shape (2, 3, 8, 8) is wanted": lambda old, new, alpha: (1 - alpha) * old + alpha * F.avg_pool2d(new, 2),
    "`return": lambda old, new, alpha: print(end=""),
}


@pytest.mark.parametrize("name", RIGHT_FADES)
def test_other_ways_to_fade_are_correct(name):
    verdict = lab08.fade(RIGHT_FADES[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_FADES)
def test_wrong_fade_is_refused_with_its_reason(reason):
    verdict = lab08.fade(WRONG_FADES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_smoothing_is_refused_with_aligned_corners_too():
    up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
    assert "smoothed" in lab08.fade(blended(up)).message


# --- the schedule -------------------------------------------------------------------------------------------


def by_walking(seen, levels, fade, stable):
    """Stage after stage, as one would tell it."""
    seen -= stable
    level, alpha = 0, 1.0
    while seen >= 0 and level < levels - 1:
        level += 1
        if seen < fade:
            return level, seen / fade
        seen -= fade + stable
    return level, alpha


def changed(change):
    return lambda seen, levels, fade, stable: change(*by_walking(seen, levels, fade, stable))


def first_faded(seen, levels, fade, stable):
    level, rest = seen // (fade + stable), seen % (fade + stable)
    return (level, min(rest / fade, 1)) if level < levels else (levels - 1, 1)


def level_below(seen, levels, fade, stable):
    level, rest = seen // (fade + stable), seen % (fade + stable)
    if level >= levels:
        return levels - 1, 1
    return level, 1 if rest < stable else (fade + stable - rest) / fade


def over_both(seen, levels, fade, stable):
    level, rest = divmod(seen + fade, fade + stable)
    return (levels - 1, 1) if level >= levels else (level, rest / (fade + stable) if level else 1)


def beyond_one(seen, levels, fade, stable):
    level, rest = divmod(seen + fade, fade + stable)
    return (levels - 1, 1) if level >= levels else (level, rest / fade if level else 1)


RIGHT_SCHEDULES = {"by walking": by_walking, "a list": lambda *given: list(by_walking(*given))}
WRONG_SCHEDULES = {
    "switched on at once": changed(lambda level, a: (level, 1)),
    "alpha runs down": changed(lambda level, a: (level, 1 - a if a < 1 else 1)),
    "the first level is faded in": first_faded,
    "the level below it": level_below,
    "over fade + stable images": over_both,
    "on above 1": beyond_one,
    "alpha is 0 outside": changed(lambda level, a: (level, a % 1)),
    "counted from 0": changed(lambda level, a: (level + 1, a)),
    "you return pixels": changed(lambda level, a: (4 * 2**level, a)),
    "fade and stable are swapped": lambda n, levels, fade, stable: by_walking(n, levels, stable, fade),
    "goes on growing": lambda n, levels, fade, stable: by_walking(n, levels + 20, fade, stable),
    "for fade = 0": lambda n, levels, fade, stable: by_walking(n, levels, max(fade, 4), stable),
    "you say level 0": lambda n, levels, fade, stable: by_walking(max(0, n - 4), levels, fade, stable),
    "ZeroDivisionError": lambda n, levels, fade, stable: (by_walking(n, levels, fade, stable), 1 / fade)[0],
    "returns nothing": lambda *given: print(end=""),
    "a pair is wanted": lambda *given: by_walking(*given)[0],
    "two numbers": lambda *given: ("4-fade", by_walking(*given)[1]),
}


@pytest.mark.parametrize("name", RIGHT_SCHEDULES)
def test_right_schedule_is_correct(name):
    verdict = lab08.schedule(RIGHT_SCHEDULES[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_SCHEDULES)
def test_wrong_schedule_is_refused_with_its_reason(reason):
    verdict = lab08.schedule(WRONG_SCHEDULES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_mistakes_are_told_apart():
    moments = [(n, *run) for run in lab08.RUNS for n in range(0, 2 * run[0] * (run[1] + run[2]), 2)]
    formulas = [by_walking] + [wrong for _, wrong in lab08.SCHEDULE_MISTAKES]
    answers = [[tuple(map(float, f(*m))) for m in moments] for f in formulas]
    for i, a in enumerate(answers):
        for b in answers[:i]:
            assert not all(x[0] == y[0] and isclose(x[1], y[1]) for x, y in zip(a, b)), i
