"""Networks and games that make pictures of pictures: published sizes, fields that are what they are called, losses."""

from __future__ import annotations

import pytest
import torch
from cases import cycle, pair_batch
from torch import nn

from gan_lab.algorithms.base import Probe
from gan_lab.algorithms.history import History
from gan_lab.algorithms.pix2pix import Pix2pix
from gan_lab.data.batch import Batch
from gan_lab.models import patchgan
from gan_lab.models.patchgan import PatchGAN, receptive_field
from gan_lab.models.resnet import ResNet, blocks_for
from gan_lab.models.segmenter import Segmenter
from gan_lab.models.unet import Noise, UNet


def count(net):
    return sum(p.numel() for p in net.parameters())


def test_the_published_numbers_of_parameters():
    assert count(UNet(256, ngf=64)) == 54_413_955
    assert count(PatchGAN(6, 70, 64)) == 2_768_705
    assert count(PatchGAN(3, 70, 64, nn.InstanceNorm2d)) == 2_764_737
    assert count(ResNet(3, 64, 9)) == 11_378_179


@pytest.mark.parametrize("field", patchgan.HALVINGS)
def test_a_patch_is_as_wide_as_it_is_called(field):
    """By the formula, and by what a change of the picture reaches: one logit's gradient on the pixels."""
    net = PatchGAN(3, field, 2, nn.Identity)
    assert receptive_field(net) == field
    with torch.no_grad():  # no weight may cancel another
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d):
                layer.weight.fill_(0.1)
    x = torch.ones(1, 3, 512, 512, requires_grad=True)
    logits = net(x)
    middle = logits.shape[-1] // 2
    logits[0, 0, middle, middle].backward()
    seen = x.grad[0].abs().sum(0) > 0
    for axis in (0, 1):
        touched = seen.any(axis).nonzero()
        assert touched.max() - touched.min() + 1 == field


def test_the_smallest_picture_for_each_patch():
    assert {field: patchgan.smallest(field) for field in patchgan.HALVINGS} == {
        1: 1, 16: 8, 34: 16, 70: 32, 286: 128,
    }  # fmt: skip
    for field in (16, 34, 70, 286):
        least = patchgan.smallest(field)
        net = PatchGAN(3, field, 2)
        assert net(torch.zeros(2, 3, least, least)).shape[-1] >= 1
        with pytest.raises(RuntimeError):
            net(torch.zeros(2, 3, least // 2, least // 2))
    with pytest.raises(ValueError, match="286 need pictures of at least 128 pixels, not 64"):
        patchgan.check(286, 64)
    with pytest.raises(ValueError, match="1, 16, 34, 70, 286 pixels wide, not 50"):
        PatchGAN(3, 50)


@pytest.mark.parametrize("size", [16, 64, 128])
def test_translators_keep_the_size(size):
    x = torch.rand(2, 3, size, size) * 2 - 1
    for net in (UNet(size, ngf=2), UNet(size, 3, 1, 2, 4), ResNet(3, 2, 2)):
        y = net(x)
        assert y.shape[2:] == x.shape[2:]
        assert y.abs().max() <= 1
    assert UNet(size, 3, 1, 2)(x).shape[1] == 1


def test_other_sizes_are_refused():
    with pytest.raises(ValueError, match="16, 32, 64, 128, 256, 512 pixels, not 48"):
        UNet(48)
    with pytest.raises(ValueError, match="multiples of 4, not"):
        Segmenter()(torch.zeros(1, 3, 30, 30))
    with pytest.raises(ValueError, match="colour images"):
        Segmenter()(torch.zeros(1, 1, 32, 32))
    assert (blocks_for(64), blocks_for(128), blocks_for(256)) == (6, 6, 9)


def test_the_unet_has_skips_and_goes_down_to_one_pixel():
    net = UNet(32, ngf=4)
    shapes = []
    for layer in [*net.down, *net.up]:
        layer.register_forward_hook(lambda module, given, out: shapes.append(tuple(out.shape[1:])))
    net(torch.zeros(1, 3, 32, 32))
    assert shapes[:5] == [(4, 16, 16), (8, 8, 8), (16, 4, 4), (32, 2, 2), (32, 1, 1)]
    assert shapes[5:] == [(32, 2, 2), (16, 4, 4), (8, 8, 8), (4, 16, 16), (3, 32, 32)]
    taken = [layer[1].in_channels for layer in net.up]
    assert taken == [32, 64, 32, 16, 8]  # but for the first, twice what the layer before made


def test_noise_and_own_statistics_stay_in_evaluation_mode():
    torch.manual_seed(0)
    net = UNet(16, ngf=8).eval()
    x = torch.rand(3, 3, 16, 16) * 2 - 1
    with torch.no_grad():
        assert not torch.equal(net(x), net(x))
        for module in net.modules():
            if hasattr(module, "share"):
                module.share = 0.0
        quiet = net(x)
        assert torch.allclose(quiet[1:2], net(x[1:2]), atol=1e-5)  # whatever else lies in the batch
        assert torch.equal(quiet, net.train()(x))


@pytest.mark.parametrize(("size", "noisy"), [(256, 3), (128, 2), (64, 1), (16, 1)])
def test_the_papers_three_noisy_layers_and_fewer_in_smaller_networks(size, noisy):
    net = UNet(size, ngf=2)
    assert [isinstance(layer[-1], Noise) for layer in net.up] == [True] * noisy + [False] * (
        len(net.up) - noisy
    )


class Constant(nn.Module):
    """A network that answers with one number, whatever it is asked."""

    def __init__(self, value, shape):
        super().__init__()
        self.value, self.shape = nn.Parameter(torch.tensor(value)), shape

    def forward(self, x):
        return self.value.expand(len(x), *self.shape)


def test_pix2pix_losses_by_hand():
    algorithm = Pix2pix(Constant(0.25, (3, 16, 16)), Constant(0.0, (1, 2, 2)))
    batch = Batch(torch.zeros(2, 3, 16, 16), torch.ones(2, 3, 16, 16))
    judged = algorithm.discriminator_loss(batch)
    assert judged["loss"].item() == pytest.approx(0.6931, abs=1e-4)  # half of 2 log 2
    made = algorithm.generator_loss(batch)
    assert made["l1"].item() == pytest.approx(0.75)
    assert made["loss"].item() == pytest.approx(0.6931 + 100 * 0.75, abs=1e-4)


def test_pix2pix_without_one_half():
    nets = Constant(0.25, (3, 16, 16)), Constant(0.0, (1, 2, 2))
    batch = Batch(torch.zeros(2, 3, 16, 16), torch.ones(2, 3, 16, 16))
    alone = Pix2pix(nets[0], None)
    assert [phase.name for phase in alone.phases] == ["generator"]
    assert alone.generator_loss(batch)["loss"].item() == pytest.approx(75)
    game = Pix2pix(*nets, l1=0)
    assert game.generator_loss(batch)["loss"].item() == pytest.approx(0.6931, abs=1e-4)
    with pytest.raises(ValueError, match="there is no discriminator"):
        Pix2pix(nets[0], None, l1=0)


def test_the_judge_sees_the_input_beside_the_output():
    class Product(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, x):
            return self.scale * (x[:, :3] * x[:, 3:]).mean((1, 2, 3), keepdim=True)

    algorithm = Pix2pix(UNet(16, ngf=2), Product())
    x, y = torch.full((1, 3, 16, 16), 0.5), torch.full((1, 3, 16, 16), -0.5)
    assert algorithm.judge(x, y).item() == pytest.approx(-0.25)


def test_cyclegan_losses_by_hand():
    shape = (3, 16, 16)
    algorithm = cycle()
    algorithm.ab, algorithm.ba = Constant(0.5, shape), Constant(0.0, shape)
    algorithm.judge_a, algorithm.judge_b = Constant(0.25, (1, 2, 2)), Constant(0.0, (1, 2, 2))
    batch = Batch(torch.full((2, *shape), 1.0), torch.full((2, *shape), -1.0))
    logs = algorithm.generators_loss(batch)
    assert logs["fooling"].item() == pytest.approx(1.0 + 0.75**2)
    assert logs["cycle"].item() == pytest.approx(1.0 + 1.5)  # back at 0 from 1, at .5 from -1
    assert logs["identity"].item() == pytest.approx(1.5 + 1.0)
    assert logs["loss"].item() == pytest.approx(1.5625 + 10 * 2.5 + 5 * 2.5)
    judged = algorithm.discriminators_loss(batch)
    assert judged["loss"].item() == pytest.approx((0.75**2 + 0.25**2) / 2 + 1 / 2)


@pytest.mark.parametrize("left_out", ["cycle", "identity"])
def test_cyclegan_without_a_term(left_out):
    logs = cycle(**{left_out: 0}).generators_loss(pair_batch(0))
    assert left_out not in logs
    assert {"loss", "fooling"} < set(logs)


def test_one_pass_over_both_domains_is_the_same_as_two():
    """What CycleGAN relies on: its networks look at each picture by itself."""
    algorithm, batch = cycle(), pair_batch(0)
    both = torch.cat([batch.x, batch.y])
    for net in (algorithm.ab, algorithm.judge_a):
        assert torch.allclose(net(both).chunk(2)[1], net(batch.y), atol=1e-5)


def numbered(*numbers):
    return torch.tensor(numbers, dtype=torch.float32).view(-1, 1, 1, 1).expand(-1, 1, 2, 2)


def test_a_history_fills_first_and_then_gives_back_every_second_one():
    torch.manual_seed(0)
    history = History(5, (1, 2, 2))
    first = numbered(1, 2, 3, 4, 5)
    assert torch.equal(history.exchange(first), first)
    assert int(history.held) == 5
    from_the_past, known = 0, {1.0, 2.0, 3.0, 4.0, 5.0}
    for k in range(6, 406):
        given = history.exchange(numbered(k))[0, 0, 0, 0].item()
        inside = set(history.images[:, 0, 0, 0].tolist())
        if given == k:
            assert inside == known
        else:
            from_the_past += 1
            assert given in known
            assert inside == known - {given} | {float(k)}
        known = inside
    assert 160 < from_the_past < 240
    assert int(history.held) == 5


def test_a_history_of_nothing_hands_out_what_comes_in():
    fakes = numbered(1, 2)
    assert History(0, (1, 2, 2)).exchange(fakes) is fakes
    with pytest.raises(ValueError, match="0 or more"):
        History(-1, (1, 2, 2))


def test_the_history_is_part_of_the_state():
    algorithm = cycle(history=3)
    algorithm.discriminators_loss(pair_batch(0))
    state = algorithm.state_dict()
    assert int(state["history_a.held"]) == 3
    assert state["history_b.images"].abs().sum() > 0


def test_frames_of_both_directions():
    batch = pair_batch(0)
    frame = cycle().frame(Probe(batch.x, y=batch.y))
    assert set(frame) == {"fake", "back", "fake_a", "back_b"}
    assert all(picture.shape == (4, 3, 16, 16) for picture in frame.values())
    assert set(cycle().frame(Probe(batch.x))) == {"fake", "back"}


@pytest.mark.parametrize("y", [None, torch.zeros(2, dtype=torch.long)])
def test_data_without_a_second_picture_are_refused(y):
    batch = Batch(torch.zeros(2, 3, 16, 16), y)
    with pytest.raises(ValueError, match="choose a set of pairs"):
        Pix2pix(UNet(16, ngf=2), None).generator_loss(batch)
    with pytest.raises(ValueError, match="choose a set of pairs"):
        cycle().generators_loss(batch)
