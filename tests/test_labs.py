"""The notebooks keep their promises: clean, thin, tied to a slide, with exercises that can be solved."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from gan_lab import checks

LABS = Path(__file__).parents[1] / "labs"
NOTEBOOKS = sorted(LABS.glob("*.ipynb"))
SLIDES = """
Generative Learning from a DL Perspective, Our Taxonomy, Distribution Learning Vs Learning to Sample,
The GAN Catch, Generative Adversarial Networks, Alternate Optimization, The Issue and a Solution,
GAN Training Pseudo-Algorithm, A Hard Two-Player Game, Wasserstein Distance Models,
Effect of the Wasserstein Loss, The DCGAN Architecture, GAN and Images, Latent Space Arithmetic,
How to Get High Resolution Samples?, Progressive GAN, Progressive GAN – Smooth Transition,
Conditional Generation, Conditional Generation – Image2Image, CycleGAN – Style transfer without pairing,
CycleGAN Examples, Best of 2 worlds?, Training AAE, AAE Vs VAE, AAE – Style transfer (supervised),
AAE – Semi-supervised learning, Software, Take Home Messages, Next Lecture
"""
TITLES = [title.strip() for title in SLIDES.replace("\n", " ").split(",")]

per_lab = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path, kind=None):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if kind in (None, cell["cell_type"])]


def source(cell):
    return "".join(cell["source"])


def solutions(path):
    file = LABS / "solutions" / f"lab{path.stem[:2]}.py"
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exercises(path):
    """(module, name) of each check that the notebook calls, with the name of the student's function."""
    text = "\n".join(source(cell) for cell in cells(path, "code"))
    return re.findall(r"^checks\.(lab\d\d)\.(\w+)\((\w+)\)$", text, flags=re.M)


def test_there_are_notebooks():
    assert [path.name for path in NOTEBOOKS][:2] == [
        "00_map_of_generative_models.ipynb",
        "01_gan_as_a_game.ipynb",
    ]
    assert LABS / "07_latent_arithmetic.ipynb" in NOTEBOOKS


@per_lab
def test_nothing_is_stored_that_a_run_leaves(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert set(notebook["metadata"]["language_info"]) == {"name"}


@per_lab
def test_cells_are_short_and_named(path):
    for cell in cells(path, "code"):
        assert len(source(cell).splitlines()) <= 15, cell["id"]
    names = [cell["id"] for cell in cells(path)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+[a-z0-9]", name) and len(name) < 40 for name in names)


@per_lab
def test_it_begins_with_its_slide_and_what_it_needs(path):
    first = source(cells(path)[0])
    line = next(line for line in first.splitlines() if line.startswith("**Slide"))
    named = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", line)
    assert [title for title in named if title in TITLES], f"{path.name} names no slide of the lecture"
    assert "**What you need:**" in first


@per_lab
def test_nothing_is_left_to_be_written(path):
    texts = [source(cell) for cell in cells(path)]
    assert not [cell for cell in texts if "TODO" in cell or "FIXME" in cell or not cell.strip()]
    assert all(len(text.split("**What you see.**")[1]) > 100 for text in texts if "**What you see.**" in text)


@per_lab
def test_every_part_asks_for_a_prediction_before_its_first_run(path):
    told = [cell for cell in cells(path) if source(cell).startswith("## ") or cell["cell_type"] == "code"]
    predictions = sum("**Predict:**" in source(cell) for cell in cells(path, "markdown"))
    parts = sum(bool(re.match(r"## \d", source(cell))) for cell in told)
    assert predictions >= parts - 1


@per_lab
def test_it_works_from_any_folder_and_says_nothing_of_this_one(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(work|home|root|tmp|Users)/", text)
    assert "%cd" not in text
    assert "sys.path" not in text
    assert "http://" not in text
    assert "https://" not in text


@per_lab
def test_two_exercises_stand_open_and_their_solutions_are_correct(path):
    asked = exercises(path)
    assert len(asked) == 2
    answers, untouched = solutions(path), {}
    for cell in cells(path, "code"):
        if cell["id"].endswith("-write"):
            exec(source(cell), untouched)
    for lab, check, name in asked:
        judge = getattr(getattr(checks, lab), check)
        assert judge(untouched[name]).state == "not attempted yet"
        assert judge(getattr(answers, name)).state == "correct"
        assert lab == f"lab{path.stem[:2]}"


@per_lab
def test_the_end_points_to_the_solutions(path):
    assert f"solutions/lab{path.stem[:2]}.py" in source(cells(path)[-1])


@per_lab
def test_links_to_other_labs_lead_to_a_heading_there(path):
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)\s]+\.ipynb[^)\s]*)\)", source(cell)):
            file, _, anchor = target.partition("#")
            assert (LABS / file).is_file(), target
            lines = "\n".join(source(one) for one in cells(LABS / file, "markdown")).splitlines()
            headings = [line.lstrip("#").strip().replace(" ", "-") for line in lines if line.startswith("#")]
            assert not anchor or anchor in headings, target


def test_the_last_lab_says_where_each_sentence_of_the_take_home_slide_was_measured():
    text = "\n".join(source(cell) for cell in cells(NOTEBOOKS[-1], "markdown"))
    rows = [line for line in text.splitlines() if line.startswith("| *")]
    assert len(rows) == 7
    assert all(".ipynb#" in row or "**not measured**" in row for row in rows)
