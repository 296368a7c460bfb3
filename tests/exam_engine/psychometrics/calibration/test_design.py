import numpy as np
import pytest

from exam_engine.psychometrics import NOT_PRESENTED
from exam_engine.psychometrics.arrays import BoolArray, ScoreArray
from exam_engine.psychometrics.calibration.design import ResponseBlock, response_blocks, totals


def scores_where(presented: BoolArray) -> ScoreArray:
    return np.where(presented, 1, NOT_PRESENTED).astype(np.int8)


def cut(scores: ScoreArray, n_rows: int = 16) -> list[ResponseBlock]:
    return list(response_blocks(scores, np.ones(len(scores)), np.zeros(len(scores), dtype=np.intp), n_rows))


def shapes(presented: BoolArray) -> list[tuple[int, int, bool]]:
    """(rows, columns, has a mask) of each block."""
    blocks = cut(scores_where(presented))
    assert sum(int(block.weights.sum()) for block in blocks) == presented.shape[0]
    assert sum(int(block.scores.sum()) for block in blocks) == int(presented.sum())
    return [(block.scores.shape[0], block.columns.size, block.presented is not None) for block in blocks]


def booklets(*item_sets: list[int], n_items: int, n_each: int) -> BoolArray:
    presented = np.zeros((len(item_sets) * n_each, n_items), dtype=np.bool_)
    for number, items in enumerate(item_sets):
        # Candidates with different booklets alternate, as they would in a results file.
        presented[number :: len(item_sets)][:, items] = True
    return presented


def test_candidates_who_saw_the_same_items_share_blocks_without_a_mask() -> None:
    presented = booklets([0, 1, 2], [2, 3], n_items=4, n_each=40)

    first, second = [(16, 3, False)] * 2 + [(8, 3, False)], [(16, 2, False)] * 2 + [(8, 2, False)]
    assert shapes(presented) == first + second


def test_small_groups_are_put_together_under_a_mask() -> None:
    presented = booklets([0, 1], [1, 2], n_items=4, n_each=10)

    assert shapes(presented) == [(16, 3, True), (4, 3, True)]


def test_candidates_of_different_populations_never_share_a_block() -> None:
    populations = np.arange(90) % 3

    blocks = list(response_blocks(np.ones((90, 4), dtype=np.int8), np.ones(90), populations, 64))

    assert [(block.population, block.scores.shape[0]) for block in blocks] == [(0, 30), (1, 30), (2, 30)]


@pytest.mark.parametrize("n_each", [10, 40])
def test_items_are_linked_through_shared_candidates_only(n_each: int) -> None:
    linked = booklets([0, 1, 2], [2, 3], [3, 4, 5], n_items=6, n_each=n_each)
    apart = booklets([0, 1, 2], [3, 4, 5], n_items=6, n_each=n_each)

    assert totals(cut(scores_where(linked)), 6, 2, 1).linked_item_sets == 1
    assert totals(cut(scores_where(apart)), 6, 2, 1).linked_item_sets == 2


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_totals_are_weighted_counts_of_every_category(missing: float) -> None:
    rng = np.random.default_rng(4)
    scores = rng.integers(0, 4, (200, 5)).astype(np.int8)
    scores[rng.random(scores.shape) < missing] = NOT_PRESENTED
    scores[:, 0] = np.maximum(scores[:, 0], 0)
    weights, populations = rng.uniform(0.5, 2.0, 200), rng.integers(0, 2, 200)

    found = totals(response_blocks(scores, weights, populations, 32), 5, 4, 2)

    for category in range(4):
        np.testing.assert_allclose(found.category_counts[:, category], weights @ (scores == category))
    np.testing.assert_allclose(found.candidates, np.bincount(populations, weights))
