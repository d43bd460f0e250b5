"""The ward's ten really hurt, its three change nothing, and the doctor tells them from healthy loops."""

import copy
from functools import lru_cache

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_lab import checks, data, training
from gan_lab.algorithms.gan import GAN
from gan_lab.checks import clinic
from gan_lab.checks.bugs import BUGS
from gan_lab.checks.patients import TRUTH, WARD, base
from gan_lab.losses import LOSSES, penalties

ILL = [letter for letter, truth in TRUTH.items() if truth != "harmless"]
HARMLESS = [letter for letter, truth in TRUTH.items() if truth == "harmless"]


def trained(kind, seed=0, steps=None):
    loop = kind(seed)
    clinic.train(loop, steps)
    return loop


def weights(net):
    return torch.cat([p.detach().flatten() for p in net.parameters()])


@lru_cache
def distance_after(kind):
    return clinic.distance(trained(kind, seed=1))


# --- the ward -----------------------------------------------------------------------------------------------


def test_the_ward_has_the_ten_and_three_harmless():
    assert sorted(truth for truth in TRUTH.values() if truth != "harmless") == sorted(BUGS)
    assert len(HARMLESS) == 3
    assert set(WARD) == set(TRUTH)


@pytest.mark.parametrize("letter", ILL)
def test_it_really_hurts(letter):
    """After the steps in which the healthy loop learns its data, the patient is far from it."""
    healthy, ill = distance_after(base(WARD[letter])), distance_after(WARD[letter])
    assert healthy < 0.1
    assert ill > 3 * healthy


@pytest.mark.parametrize("letter", ["A", "D"])
def test_two_change_not_a_bit(letter):
    odd, plain = trained(WARD[letter], 4, 60), trained(clinic.Healthy, 4, 60)
    for net in ("generator", "discriminator"):
        assert torch.equal(weights(getattr(odd, net)), weights(getattr(plain, net)))


def mirrored(loop):
    """Turns D's answer round: its last layer with the opposite sign."""
    with torch.no_grad():
        for p in loop.discriminator[-1].parameters():
            p.neg_()
    return loop


def test_swapping_the_labels_in_both_is_the_same_game_in_a_mirror():
    """From a mirrored D the same G comes out, up to rounding; in double precision the difference is rounding's size."""
    ours = data.load("ring").batches(128, 5)
    results = []
    for kind in (WARD["J"], clinic.Healthy):
        loop = kind(5)
        loop.generator.double(), loop.discriminator.double()
        loop.batches = lambda i: data.Batch(ours(i).x.double())
        if kind is not clinic.Healthy:
            mirrored(loop)
        torch.set_default_dtype(torch.float64)
        try:
            torch.manual_seed(6)
            clinic.train(loop, 60)
        finally:
            torch.set_default_dtype(torch.float32)
        results.append(weights(loop.generator))
    assert (results[0] - results[1]).abs().max() < 1e-9


def test_the_loss_of_a_double_sigmoid_stays_over_its_floor():
    losses = clinic.train(WARD["H"](0), 200)
    floor = F.softplus(torch.tensor(-1.0)) + F.softplus(torch.tensor(0.0))
    assert floor == pytest.approx(1.0064, abs=1e-4)
    assert losses[:, 0].min() >= floor - 1e-6
    assert clinic.train(clinic.HealthyFar(0), 200)[:, 0].min() < floor


@pytest.mark.parametrize("letter", WARD)
def test_a_listing_gives_nothing_away(letter):
    text = clinic.listing(WARD[letter])
    assert text.count("\ndef ") == 3
    assert WARD[letter].__name__ not in text
    assert '"""' not in text
    assert "#" not in text
    compile(text, letter, "exec")


# --- the diagnosis ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("letter", WARD)
def test_every_patient_is_recognised(letter, seed):
    found = checks.diagnose(WARD[letter](seed))
    assert (found.bug or "harmless") == TRUTH[letter], found
    assert bool(found) == (TRUTH[letter] == "harmless")
    if found.bug:
        assert all(part in found.message for part in ("Evidence: ", "Why it hurts: ", "Where to look: "))


@pytest.mark.parametrize("letter", sorted(set(ILL) - {"L", "M"}))
def test_it_is_recognised_later_in_training_too(letter):
    found = checks.diagnose(trained(WARD[letter], 0, 60))
    assert found.bug == TRUTH[letter], found


HEALTHY = [clinic.Healthy, clinic.HealthyFar, clinic.HealthyWide, clinic.HealthyHinge]
HEALTHY += [clinic.HealthyBatchNorm, clinic.HealthyWGAN]


@pytest.mark.parametrize("kind", HEALTHY, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("before", [0, 60])
def test_the_wards_healthy_loops_are_healthy(kind, before):
    loop = trained(kind, 1, before) if before else kind(1)
    found = checks.diagnose(loop)
    assert found, found


OPTIMIZERS = {
    "Adam": lambda net: torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.0, 0.9)),
    "SGD": lambda net: torch.optim.SGD(net.parameters(), lr=0.05),
    "RMSprop": lambda net: torch.optim.RMSprop(net.parameters(), lr=1e-3),
}


def loop_of(loss, optimizer="Adam", k=1, seed=0, penalty=None, clipped=False, G=None, D=None):
    """An ordinary loop of any loss, written otherwise than the ward's."""
    torch.manual_seed(seed)
    G, D = G or clinic.mlp(2, 2), D or clinic.mlp(2, 1)
    opt_g, opt_d = OPTIMIZERS[optimizer](G), OPTIMIZERS[optimizer](D)
    batches, count = data.load("ring").batches(64, seed), iter(range(10**6))

    def step():
        for _ in range(k):
            real = batches(next(count)).x
            with torch.no_grad():
                fake = G(torch.randn(64, 2))
            cost = loss.discriminator(D(real), D(fake))
            if penalty == "gp":
                cost = cost + penalties.gradient_penalty(D, real, fake, 10.0)
            if penalty == "r1":
                real = real.clone().requires_grad_()
                cost = cost + penalties.r1(D(real), real, 1.0)
            opt_d.zero_grad()
            cost.backward()
            opt_d.step()
            if clipped:
                penalties.clip_weights(D, 0.1)
        opt_g.zero_grad()
        loss.generator(D(G(torch.randn(64, 2))), D(real).detach()).backward()
        opt_g.step()

    return checks.run(G, D, opt_g, opt_d, step)


GAMES = {name: {"loss": loss, "clipped": name == "wasserstein"} for name, loss in LOSSES.items()}
GAMES["wgan-gp"] = {"loss": LOSSES["wasserstein"], "penalty": "gp"}
GAMES["r1"] = {"loss": LOSSES["non-saturating"], "penalty": "r1"}


@pytest.mark.parametrize(("k", "seed"), [(1, 0), (5, 1), (1, 2)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("game", GAMES)
def test_no_false_alarm(game, optimizer, k, seed):
    found = checks.diagnose(loop_of(optimizer=optimizer, k=k, seed=seed, **GAMES[game]))
    assert found.state == "healthy", found


def tutorial(
    norm=False, dropout=False, probabilities=False, together=False, swapped=False, monitor=False, smooth=1.0
):
    """PyTorch's own example: two backwards in D's turn, one fake for both; and other habits that do no harm."""
    torch.manual_seed(0)
    extra = ([nn.BatchNorm1d(64)] if norm else []) + ([nn.Dropout(0.3)] if dropout else [])
    G, D = clinic.mlp(8, 2), nn.Sequential(nn.Linear(2, 64), *extra, nn.LeakyReLU(0.2), nn.Linear(64, 1))
    D = nn.Sequential(D, nn.Sigmoid()) if probabilities else D
    cost = nn.BCELoss() if probabilities else nn.BCEWithLogitsLoss()
    opt_g, opt_d = OPTIMIZERS["Adam"](G), OPTIMIZERS["Adam"](D)
    batches, count = data.load("two-gaussians").batches(64), iter(range(10**6))
    ones, zeros, fixed = torch.full((64, 1), smooth), torch.zeros(64, 1), torch.randn(16, 8)
    ones, zeros = (zeros, ones) if swapped else (ones, zeros)

    def step():
        D.zero_grad()
        fake, real = G(torch.randn(64, 8)), batches(next(count)).x
        if together:
            cost(D(torch.cat([real, fake.detach()])), torch.cat([ones, zeros])).backward()
        else:
            cost(D(real), ones).backward()
            cost(D(fake.detach()), zeros).backward()
        torch.nn.utils.clip_grad_value_(D.parameters(), 0.01)
        opt_d.step()
        G.zero_grad()
        cost(D(fake), ones).backward()
        opt_g.step()
        if monitor:
            with torch.no_grad():
                D(G(fixed))

    return checks.run(G, D, opt_g, opt_d, step)


HABITS = {
    "tutorial": {},
    "batch norm, apart": {"norm": True},
    "dropout, together": {"dropout": True, "together": True},
    "together without batch norm": {"together": True},
    "probabilities": {"probabilities": True},
    "probabilities, swapped in both": {"probabilities": True, "swapped": True},
    "a fixed noise to look at": {"monitor": True},
    "label smoothing": {"smooth": 0.9},
}


@pytest.mark.parametrize("habit", HABITS)
def test_habits_that_do_no_harm(habit):
    found = checks.diagnose(tutorial(**HABITS[habit]))
    assert found.state == "healthy", found


def test_batch_norm_together_is_found_in_a_loop_of_another_style():
    assert checks.diagnose(tutorial(norm=True, together=True)).bug == "BatchNorm over a mixed batch"


def test_gan_labs_own_training_is_healthy():
    gan = GAN(clinic.mlp(2, 2), clinic.mlp(2, 1), latent_dim=2)
    steps = training.train(
        gan, data.load("ring").batches(64), training.TrainConfig(steps=50), training.Engine(device="cpu")
    )
    d, g = (phase.optimizer for phase in gan.phases)
    found = checks.diagnose(checks.run(gan.generator, gan.discriminator, g, d, lambda: next(steps)))
    assert found, found


def step_with(**odd):
    """A loop on probabilities or logits with one mistake, written in other words than the ward's."""
    torch.manual_seed(0)
    G, D = clinic.mlp(2, 2), clinic.mlp(2, 1)
    opt_g, opt_d = OPTIMIZERS["Adam"](G), OPTIMIZERS["Adam"](D)
    batches, count = data.load("ring").batches(64), iter(range(10**6))
    answer = (lambda x: D(x).sigmoid()) if odd.get("sigmoid") else D

    def step():
        if odd.get("zero_first"):
            opt_d.zero_grad(), opt_g.zero_grad()
        fake = G(torch.randn(64, 2))
        if not odd.get("zero_first") and not odd.get("never_d"):
            opt_d.zero_grad()
        (clinic.bce(answer(batches(next(count)).x), 1) + clinic.bce(answer(fake), 0)).backward()
        opt_d.step()
        if odd.get("clear"):
            opt_g.zero_grad()
        clinic.bce(answer(G(torch.randn(64, 2))), 1).backward()
        opt_g.step()

    return checks.run(G, D, opt_g, opt_d, step)


@pytest.mark.parametrize(
    ("odd", "bug"),
    [
        ({"sigmoid": True, "clear": True}, "sigmoid twice"),
        ({"zero_first": True}, "detach removed and G's gradients not zeroed"),
        ({"never_d": True, "clear": True}, "G's backward left in D.grad"),
        ({"clear": True}, None),
    ],
)
def test_other_ways_to_write_the_same_mistakes(odd, bug):
    assert checks.diagnose(step_with(**odd)).bug == bug


def test_afterwards_everything_is_as_before():
    loop = trained(clinic.HealthyBatchNorm, 2, 3)
    loop.discriminator.eval()
    things = (loop.generator, loop.discriminator, loop.optimizer_g, loop.optimizer_d)
    before = copy.deepcopy([thing.state_dict() for thing in things])
    grads = [p.grad.clone() for p in loop.generator.parameters()]
    noise = torch.get_rng_state()
    checks.diagnose(loop)
    assert torch.equal(torch.get_rng_state(), noise)
    assert all(torch.equal(p.grad, g) for p, g in zip(loop.generator.parameters(), grads))
    assert not loop.discriminator.training
    assert "forward" not in vars(loop.discriminator)
    assert "step" not in vars(loop.optimizer_d)
    for thing, kept in zip(things, before):
        for a, b in zip(flat(thing.state_dict()), flat(kept)):
            assert torch.equal(torch.as_tensor(a), torch.as_tensor(b))


def flat(tree):
    """All leaves of nested dicts and lists that are numbers or tensors."""
    if isinstance(tree, dict):
        return [leaf for value in tree.values() for leaf in flat(value)]
    if isinstance(tree, (list, tuple)):
        return [leaf for value in tree for leaf in flat(value)]
    return [tree] if isinstance(tree, (torch.Tensor, int, float, bool)) else []


def test_listening_changes_nothing():
    """A loop that is listened to goes the same way as one that is not, bit for bit."""
    from gan_lab.checks.stethoscope import Stethoscope

    loops = [clinic.HealthyBatchNorm(3), clinic.HealthyBatchNorm(3)]
    ear = Stethoscope(loops[0])
    torch.manual_seed(8)
    with ear.on():
        for _ in range(5):
            loops[0].step()
            ear.end_iteration()
    torch.manual_seed(8)
    for _ in range(5):
        loops[1].step()
    assert torch.equal(weights(loops[0].generator), weights(loops[1].generator))
    assert torch.equal(weights(loops[0].discriminator), weights(loops[1].discriminator))


def changed(**what):
    loop = clinic.Healthy()
    for name, value in what.items():
        setattr(loop, name, value)
    return loop


def raises():
    raise KeyError("labels")


@pytest.mark.parametrize(
    ("loop", "message"),
    [
        (None, "this NoneType has nothing there"),
        (clinic.Healthy, r"\.generator of type Module, but this type has nothing there: give checks.run"),
        (changed(optimizer_g="Adam"), "optimizer_g of type Optimizer, but this Healthy has str there"),
        (changed(step=3), "has no step"),
        (changed(step=raises), "step.. raised KeyError in iteration 1: 'labels'"),
        (changed(step=lambda: None), r"never called optimizer_d.step\(\)"),
        (changed(generator=clinic.mlp(2, 2)), "optimizer_g holds no parameter of the generator"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_a_reason(loop, message):
    with pytest.raises(ValueError, match=message):
        checks.diagnose(loop)


@pytest.mark.parametrize("steps", [2, 0, 2.5, True])
def test_too_few_iterations_are_refused(steps):
    with pytest.raises(ValueError, match="at least 3"):
        checks.diagnose(clinic.Healthy(), steps=steps)


def test_fakes_that_cannot_be_recognised_are_refused():
    class Blurred(clinic.Healthy):
        def d_turn(self, G, D, optimizer_d, next_batch):
            real, fake = next_batch(), G(torch.randn(128, 2)).detach()
            optimizer_d.zero_grad()
            loss = clinic.bce(D(real + torch.randn(128, 2)), 1) + clinic.bce(D(fake + torch.randn(128, 2)), 0)
            loss.backward()
            optimizer_d.step()
            return loss

    with pytest.raises(ValueError, match="instance noise off for the diagnosis"):
        checks.diagnose(Blurred())


def test_both_losses_at_once_are_refused():
    loop = clinic.Healthy()

    def step():
        G, D = loop.generator, loop.discriminator
        fake = G(torch.randn(128, 2))
        loop.optimizer_d.zero_grad(), loop.optimizer_g.zero_grad()
        (clinic.bce(D(loop.next_batch()), 1) + clinic.bce(D(fake), 0)).backward()
        loop.optimizer_d.step()
        loop.optimizer_g.step()

    loop.step = step
    with pytest.raises(ValueError, match=r"no gradient reached D's outputs before optimizer_g.step"):
        checks.diagnose(loop)


def test_a_loop_that_diverges_says_so():
    class Infinite(clinic.Healthy):
        def g_turn(self, G, D, optimizer_g):
            loss = super().g_turn(G, D, optimizer_g)
            with torch.no_grad():
                next(G.parameters()).fill_(float("nan"))
            return loss

    found = checks.diagnose(Infinite())
    assert found.bug == "not finite"
    assert "no numbers" in found.message
