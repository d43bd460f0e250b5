"""What labs 02 and 03 show of real networks: who still learns against a sure D, and who comes to rest."""

import pytest
import torch

from gan_lab.experiments import rotation
from gan_lab.experiments.head_start import HeadStart, head_start
from gan_lab.losses import minimax, non_saturating


@pytest.fixture(scope="module")
def starts():
    return {
        (loss.name, optimizer): head_start(loss, optimizer, turns=500, steps=60)
        for loss in (minimax, non_saturating)
        for optimizer in ("sgd", "adam")
    }


def test_under_plain_descent_only_the_non_saturating_generator_still_learns(starts):
    assert all(run.logit < -8 for run in starts.values())
    assert starts["non-saturating", "sgd"].distances[-1] < 1
    assert starts["minimax", "sgd"].distances[-1] > 5.5


def test_adam_hides_the_difference(starts):
    covered = [6 - starts[name, "adam"].distances[-1] for name in ("minimax", "non-saturating")]
    assert min(covered) > 0.5
    assert covered[0] == pytest.approx(covered[1], rel=0.35)


def test_a_head_start_begins_where_it_says(starts):
    assert all(run.distances[0] == pytest.approx(6.0) for run in starts.values())
    assert all(len(run.distances) == 61 for run in starts.values())
    assert abs(head_start(minimax, turns=0, steps=1).logit) < 1  # D has not been taught
    assert HeadStart(0.0, [3.0, 1.2, 0.4, 0.6]).arrival() == 2
    assert HeadStart(0.0, [3.0, 1.2]).arrival() is None


@pytest.mark.parametrize("seed", [0, 1])
def test_r1_brings_the_blob_to_rest_and_without_it_the_swinging_goes_on(seed):
    plain, damped = (rotation.blob(r1, steps=300, seed=seed).centres.norm(dim=1) for r1 in (0.0, 0.3))
    assert plain[0] == damped[0] == pytest.approx(2**0.5, abs=0.01)
    assert damped[-50:].max() < 0.01
    assert plain[-50:].max() > 0.03


def test_a_rotation_is_the_same_every_time():
    first = rotation.ring(1.0, steps=6, every=4)
    again = rotation.ring(1.0, steps=6, every=4)
    assert first.steps == [0, 4, 6]
    assert first.fake.shape == (3, 200, 2)
    assert first.losses.shape == (6, 2)
    assert torch.equal(first.fake, again.fake)
    assert torch.equal(first.losses, again.losses)


def test_travel_and_centres_are_means_over_the_fakes():
    fake = torch.tensor([[[0.0, 0.0], [2.0, 0.0]], [[0.0, 1.0], [2.0, 3.0]]])
    seen = rotation.Rotation([0, 1], fake, torch.zeros(1, 2))
    assert seen.centres.tolist() == [[1, 0], [1, 2]]
    assert seen.travel.tolist() == [2]


def test_the_recorded_loss_of_d_is_without_its_penalty():
    plain, damped = (rotation.ring(r1, steps=1).losses for r1 in (0.0, 50.0))
    assert plain[0, 0] == pytest.approx(damped[0, 0].item(), rel=1e-5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: head_start(minimax, "rmsprop"), "one of sgd, adam"),
        (lambda: head_start(minimax, turns=10**5), "0 to 2000"),
        (lambda: rotation.blob(steps=0), "1 to 5000"),
        (lambda: rotation.ring(every=0), "at least 1"),
        (lambda: rotation.ring(r1=-1.0), "must not be negative"),
    ],
)
def test_what_cannot_be_run_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
