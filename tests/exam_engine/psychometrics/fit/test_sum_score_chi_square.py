import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.psychometrics.ability.errors import ScoringError
from exam_engine.psychometrics.fit import FitError, s_x2, sum_score_tables
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import normal_quadrature
from exam_engine.psychometrics.responses import ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses
from tests.exam_engine.psychometrics.fit import reference
from tests.exam_engine.psychometrics.published import LSAT6_PATTERNS, LSAT7_PATTERNS, pattern_responses

SPREAD = float(np.sqrt(reference.LSAT6_RASCH_VARIANCE))


@pytest.mark.parametrize(
    ("patterns", "items", "sd", "statistic", "df"),
    [
        (LSAT6_PATTERNS, reference.LSAT6_1PL, 1.0, [0.436324229, 1.576050653, 0.871828438, 0.18952, 0.1898], 22122),
        (LSAT6_PATTERNS, reference.LSAT6_RASCH, SPREAD, [0.436324, 1.576051, 0.871828, 0.189522, 0.189802], 22122),
        (LSAT6_PATTERNS, reference.LSAT6_2PL, 1.0, [0.450373796, 1.691039122, 0.6662793, 0.175307, 0.11105], 22122),
        (LSAT6_PATTERNS, reference.LSAT6_3PL, 1.0, [0.4382145, 1.6549555, np.nan, 0.1850057, 0.0883001], 11011),
        (LSAT7_PATTERNS, reference.LSAT7_2PL, 1.0, [4.750538774, 14.453452062, 1.272657434, 5.236483, 0.940942], 22222),
    ],
)
def test_reference_values_of_s_x2(
    patterns: dict[str, int], items: ItemParameters, sd: float, statistic: list[float], df: int
) -> None:
    test = s_x2(pattern_responses(patterns), items, normal_quadrature(sd=sd))

    np.testing.assert_allclose(test.statistic, statistic, atol=2e-6)
    assert test.df.tolist() == [int(digit) for digit in str(df)]


def test_reference_values_of_p_and_rmsea() -> None:
    test = s_x2(pattern_responses(LSAT7_PATTERNS), reference.LSAT7_2PL)

    np.testing.assert_allclose(test.p, [0.092989436, 0.000726897, 0.529231822, 0.072930986, 0.624708048], atol=1e-6)
    # √((X²/df − 1)/(N − 1)), zero where X² is below its degrees of freedom.
    np.testing.assert_allclose(test.rmsea[1], np.sqrt((14.453452 / 2 - 1) / 999), atol=1e-7)
    assert test.rmsea[2] == 0.0
    # Benjamini & Hochberg by hand: the smallest p times 5, the next times 5/2 …
    assert test.p_adjusted[1] == pytest.approx(5 * test.p[1])
    assert test.p_adjusted[0] == pytest.approx(5 / 3 * test.p[0])


def test_expected_counts_are_those_of_all_patterns_enumerated() -> None:
    items, ability = reference.mixed_items(), normal_quadrature(41, mean=0.4, sd=1.2)
    patterns, probability = reference.pattern_distribution(items, ability)
    responses = ResponseMatrix.from_patterns(patterns, np.arange(1.0, 1.0 + len(patterns)), items.names)

    tables = sum_score_tables(responses, items, ability)

    total = patterns.sum(axis=1)
    for item, found in enumerate(tables):
        for score in range(1, 8):
            with_score = total == score
            share = np.array(
                [probability[with_score & (patterns[:, item] == k)].sum() for k in range(items.n_categories[item])]
            )
            seen = responses.weights[with_score].sum()
            np.testing.assert_allclose(
                found.table.expected[score - 1], seen * share / share.sum(), rtol=1e-10, atol=1e-12
            )
            assert found.table.observed[score - 1].sum() == pytest.approx(seen)


def test_data_that_are_exactly_as_expected_have_no_misfit() -> None:
    items = reference.mixed_items()

    test = s_x2(reference.exact_responses(items, 5000.0), items)

    np.testing.assert_allclose(test.statistic, 0.0, atol=1e-9)
    assert (test.df > 0).all()


def test_booklets_add_up_and_take_parameters_off_once() -> None:
    responses = pattern_responses(LSAT7_PATTERNS)
    two = np.concatenate([responses.scores, responses.scores]).astype(np.int8)
    two[len(responses.scores) :, 4] = -1
    both = ResponseMatrix.from_array(two, responses.item_names, weights=np.tile(responses.weights, 2))
    short = ResponseMatrix.from_array(responses.scores[:, :4], responses.item_names[:4], weights=responses.weights)
    none = np.zeros(5, dtype=int)

    together = s_x2(both, reference.LSAT7_2PL, n_free=none)
    whole = s_x2(responses, reference.LSAT7_2PL, n_free=none)
    part = s_x2(short, reference.LSAT7_2PL.take(np.arange(4)), n_free=none[:4])

    np.testing.assert_allclose(together.statistic[:4], whole.statistic[:4] + part.statistic)
    np.testing.assert_allclose(together.statistic[4], whole.statistic[4])
    np.testing.assert_array_equal(together.df[:4], whole.df[:4] + part.df)
    np.testing.assert_array_equal(s_x2(both, reference.LSAT7_2PL).df, together.df - 2)
    np.testing.assert_array_equal(together.n_candidates, [2000.0] * 4 + [1000.0])


def test_groups_are_compared_with_their_own_density() -> None:
    items = reference.mixed_items()
    low, high = normal_quadrature(mean=-0.7), normal_quadrature(mean=0.9, sd=0.8)
    parts = [reference.exact_responses(items, 3000.0, ability) for ability in (low, high)]
    responses = ResponseMatrix.from_array(
        np.concatenate([part.scores for part in parts]),
        items.names,
        weights=np.concatenate([part.weights for part in parts]),
    )
    groups = ["low"] * len(parts[0].scores) + ["high"] * len(parts[1].scores)

    fitting = s_x2(responses, items, {"low": low, "high": high}, groups=groups)
    wrong = s_x2(responses, items, {"low": high, "high": low}, groups=groups)

    np.testing.assert_allclose(fitting.statistic, 0.0, atol=1e-9)
    assert (wrong.statistic > 10.0).any()


def test_booklets_too_small_to_test_are_left_out_and_counted() -> None:
    responses = pattern_responses(LSAT6_PATTERNS)
    few = responses.scores[-3:].copy()
    few[:, 0] = -1
    mixed = ResponseMatrix.from_array(
        np.concatenate([responses.scores, few]), responses.item_names, weights=[*responses.weights, 20.0, 20.0, 9.0]
    )

    test = s_x2(mixed, reference.LSAT6_2PL)

    assert test.n_left_out == 49.0
    np.testing.assert_allclose(test.statistic, s_x2(responses, reference.LSAT6_2PL).statistic)
    assert s_x2(mixed, reference.LSAT6_2PL, smallest_booklet=49.0).n_left_out == 0.0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_order_of_items_and_rows_and_counts_for_repeated_rows_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = reference.mixed_items()
    responses = simulate_responses(rng, rng.normal(size=300), items)
    columns, rows = rng.permutation(4), rng.permutation(300)
    shuffled = ResponseMatrix.from_array(
        responses.scores[rows][:, columns], [items.names[column] for column in columns]
    )
    patterns, counts = np.unique(responses.scores, axis=0, return_counts=True)

    test = s_x2(responses, items)

    again = s_x2(shuffled, items)
    np.testing.assert_allclose(again.statistic, test.statistic[columns])
    np.testing.assert_array_equal(again.df, test.df[columns])
    np.testing.assert_allclose(
        s_x2(ResponseMatrix.from_patterns(patterns, counts, items.names), items).statistic, test.statistic
    )


def test_true_parameters_are_rejected_as_often_as_the_level_says() -> None:
    rng = np.random.default_rng(20)
    items = ItemParameters.polytomous(
        [f"q{j}" for j in range(10)], "GRM", rng.lognormal(0.0, 0.3, 10), np.sort(rng.normal(size=(10, 2)), axis=1)
    )
    p = np.concatenate(
        [s_x2(simulate_responses(rng, rng.normal(size=1000), items), items, fixed=items.names).p for _ in range(40)]
    )

    # 400 tests at 5 %: three standard errors are 3.3 %.
    assert 0.017 < (p < 0.05).mean() < 0.083


def test_an_item_with_a_curve_that_is_not_logistic_is_found() -> None:
    rng = np.random.default_rng(4)
    items = ItemParameters.dichotomous([f"q{j}" for j in range(20)], np.ones(20), np.linspace(-2, 2, 20))
    theta = rng.normal(size=3000)
    scores = simulate_responses(rng, theta, items).scores.copy()
    scores[:, 7] = rng.random(3000) < 0.2 + 0.6 * (np.abs(theta) < 0.7)

    test = s_x2(ResponseMatrix.from_array(scores, items.names), items)

    assert test.p_adjusted[7] < 1e-10
    assert np.delete(test.p_adjusted, 7).min() > 0.01


def test_an_item_without_degrees_of_freedom_has_a_flag_instead_of_a_statistic() -> None:
    test = s_x2(pattern_responses(LSAT6_PATTERNS), reference.LSAT6_3PL)

    assert test.flags == (None, None, "no_degrees_of_freedom", None, None)
    item = test.to_dict()["items"][2]
    assert item["statistic"] is None
    assert item["p"] is None


def test_two_candidates_cannot_be_tested() -> None:
    with pytest.raises(FitError, match="smallest_booklet") as refused:
        s_x2(ResponseMatrix.from_array([[0, 1, 1, 0, 1], [1, 1, 0, 0, 1]]), reference.LSAT6_2PL)
    assert refused.value.code == "too_few_candidates"

    tiny = s_x2(
        ResponseMatrix.from_array([[0, 1, 1, 0, 1], [1, 1, 0, 0, 1]]), reference.LSAT6_2PL, smallest_booklet=2.0
    )
    assert set(tiny.flags) == {"no_degrees_of_freedom"}


def test_groups_and_parameters_that_do_not_match_are_refused() -> None:
    responses = pattern_responses(LSAT6_PATTERNS)
    with pytest.raises(FitError, match="1 groups") as one:
        s_x2(responses, reference.LSAT6_2PL, groups=["a"])
    assert one.value.code == "groups_differ"
    groups = ["a"] * len(responses.scores)
    with pytest.raises(FitError, match="'a' has no density"):
        s_x2(responses, reference.LSAT6_2PL, {"b": normal_quadrature()}, groups=groups)
    with pytest.raises(FitError, match="need groups"):
        s_x2(responses, reference.LSAT6_2PL, {"b": normal_quadrature()})
    with pytest.raises(ScoringError, match="item_5"):
        s_x2(responses, reference.LSAT6_2PL.take(np.arange(4)))
    with pytest.raises(FitError, match="n_free") as options:
        s_x2(responses, reference.LSAT6_2PL, n_free=[2, 2])
    assert options.value.code == "options_differ"
    with pytest.raises(FitError, match="'x' has no parameters"):
        s_x2(responses, reference.LSAT6_2PL, fixed=["x"])
