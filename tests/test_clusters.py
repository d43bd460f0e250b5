"""Clusters: nothing is told a label, what a category means is looked up afterwards, and the log is gone on with."""

import json

import pytest
import torch

from gan_lab import data
from gan_lab.bench import clusters as bench
from gan_lab.experiments import clusters, few_labels
from gan_lab.experiments.clusters import Row


@pytest.fixture(scope="module")
def sets():
    digits = data.load("mnist-5k")
    return tuple(digits.subset(slice(start, None, 5)) for start in range(3))


def test_labels_change_nothing_that_is_learnt(sets):
    wrong = sets[0].subset(slice(None))
    wrong.labels = (sets[0].labels + 3) % 10
    ends = []
    for seen in (sets[0], wrong):
        model = clusters.build(seen, 12, 0, 4, width=8)
        few_labels.run(model, seen, 4)
        ends.append(model.encoder.body[0].weight.detach())
    assert torch.equal(*ends)
    first = clusters.build(sets[0], 12, 0, 4, width=8)
    assert not torch.equal(first.encoder.body[0].weight, ends[0])
    assert torch.equal(
        first.encoder.body[0].weight, clusters.build(sets[0], 12, 0, 4, width=8).encoder.body[0].weight
    )
    assert "classification" not in [phase.name for phase in first.phases]


def test_a_category_means_the_label_of_the_image_that_is_the_surest_of_it():
    shares = torch.tensor([[0.9, 0.1, 0.0], [0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.3, 0.5, 0.2]])
    labels = torch.tensor([4, 7, 7, 2])
    meaning = clusters.meanings(shares, labels)
    assert meaning.tolist() == [4, 7, 2]
    assert clusters.error(shares, labels, meaning) == 0.5  # read as 4, 4, 7, 7


def test_every_image_has_a_share_of_every_category(sets):
    shares = clusters.categories(clusters.build(sets[0], 12, 0, 4, width=8), sets[1])
    assert shares.shape == (1000, 12)
    assert torch.allclose(shares.sum(1), torch.ones(1000), atol=1e-5)


def test_the_command_writes_a_log_and_goes_on_with_it(sets, tmp_path):
    out = tmp_path / "clusters.json"
    settings = {"epochs": 1, "width": 8, "counts": (3, 12), "seeds": (5, 6)}
    asked = []

    def stopped(count, seed, *rest):
        if len(asked) == 3:
            raise KeyboardInterrupt
        asked.append((count, seed))
        return bench.one(count, seed, *rest)

    with pytest.raises(KeyboardInterrupt):
        bench.write_log(out, sets, **settings, measure=stopped)
    written = bench.write_log(out, sets, **settings)
    assert asked == [(3, 5), (12, 5), (3, 6)]
    assert json.loads(out.read_text()) == written
    for name, seeds in clusters.shipped(out)["runs"].items():
        for (row,) in seeds:
            assert isinstance(row, Row)
            assert row.clusters == int(name) >= row.used >= 1
            assert 0 < row.test < 1
    with pytest.raises(ValueError, match="another width"):
        bench.write_log(out, sets, **settings | {"width": 9})


def test_what_is_missing_is_told(sets, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"python -m gan_lab\.bench\.clusters"):
        clusters.shipped(tmp_path / "none.json")
    unlabelled = sets[0].subset(slice(None))
    unlabelled.labels = None
    with pytest.raises(ValueError, match="no labels"):
        bench.labels(unlabelled)
