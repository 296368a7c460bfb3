"""Groups that are compared, groups too small for it, and an item that is harder for one of them."""

import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED, ItemParameters
from exam_engine.psychometrics.simulation import simulate_responses
from item_bank.calibration.evidence.group_differences import compare_groups, curve_of, group_sizes
from item_bank.calibration.evidence.run_evidence import gather
from item_bank.calibration.response_matrix import Group
from tests.item_bank.calibration.evidence.samples import CODES, HARDER, answers, by_gender, observe, parameters


def test_an_item_that_is_harder_for_women_of_equal_ability_is_large_and_names_whom_it_favours() -> None:
    observed = by_gender(700, 600)
    [comparison] = compare_groups(observed)
    assert (comparison.reference, comparison.focal) == ("Nam", "Nữ")
    assert (comparison.n_reference, comparison.n_focal, comparison.matched_on) == (700, 600, "score")
    item = comparison.items[CODES[HARDER]]
    assert (item.method, item.ets_class, item.favoured, item.is_small) == ("mantel_haenszel", "C", "reference", False)
    assert item.effect is not None
    assert item.effect < -1.5
    assert item.log_odds is not None
    assert item.log_odds < -0.5
    assert item.logistic_class in {"B", "C"}
    others = [one.ets_class for code, one in comparison.items.items() if code != CODES[HARDER]]
    assert len(others) == 23
    # Chance makes an A item a B at most now and then, never a C.
    assert "C" not in others
    assert others.count("A") >= 21
    points = curve_of(observed, comparison, CODES[HARDER], gather(observed).ability)
    assert sum(point.n_reference for point in points) == 700
    assert sum(point.n_focal for point in points) == 600
    assert all((point.focal or 0.0) < (point.reference or 0.0) for point in points[1:])


@pytest.mark.parametrize(("n_women", "roles"), [(50, ["reference", "focal"]), (49, ["too_small", "too_small"])])
def test_fewer_than_fifty_candidates_are_not_compared(n_women: int, roles: list[str]) -> None:
    observed = by_gender(300, n_women)
    sizes = group_sizes(observed)
    assert [(size.label, size.n) for size in sizes] == [("Nam", 300), ("Nữ", n_women)]
    assert [size.role for size in sizes] == roles
    comparisons = compare_groups(observed)
    assert len(comparisons) == roles.count("focal")
    assert all(item.is_small for comparison in comparisons for item in comparison.items.values())


def test_the_largest_group_is_the_reference_and_unknown_candidates_are_in_none() -> None:
    codes = np.repeat(np.array([0, 1, 2, -1], dtype=np.int8), [60, 200, 20, 40])
    observed = observe(answers(320), parameters(), groups={"Đơn vị": Group(("Huế", "Hà Nội", "Vinh"), codes)})
    assert [(size.label, size.n, size.role) for size in group_sizes(observed)] == [
        ("Hà Nội", 200, "reference"),
        ("Huế", 60, "focal"),
        ("Vinh", 20, "too_small"),
    ]


def test_candidates_with_other_items_are_matched_on_ability() -> None:
    observed = by_gender(500, 500)
    scores = observed.responses.scores.copy()
    scores[::2, 20:] = NOT_PRESENTED
    [comparison] = compare_groups(observe(scores, observed.items, groups=observed.groups))
    assert comparison.matched_on == "ability"
    assert comparison.items[CODES[HARDER]].ets_class == "C"
    assert comparison.items[CODES[23]].n_focal == 250


def test_an_item_with_several_scores_is_tested_by_its_mean_score() -> None:
    steps = ItemParameters.polytomous(["IU02-001"], "GPCM", [1.1], [[-0.8, 0.1, 0.9]])
    items = ItemParameters.concatenate([parameters(), steps])
    rng = np.random.default_rng(5)
    scores = np.array(simulate_responses(rng, rng.standard_normal(1200), items).scores)
    codes = np.repeat(np.array([0, 1], dtype=np.int8), 600)
    scores[600:, -1] = np.maximum(scores[600:, -1] - 1, 0)
    [comparison] = compare_groups(observe(scores, items, groups={"Giới tính": Group(("Nam", "Nữ"), codes)}))
    item = comparison.items["IU02-001"]
    assert (item.method, item.ets_class, item.favoured) == ("mantel", "C", "reference")
    assert {one.method for code, one in comparison.items.items() if code != "IU02-001"} == {"mantel_haenszel"}
    assert len(comparison.items) == 25


def test_of_a_large_run_every_kth_candidate_is_looked_at_with_his_group() -> None:
    observed = by_gender(300, 300)
    thin = observed.thinned(most_cells=24 * 250)
    assert thin.responses.scores.shape == (200, 24)
    assert (thin.responses.scores == observed.responses.scores[::3]).all()
    assert (thin.labels_of("Giới tính") == observed.labels_of("Giới tính")[::3]).all()
    assert thin.n_candidates == 600
    assert observed.thinned(most_cells=24 * 600) is observed
