"""Pass or fail and other categories by cut scores: how often they are right, and how often a second test would agree.

Accuracy is the probability that a candidate gets the category of the true ability; consistency that two equivalent
tests give the same category.

References
----------
Rudner (2001), Practical Assessment, Research & Evaluation 7(14), and (2005), ibid. 10(13) (abilities with normal
errors); Lee (2010), Journal of Educational Measurement 47, 1–17 (sum scores); Lathrop & Cheng (2013), Applied
Psychological Measurement 37, 226–241 (both compared).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from exam_engine.psychometrics.ability.errors import ScoringError, items_of
from exam_engine.psychometrics.ability.likelihood import block_rows
from exam_engine.psychometrics.ability.posterior import cumulative_posteriors, fine_spacing, log_weights, refined
from exam_engine.psychometrics.ability.sum_scores import sum_score_distribution
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature, normal_quadrature
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information
from exam_engine.psychometrics.responses import ResponseMatrix

_REFINEMENT = 16
"""Closer nodes when a population is integrated, because the true category jumps at a cut."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Classification:
    """Quality of the decisions at C cuts, which make C + 1 categories 0 … C.

    Attributes
    ----------
    cuts : (C,) increasing; a candidate at a cut is above it.
    theta : (M,) abilities of candidates or nodes of a population.
    weights : (M,) their shares, summing to 1.
    true_category : (M,) category of the true ability.
    probability : (M, C + 1) probability of each observed category at each ability.
    """

    cuts: FloatArray
    theta: FloatArray
    weights: FloatArray
    true_category: IntArray
    probability: FloatArray

    @property
    def conditional_accuracy(self) -> FloatArray:
        """(M,) probability of the true category at each ability."""
        result: FloatArray = np.take_along_axis(self.probability, self.true_category[:, None], axis=1)[:, 0]
        return result

    @property
    def conditional_consistency(self) -> FloatArray:
        """(M,) probability that two tests give the same category at each ability."""
        result: FloatArray = (self.probability**2).sum(axis=1)
        return result

    @property
    def table(self) -> FloatArray:
        """(C + 1, C + 1) shares of candidates by true (row) and observed (column) category, summing to 1."""
        table = np.zeros((self.cuts.size + 1, self.cuts.size + 1))
        np.add.at(table, self.true_category, self.probability * self.weights[:, None])
        return table

    @property
    def accuracy(self) -> float:
        """Share of candidates in their true category."""
        return float(np.trace(self.table))

    @property
    def consistency(self) -> float:
        """Share of candidates whom two equivalent tests put into the same category."""
        return float(self.weights @ self.conditional_consistency)

    @property
    def kappa(self) -> float:
        """Cohen's kappa: consistency beyond what the shares of the categories give by chance; NaN if all are in one."""
        chance = float((self.table.sum(axis=0) ** 2).sum())
        return (self.consistency - chance) / (1.0 - chance) if chance < 1.0 else float("nan")

    @property
    def false_positive(self) -> float:
        """Share of all candidates observed above their true category (of one cut: passed though below it)."""
        return float(np.triu(self.table, 1).sum())

    @property
    def false_negative(self) -> float:
        """Share of all candidates observed below their true category (of one cut: failed though at or above it)."""
        return float(np.tril(self.table, -1).sum())

    def to_dict(self) -> dict[str, Any]:
        """The marginal figures as a JSON object."""
        return {
            "cuts": self.cuts.tolist(),
            "accuracy": self.accuracy,
            "consistency": self.consistency,
            "kappa": self.kappa if np.isfinite(self.kappa) else None,
            "false_positive": self.false_positive,
            "false_negative": self.false_negative,
            "table": self.table.tolist(),
        }


def rudner_classification(
    theta: FloatArray, standard_error: FloatArray, cuts: Sequence[float], *, weights: FloatArray | None = None
) -> Classification:
    """Accuracy and consistency of categories on the ability scale, errors taken as normal.

    Parameters
    ----------
    theta, standard_error : (M,) finite estimates of a sample, each taken as true in turn.
    cuts : abilities that separate the categories, increasing.
    weights : (M,) positive; equal when None.

    Raises
    ------
    ScoringError
        ``bad_cuts`` when cuts do not increase; ``not_finite`` naming the row of an infinite estimate.
    """
    edges = _checked_cuts(cuts)
    usable = np.isfinite(theta) & np.isfinite(standard_error) & (standard_error > 0.0)
    if not usable.all():
        row = int(np.argmin(usable))
        raise ScoringError(
            "not_finite",
            f"row {row + 1}: the estimate is {theta[row]} with standard error {standard_error[row]}; "
            "use EAP, WLE, or MLE with bounds",
            row=row + 1,
        )
    below = ndtr((edges - theta[:, None]) / standard_error[:, None])
    return Classification(
        cuts=edges,
        theta=theta,
        weights=_shares(theta, weights),
        true_category=np.searchsorted(edges, theta, side="right"),
        probability=np.diff(below, prepend=0.0, append=1.0, axis=1),
    )


def rudner_classification_of_population(
    items: ItemParameters, cuts: Sequence[float], population: Quadrature | None = None
) -> Classification:
    """The same for a form and a population, the errors having the variance 1 / I(θ).

    Parameters
    ----------
    items : the items of one form.
    cuts : abilities that separate the categories, increasing.
    population : distribution of ability; standard normal when None.

    Raises
    ------
    ScoringError
        ``bad_cuts``; ``not_finite`` where the form has no information.
    """
    density = refined(population if population is not None else normal_quadrature(), _REFINEMENT)
    information = fisher_information(density.nodes, items).sum(axis=1)
    with np.errstate(divide="ignore"):
        error = 1.0 / np.sqrt(information)
    return rudner_classification(density.nodes, error, cuts, weights=density.weights)


def lee_classification(
    items: ItemParameters, cuts: Sequence[float], theta: FloatArray, *, weights: FloatArray | None = None
) -> Classification:
    """Accuracy and consistency of categories by sum score, from its exact distribution under the model.

    Parameters
    ----------
    items : the items of one form.
    cuts : sum scores from which the next category begins, increasing; the true category is that of the expected score.
    theta : (M,) finite abilities of a sample, each taken as true in turn.
    weights : (M,) positive; equal when None.

    Raises
    ------
    ScoringError
        ``bad_cuts``, also for a cut that no score or every score reaches; ``not_finite`` naming the row of an infinite
        ability.
    """
    edges = _checked_cuts(cuts)
    highest = int(items.max_scores.sum())
    if edges[0] <= 0.0 or edges[-1] > highest:
        raise ScoringError("bad_cuts", f"sum-score cuts must be above 0 and at most {highest}, got {edges.tolist()}")
    if not np.isfinite(theta).all():
        row = int(np.argmin(np.isfinite(theta)))
        raise ScoringError("not_finite", f"row {row + 1}: the ability is {theta[row]}; use EAP or WLE", row=row + 1)
    first_score = np.ceil(edges).astype(np.intp)
    if (np.diff(first_score) == 0).any():
        raise ScoringError(
            "bad_cuts", f"no sum score lies between two of the cuts {edges.tolist()}", cuts=edges.tolist()
        )
    probability = np.empty((theta.size, edges.size + 1))
    expected = np.empty(theta.size)
    rows_at_once = block_rows(max(highest + 1, items.d.size + len(items)))
    for start in range(0, theta.size, rows_at_once):
        block = slice(start, start + rows_at_once)
        distribution = sum_score_distribution(items, theta[block])
        probability[block] = np.add.reduceat(distribution, np.concatenate([[0], first_score]), axis=1)
        expected[block] = expected_item_scores(theta[block], items).sum(axis=1)
    return Classification(
        cuts=edges,
        theta=theta,
        weights=_shares(theta, weights),
        true_category=np.searchsorted(edges, expected, side="right"),
        probability=probability,
    )


def lee_classification_of_population(
    items: ItemParameters, cuts: Sequence[float], population: Quadrature | None = None
) -> Classification:
    """The same for a form and a population, standard normal when None; errors as for ``lee_classification``."""
    density = refined(population if population is not None else normal_quadrature(), _REFINEMENT)
    return lee_classification(items, cuts, density.nodes, weights=density.weights)


def classification_probabilities(
    responses: ResponseMatrix, items: ItemParameters, cuts: Sequence[float], prior: Quadrature | None = None
) -> FloatArray:
    """Posterior probability that each candidate's ability is in each category; of one cut, column 1 is that of a pass.

    Parameters
    ----------
    responses : N candidates; columns are matched with the items by name.
    items : parameters of at least these columns.
    cuts : C abilities that separate the categories, increasing.
    prior : distribution of ability; standard normal on 61 nodes when None.

    Returns
    -------
    (N, C + 1) probabilities, exact to about 1e-4, rows summing to 1.

    Raises
    ------
    ScoringError
        ``bad_cuts``, ``no_parameters`` or ``score_outside``.
    """
    edges = _checked_cuts(cuts)
    own = items_of(responses, items)
    density = prior if prior is not None else normal_quadrature()
    spacing = fine_spacing(responses, own, density.nodes, density.sd)
    density = refined(density, int(np.ceil(density.spacing / spacing)))
    log_prior = log_weights(density)
    positions = (edges - density.nodes[0]) / density.spacing
    below = np.zeros((responses.scores.shape[0], edges.size + 2))
    below[:, -1] = 1.0
    for block, posterior in cumulative_posteriors(responses.scores, own, density.nodes, lambda _: log_prior):
        for cut, position in enumerate(positions, start=1):
            below[block, cut] = posterior.probability_below(position)
    return np.diff(below, axis=1)


def _checked_cuts(cuts: Sequence[float]) -> FloatArray:
    edges = np.array(cuts, dtype=np.float64)
    if edges.ndim != 1 or not edges.size or not np.isfinite(edges).all() or (np.diff(edges) <= 0.0).any():
        raise ScoringError("bad_cuts", f"cuts must be finite and increase, got {edges.tolist()}", cuts=edges.tolist())
    return edges


def _shares(theta: FloatArray, weights: FloatArray | None) -> FloatArray:
    share = np.ones(theta.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if share.shape != theta.shape or not (np.isfinite(share) & (share >= 0.0)).all() or not share.sum() > 0.0:
        raise ScoringError("bad_weights", f"weights must be {theta.size} numbers of 0 or more, not all 0")
    result: FloatArray = share / share.sum()
    return result
