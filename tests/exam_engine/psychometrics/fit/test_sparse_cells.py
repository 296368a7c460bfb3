import numpy as np
import pytest

from exam_engine.psychometrics.fit.sparse_cells import Table, join_sparse_cells, joined_categories


def table(observed: list[list[float]], expected: list[list[float]]) -> Table:
    return Table(np.array(observed), np.array(expected))


def test_a_sparse_score_joins_the_neighbour_with_fewer_candidates() -> None:
    joined = join_sparse_cells(
        table([[5, 20], [3, 12], [9, 1], [40, 4]], [[6, 19], [4, 11], [9.5, 0.5], [41, 3]]), smallest_expected=1.0
    )

    assert joined is not None
    np.testing.assert_array_equal(joined.observed, [[5, 20], [12, 13], [40, 4]])
    np.testing.assert_array_equal(joined.expected, [[6, 19], [13.5, 11.5], [41, 3]])
    assert joined.degrees_of_freedom == 3


def test_a_cell_that_expects_exactly_the_smallest_count_stays() -> None:
    counts = [[5.0, 20.0], [9.0, 1.0], [40.0, 4.0]]

    kept = join_sparse_cells(table(counts, counts), smallest_expected=1.0)
    joined = join_sparse_cells(table(counts, counts), smallest_expected=1.0 + 1e-9)

    assert kept is not None
    assert joined is not None
    assert (len(kept.expected), len(joined.expected)) == (3, 2)


def test_sparse_scores_at_the_ends_join_inwards() -> None:
    joined = join_sparse_cells(
        table([[2, 0], [9, 8], [7, 9], [0, 3]], [[1.8, 0.2], [9, 8], [7, 9], [0.3, 2.7]]), smallest_expected=1.0
    )

    assert joined is not None
    np.testing.assert_allclose(joined.expected, [[10.8, 8.2], [7.3, 11.7]])


def test_scores_nobody_has_are_dropped_and_those_of_one_candidate_join_the_next() -> None:
    joined = join_sparse_cells(
        table([[4, 6], [0, 0], [1, 0], [5, 6], [8, 9]], [[5, 5], [0, 0], [0.5, 0.5], [5, 6], [9, 8]]), 1.0
    )

    assert joined is not None
    np.testing.assert_array_equal(joined.observed, [[4, 6], [6, 6], [8, 9]])
    np.testing.assert_array_equal(joined.expected, [[5, 5], [5.5, 6.5], [9, 8]])


def test_categories_join_before_scores_do() -> None:
    observed, expected = joined_categories(np.array([7.0, 2.0, 0.0, 1.0]), np.array([6.0, 3.0, 0.6, 0.4]), 1.0)

    np.testing.assert_array_equal(observed, [7.0, 2.0, 1.0])
    np.testing.assert_allclose(expected, [6.0, 3.0, 1.0])


def test_a_category_joins_the_rarer_of_its_neighbours() -> None:
    _, expected = joined_categories(np.zeros(4), np.array([2.0, 0.3, 5.0, 4.0]), 1.0)

    np.testing.assert_allclose(expected, [2.3, 5.0, 4.0])


def test_scores_that_rule_out_categories_are_folded_into_the_inner_ones() -> None:
    # Three categories: the lowest and highest of the scores 1 … S−1 rule a category out.
    nothing = np.nan
    expected = [[3, 2, nothing], [4, 5, 6], [6, 5, 4], [nothing, 2, 3]]
    observed = [[2, 3, 0], [5, 5, 5], [6, 6, 3], [0, 1, 4]]
    joined = join_sparse_cells(
        Table(np.array(observed, dtype=float), np.nan_to_num(np.array(expected, dtype=float))), 1.0
    )

    assert joined is not None
    np.testing.assert_array_equal(joined.observed, [[7, 8, 5], [6, 7, 7]])
    np.testing.assert_array_equal(joined.expected, [[7, 7, 6], [6, 7, 7]])
    assert joined.degrees_of_freedom == 4


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ([[1, 1]], [[1, 1]]),
        ([[1, 0], [0, 1]], [[0.5, 0.5], [0.5, 0.5]]),
        ([[1, 1, 1], [1, 1, 1]], [[1, 1, 1], [1, 1, 1]]),
    ],
)
def test_a_table_with_nothing_left_to_compare_is_no_table(
    observed: list[list[float]], expected: list[list[float]]
) -> None:
    assert join_sparse_cells(table(observed, expected), 1.0) is None
