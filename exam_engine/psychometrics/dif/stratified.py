"""The part that all methods share which compare the groups within strata of the matching criterion."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, FloatArray
from exam_engine.psychometrics.dif.groups import TwoGroups
from exam_engine.psychometrics.dif.matching import (
    Criterion,
    Matching,
    StratumTables,
    check_n_strata,
    criterion,
    stratum_tables,
)
from exam_engine.psychometrics.dif.purification import with_anchors
from exam_engine.psychometrics.dif.result import DifResult, EffectClass, Favoured, common_flags


@dataclass(frozen=True, slots=True, eq=False)
class StratifiedItems:
    """Every item's responses in the strata of one criterion.

    Parameters
    ----------
    groups : the responses.
    criterion : what the candidates are matched on.
    tables : J tables.
    """

    groups: TwoGroups
    criterion: Criterion
    tables: tuple[StratumTables, ...]

    def result(
        self,
        *,
        method: str,
        effect_name: str,
        statistic: FloatArray,
        df: FloatArray,
        p: FloatArray,
        effect: FloatArray,
        standard_error: FloatArray,
        classes: tuple[EffectClass | None, ...],
        favoured: tuple[Favoured | None, ...],
        details: Mapping[str, FloatArray],
    ) -> DifResult:
        """Put figures of all items together with how many candidates they rest on.

        ``few_matched`` flags items for which less than half of the candidates are in a stratum with both groups: what
        is said of the item then holds for a small part of the candidates only.
        """
        sizes = np.array([table.counts.sum(axis=(0, 2)) for table in self.tables])
        share = np.array([table.matched_share for table in self.tables])
        flags = common_flags(sizes[:, 0], sizes[:, 1], statistic)
        for own, matched in zip(flags, share, strict=True):
            if matched < 0.5:
                own.append("few_matched")
        return DifResult(
            method=method,
            effect_name=effect_name,
            reference=self.groups.reference,
            focal=self.groups.focal,
            item_names=self.groups.item_names,
            statistic=statistic,
            df=np.where(np.isfinite(statistic), df, np.nan),
            p=p,
            effect=effect,
            standard_error=standard_error,
            classes=classes,
            favoured=favoured,
            n_reference=sizes[:, 0],
            n_focal=sizes[:, 1],
            anchors=self.criterion.anchor_names,
            flags=tuple(map(tuple, flags)),
            details={**details, "matched_share": share},
        )


def compare_in_strata(
    groups: TwoGroups,
    evaluate: Callable[[StratifiedItems], DifResult],
    *,
    anchors: Sequence[str] | None,
    matching: Matching,
    n_strata: int | None,
    purify: bool,
    level: float,
    max_iterations: int,
) -> DifResult:
    """Count the responses in strata and evaluate them, once or until the anchors stay the same.

    Parameters
    ----------
    groups : the responses.
    evaluate : the method.
    anchors, matching, n_strata, purify, level, max_iterations : as in ``mantel_haenszel_dif``.
    """
    check_n_strata(n_strata)

    def test(chosen: BoolArray) -> DifResult:
        standard = criterion(groups, matching, chosen)
        tables = (stratum_tables(standard, item, n_strata) for item in range(len(groups.item_names)))
        return evaluate(StratifiedItems(groups, standard, tuple(tables)))

    return with_anchors(
        test,
        groups.item_names,
        anchors=anchors,
        purify=purify,
        level=level,
        max_iterations=max_iterations,
        outside_criterion=not isinstance(matching, str),
    )
