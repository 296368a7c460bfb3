"""Shares of options by group of ability, counted by hand, and a key that is not the right one."""

import numpy as np

from exam_engine.psychometrics import NOT_PRESENTED
from exam_engine.psychometrics.simulation import simulate_options
from item_bank.calibration.evidence.observed import OptionAnswers
from item_bank.calibration.evidence.option_curves import option_curves
from tests.item_bank.calibration.evidence.samples import CODES, answers, observe, parameters


def options(chosen: list[int], key: str = "A") -> OptionAnswers:
    return OptionAnswers(("A", "B", "C"), key, np.array(chosen, dtype=np.int8))


def test_options_are_counted_by_fifths_of_the_points_on_the_other_items() -> None:
    # Ten candidates; on the second item 5 are wrong and 5 right, so that there are two different rest scores only.
    scores = np.array([[0, 0]] * 3 + [[1, 0]] * 2 + [[0, 1]] + [[1, 1]] * 4)
    items = parameters(CODES[:2])
    observed = observe(scores, items, options={CODES[0]: options([1, 1, 2, 0, 0, -1, 0, 0, 0, 0])})
    found = option_curves(observed)
    assert list(found) == [CODES[0]]
    a, b, c, blank = found[CODES[0]].options
    assert found[CODES[0]].group_sizes == (0, 5, 0, 5, 0)
    assert [(one.label, one.is_key, one.n, one.share) for one in (a, b, c, blank)] == [
        ("A", True, 6, 0.6),
        ("B", False, 2, 0.2),
        ("C", False, 1, 0.1),
        ("", False, 1, 0.1),
    ]
    assert a.by_group == (None, 0.4, None, 0.8, None)
    assert b.by_group == (None, 0.4, None, 0.0, None)
    assert blank.by_group == (None, 0.0, None, 0.2, None)
    # Correlation of choosing B (2 of the 5 weaker, none of the 5 better) with the rest score: -0.1 / (0.4 · 0.5).
    assert b.point_biserial is not None
    assert round(b.point_biserial, 12) == -0.5


def test_a_distractor_that_better_candidates_prefer_is_suspected_to_be_the_key() -> None:
    rng, right = np.random.default_rng(2), answers(600)
    letters = simulate_options(rng, right, ["C"] * 24, ["ABCD"] * 24)[:, 0]
    chosen = np.array(["ABCD".index(letter) for letter in letters], dtype=np.int8)
    wrong_key = OptionAnswers(("A", "B", "C", "D"), "A", chosen)
    right[:, 0] = chosen == 0
    [found] = option_curves(observe(right, parameters(), options={CODES[0]: wrong_key})).values()
    assert found.suspected == "C"
    assert "attracts_able" in next(one for one in found.options if one.label == "C").remarks


def test_who_was_not_shown_an_item_chose_nothing_of_it() -> None:
    scores = answers(50)
    scores[:20, 0] = NOT_PRESENTED
    chosen = [-1] * 20 + [0] * 30
    [found] = option_curves(observe(scores, parameters(), options={CODES[0]: options(chosen)})).values()
    assert [(one.label, one.n) for one in found.options] == [("A", 30), ("B", 0), ("C", 0)]


def test_a_source_of_scores_alone_has_no_options() -> None:
    assert option_curves(observe(answers(20), parameters())) == {}
