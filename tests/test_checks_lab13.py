"""The checks of lab 13 accept what is right, however it is written, and say why the rest is wrong."""

import pytest
import torch
import torch.nn.functional as F

from gan_lab.checks import lab13


def transfer(styles=lambda z, n: z.repeat_interleave(n, 0), labels=lambda n, b: torch.arange(n).repeat(b)):
    """Style transfer with the two lists made otherwise."""

    def style_transfer(encoder, decoder, x, classes):
        z = styles(encoder(x), classes)
        return decoder(z, labels(classes, len(x))).unflatten(0, (len(x), classes))

    return style_transfer


def by_columns(encoder, decoder, x, classes):
    z = encoder(x)
    return torch.stack([decoder(z, torch.full((len(x),), k)) for k in range(classes)], dim=1)


def by_rows(encoder, decoder, x, classes):
    return torch.stack([decoder(one.expand(classes, -1), torch.arange(classes)) for one in encoder(x)])


def anew(encoder, decoder, x, classes):
    return torch.stack([decoder(encoder(x), torch.full((len(x),), k)) for k in range(classes)], dim=1)


def classes_first(encoder, decoder, x, classes):
    z = encoder(x)
    return torch.stack([decoder(z, torch.full((len(x),), k)) for k in range(classes)])


def flat(encoder, decoder, x, classes):
    return by_columns(encoder, decoder, x, classes).flatten(0, 1)


RIGHT_TRANSFERS = {"two lists": transfer(), "by columns": by_columns, "by rows": by_rows}
WRONG_TRANSFERS = {
    "you encode the picture anew": anew,
    "label by label": transfer(
        lambda z, n: z.repeat(n, 1), lambda n, b: torch.arange(n).repeat_interleave(b)
    ),
    "advance together": transfer(lambda z, n: z.repeat(n, 1)),
    "same label": transfer(labels=lambda n, b: torch.zeros(n * b, dtype=torch.int64)),
    "style of the first picture": transfer(lambda z, n: z[:1].expand(n * len(z), -1)),
    "the code is left out": transfer(lambda z, n: torch.zeros_like(z).repeat(n, 1)),
    "the mean code": transfer(lambda z, n: z.mean(0).expand(n * len(z), -1)),
    "run backwards": transfer(labels=lambda n, b: torch.arange(n).flip(0).repeat(b)),
    "returns a tensor of shape (4, 5": classes_first,
    "returns a tensor of shape (20": flat,
    "int64 class numbers": transfer(labels=lambda n, b: F.one_hot(torch.arange(n).repeat(b)).float()),
    "20 codes and 4 labels": transfer(labels=lambda n, b: torch.arange(n)),
    "labels go from 1 to 4": transfer(labels=lambda n, b: torch.arange(1, n + 1).repeat(b)),
    "a pixel is off by": lambda *given: by_rows(*given) * 0.5 + 0.5,
    "`return": lambda *given: print(end=""),
}


@pytest.mark.parametrize("name", RIGHT_TRANSFERS)
def test_other_ways_to_transfer_style_are_correct(name):
    verdict = lab13.style_transfer(RIGHT_TRANSFERS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_TRANSFERS)
def test_wrong_transfer_is_refused_with_its_reason(reason):
    verdict = lab13.style_transfer(WRONG_TRANSFERS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_transfer_s_mistakes_are_told_apart():
    world = lab13.Penmen()
    z = world.encoder(world.x)
    formulas = [lab13._right] + [wrong for _, wrong in lab13.TRANSFER_MISTAKES]
    values = [f(world, z) for f in formulas]
    for i, a in enumerate(values):
        assert not any(torch.allclose(a, b) for b in values[:i]), i


# --- the encoder's turn -------------------------------------------------------------------------------------


def fooled(logits):
    return F.softplus(-logits).mean()


def turn(
    loss=lambda style, category: fooled(style) + fooled(category),
    shares=lambda logits: logits.softmax(1),
    clear=True,
    late=False,
    steps=1,
    judge_too=False,
):
    """The encoder's turn with one thing done otherwise."""

    def encoder_turn(encoder, style_judge, label_judge, optimizer, x):
        for _ in range(steps):
            if clear:
                optimizer.zero_grad()
            label, z = encoder(x)
            loss(style_judge(z), label_judge(shares(label))).backward()
            if late:
                optimizer.zero_grad()
            if judge_too:
                for p in label_judge.parameters():
                    p.data.sub_(0.1 * p.grad)
            optimizer.step()

    return encoder_turn


def by_bce(style, category):
    ones = torch.ones_like(style)
    return sum(F.binary_cross_entropy_with_logits(logits, ones) for logits in (style, category))


def in_two_backwards(encoder, style_judge, label_judge, optimizer, x):
    optimizer.zero_grad()
    label, z = encoder(x)
    (-F.logsigmoid(style_judge(z)).mean()).backward()
    (-F.logsigmoid(label_judge(F.softmax(label, dim=1))).mean()).backward()
    optimizer.step()


def hard(logits):
    return F.one_hot(logits.argmax(1), logits.shape[1]).to(logits)


RIGHT_TURNS = {"softplus": turn(), "cross entropy": turn(by_bce), "two backwards": in_two_backwards}
WRONG_TURNS = {
    "made by argmax": turn(shares=hard),
    "is shown logits": turn(shares=lambda logits: logits),
    "over the minibatch": turn(shares=lambda logits: logits.softmax(0)),
    "no distribution": turn(shares=torch.sigmoid),
    "logs of the shares": turn(shares=lambda logits: logits.log_softmax(1)),
    "only the labels' one": turn(lambda style, category: fooled(category)),
    "learns to be caught": turn(lambda style, category: fooled(-style) + fooled(-category)),
    "goes the wrong way": turn(lambda style, category: -fooled(style) - fooled(category)),
    "this is the first form": turn(lambda style, category: -fooled(-style) - fooled(-category)),
    "you summed over": turn(lambda style, category: F.softplus(-style).sum() + F.softplus(-category).sum()),
    "the mean of the two losses": turn(lambda style, category: (fooled(style) + fooled(category)) / 2),
    "sigmoid twice": turn(lambda style, category: by_bce(style.sigmoid(), category.sigmoid())),
    "gradients pile up": turn(clear=False),
    "between backward() and step()": turn(late=True),
    "yours made 2": turn(steps=2),
    "yours made 0": turn(steps=0),
    "discriminator's weights changed": turn(judge_too=True),
    "a weight of the encoder is off by": turn(lambda style, category: fooled(style) + 2 * fooled(category)),
}


@pytest.mark.parametrize("name", RIGHT_TURNS)
def test_right_turn_is_correct(name):
    verdict = lab13.encoder_turn(RIGHT_TURNS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_TURNS)
def test_wrong_turn_is_refused_with_its_reason(reason):
    verdict = lab13.encoder_turn(WRONG_TURNS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_labels_left_out_and_argmax_are_the_same_to_the_encoder():
    assert "has no gradient" in lab13.encoder_turn(turn(lambda style, category: fooled(style))).message


def test_the_turn_s_mistakes_are_told_apart():
    runs = [lab13.play(lab13.Tribunal())]
    runs += [lab13.play(lab13.Tribunal(), **mistake) for _, mistake in lab13.TURN_MISTAKES]
    for i, a in enumerate(runs):
        assert not any(lab13._agree(a, b) for b in runs[:i]), i
