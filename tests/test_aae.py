"""Adversarial autoencoders: who learns in which phase, whose samples are the real ones, and what is refused."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from cases import coder, image_batch, semi

from gan_lab.algorithms.aae import AAE, SemiSupervisedAAE, StyleAAE
from gan_lab.algorithms.adam import adam
from gan_lab.data.batch import Batch
from gan_lab.data.priors import Empirical, Gaussian, Mixture, Ring
from gan_lab.losses import non_saturating, reconstruction
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, Progress, TrainConfig, take_turn, train


def aae(prior=None, **options):
    torch.manual_seed(0)
    return AAE(*coder(), MLP(2, 1, 8, 1), prior or Gaussian(2, 5.0), **options)


def turn(algorithm, name):
    """Takes one phase's turn; returns the networks whose weights it moved."""
    before = {k: v.clone() for k, v in algorithm.state_dict().items()}
    take_turn(algorithm, algorithm.phase(name), image_batch, TrainConfig(), Engine("cpu"), Progress())
    moved = {k.split(".")[0] for k, v in algorithm.state_dict().items() if not torch.equal(v, before[k])}
    return moved


@pytest.mark.parametrize(
    ("phase", "nets"),
    [
        ("reconstruction", {"encoder", "decoder"}),
        ("discriminator", {"discriminator"}),
        ("encoder", {"encoder"}),
    ],
)
def test_each_phase_moves_its_own_networks(phase, nets):
    assert turn(aae(), phase) == nets


def test_the_semi_supervised_form_has_two_discriminators_and_a_classification_phase():
    names = [phase.name for phase in semi().phases]
    assert names == ["reconstruction", "discriminator", "label discriminator", "encoder", "classification"]
    assert turn(semi(), "label discriminator") == {"label_discriminator"}
    assert turn(semi(), "classification") == {"encoder"}


class Told:
    """A prior that can be sampled and nothing else, and says what it was asked."""

    name, dim, components = "told", 2, 3

    def sample(self, n, component=None, device="cpu"):
        self.asked = (n, component)
        return torch.full((n, 2), 7.0, device=device)


def test_a_prior_needs_no_more_than_samples_and_they_are_the_real_ones():
    prior = Told()
    model, batch = aae(prior), image_batch(0)
    seen = []
    model.discriminator.register_forward_pre_hook(lambda _, args: seen.append(args[0].detach()))
    loss = model.discriminator_loss(batch)["loss"]
    real, codes = seen
    assert prior.asked == (8, None)
    assert (real == 7).all()
    torch.testing.assert_close(codes, model.encoder(batch.x))
    expected = non_saturating.discriminator(model.discriminator(real), model.discriminator(codes))
    torch.testing.assert_close(loss, expected)
    fooled = model.encoder_loss(batch)["loss"]
    torch.testing.assert_close(fooled, torch.nn.functional.softplus(-model.discriminator(codes)).mean())


def test_tied_labels_choose_the_component_and_are_told_to_the_discriminator():
    prior = Told()
    model = AAE(*coder(), MLP(5, 1, 8, 1), prior, tied=True)
    batch = Batch(image_batch(0).x, torch.tensor([0, 1, 2, 0, 1, 2, 0, 1]))
    seen = []
    model.discriminator.register_forward_pre_hook(lambda _, args: seen.append(args[0].detach()))
    model.discriminator_loss(batch)
    assert torch.equal(prior.asked[1], batch.y)
    for judged in seen:
        assert torch.equal(judged[:, 2:].argmax(1), batch.y)


def test_reconstruction_is_half_the_mean_squared_error_of_the_intensities():
    model, batch = aae(), image_batch(0)
    shown = (model.decoder(model.encoder(batch.x)) + 1) / 2
    expected = ((shown - (batch.x + 1) / 2) ** 2).mean() / 2
    torch.testing.assert_close(model.reconstruction_loss(batch)["loss"], expected)
    assert reconstruction.mean_squared(torch.zeros(2, 1, 3, 3), torch.ones(2, 1, 3, 3)).shape == (2,)


def test_style_decoder_is_told_the_label():
    torch.manual_seed(0)
    model, batch = StyleAAE(*coder(3, 10), MLP(3, 1, 8, 1), Gaussian(3)), image_batch(0)
    other = Batch(batch.x, (batch.y + 1) % 10)
    assert model.reconstruction_loss(batch)["loss"] != model.reconstruction_loss(other)["loss"]
    with pytest.raises(ValueError, match="needs labels"):
        model.reconstruction_loss(Batch(batch.x))
    with pytest.raises(ValueError, match="classes 0 to 9"):
        model.reconstruction_loss(Batch(batch.x, batch.y + 10))


def test_codes_reach_the_prior_in_the_small():
    """After a short training the codes' mean and spread are about the prior's."""
    torch.manual_seed(0)
    quick = partial(adam, lr=1e-3, betas=(0.5, 0.999))
    model = AAE(*coder(gaussian=True), MLP(2, 1, 32, 2), Gaussian(2, 3.0), adversarial=quick)
    before = model.encoder(image_batch(9999, 2000).x).std(0)
    assert before.max() < 2.0
    for _ in train(model, lambda i: image_batch(i, 64), TrainConfig(1000), Engine("cpu")):
        pass
    codes = model.encoder(image_batch(9999, 2000).x)
    assert codes.mean(0).abs().max() < 1.0
    assert 2.2 < codes.std(0).min() <= codes.std(0).max() < 4.0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="one width: the encoder 2, the decoder 2, the prior 3"):
        aae(Gaussian(3))
    with pytest.raises(ValueError, match="no components"):
        aae(Ring(), tied=True)
    few = image_batch(0)
    with pytest.raises(ValueError, match="label head"):
        SemiSupervisedAAE(*coder(2, 10), MLP(2, 1), MLP(10, 1), few)
    with pytest.raises(ValueError, match="needs labels"):
        SemiSupervisedAAE(*coder(2, 10, classes=10), MLP(2, 1), MLP(10, 1), Batch(few.x))
    with pytest.raises(ValueError, match="classes 0 to 4"):
        SemiSupervisedAAE(*coder(2, 5, classes=5), MLP(2, 1), MLP(5, 1), Batch(few.x, few.y * 0 + 7))


def test_any_points_make_a_prior():
    angle = torch.linspace(0, 6, 40)
    drawn = Empirical(torch.stack([angle.cos(), angle.sin()], 1), std=0.01)
    radius = drawn.sample(500).norm(dim=1)
    assert (radius - 1).abs().max() < 0.1
    sampler = Empirical(lambda n: torch.rand(n, 5))
    assert sampler.dim == 5
    assert sampler.sample(7).shape == (7, 5)
    with pytest.raises(ValueError, match="at least 10"):
        Empirical(torch.randn(9, 2))
    with pytest.raises(ValueError, match="finite"):
        Empirical(torch.full((20, 2), float("nan")))
    with pytest.raises(ValueError, match="one place"):
        Empirical(torch.ones(20, 2))


def test_mixture_components_lie_where_they_should():
    torch.manual_seed(0)
    mixture = Mixture()
    component = torch.arange(10).repeat_interleave(500)
    z = mixture.sample(5000, component)
    assert (mixture.nearest(z) == component).float().mean() > 0.98
    with pytest.raises(ValueError, match="at least 2"):
        Mixture(1)
    with pytest.raises(ValueError, match="3 components were given for 4"):
        mixture.sample(4, torch.zeros(3, dtype=torch.int64))
    with pytest.raises(ValueError, match="no components"):
        Gaussian().sample(4, torch.zeros(4, dtype=torch.int64))


def test_penalties_flatten_the_discriminator_and_reach_nothing_else():
    def cost(**options):
        model = aae(**options)
        torch.manual_seed(1)
        loss = model.discriminator_loss(image_batch(0))["loss"]
        loss.backward()
        assert all(p.grad is None for p in (*model.encoder.parameters(), *model.decoder.parameters()))
        return loss.item()

    plain, real, both = cost(), cost(r1=1.0), cost(r1=1.0, r2=1.0)
    assert plain < real < both
    assert cost(r1=2.0) - plain == pytest.approx(2 * (real - plain), rel=1e-3)
