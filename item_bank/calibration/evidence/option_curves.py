"""Who chose which option: shares by group of ability, and whether a distractor draws better candidates than the key."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from exam_engine.psychometrics.classical import distractor_analysis, key_check
from item_bank.calibration.evidence.observed import Observed

GROUPS: Final = 5
"""Groups of about equal size by the share of points on the other items."""

OptionRemark = Literal["rarely_chosen", "attracts_able"]


@dataclass(frozen=True, slots=True)
class OptionCurve:
    """One option of an item; the label is empty for no answer.

    Attributes
    ----------
    n, share : candidates who chose it, among those who were shown the item.
    point_biserial : correlation of choosing it with the share of points on the other items.
    by_group : share of each group that chose it, least able first; None for an empty group.
    """

    label: str
    is_key: bool
    n: int
    share: float
    point_biserial: float | None
    by_group: tuple[float | None, ...]
    remarks: tuple[OptionRemark, ...]


@dataclass(frozen=True, slots=True)
class ItemOptions:
    """All options of a single-choice item; ``suspected`` is a distractor that better candidates prefer to the key."""

    options: tuple[OptionCurve, ...]
    group_sizes: tuple[int, ...]
    suspected: str | None


def option_curves(observed: Observed) -> dict[str, ItemOptions]:
    """Options of all single-choice items by code; empty where the source has scores only."""
    if not observed.options:
        return {}
    scores, highest = observed.responses.scores, observed.items.max_scores
    columns, keys, credit = [], {}, {}
    labels: dict[str, tuple[str, ...]] = {}
    for column, code in enumerate(observed.codes):
        answers = observed.options.get(code)
        if answers is None:
            # Other items count among the points by which candidates are judged: their scores stand for options.
            labels[code] = tuple(str(score) for score in range(int(highest[column]) + 1))
            columns.append(np.array([*labels[code], ""])[np.maximum(scores[:, column], -1)])
            keys[code] = labels[code][-1]
            credit[code] = {label: float(label) for label in labels[code]}
        else:
            labels[code] = answers.labels
            columns.append(np.array([*answers.labels, ""])[answers.chosen])
            keys[code] = answers.key
            credit[code] = {answers.key: 1.0}
    letters, presented = np.stack(columns, axis=1), observed.responses.presented
    tables = distractor_analysis(letters, credit, labels, presented, n_groups=GROUPS)
    checks = key_check(letters, keys, labels, presented)
    return {
        table.item: ItemOptions(
            tuple(
                OptionCurve(
                    label=option.label,
                    is_key=option.label == check.key,
                    n=round(option.count),
                    share=option.proportion,
                    point_biserial=option.point_biserial,
                    by_group=tuple(None if np.isnan(share) else float(share) for share in option.group_proportions),
                    remarks=option.flags,
                )
                for option in table.options
            ),
            tuple(round(size) for size in table.group_sizes),
            check.suspected_key,
        )
        for table, check in zip(tables, checks, strict=True)
        if table.item in observed.options
    }
