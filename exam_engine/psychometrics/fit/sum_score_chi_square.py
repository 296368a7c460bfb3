"""S-X²: observed against expected responses of candidates with the same sum score.

References
----------
Orlando & Thissen (2000), Applied Psychological Measurement 24, 50–64, and (2003) 27, 289–298; Kang & Chen (2008),
Journal of Educational Measurement 45, 391–406 (polytomous items).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray, ScoreArray
from exam_engine.psychometrics.fit.booklets import (
    AbilityDensity,
    densities_by_group,
    find_booklets,
)
from exam_engine.psychometrics.fit.chi_squares import ItemChiSquares, item_chi_squares
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import free_parameters_per_item
from exam_engine.psychometrics.fit.rest_scores import rest_score_distributions
from exam_engine.psychometrics.fit.sparse_cells import Table, join_sparse_cells
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import ResponseMatrix


class ItemScoreTable(NamedTuple):
    """Counts of one item by sum score 1 … S−1 (rows) and category, before sparse cells are joined."""

    item_name: str
    group: str | None
    table: Table


def s_x2(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: AbilityDensity = None,
    *,
    groups: Sequence[str] | None = None,
    fixed: Sequence[str] = (),
    n_free: ArrayLike | None = None,
    smallest_expected: float = 1.0,
    smallest_booklet: float = 50.0,
) -> ItemChiSquares:
    """S-X² of each item.

    Candidates are compared with others who were shown the same items (and are of the same group); an item's statistic
    is the sum over these booklets, so that a design with missing items needs no imputation.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    ability : density of ability, by group if there are groups; standard normal by default.
    groups : N names of groups.
    fixed : items whose parameters were not estimated, which take no degrees of freedom.
    n_free : (J,) parameters to take off the degrees of freedom; by default from the models and ``fixed``.
    smallest_expected : cells are joined until each expects this many candidates.
    smallest_booklet : booklets with fewer candidates are left out, and their number is in the result.

    Raises
    ------
    FitError
        ``too_few_candidates`` when no booklet is large enough; ``groups_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items, scores = items_of(responses, items), responses.scores
    free = free_parameters_per_item(items, fixed, n_free)
    statistic, cells, counted = np.zeros(len(items)), np.zeros(len(items)), np.zeros(len(items))
    tested, used = np.zeros(len(items), dtype=np.bool_), 0.0
    place = {name: item for item, name in enumerate(items.names)}
    booklets = find_booklets(scores, responses.weights, groups)
    large = [booklet for booklet in booklets if booklet.n_candidates >= smallest_booklet]
    if not large:
        raise FitError(
            "too_few_candidates",
            f"no {smallest_booklet:g} candidates were shown the same items; lower smallest_booklet, or use rmsd and "
            "infit_outfit, which need no common items",
        )
    densities = densities_by_group(ability, groups)
    for booklet in large:
        used += booklet.n_candidates
        part = scores if booklet.rows.size == scores.shape[0] else scores[booklet.rows]
        part = part if booklet.columns.size == len(items) else part[:, booklet.columns]
        tables = _tables(
            part, responses.weights[booklet.rows], items.take(booklet.columns), densities[booklet.group], booklet.group
        )
        for found in tables:
            joined = join_sparse_cells(found.table, smallest_expected)
            if joined is not None:
                item = place[found.item_name]
                statistic[item] += joined.statistic
                cells[item] += joined.degrees_of_freedom
                counted[item] += booklet.n_candidates
                tested[item] = True
    return item_chi_squares(
        "S-X2",
        items.names,
        np.where(tested, statistic, np.nan),
        cells,
        free,
        counted,
        n_left_out=responses.n_candidates - used,
    )


def sum_score_tables(
    responses: ResponseMatrix,
    items: ItemParameters,
    ability: AbilityDensity = None,
    *,
    groups: Sequence[str] | None = None,
) -> list[ItemScoreTable]:
    """Observed and expected counts by sum score of every item and booklet, for tables and figures."""
    items, scores = items_of(responses, items), responses.scores
    densities = densities_by_group(ability, groups)
    tables: list[ItemScoreTable] = []
    for booklet in find_booklets(scores, responses.weights, groups):
        part = scores[np.ix_(booklet.rows, booklet.columns)]
        weights = responses.weights[booklet.rows]
        tables += _tables(part, weights, items.take(booklet.columns), densities[booklet.group], booklet.group)
    return tables


def _tables(
    scores: ScoreArray, weights: FloatArray, items: ItemParameters, ability: Quadrature, group: str | None
) -> Iterator[ItemScoreTable]:
    p = category_probabilities(ability.nodes, items)
    total = scores.sum(axis=1, dtype=np.intp)
    n_scores = int(items.max_scores.sum()) + 1
    for item, rest in rest_score_distributions(p, items.n_categories):
        n_categories = int(items.n_categories[item])
        cell = total * n_categories + scores[:, item]
        counts: FloatArray = np.bincount(cell, weights, minlength=n_scores * n_categories).astype(np.float64)
        observed = counts.reshape(n_scores, n_categories)
        joint = np.zeros((n_scores, n_categories))
        for category in range(n_categories):
            weighted = ability.weights * p[:, item, category]
            joint[category : category + rest.shape[1], category] = weighted @ rest
        expected = joint / joint.sum(axis=1, keepdims=True) * observed.sum(axis=1, keepdims=True)
        # Everybody with sum score 0 or S answered every item alike: nothing can misfit there.
        yield ItemScoreTable(items.names[item], group, Table(observed[1:-1], expected[1:-1]))
