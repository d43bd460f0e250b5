"""Lab 05's checks: right answers are right, wrong ones are told what is wrong and why, and the ill can be mended."""

import importlib.util
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from gan_lab import checks
from gan_lab.checks import lab05
from gan_lab.checks.clinic import bce
from gan_lab.checks.patients import TRUTH, WARD

FILE = Path(__file__).parents[1] / "labs" / "solutions" / "lab05.py"
spec = importlib.util.spec_from_file_location("solutions_lab05", FILE)
solutions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(solutions)

OPEN = dict.fromkeys(WARD, ...)


def test_every_answer_has_its_sign():
    assert set(lab05.SIGNS) == set(lab05.ANSWERS) - {"harmless"}
    assert set(TRUTH.values()) == set(lab05.ANSWERS)


def test_the_solutions_are_right():
    assert lab05.ward(solutions.answers).state == "correct"
    assert lab05.emergency(solutions.mended_step).state == "correct"
    assert set(solutions.mended) == {letter for letter, truth in TRUTH.items() if truth != "harmless"}


@pytest.mark.parametrize("letter", WARD)
def test_each_patient_is_an_exercise(letter):
    right = lab05.patient(letter, TRUTH[letter])
    assert right.state == "correct"
    assert lab05.patient(letter, ...).state == "not attempted yet"
    for answer in lab05.ANSWERS:
        if answer == TRUTH[letter]:
            continue
        verdict = lab05.patient(letter, answer)
        assert verdict.state == "not yet"
        assert verdict.message.startswith(f"{letter}: ")
        if answer == "harmless":
            assert "this one hurts. Twelve iterations show" in verdict.message
        else:
            assert lab05.SIGNS[answer] in verdict.message
        assert ("nothing ails it" in verdict.message) == (TRUTH[letter] == "harmless")


def test_answers_that_are_none():
    assert "did you mean 'sign flip in G'?" in lab05.patient("A", "the sign flip in g").message
    assert "not one of the answers" in lab05.patient("A", 7).message
    assert "there is no patient 'Z'" in lab05.patient("Z", "harmless").message
    assert "a dict from letter to answer" in lab05.ward(["harmless"]).message
    assert "there is no patient 'N'" in lab05.ward({"N": "harmless"}).message


def test_a_ward_half_answered_counts_and_explains():
    assert lab05.ward(OPEN).state == "not attempted yet"
    verdict = lab05.ward(OPEN | {"A": "harmless", "B": "harmless"})
    assert verdict.state == "not yet"
    assert verdict.message.startswith("1 of 13 are right.\nB: this one hurts.")
    assert "Still open: C, D, E" in verdict.message


@pytest.mark.parametrize("letter", solutions.mended)
def test_the_mended_are_healthy_and_go_the_healthy_loops_way(letter):
    verdict = lab05.mend(letter, **solutions.mended[letter])
    assert verdict.state == "correct", verdict
    assert "those of the healthy loop" in verdict.message


@pytest.mark.parametrize("letter", solutions.mended)
def test_what_is_not_mended_is_told_by_its_diagnosis(letter):
    """One of the patient's own methods, handed in unchanged."""
    own = WARD[letter].d_turn
    verdict = lab05.mend(letter, d_turn=lambda *arguments: own(None, *arguments))
    assert verdict.state == "not yet"
    assert TRUTH[letter] in verdict.message


def test_mending_otherwise_is_right_too():
    """Patient B mended in G instead of in D: harmless, as patient J."""

    def g_turn(G, D, optimizer_g):
        optimizer_g.zero_grad()
        loss = bce(D(G(torch.randn(128, 2))), 0)
        loss.backward()
        optimizer_g.step()
        return loss

    verdict = lab05.mend("B", g_turn=g_turn)
    assert verdict.state == "correct"
    assert "another way" in verdict.message


def dots(*arguments): ...


def breaks(*arguments):
    raise KeyError("real")


def test_mending_says_what_it_wants():
    assert lab05.mend("B").state == "not attempted yet"
    assert lab05.mend("B", d_turn=dots).state == "not attempted yet"
    assert (
        "no dturn: give some of networks, optimizers, d_turn, g_turn" in lab05.mend("B", dturn=breaks).message
    )
    assert "raised KeyError in iteration 1" in lab05.mend("B", d_turn=breaks).message
    assert "TypeError" in lab05.mend("B", networks=lambda a: a).message
    assert "there is no patient" in lab05.mend("Q", d_turn=breaks).message


def emergency(fresh=True, detach=True, clear=True, minus=True, first=True):
    """The mended step, with any of its faults left in."""

    def step(G, D, optimizer_g, optimizer_d, real):
        source = None if fresh else torch.Generator().manual_seed(0)
        fake = G(torch.randn(128, 2, generator=source))
        if first:
            optimizer_d.zero_grad()
        (bce(D(real), 1) + bce(D(fake.detach() if detach else fake), 0)).backward()
        optimizer_d.step()
        if not first:
            optimizer_d.zero_grad()
        if clear:
            optimizer_g.zero_grad()
        score = F.logsigmoid(D(G(torch.randn(128, 2, generator=source)))).mean()
        (-score if minus else score).backward()
        optimizer_g.step()

    return step


@pytest.mark.parametrize(
    ("fault", "bug"),
    [
        ({"fresh": False}, "the same noise each step"),
        ({"detach": False, "clear": False}, "detach removed and G's gradients not zeroed"),
        ({"clear": False}, "G's gradients not zeroed"),
        ({"minus": False}, "sign flip in G"),
        ({"first": False}, "G's backward left in D.grad"),
    ],
)
def test_the_emergency_is_not_over_while_one_fault_is_left(fault, bug):
    verdict = lab05.emergency(emergency(**fault))
    assert verdict.state == "not yet"
    assert verdict.message.startswith(bug)


def test_the_emergency_has_all_four():
    message = lab05.emergency(lab05.broken_step).message
    for bug in (
        "detach removed",
        "G's backward left in D.grad",
        "sign flip in G",
        "the same noise each step",
    ):
        assert bug in message


def test_the_emergency_mended_otherwise():
    assert lab05.emergency(emergency()).state == "correct"
    assert lab05.emergency(emergency(detach=False)).state == "correct"


@pytest.mark.parametrize("student", [None, ..., dots, lambda *arguments: ...])
def test_the_emergency_untouched(student):
    assert lab05.emergency(student).state == "not attempted yet"


def test_the_emergency_that_does_not_run():
    def divides(G, D, optimizer_g, optimizer_d, real):
        fake = G(torch.randn(128, 2))
        return fake / 0 + [1]

    def idle(G, D, optimizer_g, optimizer_d, real):
        return real.mean()

    assert "raised TypeError in its line 3" in lab05.emergency(divides).message
    assert "never called optimizer_d.step()" in lab05.emergency(idle).message
    assert "TypeError" in lab05.emergency(lambda: 1).message


def test_package_names_the_clinic():
    assert checks.lab05 is lab05
    assert checks.diagnose(checks.clinic.Healthy())
