import numpy as np

from exam_engine.psychometrics.arrays import BoolArray
from exam_engine.psychometrics.design import linked_item_sets, response_blocks


def blocks_of(presented: BoolArray, n_rows: int = 16) -> list[tuple[int, int, bool]]:
    """(rows, columns, has a mask) of each block."""
    scores = np.where(presented, 1, -1).astype(np.int8)
    blocks = response_blocks(scores, presented, np.ones(presented.shape[0]), n_rows)
    assert sum(int(block.weights.sum()) for block in blocks) == presented.shape[0]
    assert sum(int(block.right.sum()) for block in blocks) == int(presented.sum())
    return [(block.right.shape[0], block.columns.size, block.presented is not None) for block in blocks]


def booklets(*item_sets: list[int], n_items: int, n_each: int) -> BoolArray:
    presented = np.zeros((len(item_sets) * n_each, n_items), dtype=np.bool_)
    for number, items in enumerate(item_sets):
        # Candidates with different booklets alternate, as they would in a results file.
        presented[number :: len(item_sets)][:, items] = True
    return presented


def test_candidates_who_saw_the_same_items_share_blocks_without_a_mask() -> None:
    presented = booklets([0, 1, 2], [2, 3], n_items=4, n_each=40)

    first, second = [(16, 3, False)] * 2 + [(8, 3, False)], [(16, 2, False)] * 2 + [(8, 2, False)]
    assert blocks_of(presented) == first + second


def test_small_groups_are_put_together_under_a_mask() -> None:
    presented = booklets([0, 1], [1, 2], n_items=4, n_each=10)

    assert blocks_of(presented) == [(16, 3, True), (4, 3, True)]


def test_items_are_linked_through_shared_candidates_only() -> None:
    for n_each in (10, 40):
        linked = booklets([0, 1, 2], [2, 3], [3, 4, 5], n_items=6, n_each=n_each)
        apart = booklets([0, 1, 2], [3, 4, 5], n_items=6, n_each=n_each)
        scores = np.zeros(linked.shape, dtype=np.int8)

        assert linked_item_sets(response_blocks(scores, linked, np.ones(len(linked)), 64), 6) == 1
        assert linked_item_sets(response_blocks(scores[: len(apart)], apart, np.ones(len(apart)), 64), 6) == 2
