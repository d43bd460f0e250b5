import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from gan_lab import data
from gan_lab.data import ImageSet, ImageStream, files, to_uint8


def png(colour=(10, 200, 30), size=(12, 12), mode="RGB", kind="PNG", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def fill(folder, content):
    for name, blob in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blob)
    return folder


def pack(path, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, blob in content.items():
            archive.writestr(name, blob)
    return path


def noise(seed, size=(40, 30)):
    pixels = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def bomb():
    """A PNG of a few bytes that claims 60,000 x 60,000 pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def shades(dataset):
    return [int(v) for v in dataset.images[:, 0, 0, 0]]


def test_names_are_those_that_load_knows():
    assert {"ring", "grid", "swiss-roll", "two-gaussians", "line", "disjoint"} < set(data.names())
    assert {"mnist-5k", "mnist", "fashion-mnist", "cifar10"} < set(data.names())


def test_a_flat_folder_in_natural_order(tmp_path):
    fill(
        tmp_path, {f"{k}.png": png((k, 0, 0)) for k in (10, 9, 2, 100)} | {"readme.txt": b"x", ".a.png": b"x"}
    )
    pictures = data.load(tmp_path, size=8)
    assert isinstance(pictures, ImageSet)
    assert shades(pictures) == [2, 9, 10, 100]
    assert pictures.images.shape == (4, 3, 8, 8)
    assert pictures.labels is None
    assert pictures.classes == []
    assert pictures.name == tmp_path.name
    assert data.load(str(tmp_path)).images.shape == (4, 3, 64, 64)


CLASSES = {"cats/1.png": png((1, 0, 0)), "cats/sub/2.png": png((2, 0, 0)), "dogs/3.png": png((3, 0, 0))}


def test_sub_folders_are_classes_in_folders_and_zips_alike(tmp_path):
    wrapped = {f"pets/all/{name}": blob for name, blob in CLASSES.items()}
    wrapped |= {"__MACOSX/pets/all/cats/._1.png": b"junk", "pets/.DS_Store": b"junk"}
    for path in (fill(tmp_path / "plain", CLASSES), pack(tmp_path / "pets.zip", wrapped)):
        pictures = data.load(path, size=8)
        assert pictures.classes == ["cats", "dogs"]
        assert pictures.labels.tolist() == [0, 0, 1]
        assert shades(pictures) == [1, 2, 3]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pets.zip", "plain"]  # nothing was unpacked


def test_a_file_outside_the_sub_folders_means_no_classes(tmp_path):
    assert data.load(fill(tmp_path, {**CLASSES, "loose.png": png()}), size=8).labels is None


def test_train_and_test_folders_are_splits(tmp_path):
    content = {
        f"{s}/{c}/{k}.png": png((k, 0, 0)) for k, (s, c) in enumerate([("train", "a"), ("train", "b")])
    }
    content |= {"test/a/7.png": png((7, 0, 0)), "test/b/8.png": png((8, 0, 0))}
    fill(tmp_path, content)
    assert shades(data.load(tmp_path, size=8)) == [0, 1]
    test = data.load(tmp_path, size=8, split="test")
    assert shades(test) == [7, 8]
    assert test.classes == ["a", "b"]
    with pytest.raises(ValueError, match=r"no folder for split 'val'; there are: test, train"):
        data.load(tmp_path, split="val")


def test_a_test_split_is_never_made_of_training_pictures(tmp_path):
    fill(tmp_path / "flat", {"1.png": png()})
    fill(tmp_path / "lone", {"train/1.png": png()})
    with pytest.raises(ValueError, match="no split 'test'"):
        data.load(tmp_path / "flat", split="test")
    with pytest.raises(ValueError, match="no folder for split 'test'; there are: train"):
        data.load(tmp_path / "lone", split="test")
    assert len(data.load(tmp_path / "lone")) == 1


def test_the_centre_square_is_kept(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255
    Image.fromarray(wide).save(tmp_path / "wide.png")
    image = data.load(tmp_path, size=16).images
    assert (image[..., 2:-2] == 255).all()
    assert (image > 200).all()  # the filter may look a pixel past the edge of the square, no more


def test_the_orientation_tag_is_respected(tmp_path):
    picture = np.zeros((16, 16, 3), np.uint8)
    picture[:8] = 255  # white above
    tag = Image.Exif()
    tag[0x0112] = 3  # to be turned by half
    Image.fromarray(picture).save(tmp_path / "turned.jpg", exif=tag, quality=95)
    image = data.load(tmp_path, size=16).images[0].float()
    assert image[:, :6].mean() < 20
    assert image[:, 10:].mean() > 235


@pytest.mark.parametrize(
    ("blob", "want"),
    [
        (png(77, mode="L"), (77, 77, 77)),
        (png(1, mode="1"), (255, 255, 255)),
        (png((255, 0, 0, 0), mode="RGBA"), (255, 255, 255)),
        (png((255, 0, 0, 255), mode="RGBA"), (255, 0, 0)),
        (png((9, 0), mode="LA"), (255, 255, 255)),
        (png(0x8000, mode="I;16"), (128, 128, 128)),
        (png((0, 0, 0, 255), mode="CMYK", kind="JPEG"), (0, 0, 0)),
        (png(0, mode="P", transparency=0), (255, 255, 255)),
        (png((5, 6, 7), kind="BMP"), (5, 6, 7)),
        (png((5, 6, 7), kind="WEBP", lossless=True), (5, 6, 7)),
    ],
)
def test_every_mode_comes_out_right(blob, want):
    assert files.decode(blob, 8, 3).amax(dim=(1, 2)).tolist() == list(want)
    assert files.decode(blob, 8, 3).amin(dim=(1, 2)).tolist() == list(want)
    assert files.decode(blob, 8, 1).shape == (1, 8, 8)


def test_a_large_jpeg_keeps_its_colours():
    large = png((200, 40, 90), (6000, 4000), kind="JPEG")
    assert files.decode(large, 16, 3).float().mean((1, 2)).tolist() == pytest.approx([200, 40, 90], abs=3)


BROKEN = {
    "cut.png": noise(0)[:-900],
    "cut.jpg": png((9, 9, 9), (300, 300), kind="JPEG")[:700],
    "empty.png": b"",
    "text.png": b"this is no picture",
    "dot.png": png(size=(1, 1)),
    "thread.png": png(size=(900, 10)),
    "bomb.png": bomb(),
    "float.tif": png(0.5, mode="F", kind="TIFF"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_file_is_named_with_a_reason(name, tmp_path):
    fill(tmp_path, {"good.png": png(), name: BROKEN[name]})
    with pytest.raises(ValueError, match=rf"1 of 2 pictures in .* used: {name} \(.+\).*--skip-broken"):
        data.load(tmp_path)


@pytest.mark.parametrize("zipped", [False, True])
def test_broken_files_are_skipped_counted_and_reported_once(zipped, tmp_path):
    content = {f"b/{name}": blob for name, blob in BROKEN.items()}
    content |= {"a/1.png": png((1, 0, 0)), "b/zz.png": png((2, 0, 0))}
    path = pack(tmp_path / "x.zip", content) if zipped else fill(tmp_path / "x", content)
    with pytest.warns(UserWarning, match=r"8 of 10 pictures .*and 3 more") as caught:
        pictures = data.load(path, size=8, skip_broken=True)
    assert len([w for w in caught if w.category is UserWarning]) == 1
    assert pictures.skipped == len(BROKEN)
    assert shades(pictures) == [1, 2]
    assert pictures.labels.tolist() == [0, 1]


def test_nothing_but_broken_files_is_an_error_even_when_skipping(tmp_path):
    with pytest.raises(ValueError, match="1 of 1 pictures"):
        data.load(fill(tmp_path, {"text.png": b"no"}), skip_broken=True)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    path = pack(tmp_path / "x.zip", {"good.png": png(), "huge.png": b"\0" * (3 << 20)})
    with pytest.raises(ValueError, match=r"huge.png \(larger than 1 MiB\)"):
        data.load(path)


def test_a_zip_with_a_damaged_member_names_it(tmp_path):
    path = pack(tmp_path / "x.zip", {"a.png": noise(1), "b.png": noise(2)})
    blob = bytearray(path.read_bytes())
    blob[200] ^= 255
    path.write_bytes(bytes(blob))
    with pytest.raises(ValueError, match=r"1 of 2 pictures .* a.png \(unreadable"):
        data.load(path)


def test_names_in_a_zip_cannot_reach_outside(tmp_path):
    fill(tmp_path, {"secret.png": png((99, 0, 0))})
    path = pack(tmp_path / "x.zip", {"../secret.png": png((1, 0, 0)), "open.png": png((2, 0, 0))})
    assert shades(data.load(path, size=8)) == [2]


def test_empty_folders_and_zips_say_what_was_looked_for(tmp_path):
    with pytest.raises(ValueError, match=r"no pictures \(.png, .jpg.*and 1 other files"):
        data.load(fill(tmp_path / "x", {"notes.txt": b"hello"}))
    with pytest.raises(ValueError, match="no pictures"):
        data.load(pack(tmp_path / "x.zip", {}))


def test_unknown_names_and_files_say_what_is_allowed(tmp_path):
    with pytest.raises(ValueError, match=r"did you mean mnist-5k\?.*swiss-roll.*folder or zip"):
        data.load("mnist5k")
    with pytest.raises(ValueError, match=r"no data set called 'qqq'; allowed are ring"):
        data.load("qqq")
    for name in ("weights.pt", "array.npy"):
        with pytest.raises(ValueError, match=r"neither a folder nor a .zip; allowed are ring"):
            data.load(fill(tmp_path, {name: b"x"}) / name)
    with pytest.raises(ValueError, match=r"neither a folder nor a .zip"):
        data.load(pack(tmp_path / "really_a_zip.pt", {"a.png": png()}))
    with pytest.raises(ValueError, match="allowed are ring"):
        data.load("array.npy")
    with pytest.raises(ValueError, match="a damaged zip"):
        data.load(fill(tmp_path, {"x.zip": b"PK no"}) / "x.zip")
    with pytest.raises(FileNotFoundError, match="there is no folder or zip"):
        data.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"size": 3}, "size is 3"),
        ({"size": 5000}, "size is 5000"),
        ({"size": 8.5}, "size is 8.5"),
        ({"channels": 4}, "channels is 4"),
        ({"channels": 0}, "channels is 0"),
        ({"budget": -1}, "budget is -1"),
        ({"budget": 0, "workers": -1}, "workers is -1"),
    ],
)
def test_bad_arguments_are_named(options, reason, tmp_path):
    with pytest.raises(ValueError, match=reason):
        data.load(fill(tmp_path, {"1.png": png()}), **options)


def test_points_have_no_size_channels_or_split():
    for options in ({"size": 8}, {"channels": 1}, {"split": "test"}):
        with pytest.raises(ValueError, match="ring is a set of points"):
            data.load("ring", **options)


@pytest.mark.parametrize(
    ("size", "reason"), [(0, "size is 0"), (2000, "size is 2000"), (1024, "takes 4.9 GiB")]
)
def test_sizes_that_cannot_be_meant_are_refused_before_memory_is_taken(size, reason):
    with pytest.raises(ValueError, match=reason):
        data.load("mnist-5k", size=size)


def test_odd_names_sort():
    names = ["10.png", "2.png", "a²b.png", "A3.png", "a3b.png"]
    assert sorted(names, key=files.natural) == ["2.png", "10.png", "A3.png", "a3b.png", "a²b.png"]


@pytest.fixture
def many(tmp_path):
    return pack(tmp_path / "many.zip", {f"{c}/{k}.png": noise(k) for k, c in enumerate("aabbbcc")})


@pytest.mark.parametrize("workers", [0, 2])
def test_a_stream_gives_the_same_minibatches_as_the_tensor(many, workers):
    tensor = data.load(many, size=8)
    stream = data.load(many, size=8, budget=100, workers=workers)
    assert isinstance(stream, ImageStream)
    assert len(stream) == 7
    assert stream.classes == ["a", "b", "c"]
    assert torch.equal(stream.images_float([2]), tensor.images_float([2]))
    batches = stream.batches(3, seed=4)
    for i in (0, 1, 2, 3, 9, 10, 1, 2):  # on, and jumps ahead and back
        want, got = tensor.batch(i, 3, seed=4), batches(i)
        assert torch.equal(got.x, want.x)
        assert torch.equal(got.y, want.y)
    assert torch.equal(stream.batch(0, 9).x, tensor.batch(0, 9).x)
    assert torch.equal(stream.images_float([5, 1]), tensor.images_float([5, 1]))
    stream.close()


def test_a_stream_reads_on_without_restarting(many, monkeypatch):
    stream = data.load(many, size=8, budget=100, workers=0)
    restarts = []
    restart = stream._restart
    monkeypatch.setattr(stream, "_restart", lambda *place: (restarts.append(place), restart(*place)))
    for i in (4, 5, 6, 2, 3):
        stream.batch(i, 2)
    assert restarts == [(4, 2, 0), (2, 2, 0)]


def test_a_stream_leaves_the_global_generator_alone(many):
    state = torch.random.get_rng_state()
    stream = data.load(many, size=8, budget=0, workers=1)
    stream.batch(0, 4)
    stream.close()
    assert torch.equal(state, torch.random.get_rng_state())


def test_a_stream_names_a_broken_file_when_its_turn_comes_or_skips_it(tmp_path):
    fill(tmp_path, {"bad.png": b"no", "1.png": png((1, 0, 0)), "2.png": png((2, 0, 0))})
    with pytest.raises(ValueError, match=r"bad.png in .* cannot be used \(not a picture"):
        data.load(tmp_path, budget=0, workers=0).batch(0, 3)
    stream = data.load(tmp_path, size=8, budget=0, workers=0, skip_broken=True)
    with pytest.warns(UserWarning, match=r"bad.png"):
        batch = stream.batch(0, 3)
    again = stream.batch(0, 3)
    assert stream.skipped == 1
    assert torch.equal(batch.x, again.x)
    assert sorted(to_uint8(batch.x)[:, 0, 0, 0].tolist()) in ([1, 1, 2], [1, 2, 2])


def test_a_stream_refuses_bad_arguments(many):
    stream = data.load(many, size=8, budget=0, workers=0)
    for arguments, reason in (((-1, 2), "i is -1"), ((0, 0), "n is 0"), ((0, 2, -1), "seed is -1")):
        with pytest.raises(ValueError, match=reason):
            stream.batch(*arguments)
    with pytest.raises(ValueError, match="n is 0"):
        stream.batches(0)
