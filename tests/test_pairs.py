"""Pairs and domains: what belongs together does, what must not does not, and what is no pair is refused by name."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from PIL import Image

from gan_lab import data
from gan_lab.data import FacePairs, faces
from gan_lab.data.pair_set import PairSet, jittered
from gan_lab.data.pairs import BLOCK, DRAWN, TOGETHER, drawn


def plain(path: Path, colour: str, size: tuple[int, int] = (16, 16)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


def beside(path: Path, left: str, right: str, side: int = 16) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (2 * side, side), left)
    picture.paste(right, (side, 0, 2 * side, side))
    picture.save(path)


def red(x) -> list[int]:
    """The red of each picture's middle, 0 to 255."""
    return data.to_uint8(x)[:, 0, x.shape[2] // 2, x.shape[3] // 2].tolist()


@pytest.mark.parametrize("name", DRAWN)
def test_a_pair_is_one_face_drawn_in_two_ways(name):
    batch = FacePairs(name, 16).batch(0, 4)
    factors = data.FaceStream(16).factors(0, BLOCK)[:4]
    day = faces.render(factors, 16)
    other = {
        "edges-faces": faces.edges(factors, 16).expand(-1, 3, -1, -1),
        "labels-faces": faces.coloured(faces.label_map(factors, 16)),
        "day-night": faces.restyle(factors, 16, "night"),
        "pencil": faces.restyle(factors, 16, "pencil"),
    }[name]
    x, y = (other, day) if name.endswith("-faces") else (day, other)
    assert torch.allclose(batch.x, x, atol=1e-6)
    assert torch.allclose(batch.y, y, atol=1e-6)
    back = FacePairs(name, 16, direction="BtoA").batch(0, 4)
    assert torch.equal(back.x, batch.y)
    assert torch.equal(back.y, batch.x)


@pytest.mark.parametrize("name", ["labels-faces", "pencil"])
def test_examples_do_not_depend_on_how_many_blocks_are_drawn_together(name, monkeypatch):
    pairs = FacePairs(name, 8)
    alone = [pairs.batch(i, 24, 2) for i in range(6)]
    drawn.cache_clear()
    monkeypatch.setitem(TOGETHER, "cpu", 2)
    for i, batch in enumerate(alone):
        again = pairs.batch(i, 24, 2)
        assert torch.allclose(again.x, batch.x, atol=1e-6)
        assert torch.allclose(again.y, batch.y, atol=1e-6)
    drawn.cache_clear()


def test_examples_do_not_depend_on_the_size_of_the_minibatch():
    """One endless row of faces, cut into pieces, also across the blocks in which they are drawn."""
    pairs = FacePairs("pencil", 8)
    row = pairs.batch(0, 3 * BLOCK)
    for n in (1, 5, 40):
        for i in (0, 1, (BLOCK - 1) // n, 2 * BLOCK // n):
            piece = pairs.batch(i, n, 0)
            assert torch.equal(piece.x, row.x[i * n : (i + 1) * n]) or (i + 1) * n > len(row)
            assert torch.equal(piece.y, row.y[i * n : (i + 1) * n]) or (i + 1) * n > len(row)
    assert not torch.equal(pairs.batch(0, 2, seed=1).x, row.x[:2])
    piece = pairs.batch(0, 2)
    piece.x.zero_()
    assert torch.equal(pairs.batch(0, 2).x, row.x[:2]), "nobody can write into a block"


def test_without_pairs_no_two_belong_together():
    apart, together = (FacePairs("day-night", 16, paired=p).batch(0, 8) for p in (False, True))
    assert torch.equal(apart.x, together.x)
    assert not any(torch.equal(y, truth) for y in apart.y for truth in together.y)
    known = FacePairs("day-night", 16, paired=False).examples(3)
    truth = FacePairs("day-night", 16, "test").batch(0, 3)
    assert torch.equal(known.x, truth.x)
    assert torch.equal(known.y, truth.y)
    assert not torch.equal(known.x, together.x[:3]), "examples are of the test stream"


def test_label_maps_come_with_faces_and_colours_name_them():
    batch = data.FaceStream(16, mapped=True).batch(0, 3)
    assert batch.y.dtype == torch.int64
    assert batch.y.shape == (3, 16, 16)
    colours = faces.coloured(torch.arange(len(faces.LABELS)).view(1, 1, -1))[0, :, 0].T
    assert len({tuple(c.tolist()) for c in colours}) == len(faces.LABELS)
    assert colours[1].tolist() == pytest.approx([-1, 2 * 0x72 / 255 - 1, 2 * 0xB2 / 255 - 1])


@pytest.mark.parametrize("zipped", [False, True])
def test_side_by_side_in_either_direction(tmp_path, zipped):
    for k in range(4):
        beside(tmp_path / "set" / "train" / f"{k}.png", f"rgb({40 * k},0,0)", f"rgb({40 * k + 20},0,0)")
    beside(tmp_path / "set" / "val" / "0.png", "rgb(250,0,0)", "rgb(251,0,0)")
    path = tmp_path / "set"
    if zipped:
        path = tmp_path / "set.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in (tmp_path / "set").rglob("*.png"):
                archive.write(file, file.relative_to(tmp_path))
    pairs = data.load_pairs(path, 16)
    batch = pairs.batch(0, 4)
    assert batch.x.shape == batch.y.shape == (4, 3, 16, 16)
    assert sorted(red(batch.x)) == [0, 40, 80, 120]
    assert red(batch.y) == [r + 20 for r in red(batch.x)]
    back = data.load_pairs(path, 16, direction="BtoA").batch(0, 4)
    assert red(back.x) == red(batch.y)
    assert red(data.load_pairs(path, 16, split="val").examples(9).y) == [251]
    strangers = data.load_pairs(path, 16, paired=False)
    assert any(
        b - a != 20
        for i in range(4)
        for a, b in zip(red(strangers.batch(i, 4).x), red(strangers.batch(i, 4).y))
    )


@pytest.mark.parametrize("names", [("trainA", "trainB"), ("A", "B")])
def test_two_folders_by_name(tmp_path, names):
    for k, name in enumerate(("9", "10", "11")):
        plain(tmp_path / names[0] / f"{name}.png", f"rgb({10 * k},0,0)")
        plain(tmp_path / names[1] / f"{name}.jpg", f"rgb({100 + 10 * k},0,0)")
    paired = data.load_pairs(tmp_path, 16)
    batch = paired.batch(0, 3)
    assert all(abs(b - a - 100) < 4 for a, b in zip(red(batch.x), red(batch.y), strict=True))
    plain(tmp_path / names[1] / "12.png", "rgb(250,0,0)")
    unpaired = data.load_pairs(tmp_path, 16, paired=False)
    assert (len(unpaired.a), len(unpaired.b)) == (3, 4)
    assert sorted(red(unpaired.batch(0, 3).x)) == [0, 10, 20]


def test_training_pictures_are_jittered_alike_and_the_others_not(tmp_path):
    along = torch.arange(18, dtype=torch.uint8)
    images = (10 * along[None, :] + along[:, None]).expand(300, 3, 18, 18).contiguous()
    pairs = PairSet("ramp", images, images, 16, paired=True)
    batch = pairs.batch(0, 300)
    assert torch.equal(batch.x, batch.y)
    assert torch.equal(batch.x, pairs.batch(0, 300).x)
    corners = {tuple(data.to_uint8(x)[0, 0, [0, -1]].tolist()) for x in batch.x}
    rises = {right > left for left, right in corners}
    assert len(corners) == 18  # three rows, three columns, both ways round
    assert rises == {True, False}
    assert torch.equal(jittered(images[:2], 18, torch.Generator()), data.to_float(images[:2]))
    plain(tmp_path / "train" / "a.png", "red", (32, 16))
    plain(tmp_path / "test" / "a.png", "red", (32, 16))
    assert data.load_pairs(tmp_path, 64).a.shape[-1] == 72
    assert data.load_pairs(tmp_path, 64, "test").a.shape[-1] == 64


def refused(says: str, *arguments, **options) -> None:
    with pytest.raises(ValueError, match=says):
        data.load_pairs(*arguments, **options)


def test_an_odd_width_is_refused_by_name(tmp_path):
    beside(tmp_path / "good.png", "red", "blue")
    plain(tmp_path / "bad.png", "red", (33, 16))
    refused(r"bad.png \(its width of 33 is odd: .* equally wide\)", tmp_path, 16)
    with pytest.warns(UserWarning, match="bad.png"):
        left = data.load_pairs(tmp_path, 16, skip_broken=True)
    assert (len(left), left.skipped) == (1, 1)


def test_an_empty_domain_is_refused_by_name(tmp_path):
    plain(tmp_path / "trainA" / "1.png", "red")
    (tmp_path / "trainB").mkdir()
    (tmp_path / "trainB" / "notes.txt").write_text("soon")
    refused("no picture in a folder trainB; there are: trainA with 1", tmp_path, 16, paired=False)
    plain(tmp_path / "trainB" / "1.png", "blue")
    refused("no picture in a folder testA", tmp_path, 16, "test")
    with pytest.raises(ValueError, match="0 and 2 pictures: it needs a picture in either"):
        PairSet("half", torch.zeros(0, 3, 8, 8), torch.zeros(2, 3, 8, 8), 8, paired=False)


def test_pairs_of_unequal_number_name_or_size_are_refused(tmp_path):
    plain(tmp_path / "trainA" / "1.png", "red")
    plain(tmp_path / "trainA" / "2.png", "red")
    plain(tmp_path / "trainB" / "1.png", "blue")
    refused("trainA has 2 pictures and trainB 1: pairs need as many", tmp_path, 16)
    plain(tmp_path / "trainB" / "3.png", "blue")
    refused("trainA/2.png and trainB/3.png have other names", tmp_path, 16)
    (tmp_path / "trainB" / "3.png").unlink()
    plain(tmp_path / "trainB" / "2.png", "blue", (16, 20))
    refused(r"trainA/2.png and trainB/2.png have 16 x 16 and 16 x 20 pixels", tmp_path, 16)
    assert len(data.load_pairs(tmp_path, 16, paired=False)) == 2


def test_a_broken_picture_takes_its_partner_with_it(tmp_path):
    for k in range(3):
        plain(tmp_path / "A" / f"{k}.png", f"rgb({k},0,0)")
        plain(tmp_path / "B" / f"{k}.png", f"rgb({100 + k},0,0)")
    whole = (tmp_path / "B" / "1.png").read_bytes()
    (tmp_path / "B" / "1.png").write_bytes(whole[: len(whole) // 2])
    refused("1 of 3 pictures in .* B/1.png", tmp_path, 16)
    with pytest.warns(UserWarning, match="1.png"):
        pairs = data.load_pairs(tmp_path, 16, skip_broken=True)
    assert [pairs.a[:, 0, 0, 0].tolist(), pairs.b[:, 0, 0, 0].tolist()] == [[0, 2], [100, 102]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("edges-cats",), "edges-faces, labels-faces, day-night, pencil, or a path"),
        (("edges-facs",), "did you mean edges-faces"),
        (("pencil", 200), "4 to 128"),
        (("pencil", 64, "val"), "it has: train, test"),
        (("pencil", 64, "train", "BtoC"), "AtoB or BtoA, not 'BtoC'"),
        ((".", 64, "train", "up"), "AtoB or BtoA, not 'up'"),
    ],
)
def test_bad_arguments_are_named(arguments, says):
    refused(says, *arguments)


def test_a_folder_without_pictures_and_the_other_door(tmp_path):
    refused("no pictures", tmp_path)
    with pytest.raises(ValueError, match="pencil has two pictures of each face"):
        data.load("pencil")
    with pytest.raises(FileNotFoundError, match="no folder or zip"):
        data.load_pairs(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="there are no pairs called 'cats'"):
        FacePairs("cats")
