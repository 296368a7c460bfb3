"""Who saw which items: responses cut into blocks for matrix products, their totals, and which items candidates link."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse.csgraph import connected_components

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.responses import NOT_PRESENTED

_MIN_GROUP_ROWS = 32
"""Candidates who must share one set of items before they get blocks of their own; below it the overhead loses."""


@dataclass(frozen=True, eq=False)
class ResponseBlock:
    """Some candidates' responses to some items.

    Parameters
    ----------
    scores : (n, K) int8, 0 where not presented.
    presented : (n, K) int8, or None when every candidate of the block saw all K items.
    columns : (K,) which items the columns are.
    weights : (n,) how many candidates each row stands for.
    population : which latent distribution the candidates come from.
    """

    scores: ScoreArray
    presented: ScoreArray | None
    columns: IntArray
    weights: FloatArray
    population: int


class BlockSource(Protocol):
    """Blocks that can be gone through again and again, here or in another process."""

    def __iter__(self) -> Iterator[ResponseBlock]:
        """Yield the blocks, always the same in the same order."""
        ...


def response_blocks(
    scores: ScoreArray, weights: FloatArray, populations: IntArray, n_rows: int
) -> Iterator[ResponseBlock]:
    """Cut responses into blocks of at most ``n_rows`` rows, grouping candidates who saw the same items.

    Parameters
    ----------
    scores : (N, J), weights : (N,), populations : (N,); every row has at least one presented item.
    """
    for population in np.unique(populations):
        own = np.flatnonzero(populations == population)
        part = scores if own.size == populations.size else scores[own]
        weight = weights[own]
        presented = part != NOT_PRESENTED
        scattered: list[IntArray] = []
        for rows in _groups_with_equal_rows(presented):
            if rows.size < _MIN_GROUP_ROWS:
                scattered.append(rows)
                continue
            columns = np.flatnonzero(presented[rows[0]])
            for piece in _split(rows, n_rows):
                shown = np.ascontiguousarray(part[np.ix_(piece, columns)])
                yield ResponseBlock(shown, None, columns, weight[piece], int(population))
        if scattered:
            rows = np.sort(np.concatenate(scattered))
            columns = np.flatnonzero(presented[rows].any(axis=0))
            for piece in _split(rows, n_rows):
                place = np.ix_(piece, columns)
                seen = np.ascontiguousarray(presented[place])
                yield ResponseBlock(part[place] * seen, seen.view(np.int8), columns, weight[piece], int(population))


@dataclass(frozen=True, eq=False)
class Totals:
    """What one look at the responses tells before anything is estimated.

    Attributes
    ----------
    category_counts : (J, K) weighted numbers of responses in each category.
    candidates : (L,) weighted numbers of candidates in each population.
    linked_item_sets : number of sets of items that no candidate links, directly or through other items.
    """

    category_counts: FloatArray
    candidates: FloatArray
    linked_item_sets: int


def totals(blocks: Iterable[ResponseBlock], n_items: int, n_categories: int, n_populations: int) -> Totals:
    """Count categories, candidates and links, without a float copy of all responses."""
    counts = np.zeros((n_items, n_categories))
    candidates = np.zeros(n_populations)
    linked = np.zeros((n_items, n_items), dtype=np.bool_)
    for block in blocks:
        candidates[block.population] += block.weights.sum()
        in_higher = np.zeros(block.columns.size)
        for category in range(1, n_categories):
            in_category = block.weights @ (block.scores == category)
            counts[block.columns, category] += in_category
            in_higher += in_category
        if block.presented is None:
            counts[block.columns, 0] += block.weights.sum() - in_higher
            linked[block.columns[0], block.columns] = True
        else:
            counts[block.columns, 0] += block.weights @ block.presented - in_higher
            # Joining each candidate's first item to the others connects them all, with one edge per response.
            first = block.columns[block.presented.argmax(axis=1)]
            rows, columns = np.nonzero(block.presented)
            linked[first[rows], block.columns[columns]] = True
    sets = int(connected_components(linked, directed=False, return_labels=False))
    return Totals(counts, candidates, sets)


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
