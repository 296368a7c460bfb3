"""The part that all methods share which compare the groups within strata of the matching criterion."""

from collections.abc import Mapping

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif.groups import TwoGroups
from exam_engine.psychometrics.dif.matching import Criterion, StratumTables, stratum_tables
from exam_engine.psychometrics.dif.result import DifResult, EffectClass, Favoured, common_flags


def tables_of_items(standard: Criterion, n_strata: int | None) -> tuple[StratumTables, ...]:
    """Count the responses to every item in its strata."""
    return tuple(stratum_tables(standard, item, n_strata) for item in range(len(standard.groups.item_names)))


def stratified_result(
    groups: TwoGroups,
    standard: Criterion,
    tables: tuple[StratumTables, ...],
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

    ``few_matched`` flags items for which less than half of the candidates are in a stratum with both groups: what is
    said of the item then holds for a small part of the candidates only.
    """
    sizes = np.array([table.counts.sum(axis=(0, 2)) for table in tables])
    share = np.array([table.matched_share for table in tables])
    flags = common_flags(sizes[:, 0], sizes[:, 1], statistic)
    for own, matched in zip(flags, share, strict=True):
        if matched < 0.5:
            own.append("few_matched")
    return DifResult(
        method=method,
        effect_name=effect_name,
        reference=groups.reference,
        focal=groups.focal,
        item_names=groups.item_names,
        statistic=statistic,
        df=np.where(np.isfinite(statistic), df, np.nan),
        p=p,
        effect=effect,
        standard_error=standard_error,
        classes=classes,
        favoured=favoured,
        n_reference=sizes[:, 0],
        n_focal=sizes[:, 1],
        anchors=standard.anchor_names,
        flags=tuple(map(tuple, flags)),
        details={**details, "matched_share": share},
    )
