"""Logistic regression of the item score on the matching value, the group and their product.

References
----------
Swaminathan & Rogers (1990), Journal of Educational Measurement 27, 361-370; Zumbo (1999), *A Handbook on the Theory
and Methods of DIF* (ordinal scores, effect size and its first bounds, with Thomas); Nagelkerke (1991), Biometrika 78,
691-692; Jodoin & Gierl (2001), Applied Measurement in Education 14, 329-349 (bounds).
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.dif.cumulative_logit import CumulativeLogitFit, fit_cumulative_logit
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import TwoGroups, two_groups
from exam_engine.psychometrics.dif.matching import Criterion, Matching, criterion
from exam_engine.psychometrics.dif.purification import with_anchors
from exam_engine.psychometrics.dif.result import DifResult, Favoured, common_flags, effect_classes
from exam_engine.psychometrics.responses import ResponseMatrix

Hypothesis = Literal["both", "uniform", "nonuniform"]

R2_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {"jodoin_gierl": (0.035, 0.070), "zumbo_thomas": (0.13, 0.26)}
"""Bounds of B and C for the change of Nagelkerke's R²."""


def logistic_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    hypothesis: Hypothesis = "both",
    test: Literal["likelihood_ratio", "wald"] = "likelihood_ratio",
    bounds: Literal["jodoin_gierl", "zumbo_thomas"] = "jodoin_gierl",
    anchors: Sequence[str] | None = None,
    matching: Matching = "total",
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Test whether the group adds to the matching value in explaining the item score.

    Items with more than two scores get the proportional-odds model. The effect is the change of Nagelkerke's R².

    Parameters
    ----------
    responses, groups, reference, focal, anchors, purify, level, max_iterations : as in ``mantel_haenszel_dif``; items
        may have more than two scores.
    hypothesis : ``both`` tests group and product together (2 degrees of freedom), ``uniform`` the group in a model
        without the product, ``nonuniform`` the product.
    test : by the likelihood ratio, or Wald's from the larger model alone.
    bounds : whose bounds of ``R2_BOUNDS`` give the classes; A also when p is not below .05.
    matching : ``total``, ``rest``, ``proportion``, or one value per row such as an ability estimate. Scores of
        candidates who were shown different anchors are no common scale, so they are refused.

    Returns
    -------
    DifResult with details ``group`` (log odds, focal less reference, at the mean matching value), ``product`` (its
    change per unit of the matching value), their ``group_standard_error`` and ``product_standard_error`` in the larger
    model, ``r2`` (of the larger model) and ``crossing`` (the matching value at which the groups are equal). An item
    favours ``crossing`` groups when that value lies within the central 90 % of the candidates.

    Raises
    ------
    DifError
        ``dif.booklets_differ`` when candidates were shown different anchors and the criterion is a sum of scores;
        others for groups, anchors, matching values or options that do not allow the test.
    """
    if hypothesis not in ("both", "uniform", "nonuniform"):
        raise DifError("dif.option", f"hypothesis {hypothesis!r} is none of both, uniform, nonuniform")
    if test not in ("likelihood_ratio", "wald") or bounds not in R2_BOUNDS:
        raise DifError("dif.option", f"test {test!r} with bounds {bounds!r} is unknown")
    cut = two_groups(responses, groups, reference=reference, focal=focal)

    def run(chosen: BoolArray) -> DifResult:
        return _test_items(cut, matching, chosen, hypothesis, wald=test == "wald", bounds=R2_BOUNDS[bounds])

    return with_anchors(
        run,
        cut.item_names,
        anchors=anchors,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
        outside_criterion=not isinstance(matching, str),
    )


class _ItemTest(NamedTuple):
    statistic: float
    change: float
    r2: float
    group: float
    product: float
    group_error: float
    product_error: float
    crossing: float
    lowest: float
    highest: float
    n_reference: float
    n_focal: float
    separated: bool
    converged: bool


_NOT_TESTED = (np.nan,) * 10


def _test_items(
    cut: TwoGroups,
    matching: Matching,
    anchors: BoolArray,
    hypothesis: Hypothesis,
    *,
    wald: bool,
    bounds: tuple[float, float],
) -> DifResult:
    standard = criterion(cut, matching, anchors)
    if standard.kind in ("total", "rest") and standard.booklet.max() > 0:
        raise DifError(
            "dif.booklets_differ",
            "candidates were shown different anchors, so their scores are no common scale; match on ability estimates "
            "(one value per row), or on 'proportion' when the booklets are equally hard",
        )
    tests = [_test_item(standard, item, hypothesis, wald=wald) for item in range(len(cut.item_names))]
    column = {name: np.array([getattr(one, name) for one in tests], dtype=np.float64) for name in _ItemTest._fields}
    statistic, df = column["statistic"], 2.0 if hypothesis == "both" else 1.0
    p = chi2.sf(statistic, df)
    flags = common_flags(column["n_reference"], column["n_focal"], statistic)
    for own, one in zip(flags, tests, strict=True):
        own += ["separation"] * one.separated + ["not_converged"] * (not one.converged)
    return DifResult(
        method=f"logistic regression, {hypothesis}" + (", Wald" if wald else ""),
        effect_name="change of Nagelkerke's R²",
        reference=cut.reference,
        focal=cut.focal,
        item_names=cut.item_names,
        statistic=statistic,
        df=np.where(np.isfinite(statistic), df, np.nan),
        p=p,
        effect=column["change"],
        standard_error=np.full(statistic.shape, np.nan),
        classes=effect_classes(column["change"], p, *bounds),
        favoured=tuple(map(_favoured, tests)),
        n_reference=column["n_reference"],
        n_focal=column["n_focal"],
        anchors=standard.anchor_names,
        flags=tuple(map(tuple, flags)),
        details={
            "group": column["group"],
            "product": column["product"],
            "group_standard_error": column["group_error"],
            "product_standard_error": column["product_error"],
            "r2": column["r2"],
            "crossing": column["crossing"],
        },
    )


def _test_item(standard: Criterion, item: int, hypothesis: Hypothesis, *, wald: bool) -> _ItemTest:
    groups, matched = standard.groups, standard.of_item(item)
    n_reference, n_focal = groups.group_sizes(matched.used)
    # Candidates with the same value, group and score differ in nothing the model knows: count them once.
    value, place = np.unique(matched.value, return_inverse=True)
    focal = groups.is_focal[matched.used].astype(np.intp)
    n_scores = int(groups.n_categories[item])
    cell = (place * 2 + focal) * n_scores + groups.scores[matched.used, item]
    table = np.bincount(cell, groups.weights[matched.used], value.size * 2 * n_scores).reshape(value.size, 2, n_scores)
    table = table[:, :, table.sum(axis=(0, 1)) > 0.0]
    if table.shape[2] < 2 or value.size < 2 or n_reference == 0.0 or n_focal == 0.0:
        return _ItemTest(*_NOT_TESTED, n_reference, n_focal, separated=False, converged=True)
    weight = table.sum(axis=(1, 2))
    total = float(weight.sum())
    mean = float(weight @ value) / total
    spread = float(np.sqrt(weight @ (value - mean) ** 2 / total))
    z = np.repeat((value - mean) / spread, 2)
    group = np.tile([0.0, 1.0], value.size)
    counts = table.reshape(-1, table.shape[2])
    occupied = counts.sum(axis=1) > 0.0
    design, counts = np.column_stack([z, group, z * group])[occupied], counts[occupied]

    n_larger = 2 if hypothesis == "uniform" else 3
    larger = fit_cumulative_logit(design[:, :n_larger], counts)
    smaller = fit_cumulative_logit(design[:, : 2 if hypothesis == "nonuniform" else 1], counts)
    share = counts.sum(axis=0) / total
    null = float(total * (share @ np.log(share)))
    r2, smaller_r2 = (_nagelkerke(fit.log_likelihood, null, total) for fit in (larger, smaller))
    tested = {"both": [1, 2], "uniform": [1], "nonuniform": [2]}[hypothesis]
    if wald:
        statistic = np.nan if larger.separated else _wald(larger, tested)
    else:
        # Rounding may leave a difference of nothing slightly negative.
        statistic = max(2.0 * (larger.log_likelihood - smaller.log_likelihood), 0.0)
    beta = np.pad(larger.coefficients, (0, 3 - n_larger))
    error = np.pad(np.sqrt(np.diag(larger.covariance)), (0, 3 - n_larger), constant_values=np.nan)
    product = beta[2] / spread
    return _ItemTest(
        statistic=statistic,
        change=r2 - smaller_r2,
        r2=r2,
        group=float(beta[1]),
        product=float(product) if n_larger == 3 else np.nan,
        group_error=float(error[1]),
        product_error=float(error[2] / spread),
        crossing=float(mean - beta[1] / product) if product != 0.0 else np.nan,
        lowest=float(value[np.searchsorted(np.cumsum(weight), 0.05 * total)]),
        highest=float(value[np.searchsorted(np.cumsum(weight), 0.95 * total)]),
        n_reference=n_reference,
        n_focal=n_focal,
        separated=larger.separated,
        converged=larger.converged and smaller.converged,
    )


def _favoured(test: _ItemTest) -> Favoured | None:
    if np.isfinite(test.crossing) and test.lowest < test.crossing < test.highest:
        return "crossing"
    return "reference" if test.group < 0.0 else "focal" if test.group > 0.0 else None


def _nagelkerke(log_likelihood: float, null: float, total: float) -> float:
    return float(np.expm1(2.0 / total * (null - log_likelihood)) / np.expm1(2.0 / total * null))


def _wald(fit: CumulativeLogitFit, tested: list[int]) -> float:
    beta: FloatArray = fit.coefficients[tested]
    return float(beta @ np.linalg.solve(fit.covariance[np.ix_(tested, tested)], beta))
