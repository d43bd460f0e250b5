"""The parts of pix2pix and CycleGAN: what each kind of run leaves out, how the logs are written and gone on with."""

import json

import pytest
import torch
from PIL import Image

from gan_lab import recipes
from gan_lab.bench import cyclegan_parts as cycle_bench
from gan_lab.bench import long_runs
from gan_lab.bench import pix2pix_parts as pair_bench
from gan_lab.experiments import cyclegan_parts, pix2pix_parts
from gan_lab.experiments.cyclegan_parts import Kind
from gan_lab.models.patchgan import PatchGAN


def test_each_kind_of_pix2pix_changes_one_thing():
    kinds = list(pix2pix_parts.KINDS)
    both = pix2pix_parts.recipe("L1 + cGAN, patches of 16", 1)
    changed = {"L1 alone": {"without", "patch"}, "cGAN alone": {"without"}}
    for kind in kinds:
        plan = pix2pix_parts.recipe(kind, 1)
        odd = {text.split()[0] for text in plan.differences(both)}
        assert odd == changed.get(kind, {"patch"} - ({"patch"} if kind == kinds[3] else set())), kind
    with pytest.raises(ValueError, match="L1 alone, cGAN alone"):
        pix2pix_parts.recipe("GAN")


def test_the_patches_are_those_of_their_names_and_286_is_refused():
    fields = [pix2pix_parts.recipe(kind).patch for kind in pix2pix_parts.KINDS if "+" in kind]
    assert fields == [1, 16, 34, 70]
    with pytest.raises(ValueError, match="286 need pictures of at least 128 pixels, not 32"):
        recipes.fit("pix2pix", pix2pix_parts.FacePairs(size=pix2pix_parts.SIDE), patch=286)


def test_only_what_is_named_is_left_out_of_the_game():
    games = {name: cyclegan_parts.build(Kind("day-night", out), 1, 8, 4) for name, out in (
        ("full", ()), ("cycle", ("cycle",)), ("identity", ("identity",)), ("history", ("history",))
    )}  # fmt: skip
    weights = {name: (g.cycle, g.identity, g.history_a.size) for name, g in games.items()}
    assert weights == {
        "full": (10, 5, 50), "cycle": (0, 5, 50), "identity": (10, 0, 50), "history": (10, 5, 0),
    }  # fmt: skip
    first = [list(game.parameters()) for game in games.values()]
    for other in first[1:]:
        assert all(torch.equal(a, b) for a, b in zip(first[0], other, strict=True))
    for kind in (Kind("day-night", None), Kind("day-night", ("l1",))):
        with pytest.raises(ValueError, match="cycle, identity and history"):
            cyclegan_parts.build(kind)


def test_the_supervised_networks_begin_where_the_game_begins_and_have_no_judge():
    game, alone = cyclegan_parts.build(Kind("pencil"), 2, 8, 4), cyclegan_parts.supervised(2, 8, 4)
    for net, model in zip((game.ab, game.ba), alone.values(), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(net.parameters(), model.generator.parameters()))
        assert not any(isinstance(part, PatchGAN) for part in model.modules())


def test_a_game_never_sees_pairs_and_the_supervised_ones_do(monkeypatch):
    seen = []
    monkeypatch.setattr(cyclegan_parts, "learn", lambda model, pairs, steps, seed: seen.append(pairs))
    cyclegan_parts.run(Kind("pencil"), 0, 1, 4)
    cyclegan_parts.run(Kind("pencil", None), 0, 1, 4)
    assert [(p.paired, p.direction) for p in seen] == [(False, "AtoB"), (True, "AtoB"), (True, "BtoA")]


def stopping(bench, most, asked):
    """A bench's ``one`` that notes what it is asked for, and is stopped at the run after so many."""

    def one(kind, seed, *rest):
        if len(asked) == most:
            raise KeyboardInterrupt
        asked.append((kind, seed))
        return bench.one(kind, seed, *rest)

    return one


@pytest.mark.parametrize(
    ("bench", "experiment", "settings", "rows"),
    [
        (pair_bench, pix2pix_parts, {"pictures": 4, "reader_steps": 1}, 8),
        (cycle_bench, cyclegan_parts, {"pictures": 4}, 20),
    ],
)
def test_the_command_writes_a_log_and_goes_on_with_it(bench, experiment, settings, rows, tmp_path):
    out, asked = tmp_path / "parts.json", []
    settings |= {"steps": 1, "width": 4, "seeds": (5, 6)}
    with pytest.raises(KeyboardInterrupt):
        bench.write_log(out, **settings, train_one=stopping(bench, 3, asked))
    before = json.loads(out.read_text())["runs"]
    assert [len(runs[0]) for runs in before.values()] == [1, 1, 1] + [0] * (len(before) - 3)
    written = bench.write_log(out, **settings, train_one=stopping(bench, None, asked))
    assert sorted(asked) == sorted((kind, seed) for kind in experiment.KINDS for seed in (5, 6))
    assert json.loads(out.read_text()) == written
    read = experiment.shipped(out)["runs"]
    assert all(len(seeds) == 2 and len(row) == 1 for seeds in read.values() for row in seeds)
    assert all(before[kind][0][0] == written["runs"][kind][0][0] for kind in list(before)[:3])
    with Image.open(out.with_suffix(".png")) as sheet:
        assert sheet.size == (12 * 32, rows * 32)
        grey = [set(sheet.crop((0, 32 * i, 384, 32 * i + 32)).getdata()) for i in range(rows)]
    assert all(len(colours) > 1 for colours in grey)
    with pytest.raises(ValueError, match=r"another steps \(1, not 2\)"):
        bench.write_log(out, **settings | {"steps": 2})


def test_a_strip_goes_to_its_row_and_leaves_the_others(tmp_path):
    sheet = tmp_path / "sheet.png"
    long_runs.paste(sheet, 1, torch.ones(2, 3, 4, 4), 3)
    long_runs.paste(sheet, 0, -torch.ones(2, 3, 4, 4), 3)
    with Image.open(sheet) as found:
        assert [found.getpixel((7, y)) for y in (3, 4, 8)] == [(0,) * 3, (255,) * 3, (208,) * 3]


@pytest.mark.parametrize("experiment", [pix2pix_parts, cyclegan_parts])
def test_a_log_that_is_not_there_is_named(experiment, tmp_path):
    with pytest.raises(FileNotFoundError, match=f"bench.{experiment.LOG.stem}"):
        experiment.shipped(tmp_path / experiment.LOG.name)


def test_what_lab_10_says_of_its_log():
    log = pix2pix_parts.shipped()
    runs, real = log["runs"], log["real"]
    assert list(runs) == list(pix2pix_parts.KINDS)
    assert log["seeds"] == list(pair_bench.SEEDS)
    assert log["steps"] == pix2pix_parts.STEPS
    both, alone, game = "L1 + cGAN, patches of 16", "L1 alone", "cGAN alone"
    for i in range(len(log["seeds"])):
        rows = {kind: seeds[i][0] for kind, seeds in runs.items()}
        assert min(rows, key=lambda kind: rows[kind].error) == alone
        assert rows[game].error > real["mean picture"]
        assert max(rows, key=lambda kind: rows[kind].iou) == both
        assert min(rows, key=lambda kind: rows[kind].iou) == game
        assert min(rows, key=lambda kind: rows[kind].overlap) == alone
        assert rows[both].overlap > rows[game].overlap
        assert max(rows, key=lambda kind: rows[kind].sliced) == game
        assert rows[both].sliced == pytest.approx(rows[alone].sliced, rel=0.05)
        assert all(row.sliced > 2.5 * real["sliced"] and row.seconds < 60 for row in rows.values())
    with Image.open(pix2pix_parts.LOG.with_suffix(".png")) as sheet:
        assert sheet.size == (32 * pair_bench.SHOWN, 32 * (2 + len(runs)))


def test_what_lab_11_says_of_its_log():
    log = cyclegan_parts.shipped()
    known = log["known"]
    assert list(log["runs"]) == list(cyclegan_parts.KINDS)
    assert log["seeds"] == list(cycle_bench.SEEDS)
    assert log["steps"] == cyclegan_parts.STEPS
    for i in range(len(log["seeds"])):
        rows = {kind: seeds[i][0] for kind, seeds in log["runs"].items()}
        full, pencil = rows["full"], rows["pencil"]
        assert full.there < known["day-night"]["doing nothing AtoB"] / 4
        assert full.there > known["day-night"]["mean picture AtoB"]
        assert pencil.there == pytest.approx(known["pencil"]["mean picture AtoB"], rel=0.05)
        for name, way in (("there", "full"), ("home", "full"), ("there", "pencil")):
            told = rows["supervised" if way == "full" else "pencil supervised"]
            assert getattr(rows[way], name) / getattr(told, name) == pytest.approx(2, rel=0.05)
        assert rows["pencil supervised"].home < 0.7 * pencil.home
        assert rows["without cycle"].own > 2.5 * full.own
        assert rows["pencil without cycle"].own > 2 * pencil.own
        assert rows["without identity"].own < 1.1 * full.own
        assert rows["without identity"].home > 1.3 * full.home
        assert rows["without history"].there < full.there
        assert pencil.own < rows["pencil supervised"].home < pencil.true / 1.5
        assert pencil.own_3 < 1.05 * pencil.own
        assert rows["pencil without cycle"].own > rows["pencil without cycle"].true
    with Image.open(cyclegan_parts.LOG.with_suffix(".png")) as sheet:
        assert sheet.size == (32 * cycle_bench.SHOWN, 32 * 2 * (2 + len(rows)))
