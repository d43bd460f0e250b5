import pytest
import torch

from gan_lab.data import ImageSet, order, to_float, to_uint8


@pytest.fixture
def numbered():
    """Twenty pictures, each filled with its own number, labelled by it."""
    images = torch.arange(20, dtype=torch.uint8).view(20, 1, 1, 1).repeat(1, 1, 4, 4)
    return ImageSet("numbered", images, torch.arange(20), [str(k) for k in range(20)], background=0)


def test_every_grey_value_survives_the_way_to_float_and_back():
    values = torch.arange(256, dtype=torch.uint8)
    floats = to_float(values)
    assert floats.dtype == torch.float32
    assert (floats[0], floats[255]) == (-1.0, 1.0)
    assert torch.equal(to_uint8(floats), values)
    assert to_uint8(torch.tensor([-3.0, 3.0])).tolist() == [0, 255]


def test_each_pass_shows_every_picture_once_and_in_another_order(numbered):
    stream = [numbered.batch(i, 6, seed=1) for i in range(10)]  # three passes of 20, cut at sixes
    order_seen = torch.cat([b.y for b in stream]).view(3, 20)
    for one_pass in order_seen:
        assert sorted(one_pass.tolist()) == list(range(20))
    assert not torch.equal(order_seen[0], order_seen[1])
    for b in stream:
        assert torch.equal(to_uint8(b.x)[:, 0, 0, 0].long(), b.y)
        assert b.x.shape == (6, 1, 4, 4)


def test_a_minibatch_depends_on_seed_index_and_size_alone(numbered):
    wanted = {i: numbered.batch(i, 7, seed=5).y for i in (0, 3, 40)}
    again = numbered.subset(slice(None))
    for i in (40, 0, 3):
        again.batch(i + 1, 5, seed=6)
        assert torch.equal(again.batches(7, seed=5)(i).y, wanted[i])
    assert not torch.equal(numbered.batch(0, 20, seed=5).y, numbered.batch(0, 20, seed=6).y)


def test_a_minibatch_may_be_larger_than_the_set(numbered):
    y = numbered.batch(2, 50).y
    assert y.bincount().min() >= 1
    assert torch.equal(y, torch.cat([numbered.batch(i, 10).y for i in range(10, 15)]))


def test_shuffling_leaves_the_global_generator_alone(numbered):
    state = torch.random.get_rng_state()
    numbered.batch(123, 6, seed=9)
    assert torch.equal(state, torch.random.get_rng_state())


def test_neighbouring_seeds_share_nothing():
    seeds = [order.mix("shuffle", s, e) for s in range(30) for e in range(30)]
    assert len(set(seeds)) == 900
    assert all(0 <= s < 2**63 for s in seeds)


def test_subset_takes_numbers_masks_and_slices(numbered):
    assert numbered.subset([3, 1]).labels.tolist() == [3, 1]
    assert numbered.subset(numbered.labels > 17).labels.tolist() == [18, 19]
    assert numbered.subset(slice(2, 5)).labels.tolist() == [2, 3, 4]
    assert numbered.subset([3, 1]).images[:, 0, 0, 0].tolist() == [3, 1]
    assert numbered.subset([3]).classes == numbered.classes
    with pytest.raises(ValueError, match="N >= 1"):
        numbered.subset([])


def test_serving_evaluation_in_order(numbered):
    assert torch.equal(to_uint8(numbered.images_float([7, 2]))[:, 0, 0, 0], torch.tensor([7, 2]).byte())
    assert numbered.images_float().shape == (20, 1, 4, 4)
    pieces = list(numbered.in_order(8))
    assert [len(p) for p in pieces] == [8, 8, 4]
    assert torch.cat([p.y for p in pieces]).tolist() == list(range(20))


def test_digits_are_padded_and_not_interpolated():
    images = torch.randint(1, 256, (5, 1, 28, 28), dtype=torch.uint8)
    big = ImageSet("d", images, background=0).resized(32).images
    assert big.shape == (5, 1, 32, 32)
    assert torch.equal(big[:, :, 2:30, 2:30], images)
    assert big.float().sum() == images.float().sum()
    odd = ImageSet("d", images, background=9).resized(31).images
    assert torch.equal(odd[:, :, 1:29, 1:29], images)
    assert (odd[:, :, 0] == 9).all()


@pytest.mark.parametrize(("background", "size"), [(None, 32), (0, 64), (0, 16)])
def test_everything_else_is_interpolated(background, size):
    ramp = torch.arange(0, 252, 9, dtype=torch.uint8).repeat(28, 1).view(1, 1, 28, 28)
    images = ImageSet("ramp", ramp, background=background).resized(size).images
    assert images.shape == (1, 1, size, size)
    assert (images[0, 0, 5, 1:].int() >= images[0, 0, 5, :-1].int()).all()
    assert images.float().mean().item() == pytest.approx(ramp.float().mean().item(), abs=1)
    assert images.min() > 0 or size > 28  # no border was added when it shrank


def test_grey_and_colour():
    red = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    red[:, 0] = 200
    grey = ImageSet("red", red).with_channels(1)
    assert grey.images.unique().tolist() == [60]  # 0.299 * 200, rounded
    assert grey.with_channels(3).images.shape == (2, 3, 4, 4)
    assert grey.with_channels(1) is grey
    with pytest.raises(ValueError, match="channels is 2"):
        grey.with_channels(2)


@pytest.mark.parametrize(
    ("images", "labels", "reason"),
    [
        (torch.zeros(2, 1, 4, 4), None, "float32"),
        (torch.zeros(2, 4, 4, dtype=torch.uint8), None, r"\(2, 4, 4\)"),
        (torch.zeros(2, 1, 4, 4, dtype=torch.uint8), torch.zeros(3, dtype=torch.int64), r"not int64 \(2,\)"),
        (torch.zeros(2, 1, 4, 4, dtype=torch.uint8), torch.zeros(2), "float32"),
    ],
)
def test_impossible_sets_are_refused(images, labels, reason):
    with pytest.raises(ValueError, match=reason):
        ImageSet("bad", images, labels)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda s: s.batch(-1, 4), "i is -1"),
        (lambda s: s.batch(0, 0), "n is 0"),
        (lambda s: s.batch(0, 4, seed=-1), "seed is -1"),
        (lambda s: s.batch(0.5, 4), "i is 0.5"),
        (lambda s: s.batches(0), "n is 0"),
        (lambda s: s.batches(1, seed=-3), "seed is -3"),
        (lambda s: s.resized(0), "size is 0"),
        (lambda s: next(s.in_order(0)), "n is 0"),
    ],
)
def test_bad_arguments_are_named(numbered, call, reason):
    with pytest.raises(ValueError, match=reason):
        call(numbered)
