"""SIBTEST and crossing SIBTEST: the groups' mean scores on an item or a bundle at equal true scores.

References
----------
Shealy & Stout (1993), Psychometrika 58, 159-194; Chang, Mazzeo & Roussos (1996), Journal of Educational Measurement
33, 333-353 (more than two scores); Li & Stout (1996), Psychometrika 61, 647-677 (crossing); Chalmers (2018),
Psychometrika 83, 376-386 (its chi-square); Roussos & Stout (1996), Journal of Educational Measurement 33, 215-230
(classes). Where these leave a choice it is that of R package mirt 1.45.1 (Chalmers 2012).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import TwoGroups, item_mask, two_groups
from exam_engine.psychometrics.dif.purification import with_anchors
from exam_engine.psychometrics.dif.result import DifResult, common_flags, effect_classes, favoured_by_sign
from exam_engine.psychometrics.responses import ResponseMatrix

BETA_BOUNDS: Final = (0.059, 0.088)
"""Bounds of B and C for β per point of the highest score (Roussos & Stout 1996)."""


def sibtest_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    crossing: bool = False,
    crossing_rule: Literal["mirt", "regression"] = "mirt",
    bundles: Mapping[str, Sequence[str]] | None = None,
    anchors: Sequence[str] | None = None,
    stratum_weights: Literal["total", "focal"] = "total",
    correction: bool = True,
    minimum_count: int = 5,
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
) -> DifResult:
    """Test items, or bundles of items, after correcting the matching score for its unreliability.

    The effect is β, the mean score of the reference less the focal group at equal true scores, in points of the item
    or bundle: positive when it is harder for the focal group. For the crossing test it is β below less β above the
    crossing score, without its sign.

    Parameters
    ----------
    responses, groups, reference, focal, purify, level, max_iterations : as in ``mantel_haenszel_dif``; items may have
        more than two scores.
    crossing : test against curves that cross (one or two degrees of freedom) instead of a difference in one direction.
    crossing_rule : where the crossing score comes from a weighted regression of the difference on the score:
        ``mirt`` rounds it to one significant digit and takes unusable strata as showing no difference, as that
        package does; ``regression`` uses usable strata only and does not round.
    bundles : names and items of the bundles to test, None for every item by itself.
    anchors : items of the matching score, None for all; the items under test are always taken out of it.
    stratum_weights : whose distribution over the matching scores weights the differences.
    correction : Shealy and Stout's regression correction; without it β is a standardised difference, biased when the
        groups differ in ability.
    minimum_count : a matching score counts when more than so many candidates of each group have it.

    Returns
    -------
    DifResult with details ``crossing_score`` (NaN unless crossing), ``n_scores`` (matching scores used) and
    ``used_share`` (share of the candidates who have them). Candidates who were not shown all anchors and the items
    under test are left out and flagged as ``rows_dropped``. Classes: by ``BETA_BOUNDS`` on β per point of the highest
    score; A when p is not below .05; None for the crossing test.

    Raises
    ------
    DifError
        ``dif.booklets_differ`` when no candidate of a group was shown all anchors; others for groups, items or options
        that do not allow the test.
    """
    if crossing_rule not in ("mirt", "regression") or stratum_weights not in ("total", "focal"):
        raise DifError("dif.option", f"crossing_rule {crossing_rule!r} or stratum_weights {stratum_weights!r} unknown")
    if minimum_count < 1:
        raise DifError("dif.option", f"minimum_count is {minimum_count}; a variance needs more than 1 candidate")
    if bundles is not None and (purify or not bundles or not all(bundles.values())):
        raise DifError("dif.option", "bundles need items, and anchors that are given: they cannot be purified")
    cut = two_groups(responses, groups, reference=reference, focal=focal)
    chosen = {name: [name] for name in cut.item_names} if bundles is None else bundles
    suspects = {name: item_mask(cut.item_names, items) for name, items in chosen.items()}
    options = _Options(
        crossing=crossing,
        mirt_crossing=crossing_rule == "mirt",
        focal_weights=stratum_weights == "focal",
        correction=correction,
        minimum_count=minimum_count,
    )

    def test(anchor_mask: BoolArray) -> DifResult:
        return _test_sets(cut, suspects, anchor_mask, options)

    return with_anchors(
        test, cut.item_names, anchors=anchors, purify=purify, level=level, max_iterations=max_iterations
    )


@dataclass(frozen=True, slots=True)
class _Options:
    crossing: bool
    mirt_crossing: bool
    focal_weights: bool
    correction: bool
    minimum_count: int


class _SetTest(NamedTuple):
    statistic: float = np.nan
    df: float = np.nan
    effect: float = np.nan
    error: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    crossing_score: float = np.nan
    n_scores: float = 0.0
    used_share: float = 0.0


class _GroupScores(NamedTuple):
    """One group at each matching score: candidates, mean and variance on the items under test, true score."""

    n: FloatArray
    mean: FloatArray
    variance: FloatArray
    true_score: FloatArray


def _test_sets(cut: TwoGroups, suspects: Mapping[str, BoolArray], anchors: BoolArray, options: _Options) -> DifResult:
    complete: BoolArray = np.all(cut.presented[:, anchors], axis=1)
    if min(cut.group_sizes(complete)) == 0.0:
        raise DifError(
            "dif.booklets_differ", "no candidate of one group was shown all anchors; name anchors that everybody saw"
        )
    variances = _item_variances(cut, anchors, complete)
    total = np.where(complete[:, None] & anchors, cut.scores, 0).sum(axis=1, dtype=np.intp)
    tests, sizes, dropped = [], [], []
    for suspect in suspects.values():
        used: BoolArray = complete & np.all(cut.presented[:, suspect], axis=1)
        matching = anchors & ~suspect
        of_set = variances if (used == complete).all() else _item_variances(cut, anchors, used)
        sizes.append(cut.group_sizes(used))
        dropped.append(bool((cut.presented[:, suspect].all(axis=1) & ~used).any()))
        if matching.sum() < 2 or min(sizes[-1]) < 2.0:
            tests.append(_SetTest())
            continue
        score = total[used] - cut.scores[used][:, suspect & anchors].sum(axis=1, dtype=np.intp)
        points = cut.scores[used][:, suspect].sum(axis=1, dtype=np.float64)
        reliabilities = of_set[:, matching[anchors]]
        groups = [
            _group_scores(score[rows], points[rows], cut.weights[used][rows], reliabilities[place], int(score.max()))
            for place, rows in enumerate((~cut.is_focal[used], cut.is_focal[used]))
        ]
        tests.append(_test_set(groups[0], groups[1], options))
    return _result(cut, suspects, anchors, tests, np.array(sizes), dropped, options)


def _result(
    cut: TwoGroups,
    suspects: Mapping[str, BoolArray],
    anchors: BoolArray,
    tests: Sequence[_SetTest],
    sizes: FloatArray,
    dropped: Sequence[bool],
    options: _Options,
) -> DifResult:
    column = {name: np.array([getattr(one, name) for one in tests]) for name in _SetTest._fields}
    p = chi2.sf(column["statistic"], column["df"])
    flags = common_flags(sizes[:, 0], sizes[:, 1], column["statistic"])
    for own, some_dropped, share in zip(flags, dropped, column["used_share"], strict=True):
        own += ["rows_dropped"] * some_dropped + ["few_matched"] * bool(share < 0.5)
    highest = np.array([(cut.n_categories - 1)[suspect].sum() for suspect in suspects.values()], dtype=np.float64)
    classes = effect_classes(column["effect"] / highest, p, *BETA_BOUNDS)
    favoured = favoured_by_sign(column["lower"] + column["upper"])
    if options.crossing:
        opposed = column["lower"] * column["upper"] < 0.0
        favoured = tuple("crossing" if both else one for both, one in zip(opposed, favoured, strict=True))
    return DifResult(
        method="crossing SIBTEST" if options.crossing else "SIBTEST",
        effect_name="beta below less above the crossing score (points)"
        if options.crossing
        else "beta, reference less focal (points)",
        reference=cut.reference,
        focal=cut.focal,
        item_names=tuple(suspects),
        statistic=column["statistic"],
        df=column["df"],
        p=p,
        effect=column["effect"],
        standard_error=column["error"],
        classes=(None,) * len(tests) if options.crossing else classes,
        favoured=favoured,
        n_reference=sizes[:, 0],
        n_focal=sizes[:, 1],
        anchors=tuple(np.array(cut.item_names)[anchors].tolist()),
        flags=tuple(map(tuple, flags)),
        details={name: column[name] for name in ("crossing_score", "n_scores", "used_share")},
    )


def _item_variances(cut: TwoGroups, anchors: BoolArray, used: BoolArray) -> FloatArray:
    """(2, anchors) variance of each anchor in the reference and the focal group."""
    result = np.empty((2, int(anchors.sum())))
    for group in (0, 1):
        rows = used & (cut.is_focal == bool(group))
        weights = cut.weights[rows]
        for place, item in enumerate(np.flatnonzero(anchors)):
            count = np.bincount(cut.scores[rows, item], weights)
            score = np.arange(count.size)
            mean = count @ score / count.sum()
            result[group, place] = count @ (score - mean) ** 2 / count.sum()
    return result


def _group_scores(
    score: IntArray, points: FloatArray, weights: FloatArray, item_variances: FloatArray, highest: int
) -> _GroupScores:
    n = np.bincount(score, weights, highest + 1).astype(np.float64)
    some = n > 0.0
    mean = np.divide(np.bincount(score, weights * points, highest + 1), n, out=np.zeros(n.size), where=some)
    squares = np.bincount(score, weights * (points - mean[score]) ** 2, highest + 1)
    variance = np.divide(squares, n - 1.0, out=np.zeros(n.size), where=n > 1.0)
    level = np.arange(highest + 1)
    centre = float(n @ level) / float(n.sum())
    of_total = float(n @ (level - centre) ** 2 / n.sum())
    n_items = item_variances.size
    alpha = n_items / (n_items - 1) * (1.0 - float(item_variances.sum()) / of_total) if of_total > 0.0 else np.nan
    # Kelley's regression of the true on the observed score, with the group's own mean and reliability.
    true_score = np.asarray(centre + alpha * (level - centre), dtype=np.float64)
    return _GroupScores(n=n, mean=mean, variance=variance, true_score=true_score)


def _test_set(reference: _GroupScores, focal: _GroupScores, options: _Options) -> _SetTest:
    both = reference.n + focal.n
    level = np.arange(both.size)
    seen = np.flatnonzero(both > 0.0)
    usable = (
        (np.minimum(reference.n, focal.n) > options.minimum_count)
        & (level > seen[0])
        & (level < seen[-1])
        & (reference.variance > 0.0)
        & (focal.variance > 0.0)
    )
    target = (reference.true_score + focal.true_score) / 2.0
    moved_reference = _moved_means(reference, target) if options.correction else reference.mean
    moved_focal = _moved_means(focal, target) if options.correction else focal.mean
    usable &= np.isfinite(moved_reference) & np.isfinite(moved_focal)
    if not usable.any():
        return _SetTest()
    difference = np.where(usable, moved_reference - moved_focal, 0.0)
    weight = np.where(usable, focal.n if options.focal_weights else both, 0.0)
    share = float(both[usable].sum() / both.sum())
    weight = weight / weight.sum()
    noise = np.where(
        usable, reference.variance / np.maximum(reference.n, 1.0) + focal.variance / np.maximum(focal.n, 1.0), 0.0
    )
    part, noise = weight * difference, weight**2 * noise
    n_scores = float(usable.sum())
    if not options.crossing:
        beta, error = float(part.sum()), float(np.sqrt(noise.sum()))
        return _SetTest((beta / error) ** 2, 1.0, beta, error, beta, 0.0, np.nan, n_scores, share)
    crossing_score = _crossing_score(difference, np.maximum(reference.n, focal.n), usable, both, options)
    above = level > crossing_score
    sides = [(float(part[side].sum()), float(noise[side].sum())) for side in (~above, above)]
    with_noise = [(beta, square) for beta, square in sides if square > 0.0]
    statistic = sum(beta**2 / square for beta, square in with_noise)
    lower, upper = sides[0][0], sides[1][0]
    return _SetTest(
        statistic, len(with_noise), abs(lower - upper), np.nan, lower, upper, crossing_score, n_scores, share
    )


def _moved_means(group: _GroupScores, target: FloatArray) -> FloatArray:
    """Mean points of a group at the true scores where both groups are compared, by linear interpolation.

    The slope runs through the nearest scores on both sides that the group has; NaN without such neighbours.
    """
    result = np.full(target.size, np.nan)
    seen = np.flatnonzero(group.n > 0.0)
    if seen.size > 2:
        inner = seen[1:-1]
        rise = group.mean[seen[2:]] - group.mean[seen[:-2]]
        run = group.true_score[seen[2:]] - group.true_score[seen[:-2]]
        if (run != 0.0).all():
            result[inner] = group.mean[inner] + rise / run * (target[inner] - group.true_score[inner])
    return result


def _crossing_score(
    difference: FloatArray, weight: FloatArray, usable: BoolArray, both: FloatArray, options: _Options
) -> float:
    """Matching score where the weighted regression line of the differences is zero; infinite when it is level."""
    chosen = (weight > 0.01 * both.sum()) & (both > 0.0)
    if not options.mirt_crossing:
        chosen &= usable
    level = np.flatnonzero(chosen)
    if level.size < 2:
        return np.inf
    slope, intercept = np.polyfit(level, difference[chosen], 1, w=np.sqrt(weight[chosen]))
    if slope == 0.0:
        return np.inf
    zero = float(-intercept / slope)
    return float(f"{zero:.1g}") if options.mirt_crossing else zero
