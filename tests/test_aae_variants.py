"""Adversarial autoencoders built wrongly, or with something left out, differ in just that."""

import pytest
import torch

from gan_lab.algorithms.aae import AAE, SemiSupervisedAAE
from gan_lab.data.batch import Batch
from gan_lab.data.priors import Gaussian
from gan_lab.experiments import aae_variants, alone
from gan_lab.models.autoencoder import Decoder, Encoder
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, TrainConfig, train

X = torch.rand(16, 1, 4, 4, generator=torch.Generator().manual_seed(0)) * 2 - 1
FEW = Batch(X[:4], torch.tensor([0, 1, 2, 0]))


def aae(seed=0):
    def build():
        return AAE(Encoder(2, 4, width=8), Decoder(2, 4, width=8), MLP(2, 1, 8, 2), Gaussian(2), r1=0.1)

    return alone.seeded(build, seed)


def semi():
    def build():
        coders = Encoder(2, 4, width=8, classes=3), Decoder(2, 4, width=8, classes=3)
        return SemiSupervisedAAE(*coders, MLP(2, 1, 8, 2), MLP(3, 1, 8, 2), FEW, batch_size=4)

    return alone.seeded(build, 0)


def trained(model, steps=5):
    for _ in train(model, lambda i: Batch(X), TrainConfig(steps, seed=0), Engine("cpu")):
        pass
    return torch.cat([p.detach().flatten() for p in model.encoder.parameters()])


def changed(change, *how):
    model = aae()
    change(model, *how)
    return model


def test_swapping_for_both_changes_nothing_but_the_sign_of_the_answer():
    """With D's last layer negated the two games are the same."""
    right, both = aae(), answering(changed(aae_variants.swapped, True), -1)
    assert torch.allclose(trained(right), trained(both), atol=1e-6)


def answering(model, times):
    """D's logits times a number: -1 is the other answer, more than 1 a louder one."""
    with torch.no_grad():
        for p in list(model.discriminator.parameters())[-2:]:
            p.mul_(times)
    return model


def loss_of(model, name):
    torch.manual_seed(0)
    return model.phase(name).loss(Batch(X))["loss"].item()


def test_swapping_for_d_alone_reverses_what_d_learns_and_not_the_encoder_s_wish():
    right, wrong = answering(aae(), 20), answering(changed(aae_variants.swapped, False), 20)
    assert loss_of(wrong, "encoder") == loss_of(right, "encoder")
    assert loss_of(wrong, "discriminator") != pytest.approx(loss_of(right, "discriminator"), abs=1e-3)
    told = loss_of(answering(right, -1), "discriminator")
    assert loss_of(wrong, "discriminator") == pytest.approx(told, abs=1e-5)
    same = trained(answering(aae(), 20))
    assert not torch.allclose(same, trained(wrong), rtol=0, atol=1e-6), (
        "what the twin test above calls the same"
    )
    assert "judge" not in vars(wrong)


def test_the_sum_has_no_turn_for_the_encoder_and_leaves_the_discriminator_alone():
    model = changed(aae_variants.summed)
    assert [phase.name for phase in model.phases] == ["summed", "discriminator"]
    before = [p.clone() for p in model.discriminator.parameters()]
    loss = model.phases[0].loss(Batch(X))["loss"]
    error, fooling = model.reconstruction_loss(Batch(X))["loss"], model.encoder_loss(Batch(X))["loss"]
    assert loss.item() == pytest.approx(0.999 * error.item() + 0.001 * fooling.item(), rel=1e-5)
    model.phases = model.phases[:1]
    trained(model)
    assert all(torch.equal(a, b) for a, b in zip(before, model.discriminator.parameters()))


@pytest.mark.parametrize(
    ("games", "left"),
    [
        (0, ["reconstruction", "classification"]),
        (1, ["reconstruction", "discriminator", "encoder", "classification"]),
        (2, ["reconstruction", "discriminator", "label discriminator", "encoder", "classification"]),
    ],
)
def test_games_are_left_out(games, left):
    model = semi()
    aae_variants.without_games(model, games)
    assert [phase.name for phase in model.phases] == left
    (loss,) = torch.autograd.grad(
        model.phases[-2].loss(Batch(X))["loss"], model.encoder.label.weight, allow_unused=True
    )
    assert (loss is None) == (games == 1)  # without its game the label head is left to the other phases
    assert torch.isfinite(trained(model)).all()


def test_another_number_of_games_is_refused():
    with pytest.raises(ValueError, match="0, 1 or 2 games, not 3"):
        aae_variants.without_games(semi(), 3)


def test_prior_samples_are_the_same_each_time_and_two():
    a, b = aae_variants.reached(aae(), 50)
    again, _ = aae_variants.reached(aae(), 50)
    assert torch.equal(a, again)
    assert not torch.equal(a, b)
