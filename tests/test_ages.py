"""Age groups from file names and from the factor of drawn faces."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from gan_lab import data
from gan_lab.data import ages


def test_ages_in_file_names_become_the_six_groups_of_the_paper():
    names = [
        f"faces/{age}_{k % 2}_0_2017.jpg" for k, age in enumerate((0, 18, 19, 29, 30, 39, 40, 50, 60, 116))
    ]
    labels, classes = ages.from_names(names)
    assert labels == [0, 0, 1, 1, 2, 2, 3, 4, 5, 5]
    assert classes == ["0-18", "19-29", "30-39", "40-49", "50-59", "60 and over"]


@pytest.mark.parametrize("other", ["cat.jpg", "IMG_1_2.jpg", "20170101_1_0.jpg", "25_7_0.jpg", "25.jpg"])
def test_other_names_are_no_ages(other):
    assert ages.from_names(["25_1_0_1.jpg", other]) is None


def test_an_impossible_age_is_named():
    with pytest.raises(ValueError, match=r"a/300_1_0\.jpg .* 300 years: ages go from 0 to 120"):
        ages.from_names(["a/30_1_0.jpg", "a/300_1_0.jpg"])


def test_a_folder_of_faces_named_by_age_is_labelled_and_sub_folders_come_first(tmp_path):
    for age in (5, 25, 70):
        Image.new("RGB", (16, 16), (age, 0, 0)).save(tmp_path / f"{age}_0_1_2017.png")
    faces = data.load(tmp_path, size=8)
    assert faces.labels.tolist() == [0, 1, 5]  # 5 before 25 before 70
    assert faces.classes == list(ages.YEARS)
    for age in (5, 25, 70):
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / f"{age}_0_1_2017.png").rename(tmp_path / "mine" / f"{age}_0_1_2017.png")
    (tmp_path / "yours").mkdir()
    Image.new("RGB", (16, 16)).save(tmp_path / "yours" / "7_0_1_2017.png")
    assert data.load(tmp_path, size=8).classes == ["mine", "yours"]


def test_ages_of_drawn_faces_fall_into_sixths():
    age = torch.tensor([0.0, 0.16, 0.17, 0.5, 0.99, 1.0])
    assert ages.of_drawn(age).tolist() == [0, 0, 1, 3, 5, 5]
    assert ages.of_drawn(torch.tensor([-0.2, 1.3])).tolist() == [0, 5]  # as a reader may put out
