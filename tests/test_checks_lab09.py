"""The checks of lab 09 accept what is right, however it is written, and say why the rest is wrong."""

import pytest
import torch
import torch.nn.functional as F

from gan_lab.algorithms.conditional import ConditionalGAN
from gan_lab.checks import lab09, tiny_labels
from gan_lab.data.batch import Batch


def loss(
    total=lambda real, fake: F.softplus(-real).mean() + F.softplus(fake).mean(),
    made_for=lambda y: y,
    real_under=lambda y: y,
    fake_under=lambda y: y,
    kept=torch.Tensor.detach,
):
    """D's loss with one thing done otherwise."""

    def discriminator_loss(discriminator, generator, x, y, z):
        fake = kept(generator(z, made_for(y)))
        return total(discriminator(x, real_under(y)), discriminator(fake, fake_under(y)))

    return discriminator_loss


def bce(real, fake):
    ones, zeros = torch.ones_like(real), torch.zeros_like(fake)
    return F.binary_cross_entropy_with_logits(real, ones) + F.binary_cross_entropy_with_logits(fake, zeros)


def one_pass(discriminator, generator, x, y, z):
    with torch.no_grad():
        fake = generator(z, y)
    real, fake = discriminator(torch.cat([x, fake]), torch.cat([y, y])).chunk(2)
    return bce(real, fake)


def twice(discriminator, generator, x, y, z):
    generator(z, y)
    return loss()(discriminator, generator, x, y, z)


def one_for_all(discriminator, generator, x, y, z):
    return loss()(discriminator, generator, x, y, z) + 0 * discriminator(x, y).mean()


def without_d(discriminator, generator, x, y, z):
    return generator(z, y).mean()


RIGHT_LOSSES = {
    "softplus": loss(),
    "binary cross entropy": loss(bce),
    "logsigmoid": loss(lambda real, fake: -F.logsigmoid(real).mean() - F.logsigmoid(-fake).mean()),
    "one pass": one_pass,
}
WRONG_LOSSES = {
    "the sign is wrong": loss(lambda real, fake: -bce(real, fake)),
    "real and fake are exchanged": loss(lambda real, fake: bce(fake, real)),
    "the fakes are missing": loss(lambda real, fake: F.softplus(-real).mean()),
    "the real examples are missing": loss(lambda real, fake: F.softplus(fake).mean()),
    "this is G's loss": loss(lambda real, fake: F.softplus(-fake).mean()),
    "both terms ask for a 1": loss(lambda real, fake: bce(real, -fake)),
    "you summed over the minibatch": loss(lambda real, fake: 6 * bce(real, fake)),
    "half of it": loss(lambda real, fake: bce(real, fake) / 2),
    "the mean before the log": loss(lambda real, fake: bce(real.mean(), fake.mean())),
    "the sigmoid is taken twice": loss(lambda real, fake: bce(real.sigmoid(), fake.sigmoid())),
    "not with probabilities": loss(lambda real, fake: -real.sigmoid().mean() - (1 - fake.sigmoid()).mean()),
    "you say": loss(lambda real, fake: bce(real, fake) + 1),
    "makes its fakes for the labels": loss(made_for=lambda y: y.flip(0), fake_under=lambda y: y.flip(0)),
    "judged under another label than it was made for": loss(fake_under=lambda y: y.roll(1)),
    "D is told [0, 0": loss(real_under=torch.zeros_like),
    "its gradient reaches G": loss(kept=lambda fake: fake),
    "that reaches D is not": loss(lambda real, fake: bce(real, fake.detach())),
    "asks G 2 times": twice,
    "asks G 0 times": lambda discriminator, generator, x, y, z: discriminator(x, y).mean(),
    "D judges 18 examples": one_for_all,
    "never asks D": without_d,
    "one number per example": loss(lambda real, fake: F.softplus(-real) + F.softplus(fake)),
    "returns a float": lambda *given: loss()(*given).item(),
    "TypeError in its line": lambda discriminator, generator, x, y, z: discriminator(x),
}


@pytest.mark.parametrize("name", RIGHT_LOSSES)
def test_other_ways_to_write_the_loss_are_correct(name):
    verdict = lab09.discriminator_loss(RIGHT_LOSSES[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_LOSSES)
def test_wrong_loss_is_refused_with_its_reason(reason):
    verdict = lab09.discriminator_loss(WRONG_LOSSES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_loss_s_mistakes_are_told_apart():
    formulas = [tiny_labels.told, *(wrong for _, wrong in tiny_labels.TOLD_MISTAKES)]
    values = [formula(*tiny_labels.Told().logits()).item() for formula in formulas]
    for i, a in enumerate(values):
        assert not any(a == pytest.approx(b, rel=1e-6) for b in values[:i]), i


def test_the_check_computes_what_the_algorithm_does(monkeypatch):
    world = tiny_labels.Told()
    game = ConditionalGAN(3, 16, 1, 2, 2, 2)
    monkeypatch.setattr(game, "fake", lambda batch: world.generator(world.z, batch.y))
    monkeypatch.setattr(game, "critic", lambda batch, plain=False: lambda x: world.discriminator(x, batch.y))
    found = game.discriminator_loss(Batch(world.x, world.y))["loss"]
    assert found.item() == pytest.approx(tiny_labels.told(*world.logits()).item())


# --- face ageing --------------------------------------------------------------------------------------------


def old(
    see=lambda look: look,
    during=lambda own, asked: own,
    after=lambda own, asked: asked,
    start=lambda z: z,
    size=lambda d: d.square().mean(),
):
    """Ageing with one thing done otherwise."""

    def grow_old(x, own, asked, encoder, generator, look, search):
        at, wanted = during(own, asked), see(look)(x)
        z = search(lambda z: size(see(look)(generator(z, at)) - wanted), start(encoder(x)))
        return generator(z, after(own, asked))

    return grow_old


def by_mse(x, own, asked, encoder, generator, look, search):
    def error(z):
        return F.mse_loss(look(generator(z, own)), look(x))

    return generator(search(error, encoder(x)), asked)


def unsearched(x, own, asked, encoder, generator, look, search):
    return generator(encoder(x), asked)


def free(x, own, asked, encoder, generator, look, search):
    return generator(search(lambda z: look(x).square().mean(), encoder(x)), asked)


RIGHT_WAYS = {"a lambda": old(), "mse_loss": by_mse}
WRONG_WAYS = {
    "this is the encoder's guess": unsearched,
    "you search under the asked age": old(during=lambda own, asked: asked),
    "have their own age still": old(after=lambda own, asked: own),
    "own and asked are exchanged": old(during=lambda own, asked: asked, after=lambda own, asked: own),
    "the pixelwise form": old(see=lambda look: lambda x: x),
    "begins at 0": old(start=torch.zeros_like),
    "the loss sums up": old(size=lambda d: d.square().sum()),
    "not squared": old(size=lambda d: d.abs().mean()),
    "a pixel is off by": old(size=lambda d: 2 * d.square().mean()),
    "should be one number": old(size=torch.square),
    "does not depend on z": free,
    "never calls search": lambda x, own, asked, encoder, generator, *rest: generator(encoder(x) / 2, asked),
    "shape (3, 4) is wanted": lambda x, own, asked, encoder, *rest: encoder(x),
    "`return ...`": lambda *given: print(end=""),
}


@pytest.mark.parametrize("name", RIGHT_WAYS)
def test_other_ways_to_grow_old_are_correct(name):
    verdict = lab09.grow_old(RIGHT_WAYS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_WAYS)
def test_wrong_way_to_grow_old_is_refused_with_its_reason(reason):
    verdict = lab09.grow_old(WRONG_WAYS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_ways_to_grow_old_are_told_apart():
    family = tiny_labels.Family
    faces = [tiny_labels.aged(family()), *(wrong(family()) for _, wrong in tiny_labels.OLD_MISTAKES)]
    for i, a in enumerate(faces):
        assert not any((a - b).abs().max() < 1e-3 for b in faces[:i]), i


def test_the_search_finds_what_the_recogniser_takes_for_the_same():
    f = tiny_labels.Family()
    guess = (f.look(f.generator(f.encoder(f.x), f.own)) - f.look(f.x)).square().mean()
    found = (f.look(tiny_labels.aged(f, after=f.own)) - f.look(f.x)).square().mean()
    assert found < guess / 2
