"""ω and the generalised binomial test: by hand, size and power."""

import itertools

import numpy as np
import pytest

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.ability import estimate_wle
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.forensics import (
    NO_OPTION,
    OptionModel,
    PairSimilarity,
    all_pairs,
    fit_options,
    similarity,
)
from exam_engine.psychometrics.responses import ResponseMatrix
from tests.exam_engine.psychometrics.forensics.sittings import Sitting, honest_sitting, with_copying


def compared(sitting: Sitting, pairs: list[tuple[int, int]] | None = None) -> PairSimilarity:
    """Compare as a report does: abilities and shares are estimated from the same answers."""
    items = sitting.truth.items
    theta = estimate_wle(ResponseMatrix.from_array(sitting.scores, items.names), items).theta
    model = fit_options(sitting.chosen, sitting.right, sitting.n_options, theta, items)
    return similarity(sitting.chosen, theta, model, all_pairs(theta.size) if pairs is None else np.array(pairs))


def three_items() -> OptionModel:
    """P(right) = 1/2 at ability 0; two distractors with shares 1/4 and 3/4."""
    items = ItemParameters.dichotomous(["a", "b", "c"], a=np.ones(3), b=np.zeros(3))
    shares = np.tile([0.0, 0.25, 0.75], (1, 3, 1))
    return OptionModel(items=items, right=np.zeros(3, dtype=np.intp), cuts=np.array([]), shares=shares)


def test_statistics_by_hand() -> None:
    chosen = np.array([[0, 1, 2], [0, 1, 1]], dtype=np.int8)
    found = similarity(chosen, np.zeros(2), three_items(), np.array([[0, 1]]))

    # P: 1/2 right, 1/8 and 3/8 wrong. Both independent: 1/4 + 1/64 + 9/64 = 13/32 in each item.
    match = 13 / 32
    assert (found.n_common[0], found.n_same[0], found.n_same_wrong[0]) == (3, 2, 1)
    assert found.expected[0] == pytest.approx(3 * match)
    assert found.gbt_p[0] == pytest.approx(3 * match**2 * (1 - match) + match**3)
    # Given the second's answers 0, 1, 1 the first agrees with probabilities 1/2, 1/8, 1/8.
    mean, variance = 0.75, 0.25 + 2 * 7 / 64
    assert found.omega[0, 0] == pytest.approx((2 - mean) / np.sqrt(variance))
    p = (0.5, 0.125, 0.125)
    tail = sum(
        np.prod([q if hit else 1 - q for q, hit in zip(p, outcome, strict=True)])
        for outcome in itertools.product((0, 1), repeat=3)
        if sum(outcome) >= 2
    )
    # Given the first's answers 0, 1, 2: 1/2, 1/8, 3/8, which is the larger tail.
    assert found.omega_p[0] == pytest.approx(2 * tail)


def test_items_that_one_left_out_do_not_count() -> None:
    chosen = np.array([[0, 1, NO_OPTION], [0, NO_OPTION, 2], [NO_OPTION] * 3], dtype=np.int8)
    found = similarity(chosen, np.zeros(3), three_items(), np.array([[0, 1], [0, 2]]))

    assert found.n_common.tolist() == [1, 0]
    assert found.gbt_p[1] == 1.0
    assert found.omega_p[1] == 1.0
    assert np.isnan(found.omega[1]).all()


def test_order_within_a_pair_does_not_matter() -> None:
    sitting = honest_sitting(6, candidates=30)
    one, two = compared(sitting, [(3, 7)]), compared(sitting, [(7, 3)])

    assert one.gbt_p[0] == pytest.approx(two.gbt_p[0])
    assert one.omega_p[0] == pytest.approx(two.omega_p[0])
    np.testing.assert_allclose(one.omega[0], two.omega[0, ::-1])


def rate(p: FloatArray, level: float) -> float:
    return float((p <= level).mean())


@pytest.mark.parametrize("level", [0.05, 0.01, 0.001])
def test_honest_pairs_are_not_listed_more_often_than_the_level_says(level: float) -> None:
    found = [compared(honest_sitting(seed, candidates=150)) for seed in range(10, 14)]
    gbt = np.concatenate([part.gbt_p for part in found])
    omega = np.concatenate([part.omega_p for part in found])

    # Pairs share candidates: bounds are those of a tenth of the 44,700 pairs being independent.
    bound = level + 4.0 * np.sqrt(level * (1 - level) / 4470)
    assert rate(gbt, level) < bound
    assert rate(omega, level) < bound


def test_copying_is_found_and_the_more_the_easier() -> None:
    honest = honest_sitting(20, candidates=300)
    pairs = [(row, row + 150) for row in range(150)]
    power = [rate(compared(with_copying(honest, 1, pairs, share), pairs).gbt_p, 1e-3) for share in (0.0, 0.2, 0.4, 0.7)]

    assert power == sorted(power)
    assert power[0] < 0.02
    assert power[2] > 0.15
    assert power[3] > 0.8
