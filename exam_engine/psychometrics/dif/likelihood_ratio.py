"""Likelihood-ratio test of item response theory: does the model fit better when an item differs between the groups.

References
----------
Thissen, Steinberg & Wainer (1993), in Holland & Wainer, *Differential Item Functioning*, 67-113; Woods (2009), Applied
Psychological Measurement 33, 42-57 (anchors); Meade & Wright (2012), Journal of Applied Psychology 97, 1016-1031.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from exam_engine.psychometrics.arrays import BoolArray
from exam_engine.psychometrics.calibration import CalibrationSettings
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.expected_scores import (
    EFFECT_NAME,
    expected_score_classes,
    expected_score_differences,
)
from exam_engine.psychometrics.dif.free_items import (
    GroupwiseFit,
    cannot_be_free,
    fit_groupwise,
    refuse_common_slopes,
)
from exam_engine.psychometrics.dif.groups import TwoGroups, item_mask, two_groups
from exam_engine.psychometrics.dif.purification import with_anchors
from exam_engine.psychometrics.dif.result import DifResult, EffectClass, Favoured, common_flags
from exam_engine.psychometrics.responses import ResponseMatrix

Hypothesis = Literal["both", "uniform", "nonuniform"]


def likelihood_ratio_dif(
    responses: ResponseMatrix,
    groups: ArrayLike,
    *,
    reference: str,
    focal: str,
    settings: CalibrationSettings | None = None,
    hypothesis: Hypothesis = "both",
    anchors: Sequence[str] | None = None,
    items: Sequence[str] | None = None,
    purify: bool = False,
    level: float = 0.05,
    max_iterations: int = 10,
    progress: Callable[[int, int], None] | None = None,
) -> DifResult:
    """Fit each item with and without parameters of its own in each group.

    Anchors have the same parameters in both groups, items that are no anchors have their own, and mean and spread of
    the focal group are free. An item is tested by adding it to the anchors or by taking it out of them. Without
    ``anchors`` all other items are anchors for the item under test (its constraint is dropped); with them the items
    outside are free (the item's constraint is added).

    Parameters
    ----------
    responses, groups, reference, focal : as in ``mantel_haenszel_dif``; any design and any model. The scale is that of
        the reference group.
    settings : how to calibrate, 2PL when None. ``standard_errors`` is ignored.
    hypothesis : ``both`` frees all parameters of the item; ``uniform`` compares equal curves with curves that differ in
        their intercepts only; ``nonuniform`` these with curves that differ in the slope too (2PL and GPCM).
    anchors : items that are the same in both groups, None for all others.
    items : which to test; None tests all, or with ``anchors`` all others. Others get no statistic.
    purify, level, max_iterations : free the items with p below the level and test again until they stay the same.
    progress : called after each fit of an item with (items done, items to do).

    Returns
    -------
    DifResult with details ``unsigned`` (mean absolute difference of expected scores, in the model that frees the item)
    and ``log_likelihood`` of that model. Effect and classes as in ``lord_dif``. Items of which a group has one score
    only, or not the scores of the other, are left out of all fits and flagged ``not_estimable`` and ``scores_differ``
    (join rare scores to their neighbours to test such an item); an item is flagged
    ``not_converged`` when one of its fits is.

    Raises
    ------
    DifError
        For groups, anchors or a hypothesis that do not allow the test.
    CalibrationError
        When the responses cannot be calibrated.
    """
    if hypothesis not in ("both", "uniform", "nonuniform"):
        raise DifError("dif.option", f"hypothesis {hypothesis!r} is none of both, uniform, nonuniform")
    cut = two_groups(responses, groups, reference=reference, focal=focal)
    left_out = cannot_be_free(cut)
    chosen = ~left_out
    if items is not None:
        chosen &= item_mask(cut.item_names, items)
    elif anchors is not None:
        chosen &= ~item_mask(cut.item_names, anchors)
    if not chosen.any():
        raise DifError("dif.option", "no item with the same scores in both groups is left to test")
    if hypothesis != "both":
        refuse_common_slopes(cut, settings or CalibrationSettings(), chosen)
    own_settings = replace(settings or CalibrationSettings(), standard_errors="none")

    def test(anchor_mask: BoolArray) -> DifResult:
        return _Test(cut, own_settings, anchor_mask & ~left_out, left_out, hypothesis).result(chosen, progress)

    return with_anchors(
        test, cut.item_names, anchors=anchors, purify=purify, level=level, max_iterations=max_iterations
    )


class _ItemFits(NamedTuple):
    smaller: GroupwiseFit
    larger: GroupwiseFit


class _Test:
    """The test of all items with one set of anchors."""

    def __init__(
        self,
        cut: TwoGroups,
        settings: CalibrationSettings,
        anchors: BoolArray,
        left_out: BoolArray,
        hypothesis: Hypothesis,
    ) -> None:
        if not anchors.any():
            raise DifError("dif.no_anchors", "no anchor has responses in both groups; without one nothing links them")
        self._cut, self._settings, self._anchors, self._left_out = cut, settings, anchors, left_out
        self._hypothesis = hypothesis
        self._base = self._fit(~anchors & ~left_out)

    def result(self, chosen: BoolArray, progress: Callable[[int, int], None] | None) -> DifResult:
        """Test the chosen items."""
        n_items = len(self._cut.item_names)
        statistic, df, signed, unsigned, log_likelihood = (np.full(n_items, np.nan) for _ in range(5))
        classes: list[EffectClass | None] = [None] * n_items
        favoured: list[Favoured | None] = [None] * n_items
        unsettled = np.zeros(n_items, dtype=np.bool_)
        to_do = np.flatnonzero(chosen)
        for done, item in enumerate(to_do.tolist(), start=1):
            fits = self._item_fits(item)
            if fits is not None:
                unsettled[item] = not (fits.smaller.result.converged and fits.larger.result.converged)
                statistic[item], df[item] = _ratio(fits)
                log_likelihood[item] = fits.larger.result.log_likelihood
                first, second = fits.larger.parameters([item])
                sizes = expected_score_differences(first, second, fits.larger.focal_density)
                signed[item], unsigned[item], favoured[item] = sizes.signed[0], sizes.unsigned[0], sizes.favoured[0]
                p = chi2.sf(statistic[item : item + 1], df[item])
                classes[item] = expected_score_classes(sizes, first.max_scores.astype(np.float64), p)[0]
            if progress is not None:
                progress(done, to_do.size)
        sizes_used = np.array([self._cut.group_sizes(self._cut.presented[:, item]) for item in range(n_items)])
        flags = common_flags(sizes_used[:, 0], sizes_used[:, 1], np.where(chosen | self._left_out, statistic, 0.0))
        for own, late, unlike in zip(flags, unsettled, self._left_out, strict=True):
            own += ["not_converged"] * bool(late) + ["scores_differ"] * bool(unlike)
        return DifResult(
            method=f"IRT likelihood ratio, {self._hypothesis}",
            effect_name=EFFECT_NAME,
            reference=self._cut.reference,
            focal=self._cut.focal,
            item_names=self._cut.item_names,
            statistic=statistic,
            df=df,
            p=chi2.sf(statistic, df),
            effect=signed,
            standard_error=np.full(n_items, np.nan),
            classes=tuple(classes),
            favoured=tuple(favoured),
            n_reference=sizes_used[:, 0],
            n_focal=sizes_used[:, 1],
            anchors=tuple(np.array(self._cut.item_names)[self._anchors].tolist()),
            flags=tuple(map(tuple, flags)),
            details={"unsigned": unsigned, "log_likelihood": log_likelihood},
        )

    def _item_fits(self, item: int) -> _ItemFits | None:
        """The fits to compare; None when no other anchor would link the groups."""
        one = np.arange(self._anchors.size) == item
        if not (self._anchors & ~one).any():
            return None
        others = ~self._anchors & ~self._left_out & ~one
        is_anchor = bool(self._anchors[item])
        equal = self._base if is_anchor else None
        free = None if is_anchor else self._base
        if self._hypothesis == "both":
            return _ItemFits(equal or self._fit(others), free or self._fit(others | one))
        equal_slope = self._fit(others | one, one_slope=item)
        if self._hypothesis == "uniform":
            return _ItemFits(equal or self._fit(others), equal_slope)
        return _ItemFits(equal_slope, free or self._fit(others | one))

    def _fit(self, free: BoolArray, one_slope: int | None = None) -> GroupwiseFit:
        return fit_groupwise(self._cut, self._settings, free, self._left_out, one_slope=one_slope)


def _ratio(fits: _ItemFits) -> tuple[float, float]:
    df = float(fits.larger.result.n_parameters - fits.smaller.result.n_parameters)
    statistic = 2.0 * (fits.larger.result.log_likelihood - fits.smaller.result.log_likelihood)
    # Priors may leave the larger model a lower likelihood; beyond rounding that is no test.
    return (max(statistic, 0.0) if statistic > -1e-3 else np.nan), df
