import pytest
import torch

from gan_lab.algorithms.base import Probe
from gan_lab.algorithms.classifier import Classifier, shifted
from gan_lab.data.batch import Batch
from gan_lab.models.classifier import DigitClassifier


def bars(n, seed=0):
    """Ten classes of a bright bar at one of ten heights, on a noisy ground: (n, 1, 28, 28) and labels."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 10, (n,), generator=generator)
    x = -1 + 0.4 * torch.rand(n, 1, 28, 28, generator=generator)
    rows = torch.arange(28)[None, :] // 2 - 2 == y[:, None]
    return torch.where(rows[:, None, :, None], 1.0, x), y


def train(algorithm, x, y, steps, batch=64):
    phase = algorithm.phases[0]
    algorithm.train()
    for step in range(steps):
        algorithm.schedule(step * batch)
        where = torch.arange(step * batch, (step + 1) * batch) % len(x)
        logs = phase.loss(Batch(x[where], y[where]))
        phase.optimizer.zero_grad()
        logs["loss"].backward()
        phase.optimizer.step()
    return logs


def test_shapes_size_and_crop():
    net = DigitClassifier().eval()
    x = torch.rand(3, 1, 28, 28) * 2 - 1
    assert net(x).shape == (3, 10)
    assert net.features(x).shape == (3, net.dim)
    assert sum(p.numel() for p in net.parameters()) == 61_050
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2), value=-1.0)
    assert torch.equal(net(padded), net(x))


@pytest.mark.parametrize("shape", [(2, 3, 28, 28), (2, 1, 30, 30), (1, 28, 28)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"\(B, 1, 28, 28\).*not \("):
        DigitClassifier()(torch.zeros(shape))


def test_every_parameter_gets_a_gradient():
    torch.manual_seed(0)
    algorithm = Classifier()
    x, y = bars(32)
    algorithm.phases[0].loss(Batch(x, y))["loss"].backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in algorithm.phases[0].params)


def test_it_learns():
    torch.manual_seed(0)
    algorithm = Classifier(decay_images=40 * 64, shift=0)
    x, y = bars(640)
    train(algorithm, x, y, 40)
    unseen, answers = bars(200, seed=1)
    predicted = algorithm.frame(Probe(unseen))["predicted"]
    assert (predicted == answers.numpy()).mean() > 0.95


def test_looking_changes_nothing():
    algorithm = Classifier()
    before = {k: v.clone() for k, v in algorithm.state_dict().items()}
    random = torch.get_rng_state()
    frame = algorithm.frame(Probe(bars(4)[0]))
    assert frame["logits"].shape == (4, 10)
    assert algorithm.net.training
    assert torch.equal(random, torch.get_rng_state())
    assert all(torch.equal(v, before[k]) for k, v in algorithm.state_dict().items())


def test_the_learning_rate_is_a_function_of_images_seen():
    algorithm = Classifier(lr=0.01, decay_images=1000)
    rates = []
    for seen in (0, 500, 1000, 2000, 500):
        algorithm.schedule(seen)
        rates.append(algorithm.phases[0].optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([0.01, 0.005, 0, 0, 0.005])


def test_shifts_move_whole_images_and_draw_from_the_default_generator():
    x = torch.full((200, 1, 9, 9), -1.0)
    x[:, 0, 4, 4] = 1.0
    torch.manual_seed(3)
    moved = shifted(x, 2)
    torch.manual_seed(3)
    assert torch.equal(moved, shifted(x, 2))
    assert torch.equal((moved == 1).sum((1, 2, 3)), torch.ones(200, dtype=torch.long))
    places = {tuple(p) for p in (moved[:, 0] == 1).nonzero()[:, 1:].tolist()}
    assert places == {(r, c) for r in range(2, 7) for c in range(2, 7)}
    pictures = torch.rand(2, 3, 5, 5)
    assert shifted(pictures, 1).shape == (2, 3, 5, 5)
    assert shifted(pictures, 0) is pictures


def test_data_without_labels_are_refused():
    with pytest.raises(ValueError, match="needs labels"):
        Classifier().loss(Batch(torch.zeros(2, 1, 28, 28)))
