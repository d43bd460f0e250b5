"""The checks of lab 10 accept what is right, however it is written, and say why the rest is wrong."""

import pytest
import torch
import torch.nn.functional as F

from gan_lab.algorithms.pix2pix import Pix2pix
from gan_lab.checks import lab10, tiny_pairs
from gan_lab.data.batch import Batch
from gan_lab.models.patchgan import receptive_field


def back(step=lambda field, k, s: k + (field - 1) * s, start=1, order=reversed):
    """The receptive field with one thing done otherwise."""

    def field(layers):
        side = start
        for k, s in order(layers):
            side = step(side, k, s)
        return side

    return field


def forward(layers, late=False):
    side, apart = 1, 1
    for k, s in layers:
        if late:
            apart *= s
        side += (k - 1) * apart
        if not late:
            apart *= s
    return side


def product(layers):
    side = 1
    for k, s in layers:
        side *= k * s
    return side


def measured(layers):
    """By what one logit's gradient reaches."""
    net = torch.nn.Sequential(*(torch.nn.Conv1d(1, 1, k, s, bias=False) for k, s in layers))
    for p in net.parameters():
        p.data.fill_(1.0)
    x = torch.ones(1, 1, 1200, requires_grad=True)
    net(x)[0, 0, 0].backward()
    return (x.grad > 0).sum()


RIGHT_FIELDS = {
    "from the last to the first": back(),
    "from the first, with distances": forward,
    "by a gradient, as a tensor": measured,
    "as a float": lambda layers: float(forward(layers)),
}
WRONG_FIELDS = {
    "with the formula for the way back": back(order=list),
    "the strides are left out": lambda layers: 1 + sum(k - 1 for k, _ in layers),
    "sum of the kernels": lambda layers: sum(k for k, _ in layers),
    "a product": product,
    "not kernel + field * stride": back(lambda field, k, s: k + field * s),
    "kernel and stride are exchanged": back(lambda field, k, s: s + (field - 1) * k),
    "you begin with 0": back(start=0),
    "one step too early": lambda layers: forward(layers, late=True),
    "one too small": lambda layers: forward(layers) - 1,
    "one logit sees 1 pixels": lambda layers: 70,
    "`return ...`": lambda layers: print(end=""),
    "returns a list": lambda layers: layers,
    "returns a bool": lambda layers: True,
    "TypeError in its line 1": lambda layers: sum(layers),
}


@pytest.mark.parametrize("name", RIGHT_FIELDS)
def test_other_ways_to_find_the_field_are_correct(name):
    verdict = lab10.receptive_field(RIGHT_FIELDS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_FIELDS)
def test_wrong_field_is_refused_with_its_reason(reason):
    verdict = lab10.receptive_field(WRONG_FIELDS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_field_s_mistakes_are_told_apart():
    formulas = [lab10._field, *(wrong for _, wrong in lab10.FIELD_MISTAKES)]
    answers = [tuple(f(layers) for layers in lab10._cases()) for f in formulas]
    assert len(set(answers)) == len(answers)


def test_the_check_computes_what_the_library_does():
    for layers in lab10._cases():
        net = torch.nn.Sequential(*(torch.nn.Conv2d(1, 1, k, s) for k, s in layers))
        assert receptive_field(net) == lab10._field(layers)


# --- the generator's loss -----------------------------------------------------------------------------------


def loss(
    fooling=lambda logits: F.softplus(-logits).mean(),
    distance=lambda y, fake: (y - fake).abs().mean(),
    pair=lambda x, y, fake: (x, fake),
    total=lambda game, l1, far: game + l1 * far,
    truth=lambda x, y: y,
    for_d=lambda fake: fake,
    for_l1=lambda fake: fake,
):
    """G's loss with one thing done otherwise."""

    def generator_loss(generator, discriminator, x, y, l1):
        fake = generator(x)
        logits = discriminator(torch.cat(pair(x, y, for_d(fake)), 1))
        return total(fooling(logits), l1, distance(truth(x, y), for_l1(fake)))

    return generator_loss


def by_bce(logits):
    return F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))


def twice(generator, discriminator, x, y, l1):
    logits = discriminator(torch.cat([x, generator(x)], 1))
    return F.softplus(-logits).mean() + l1 * F.l1_loss(generator(x), y)


RIGHT_LOSSES = {
    "softplus": loss(),
    "binary cross entropy": loss(by_bce),
    "logsigmoid": loss(lambda logits: -F.logsigmoid(logits).mean()),
    "l1_loss": loss(distance=lambda y, fake: F.l1_loss(fake, y)),
}
WRONG_LOSSES = {
    "the L1 term is missing": loss(total=lambda game, l1, far: game),
    "the game is missing": loss(total=lambda game, l1, far: l1 * far),
    "the weight is missing": loss(total=lambda game, l1, far: game + far),
    "at the wrong term": loss(total=lambda game, l1, far: l1 * game + far),
    "weighs the whole sum": loss(total=lambda game, l1, far: l1 * (game + far)),
    "the minimax form": loss(lambda logits: -F.softplus(logits).mean()),
    "this asks D for 0": loss(lambda logits: F.softplus(logits).mean()),
    "mean before the log": loss(lambda logits: F.softplus(-logits.mean())),
    "you summed over the patches": loss(lambda logits: F.softplus(-logits).sum()),
    "sigmoid twice": loss(lambda logits: by_bce(logits.sigmoid())),
    "squared (L2)": loss(distance=lambda y, fake: F.mse_loss(fake, y)),
    "you summed the absolute": loss(distance=lambda y, fake: (y - fake).abs().sum()),
    "against the input x": loss(truth=lambda x, y: x),
    "is subtracted": loss(total=lambda game, l1, far: game - l1 * far),
    "about the true pair": loss(pair=lambda x, y, fake: (x, y)),
    "D is given y beside": loss(pair=lambda x, y, fake: (y, fake)),
    "the order is (output, input)": loss(pair=lambda x, y, fake: (fake, x)),
    "asks G 2 times": twice,
    "never asks G": lambda generator, discriminator, x, y, l1: (x - y).abs().mean(),
    "torch.no_grad(), for one of the two": loss(for_d=torch.Tensor.detach),
    "the gradient that reaches G is not": loss(for_l1=torch.Tensor.detach),
    "as channels of one picture": loss(pair=lambda x, y, fake: (fake,)),
    "you say": loss(total=lambda game, l1, far: game + l1 * far + 1),
    "one number per example": loss(lambda logits: F.softplus(-logits).mean((1, 2, 3))),
    "returns a float": lambda *given: loss()(*given).item(),
}


@pytest.mark.parametrize("name", RIGHT_LOSSES)
def test_other_ways_to_write_the_loss_are_correct(name):
    verdict = lab10.generator_loss(RIGHT_LOSSES[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_LOSSES)
def test_wrong_loss_is_refused_with_its_reason(reason):
    verdict = lab10.generator_loss(WRONG_LOSSES[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def parts(seed, l1):
    world = tiny_pairs.Draughtsmen(seed)
    fake = torch.tanh(world.layer(world.x))
    logits = world.patches(torch.cat([world.x, fake], 1))
    return tiny_pairs.Parts(fake, logits, world.x, world.y, l1, world.patches)


def test_the_loss_s_mistakes_are_told_apart():
    formulas = [tiny_pairs.right, *(wrong for _, wrong in tiny_pairs.LOSS_MISTAKES)]
    values = torch.tensor(
        [[float(f(parts(10, 100.0)).detach()), float(f(parts(11, 0.7)).detach())] for f in formulas]
    )
    for i, a in enumerate(values):
        assert not any(((a - b).abs() <= 1e-6 * b.abs()).all() for b in values[:i]), i


def test_the_check_computes_what_the_algorithm_does():
    world = tiny_pairs.Draughtsmen(10)
    net, judge = torch.nn.Sequential(world.layer, torch.nn.Tanh()).float(), world.patches.float()
    found = Pix2pix(net, judge, l1=100.0).generator_loss(Batch(world.x.float(), world.y.float()))
    assert found["loss"].item() == pytest.approx(tiny_pairs.right(parts(10, 100.0)).item(), rel=1e-5)
