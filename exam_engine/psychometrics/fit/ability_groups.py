"""Responses by groups of similar estimated ability: chi-squares of items and empirical curves with bands.

References
----------
Yen (1981), Applied Psychological Measurement 5, 245–262 (Q1); Bock (1972), Psychometrika 37, 29–51 (X² at the median);
McKinley & Mills (1985), Applied Psychological Measurement 9, 49–57 (G²); Chalmers & Ng (2017), Applied Psychological
Measurement 41, 372–387 (plausible values); Wilson (1927), Journal of the American Statistical Association 22, 209–212.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy
from scipy.stats import norm

from exam_engine.psychometrics.ability.errors import items_of
from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.fit.chi_squares import ItemChiSquares, item_chi_squares
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.fit.free_parameters import free_parameters_per_item
from exam_engine.psychometrics.fit.residuals import InfiniteAbility, finite_abilities
from exam_engine.psychometrics.fit.sparse_cells import joined_categories
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

GroupStatistic = Literal["X2", "G2"]
GroupExpectation = Literal["mean", "median"]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class EmpiricalCurve:
    """Observed shares of an item's categories in G groups of ability, lowest ability first.

    Parameters
    ----------
    item_name : name.
    theta : (G,) mean estimated abilities.
    n_candidates : (G,) candidates by weight.
    observed, lower, upper : (G, K) shares of the categories with limits of Wilson's interval.
    expected : (G, K) mean probabilities of the model.
    confidence : of the interval.
    """

    item_name: str
    theta: FloatArray
    n_candidates: FloatArray
    observed: FloatArray
    lower: FloatArray
    upper: FloatArray
    expected: FloatArray
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        columns = ("theta", "n_candidates", "observed", "lower", "upper", "expected")
        return {
            "name": self.item_name,
            "confidence": self.confidence,
            **{column: getattr(self, column).tolist() for column in columns},
        }


def grouped_x2(
    responses: ResponseMatrix,
    items: ItemParameters,
    theta: FloatArray,
    *,
    statistic: GroupStatistic = "X2",
    n_groups: int = 10,
    expected: GroupExpectation = "mean",
    fixed: Sequence[str] = (),
    n_free: ArrayLike | None = None,
    smallest_expected: float = 2.0,
    infinite: InfiniteAbility = "leave_out",
) -> ItemChiSquares:
    """X² or G² of each item over groups of similar estimated ability.

    Candidates are grouped by an estimate that the item itself shaped, so that these tests reject good items too often,
    the more the shorter the test. Prefer S-X² for decisions; these are for comparison with earlier reports.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    theta : (N,) estimated abilities.
    statistic : "X2" (Pearson) or "G2" (likelihood ratio).
    n_groups : number of groups of about equal size among those who saw the item; equal abilities stay together.
    expected : "mean" takes the mean probability of the group's members (Yen's Q1), "median" the probability at their
        median ability (Bock).
    fixed : items whose parameters were not estimated, which take no degrees of freedom.
    n_free : (J,) parameters to take off the degrees of freedom; by default from the models and ``fixed``.
    smallest_expected : categories of a group are joined until each expects this many candidates; groups of one cell
        are left out.
    infinite : infinite estimates are left out, or put 0.1 beyond the outermost finite one ("edge").

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    ability = finite_abilities(theta, responses, infinite)
    free = free_parameters_per_item(items, fixed, n_free)
    _check_groups(n_groups)
    value, cells, counted = np.zeros((3, len(items)))
    order = _in_order(ability)
    for item in range(len(items)):
        groups = _Groups.of(responses, items, item, ability, order, n_groups)
        counted[item] = groups.size.sum()
        model = groups.at_median() if expected == "median" else groups.mean_probability()
        for observed, share in zip(groups.counts(), model * groups.size[:, None], strict=True):
            seen, hoped = observed, share
            if hoped.min() < smallest_expected:
                seen, hoped = joined_categories(observed, share, smallest_expected, fewest=1)
            if hoped.size < 2:
                continue
            cells[item] += hoped.size - 1
            value[item] += (
                ((seen - hoped) ** 2 / hoped).sum() if statistic == "X2" else 2.0 * xlogy(seen, seen / hoped).sum()
            )
    left_out = float(responses.weights[np.isnan(ability)].sum())
    return item_chi_squares(statistic, items.names, value, cells, free, counted, n_left_out=left_out)


def pv_q1(
    responses: ResponseMatrix,
    items: ItemParameters,
    plausible_values: FloatArray,
    *,
    n_groups: int = 10,
    fixed: Sequence[str] = (),
    n_free: ArrayLike | None = None,
) -> ItemChiSquares:
    """Yen's Q1 averaged over plausible values, which spread candidates as ability is spread and not as estimates are.

    Parameters
    ----------
    responses, items, n_groups, fixed, n_free : as in ``grouped_x2``.
    plausible_values : (N, D) draws from the candidates' posterior distributions; 30 draws are usual.

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    """
    draws = np.asarray(plausible_values, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1] == 0:
        raise FitError("abilities_differ", f"plausible values of shape {draws.shape} are not an (N, D) table")
    own = items_of(responses, items)
    free = free_parameters_per_item(own, fixed, n_free)
    tests = [
        grouped_x2(responses, own, draw, n_groups=n_groups, n_free=np.zeros(len(own), dtype=np.intp))
        for draw in draws.T
    ]
    return item_chi_squares(
        "PV-Q1",
        own.names,
        np.mean([test.statistic for test in tests], axis=0),
        np.mean([test.df for test in tests], axis=0),
        free,
        tests[0].n_candidates,
        n_left_out=0.0,
    )


def empirical_curves(
    responses: ResponseMatrix,
    items: ItemParameters,
    theta: FloatArray,
    *,
    n_groups: int = 10,
    confidence: float = 0.95,
    infinite: InfiniteAbility = "leave_out",
) -> tuple[EmpiricalCurve, ...]:
    """Observed shares of every category of every item by groups of estimated ability, with bands, as data for figures.

    Parameters
    ----------
    responses : (N, J) responses.
    items : parameters of these items, matched by name.
    theta : (N,) estimated abilities.
    n_groups : number of groups of about equal size among those who saw the item.
    confidence : of Wilson's interval, which stays within 0 and 1 and is sound for small groups.
    infinite : infinite estimates are left out, or put 0.1 beyond the outermost finite one ("edge").

    Raises
    ------
    FitError
        ``abilities_differ``, ``options_differ``.
    ScoringError
        ``no_parameters``, ``score_outside``.
    """
    items = items_of(responses, items)
    ability = matched_abilities(theta, responses)
    if not np.isfinite(ability).all():
        raise FitError(
            "abilities_differ", "an ability is infinite and has no place on a figure; estimate by EAP or WLE"
        )
    _check_groups(n_groups)
    if not 0.0 < confidence < 1.0:
        raise FitError("options_differ", f"the confidence {confidence} is not between 0 and 1")
    z = float(norm.ppf(0.5 + confidence / 2.0))
    order = _in_order(ability)
    curves = []
    for item, name in enumerate(items.names):
        groups = _Groups.of(responses, items, item, ability, order, n_groups)
        size = groups.size[:, None]
        share = groups.counts() / size
        centre = (share + z**2 / (2.0 * size)) / (1.0 + z**2 / size)
        half = z * np.sqrt(share * (1.0 - share) / size + z**2 / (4.0 * size**2)) / (1.0 + z**2 / size)
        curves.append(
            EmpiricalCurve(
                item_name=name,
                theta=groups.mean(groups.ability),
                n_candidates=groups.size,
                observed=share,
                lower=np.maximum(centre - half, 0.0),
                upper=np.minimum(centre + half, 1.0),
                expected=groups.mean_probability(),
                confidence=confidence,
            )
        )
    return tuple(curves)


@dataclass(frozen=True, eq=False, slots=True)
class _Groups:
    """Candidates who saw one item, in order of ability, and the group each belongs to."""

    ability: FloatArray
    score: IntArray
    weight: FloatArray
    group: IntArray
    size: FloatArray
    item: ItemParameters

    @classmethod
    def of(
        cls,
        responses: ResponseMatrix,
        items: ItemParameters,
        item: int,
        ability: FloatArray,
        order: IntArray,
        n_groups: int,
    ) -> "_Groups":
        score = responses.scores[order, item]
        seen = order[score != NOT_PRESENTED]
        weight = responses.weights[seen]
        value, tied = np.unique(ability[seen], return_inverse=True)
        mass = np.bincount(tied, weight, minlength=value.size)
        # A tie goes where the middle of its candidates goes.
        middle = np.cumsum(mass) - mass / 2.0
        raw = np.minimum((middle / max(mass.sum(), 1e-300) * n_groups).astype(np.intp), n_groups - 1)
        _, group = np.unique(raw[tied], return_inverse=True)
        return cls(
            ability=ability[seen],
            score=responses.scores[seen, item].astype(np.intp),
            weight=weight,
            group=group,
            size=np.bincount(group, weight).astype(np.float64),
            item=items.take(np.array([item])),
        )

    def counts(self) -> FloatArray:
        """(G, K) observed counts of categories."""
        n_categories = int(self.item.n_categories[0])
        cell = np.bincount(self.group * n_categories + self.score, self.weight, minlength=self.size.size * n_categories)
        result: FloatArray = cell.reshape(self.size.size, n_categories).astype(np.float64)
        return result

    def mean(self, values: FloatArray) -> FloatArray:
        """(G,) weighted means of values of the candidates."""
        result: FloatArray = np.bincount(self.group, self.weight * values, minlength=self.size.size) / self.size
        return result

    def mean_probability(self) -> FloatArray:
        """(G, K) mean probabilities of the groups' members."""
        p = category_probabilities(self.ability, self.item)[:, 0]
        return np.stack([self.mean(column) for column in p.T], axis=1)

    def at_median(self) -> FloatArray:
        """(G, K) probabilities at the groups' median abilities."""
        middle = np.empty(self.size.size)
        for group in range(middle.size):
            own = self.group == group
            mass = np.cumsum(self.weight[own])
            middle[group] = self.ability[own][np.searchsorted(mass, mass[-1] / 2.0)]
        return category_probabilities(middle, self.item)[:, 0]


def _in_order(ability: FloatArray) -> IntArray:
    """Rows in order of ability without those that are left out."""
    order = np.argsort(ability, kind="stable")
    return order[: int((~np.isnan(ability)).sum())]


def _check_groups(n_groups: int) -> None:
    if n_groups < 2:
        raise FitError(
            "options_differ", f"{n_groups} group cannot show how an item changes with ability; take 2 or more"
        )
