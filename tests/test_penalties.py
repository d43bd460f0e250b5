"""Penalties and constraints, on critics whose slopes are known."""

import copy
import math

import pytest
import torch
from torch import Tensor, nn

from gan_lab.losses import penalties


class Linear(nn.Module):
    """x -> w.x + b, flattened: its slope is w everywhere."""

    def __init__(self, *w: float) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1) @ self.w.to(x.dtype) + 1


def examples(*shape: int, dtype: torch.dtype = torch.float64, seed: int = 0) -> Tensor:
    return torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def small_net() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(4, 3, 2),
        nn.Flatten(),
        nn.Linear(48, 1),
    )


@pytest.mark.parametrize("penalty", [penalties.r1, penalties.r2])
@pytest.mark.parametrize("shape", [(5, 4), (5, 1, 2, 2)])
def test_r1_of_a_linear_critic_is_half_gamma_times_its_squared_slope(penalty, shape):
    critic = Linear(1.0, -2.0, 2.0, 4.0)  # squared norm 25
    x = examples(*shape).requires_grad_()
    loss = penalty(critic(x), x, gamma=0.3)
    assert loss.item() == pytest.approx(0.3 / 2 * 25)
    (gradient,) = torch.autograd.grad(loss, critic.w)
    torch.testing.assert_close(gradient, 0.3 * critic.w.detach())


def test_r1_averages_over_the_minibatch():
    # D(x) = |x|^2 / 2 has the slope x: gamma/2 times the mean squared norm, (25 + 169) / 2.
    x = torch.tensor([[3.0, 4.0], [5.0, 12.0]], requires_grad=True)
    assert penalties.r1(x.square().sum(1) / 2, x, gamma=2.0).item() == pytest.approx(97.0)


def test_r1_gradient_agrees_with_finite_differences():
    x = examples(3, 2).requires_grad_()

    def loss(w: Tensor, v: Tensor) -> Tensor:
        return penalties.r1(torch.tanh(x @ w) @ v, x, gamma=0.7)

    w, v = examples(2, 4, seed=1).requires_grad_(), examples(4, seed=2).requires_grad_()
    assert torch.autograd.gradcheck(loss, (w, v))


def test_r1_of_patch_logits_takes_the_slope_of_their_sum():
    x = examples(2, 3).requires_grad_()
    patches = torch.stack([x[:, 0], 2 * x[:, 0] + x[:, 1]], 1)  # their sum has the slope (3, 1, 0)
    assert penalties.r1(patches, x, gamma=2.0).item() == pytest.approx(10.0)


def test_r1_refuses():
    critic, x = Linear(1.0, 2.0), examples(3, 2)
    with pytest.raises(ValueError, match="requires_grad_"):
        penalties.r1(critic(x), x, gamma=1.0)
    x.requires_grad_()
    for gamma in (-1.0, math.nan):
        with pytest.raises(ValueError, match="gamma"):
            penalties.r1(critic(x), x, gamma=gamma)
    with pytest.raises(ValueError, match="not computed from this x"):
        penalties.r1(critic(x), x.detach().clone().requires_grad_(), gamma=1.0)
    flat = torch.zeros(3, requires_grad=True)
    with pytest.raises(ValueError, match="shape"):
        penalties.r1(flat * 2, flat, gamma=1.0)


@pytest.mark.parametrize("shape", [(6, 2), (6, 2, 1, 1)])
def test_gradient_penalty_of_a_linear_critic(shape):
    critic = Linear(3.0, -4.0)  # slope 5
    real, fake = examples(*shape), examples(*shape, seed=1)
    assert penalties.gradient_penalty(critic, real, fake).item() == pytest.approx(10 * (5 - 1) ** 2)
    loss = penalties.gradient_penalty(critic, real, fake, weight=0.1, target=7.0)
    assert loss.item() == pytest.approx(0.1 * (5 - 7) ** 2)
    # d/dw of weight (|w| - target)^2 is 2 weight (|w| - target) w/|w|.
    (gradient,) = torch.autograd.grad(loss, critic.w)
    torch.testing.assert_close(gradient, 2 * 0.1 * (5 - 7) * critic.w.detach() / 5)


def test_gradient_penalty_looks_at_points_between_real_and_fake():
    seen = []

    def critic(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return x.sum(1)

    real, fake = torch.zeros(1000, 2), torch.tensor([[2.0, -4.0]]).expand(1000, 2)
    penalties.gradient_penalty(critic, real, fake)
    share = seen[0] / fake[0]
    torch.testing.assert_close(share[:, 0], share[:, 1])  # one number per example, not per pixel
    assert share.min() >= 0
    assert share.max() <= 1
    assert share.mean().item() == pytest.approx(0.5, abs=0.05)
    assert share.std().item() == pytest.approx(12**-0.5, abs=0.03)


def test_gradient_penalty_depends_on_the_default_generator_alone():
    critic, real, fake = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)), *map(float_pair, (0, 1))

    def at(seed: int) -> Tensor:
        torch.default_generator.manual_seed(seed)
        return penalties.gradient_penalty(critic, real, fake)

    assert at(3) == at(3)
    assert at(3) != at(4)


def float_pair(seed: int) -> Tensor:
    return examples(16, 2, dtype=torch.float32, seed=seed)


def test_gradient_penalty_reaches_the_critic_and_nobody_else():
    critic = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    real, fake = float_pair(0), float_pair(1).requires_grad_()
    penalties.gradient_penalty(critic, real, fake).backward()
    assert critic[0].weight.grad.abs().sum() > 0
    assert fake.grad is None
    assert not real.requires_grad


def test_gradient_penalty_is_float32_under_autocast():
    critic = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    real, fake = float_pair(0), float_pair(1)
    torch.default_generator.manual_seed(0)
    plain = penalties.gradient_penalty(critic, real, fake)
    torch.default_generator.manual_seed(0)
    dtypes = []

    def watched(x: Tensor) -> Tensor:
        dtypes.append(critic(x).dtype)
        return critic(x)

    with torch.autocast("cpu", torch.bfloat16):
        assert critic(real).dtype == torch.bfloat16
        inside = penalties.gradient_penalty(watched, real, fake)
    assert dtypes == [torch.float32]
    assert inside.dtype == torch.float32
    assert inside == plain
    with torch.autocast("cpu", torch.bfloat16):  # as a generator under autocast hands its fakes over
        assert penalties.gradient_penalty(critic, real, fake.bfloat16()).dtype == torch.float32


def test_gradient_penalty_goes_past_a_compiled_call():
    critic = Linear(3.0, 4.0)

    def compiled(*_: Tensor) -> Tensor:
        raise AssertionError("the compiled call was used")

    critic._compiled_call_impl = compiled  # what net.compile() sets
    with pytest.raises(AssertionError):
        critic(examples(2, 2))
    assert penalties.gradient_penalty(critic, examples(2, 2), examples(2, 2)).item() == pytest.approx(160.0)


def test_gradient_penalty_at_a_flat_critic_has_a_finite_gradient():
    critic = Linear(0.0, 0.0)
    loss = penalties.gradient_penalty(critic, examples(2, 2), examples(2, 2, seed=1))
    assert loss.item() == pytest.approx(10.0)
    assert torch.autograd.grad(loss, critic.w)[0].isfinite().all()


def test_gradient_penalty_refuses():
    critic, x = Linear(3.0, 4.0), examples(4, 2)
    with pytest.raises(ValueError, match="same shape"):
        penalties.gradient_penalty(critic, x, x[:3])
    with pytest.raises(ValueError, match="weight"):
        penalties.gradient_penalty(critic, x, x, weight=-1)
    with pytest.raises(ValueError, match="target"):
        penalties.gradient_penalty(critic, x, x, target=-1)


def test_clip_weights():
    net = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 1))
    before = copy.deepcopy(net.state_dict())
    where = [p.data_ptr() for p in net.parameters()]
    penalties.clip_weights(net, 0.1)
    for name, parameter in net.named_parameters():
        assert torch.equal(parameter, before[name].clamp(-0.1, 0.1)), name
        assert parameter.requires_grad
    assert before["0.weight"].abs().max() > 0.1  # there was something to clip
    assert where == [p.data_ptr() for p in net.parameters()]


@pytest.mark.parametrize("c", [0.0, -0.01, math.nan])
def test_clip_weights_refuses(c):
    with pytest.raises(ValueError, match="positive"):
        penalties.clip_weights(nn.Linear(1, 1), c)


def matrix(layer: nn.Module) -> Tensor:
    weight = layer.weight.detach()
    return weight.transpose(0, 1).flatten(1) if isinstance(layer, nn.ConvTranspose2d) else weight.flatten(1)


def test_spectral_norm_gives_largest_singular_value_one():
    torch.default_generator.manual_seed(0)
    net = small_net()
    raw = matrix(net[0])
    assert penalties.spectral_norm(net) is net
    x = examples(2, 1, 8, 8, dtype=torch.float32)
    for _ in range(100):
        net(x)
    net.eval()
    for layer in (net[0], net[2], net[4]):
        assert torch.linalg.matrix_norm(matrix(layer), 2).item() == pytest.approx(1.0, abs=1e-3)
    torch.testing.assert_close(matrix(net[0]), raw / torch.linalg.matrix_norm(raw, 2), atol=1e-3, rtol=1e-3)


def test_spectral_norm_bounds_the_slope_of_a_perceptron():
    torch.default_generator.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    nn.init.normal_(net[2].weight)
    x = examples(256, 2, dtype=torch.float32).requires_grad_()

    def steepest() -> float:
        return torch.autograd.grad(net(x).sum(), x)[0].norm(dim=1).max().item()

    assert steepest() > 1.5
    penalties.spectral_norm(net)
    for _ in range(100):
        net(x)
    assert steepest() <= 1.001


def test_spectral_norm_twice_is_once():
    net = penalties.spectral_norm(small_net())
    names = list(net.state_dict())
    assert list(penalties.spectral_norm(net).state_dict()) == names


def test_a_normalised_network_trains_copies_and_reloads():
    x = examples(2, 1, 8, 8, dtype=torch.float32)
    net = penalties.spectral_norm(small_net())
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    before = net.eval()(x)
    net.train()(x).sum().backward()
    optimizer.step()
    after = net.eval()(x)
    assert not torch.equal(before, after)
    assert torch.equal(copy.deepcopy(net)(x), after)
    fresh = penalties.spectral_norm(small_net()).eval()
    fresh.load_state_dict(net.state_dict())
    assert torch.equal(fresh(x), after)
    assert torch.equal(net(x), after)  # watching in evaluation mode changes nothing


def test_spectral_norm_refuses_a_network_without_weights():
    with pytest.raises(ValueError, match="Flatten"):
        penalties.spectral_norm(nn.Flatten())
