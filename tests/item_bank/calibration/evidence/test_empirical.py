"""Points beside a curve count every candidate once, cover the truth as often as they say, show a wrong difficulty."""

import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED, ItemParameters, ResponseMatrix, normal_quadrature
from exam_engine.psychometrics.simulation import simulate_responses
from item_bank.calibration.evidence.empirical import observed_items
from tests.item_bank.calibration.evidence.samples import answers, parameters

POPULATION = normal_quadrature()


def test_every_candidate_who_saw_an_item_counts_once_over_the_groups() -> None:
    items, scores = parameters(), answers(600)
    scores[:100, 0] = NOT_PRESENTED
    found = observed_items(ResponseMatrix.from_array(scores, items.names), items, POPULATION)
    for column, item in enumerate(found):
        own = scores[:, column]
        assert len(item.points) == 10
        assert sum(point.n for point in item.points) == pytest.approx((own >= 0).sum())
        assert sum(point.n * point.observed for point in item.points) == pytest.approx((own == 1).sum())
        assert all(a.theta < b.theta for a, b in zip(item.points, item.points[1:], strict=False))


def test_an_item_that_says_nothing_of_ability_gets_wilsons_interval_of_all_candidates() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263 by Wilson's score method.
    items = ItemParameters.dichotomous(["q"], [0.0], [0.0])
    scores = np.repeat([[1], [0]], [81, 182], axis=0)
    [item] = observed_items(ResponseMatrix.from_array(scores, ["q"]), items, POPULATION)
    for point in item.points:
        assert (round(point.lower, 4), round(point.upper, 4)) == (0.2553, 0.3662)
        assert point.n == pytest.approx(26.3)
        assert point.expected == pytest.approx(0.5)


def test_intervals_cover_what_the_model_expects_about_as_often_as_they_say() -> None:
    items, scores = parameters(), answers(2000)
    found = observed_items(ResponseMatrix.from_array(scores, items.names), items, POPULATION)
    covered = [point.lower <= point.expected <= point.upper for item in found for point in item.points]
    # 240 intervals that are correlated within an item.
    assert 0.90 < np.mean(covered) < 0.999
    # 24 standard normal deviates: beyond 4 once in 650 such tests, and the seed is fixed.
    assert max(abs(item.surprise_z or 9.0) for item in found) < 4.0


def test_an_item_that_became_easier_lies_above_its_curve() -> None:
    items = parameters()
    easier = ItemParameters.dichotomous(items.names, items.a, items.b[:, 0] - np.eye(24)[5] * 0.8)
    scores = answers(1500, items=easier)
    found = observed_items(ResponseMatrix.from_array(scores, items.names), items, POPULATION)
    assert found[5].surprise > 0.08
    assert (found[5].surprise_z or 0.0) > 6.0
    assert all(point.observed > point.expected for point in found[5].points)


def test_scores_of_an_item_with_steps_are_shares_of_its_highest_score() -> None:
    items = ItemParameters.concatenate(
        [parameters(), ItemParameters.polytomous(["cases"], "GPCM", [1.0], [[-1.0, 0.0, 1.2]])]
    )
    rng = np.random.default_rng(3)
    responses = simulate_responses(rng, rng.standard_normal(1500), items)
    item = observed_items(responses, items, POPULATION)[-1]
    total = sum(point.n * point.observed for point in item.points)
    assert total == pytest.approx(responses.scores[:, -1].sum() / 3)
    assert all(0.0 <= point.lower < point.observed < point.upper <= 1.0 for point in item.points)


def test_groups_with_hardly_anybody_are_not_shown() -> None:
    items, scores = parameters(), answers(40)
    found = observed_items(ResponseMatrix.from_array(scores, items.names), items, POPULATION)
    assert all(point.n >= 5.0 for item in found for point in item.points)
    assert any(len(item.points) < 10 for item in found)
