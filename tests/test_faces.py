"""Faces: the same for the same factors, at every size and from every side; drawn as their text says."""

from __future__ import annotations

import json

import pytest
import torch
import torch.nn.functional as F

from gan_lab import data
from gan_lab.data import faces
from gan_lab.data.ages import AgedFaces
from gan_lab.data.faces import CLASSES, LABELS, NAMES, RANGES, STYLES, FaceStream, Factors
from gan_lab.data.faces import stream as faces_stream


@pytest.fixture(scope="module")
def some():
    return faces.sample(48, seed=3)


@pytest.fixture(scope="module")
def many():
    return faces.sample(20_000, seed=1)


def test_the_same_seed_gives_the_same_faces_and_another_others(some):
    again = faces.sample(48, seed=3)
    assert all(torch.equal(getattr(some, name), getattr(again, name)) for name in NAMES)
    assert torch.equal(faces.render(some, 32), faces.render(again, 32))
    assert not torch.equal(some.age, faces.sample(48, seed=4).age)


def test_a_face_does_not_depend_on_its_company(some):
    assert torch.allclose(faces.render(some, 64)[5:7], faces.render(some[5:7], 64), atol=1e-5)


@pytest.mark.parametrize("size", [4, 5, 31, 64, 128])
def test_shapes_and_ranges(some, size):
    few = some[:3]
    pictures = [faces.render(few, size), *(faces.restyle(few, size, style) for style in STYLES)]
    lines, labels = faces.edges(few, size), faces.label_map(few, size)
    assert all(x.shape == (3, 3, size, size) for x in pictures)
    assert lines.shape == (3, 1, size, size)
    assert labels.shape == (3, size, size)
    assert labels.dtype == torch.int64
    assert all(x.dtype == torch.float32 for x in [*pictures, lines])
    assert all(x.min() >= -1 and x.max() <= 1 for x in [*pictures, lines])


@pytest.mark.parametrize(("small", "large"), [(4, 64), (16, 64), (32, 64), (64, 128), (48, 96)])
def test_the_same_face_at_every_size(some, small, large):
    pooled = F.avg_pool2d(faces.render(some, large), large // small)
    apart = (pooled - faces.render(some, small)).abs()
    assert apart.mean() < 0.02
    assert apart.amax((1, 2, 3)).mean() < 0.5  # one pixel on a thin line, on average
    others = (pooled - faces.render(some, small).roll(1, 0)).abs()
    assert others.mean() > 5 * apart.mean()


def test_gradients_reach_every_continuous_factor(some):
    tracked = some[:]
    for name in RANGES:
        setattr(tracked, name, getattr(some, name).clone().requires_grad_())
    picture = faces.render(tracked, 32)
    assert torch.allclose(picture, faces.render(some, 32), atol=1e-5)
    (picture * torch.linspace(-1, 1, 32)).square().sum().backward()
    for name in RANGES:
        gradient = getattr(tracked, name).grad
        assert torch.isfinite(gradient).all(), name
        assert gradient.abs().mean() > 1e-3, name


def test_the_gradient_is_the_slope():
    moved, h = faces.sample(16, 0).replace(smile=0.7, age=0.4), 1e-3
    for name in ("smile", "age"):
        value = getattr(moved, name)
        up, down = (faces.render(moved.replace(**{name: value + k * h}), 64).double() for k in (1, -1))
        slope = (up - down) / (2 * h)
        tracked = moved[:]
        setattr(tracked, name, value.clone().requires_grad_())
        (faces.render(tracked, 64) * slope).sum().backward()
        assert torch.allclose(getattr(tracked, name).grad.double(), slope.square().sum((1, 2, 3)), rtol=0.1)


def test_marginals_of_the_continuous_factors(many):
    for name in set(RANGES) - {"smile", "hair_colour", "eye_colour"}:
        low, high = RANGES[name]
        quartiles = torch.quantile(getattr(many, name), torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0]))
        wanted = low + (high - low) * torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0])
        assert torch.allclose(quartiles, wanted, atol=0.02 * (high - low)), name
    assert many.smile.mean().item() == pytest.approx(0.2, abs=0.02)
    for name in ("hair_colour", "eye_colour"):
        assert (getattr(many, name) <= 1 - 0.8 * many.skin).all()
        assert getattr(many, name).mean().item() == pytest.approx(0.3, abs=0.01)


def test_classes_follow_the_text(many):
    bearded = 0.75 * (1.6 - 2.4 * many.feminine).clamp(0, 1) * (10 * many.age - 2).clamp(0, 1)
    assert ((many.facial_hair > 0).float() - bearded).mean().abs() < 0.01
    assert (many.facial_hair == 1).sum() / (many.facial_hair > 0).sum() == pytest.approx(0.4, abs=0.03)
    assert not (many.facial_hair > 0)[(many.age < 0.2) | (many.feminine > 0.67)].any()
    old, young = many.age > 0.8, many.age < 0.2
    assert (many.glasses[old] > 0).float().mean().item() == pytest.approx(0.25 + 0.3 * 0.9, abs=0.03)
    assert (many.glasses[young] > 0).float().mean().item() == pytest.approx(0.25 + 0.3 * 0.1, abs=0.03)
    assert torch.bincount(many.hat).div(20_000).tolist() == pytest.approx([0.75, 0.125, 0.125], abs=0.015)
    grown = many.age > 0.25
    shares = [torch.bincount(many.hair[part & grown], minlength=6) / (part & grown).sum() for part in
              (many.feminine < 0.1, many.feminine > 0.9)]  # fmt: skip
    mixed = torch.lerp(*torch.tensor([faces.factors.MASCULINE_HAIR, faces.factors.FEMININE_HAIR]), 0.05)
    assert shares[0].tolist() == pytest.approx(mixed.tolist(), abs=0.04)
    assert not (many.hair == 0)[many.age < 0.25].any()


def test_every_class_is_drawn_and_labelled():
    labels = faces.label_map(faces.sample(64, 0), 64)
    assert sorted(labels.unique().tolist()) == list(range(len(LABELS)))
    assert len(faces.LABEL_COLOURS) == len(LABELS)
    plain = faces.sample(16, 0).replace(glasses="none", hat="none", facial_hair="none")
    drawn = {LABELS[k] for k in faces.label_map(plain, 64).unique().tolist()}
    assert drawn == set(LABELS) - {"glasses", "hat", "facial hair"}


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_changes_every_face(some, name):
    versions = [faces.render(some.replace(**{name: word}), 64) for word in CLASSES[name]]
    for i, a in enumerate(versions):
        for b in versions[:i]:
            assert ((a - b).abs().amax(1) > 0.1).sum((1, 2)).min() >= 12  # pixels that differ visibly


def test_lines_do_not_know_the_colours(some):
    other = some.replace(clothes=0.5, background=0.1, hair_colour=0.0, eye_colour=1.0, skin=0.2)
    assert torch.equal(faces.edges(some, 64), faces.edges(other, 64))
    assert torch.equal(faces.label_map(some, 64), faces.label_map(other, 64))
    grey = faces.restyle(some, 32, "pencil")
    assert torch.equal(grey[:, 0], grey[:, 2])


def test_night_is_darker_and_bluer(some):
    day, night = faces.render(some, 64), faces.restyle(some, 64, "night")
    assert night.mean() < day.mean() - 0.5
    assert night[:, 2].mean() > night[:, 0].mean() + 0.1


def test_factors_can_be_picked_replaced_stacked_and_told(some):
    assert len(some[2:5]) == 3
    assert torch.equal(some[some.hat > 0].hat, some.hat[some.hat > 0])
    smiling = some.replace(smile=1.0, hat="cap")
    assert smiling.smile.eq(1).all()
    assert smiling.hat.dtype == torch.int64
    assert torch.equal(smiling.age, some.age)
    assert some.stack(("age", "hat")).shape == (48, 2)
    assert some.stack().shape == (48, len(RANGES))
    back = Factors.of(some.table())
    assert all(torch.equal(getattr(back, name), getattr(some, name)) for name in NAMES)
    told = json.loads(json.dumps(some.describe()))
    assert told[7]["hair"] == CLASSES["hair"][some.hair[7]]
    assert told[7]["age"] == pytest.approx(some.age[7].item())
    assert torch.equal(some[:2].repeat(3).age, some.age[[0, 0, 0, 1, 1, 1]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: faces.render(f, 3), "size is 3; it must be"),
        (lambda f: faces.edges(f, 129), "size is 129; faces are drawn at 4 to 128"),
        (lambda f: faces.restyle(f, 64, "oil"), "no style 'oil'; there are: night, pencil, mosaic"),
        (lambda f: f.replace(age=1.5), r"age is 1.5 to 1.5; it must lie in 0 to 1"),
        (lambda f: f.replace(hat=3), r"hat is 3 to 3; it must lie in 0 to 2 \(none, beanie, cap\)"),
        (lambda f: f.replace(hat="fez"), "hat cannot be 'fez'; allowed: none, beanie, cap"),
        (lambda f: f.replace(ears=1), "no factor 'ears'; there are: age, "),
        (lambda f: f.replace(age=float("nan")), "age is nan"),
        (lambda f: FaceStream(64, "val"), "no split 'val'; it has: train, test"),
        (lambda f: data.load("faces", size=256), "size is 256"),
        (lambda f: data.load("faces", channels=1), "channels is 1, it must be 3"),
    ],
)
def test_what_is_refused(some, call, message):
    with pytest.raises(ValueError, match=message):
        call(some)


def test_drawing_refuses_what_is_out_of_range(some):
    odd = some[:]
    odd.smile = some.smile + 1.5
    for draw in (faces.render, faces.edges, faces.label_map, faces.restyle):
        with pytest.raises(ValueError, match=r"smile is .* to 2.*; it must lie in -1 to 1"):
            draw(odd, 16)


def test_the_stream_is_a_pure_function_of_its_index():
    stream = data.load("faces", size=16)
    assert isinstance(stream, FaceStream)
    assert (stream.size, stream.channels, stream.name) == (16, 3, "faces")
    first, second = stream.batches(5, seed=2)(7), data.load("faces", size=16).batch(7, 5, 2)
    assert torch.equal(first.x, second.x)
    assert first.y is None
    assert first.x.shape == (5, 3, 16, 16)
    for other in (
        stream.batch(8, 5, 2),
        stream.batch(7, 5, 3),
        data.load("faces", size=16, split="test").batch(7, 5, 2),
    ):
        assert not torch.isclose(first.x, other.x).all((1, 2, 3)).any()


def test_the_stream_tells_its_factors():
    stream = FaceStream(32, labelled=True)
    batch, factors = stream.batch(3, 4, 1), stream.factors(3, 4, 1)
    assert torch.equal(batch.y, factors.table())
    assert torch.equal(batch.x, faces.render(factors, 32))


def test_drawing_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    FaceStream(8).batch(0, 2)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("kind", [FaceStream, AgedFaces])
def test_what_is_drawn_ahead_is_what_would_be_drawn_alone(kind, monkeypatch):
    stream, mapped = kind(16), FaceStream(16, mapped=True)
    alone = [(stream.batch(i, 6, 3), mapped.batch(i, 6, 3)) for i in (0, 4, 5, 11)]
    monkeypatch.setitem(faces_stream.AHEAD, "cpu", 32)
    for i, (one, map_one) in zip((0, 4, 5, 11), alone, strict=True):
        assert torch.allclose(stream.batch(i, 6, 3).x, one.x, atol=1e-6)
        assert torch.equal(mapped.batch(i, 6, 3).y, map_one.y)
        assert one.y is None or torch.equal(stream.batch(i, 6, 3).y, one.y)
    with pytest.raises(ValueError, match="i"):
        stream.batch(-1, 6)


@pytest.mark.gpu
def test_on_a_gpu_faces_are_those_of_their_factors():
    stream = FaceStream(32, device="cuda")
    for i in (0, 7, 300):
        assert torch.allclose(stream.batch(i, 16).x, faces.render(stream.factors(i, 16), 32), atol=1e-5)
