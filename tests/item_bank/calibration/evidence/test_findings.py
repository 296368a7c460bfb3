"""What is said of an item, at both sides of every bound, and what readers without the key are told."""

from dataclasses import replace

import pytest

from item_bank.calibration.evidence.findings import ItemFigures, findings_of, without_key
from item_bank.calibration.evidence.group_differences import Comparison, ItemDifference
from item_bank.calibration.evidence.option_curves import ItemOptions, OptionCurve

PLAIN = ItemFigures(
    n=500, share=0.6, a=1.1, b=-0.2, is_anchor=False, surprise=0.0, surprise_z=None, rmsd=0.02, infit=1.0, outfit=1.0
)


def codes(figures: ItemFigures, options: ItemOptions | None = None, *comparisons: Comparison) -> list[str]:
    return [finding.code for finding in findings_of("q", figures, options, comparisons)]


def option(label: str, *remarks: str) -> OptionCurve:
    return OptionCurve(label, label == "A", 10, 0.1, 0.0, (), remarks)  # type: ignore[arg-type]


def difference(ets_class: str | None, *, favoured: str = "reference", is_small: bool = False) -> Comparison:
    item = ItemDifference(
        "mantel_haenszel", -2.0, 0.3, 0.001, ets_class, favoured, 0.05, -1.0, 0.001, "B", False, 400, 300, is_small  # type: ignore[arg-type]
    )  # fmt: skip
    return Comparison("Giới tính", "Nam", "Nữ", 400, 300, "score", {"q": item})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"share": 0.951}, "very_easy"),
        ({"share": 0.95}, "easy"),
        ({"share": 0.80}, "medium"),
        ({"share": 0.40}, "medium"),
        ({"share": 0.399}, "hard"),
        ({"share": 0.15}, "hard"),
        ({"share": 0.149}, "very_hard"),
        ({"a": -0.01}, "negative_discrimination"),
        ({"a": 0.64}, "weak_discrimination"),
        ({"a": 0.65}, "good_discrimination"),
        ({"a": 1.70}, "strong_discrimination"),
        ({"rmsd": 0.049}, "fits"),
        ({"rmsd": 0.05}, "misfits_slightly"),
        ({"rmsd": 0.10}, "misfits"),
        ({"outfit": 1.31}, "noisy"),
        ({"infit": 0.69}, "too_regular"),
        ({"n": 199}, "few_answers"),
        ({"is_anchor": True, "surprise": 0.03, "surprise_z": 3.0}, "easier_than_expected"),
        ({"is_anchor": True, "surprise": -0.04, "surprise_z": -5.0}, "harder_than_expected"),
    ],
)
def test_a_figure_beyond_a_bound_is_said(changes: dict[str, float], expected: str) -> None:
    found = codes(replace(PLAIN, **changes))  # type: ignore[arg-type]
    assert expected in found
    assert len(found) == 3 + (expected in {"noisy", "too_regular", "few_answers"} or "expected" in expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"is_anchor": True, "surprise": 0.029, "surprise_z": 9.0},
        {"is_anchor": True, "surprise": 0.2, "surprise_z": 2.9},
        {"is_anchor": False, "surprise": 0.2, "surprise_z": 9.0},
        {"infit": 0.70, "outfit": 1.30},
        {"n": 200},
    ],
)
def test_what_does_not_matter_is_not_said(changes: dict[str, float]) -> None:
    assert codes(replace(PLAIN, **changes)) == ["medium", "good_discrimination", "fits"]  # type: ignore[arg-type]


def test_without_figures_nothing_is_said() -> None:
    nothing = replace(PLAIN, share=None, a=None, b=None, rmsd=None, infit=None, outfit=None)
    assert codes(nothing) == []


def test_a_suspected_key_comes_first_and_its_letter_is_for_those_who_may_know_keys() -> None:
    options = ItemOptions((option("A"), option("B", "rarely_chosen"), option("C", "attracts_able")), (), "C")
    found = findings_of("q", PLAIN, options, [])
    assert (found[0].code, found[0].tone, found[0].data) == ("distractor_above_key", "bad", {"option": "C"})
    idle = next(finding for finding in found if finding.code == "idle_distractors")
    assert idle.data == {"options": "B", "count": 1.0}
    told = {finding.code: finding.data for finding in without_key(found)}
    assert told["distractor_above_key"] == {}
    assert told["idle_distractors"] == {"count": 1.0}
    assert told["medium"] == {"share": 0.6, "b": -0.2}


def test_groups_are_named_with_whom_the_item_is_harder_for() -> None:
    [first, *_] = findings_of("q", PLAIN, None, [difference("C")])
    assert (first.code, first.data) == (
        "differs_much",
        {"grouping": "Giới tính", "harder_for": "Nữ", "easier_for": "Nam"},
    )
    [first, *_] = findings_of("q", PLAIN, None, [difference("B", favoured="focal")])
    assert (first.code, first.data["harder_for"]) == ("differs_moderately", "Nam")
    assert "differs_little" in codes(PLAIN, None, difference("A"))
    assert "groups_small" in codes(PLAIN, None, difference("A", is_small=True))
    assert codes(PLAIN, None, difference(None)) == codes(PLAIN)
