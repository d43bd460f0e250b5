import math

import pytest
import torch

from gan_lab.metrics import mode_coverage

CENTRES = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


def test_counted_by_hand():
    # two hits at the first mode, one just inside 3 std and one just outside at the second, the rest empty
    samples = torch.tensor([[-1.0, 0.0], [-1.0, 0.1], [1.0, 0.29], [1.0, 0.31]])
    got = mode_coverage(samples, CENTRES, std=0.1)
    assert got["modes"]["value"] == 2
    assert got["modes"]["floor"] == 4
    assert got["modes"]["counts"] == [2, 1, 0, 0]
    assert got["high_quality"]["value"] == 0.75
    assert got["kl"]["counts"] == [2, 2, 0, 0]
    assert got["kl"]["value"] == pytest.approx(math.log(2))
    assert got["kl"]["floor"] == pytest.approx(3 / 8)


def test_the_truth_reads_its_floors():
    generator = torch.Generator().manual_seed(0)
    which = torch.randint(0, 4, (20_000,), generator=generator)
    samples = CENTRES[which] + 0.05 * torch.randn(20_000, 2, generator=generator)
    got = mode_coverage(samples, CENTRES, std=0.05)
    assert got["modes"]["value"] == 4
    assert got["high_quality"]["value"] == pytest.approx(got["high_quality"]["floor"], abs=0.004)
    assert got["high_quality"]["floor"] == pytest.approx(0.98889, abs=1e-5)


def test_the_floor_of_the_kl_is_its_mean_over_many_true_draws():
    generator = torch.Generator().manual_seed(1)
    values = []
    for _ in range(300):
        which = torch.randint(0, 4, (200,), generator=generator)
        result = mode_coverage(CENTRES[which], CENTRES, std=0.1)["kl"]
        values.append(result["value"])
    assert sum(values) / 300 == pytest.approx(result["floor"], rel=0.15)


def test_one_mode_is_log_k_away():
    got = mode_coverage(CENTRES[:1].expand(50, 2), CENTRES, std=0.1)
    assert got["modes"]["value"] == 1
    assert got["kl"]["value"] == pytest.approx(math.log(4))


@pytest.mark.parametrize(
    ("samples", "std", "message"),
    [
        (torch.zeros(0, 2), 0.1, "too few"),
        (torch.zeros(3, 5), 0.1, "shape"),
        (torch.full((3, 2), math.nan), 0.1, "3 of 3 rows hold NaN"),
        (torch.zeros(3, 2), 0.0, "std must be positive"),
    ],
)
def test_bad_input_is_named(samples, std, message):
    with pytest.raises(ValueError, match=message):
        mode_coverage(samples, CENTRES, std)
