"""Who saw which items: responses cut into blocks for matrix products, and which items candidates link."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray

_MIN_GROUP_ROWS = 32
"""Candidates who must share one set of items before they get blocks of their own; below it the overhead loses."""


@dataclass(frozen=True, eq=False)
class ResponseBlock:
    """Some candidates' responses to some items.

    Parameters
    ----------
    right : (n, K) int8, 1 where the answer was right, 0 where wrong or not presented.
    presented : (n, K) int8, or None when every candidate of the block saw all K items.
    columns : (K,) which items the columns are.
    weights : (n,) how many candidates each row stands for.
    """

    right: ScoreArray
    presented: ScoreArray | None
    columns: IntArray
    weights: FloatArray


def response_blocks(scores: ScoreArray, presented: BoolArray, weights: FloatArray, n_rows: int) -> list[ResponseBlock]:
    """Cut responses into blocks of at most ``n_rows`` rows, grouping candidates who saw the same items.

    Parameters
    ----------
    scores : (N, J), presented : (N, J), weights : (N,); every row has at least one presented item.
    """
    right = (scores == 1).view(np.int8)
    blocks: list[ResponseBlock] = []
    scattered: list[IntArray] = []
    for rows in _groups_with_equal_rows(presented):
        if rows.size < _MIN_GROUP_ROWS:
            scattered.append(rows)
            continue
        columns = np.flatnonzero(presented[rows[0]])
        blocks.extend(
            ResponseBlock(np.ascontiguousarray(right[np.ix_(part, columns)]), None, columns, weights[part])
            for part in _split(rows, n_rows)
        )
    if scattered:
        rows = np.sort(np.concatenate(scattered))
        columns = np.flatnonzero(presented[rows].any(axis=0))
        for part in _split(rows, n_rows):
            place = np.ix_(part, columns)
            blocks.append(
                ResponseBlock(
                    np.ascontiguousarray(right[place]),
                    np.ascontiguousarray(presented[place]).view(np.int8),
                    columns,
                    weights[part],
                )
            )
    return blocks


def item_totals(blocks: list[ResponseBlock], n_items: int) -> tuple[FloatArray, FloatArray]:
    """(J,) weighted numbers of responses and of right answers, without a float copy of all responses."""
    n_responses, n_right = np.zeros(n_items), np.zeros(n_items)
    for block in blocks:
        n_right[block.columns] += block.weights @ block.right
        n_responses[block.columns] += (
            block.weights.sum() if block.presented is None else block.weights @ block.presented
        )
    return n_responses, n_right


def linked_item_sets(blocks: list[ResponseBlock], n_items: int) -> int:
    """Number of sets of items that no candidate links, directly or through other items; 1 for a linked design."""
    linked = np.zeros((n_items, n_items), dtype=np.bool_)
    for block in blocks:
        if block.presented is None:
            linked[block.columns[0], block.columns] = True
        else:
            # Joining each candidate's first item to the others connects them all, with one edge per response.
            first = block.columns[block.presented.argmax(axis=1)]
            rows, columns = np.nonzero(block.presented)
            linked[first[rows], block.columns[columns]] = True
    return int(connected_components(linked, directed=False, return_labels=False))


def _groups_with_equal_rows(presented: BoolArray) -> list[IntArray]:
    """Row numbers grouped by identical rows, in the order of their first row."""
    if presented.all():
        return [np.arange(presented.shape[0])]
    packed = np.packbits(presented, axis=1)
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1])))[:, 0]
    _, first, group, sizes = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(sizes)[:-1])
    return [members[index] for index in np.argsort(first)]


def _split(rows: IntArray, n_rows: int) -> list[IntArray]:
    return [rows[start : start + n_rows] for start in range(0, rows.size, n_rows)]
