"""Calibration of both groups at once, in which some items have parameters of their own in each group."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray
from exam_engine.psychometrics.calibration import CalibrationResult, CalibrationSettings, calibrate
from exam_engine.psychometrics.dif.errors import DifError
from exam_engine.psychometrics.dif.groups import TwoGroups
from exam_engine.psychometrics.item_parameters import ItemModel, ItemParameters
from exam_engine.psychometrics.quadrature import Quadrature
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

_ONE_SLOPE: dict[ItemModel, ItemModel] = {"2PL": "1PL", "GPCM": "PCM"}


@dataclass(frozen=True, slots=True, eq=False)
class GroupwiseFit:
    """A calibration of both groups on the scale of the reference group.

    Parameters
    ----------
    result : the calibration; an item with parameters of its own in each group is two items in it.
    groups : the responses.
    free : (J,) items that have parameters of their own in each group.
    """

    result: CalibrationResult
    groups: TwoGroups
    free: BoolArray

    @property
    def focal_density(self) -> Quadrature:
        """Ability distribution of the focal group."""
        return next(group for group in self.result.groups if group.name == self.groups.focal).quadrature

    def labels(self, item: int) -> tuple[str, str]:
        """Names under which the item's parameters in the reference and in the focal group are found."""
        name = self.groups.item_names[item]
        return _own_names(name, self.groups) if self.free[item] else (name, name)

    def parameters(self, items: Sequence[int]) -> tuple[ItemParameters, ItemParameters]:
        """Parameters of the items in the reference and in the focal group, on one scale."""
        pairs = [self.labels(item) for item in items]
        # The same name may be needed for both groups, and a table of parameters must not hold it twice.
        return (
            self.result.items.select([reference for reference, _ in pairs]),
            self.result.items.select([focal for _, focal in pairs]),
        )


def fit_groupwise(
    groups: TwoGroups,
    settings: CalibrationSettings,
    free: BoolArray,
    left_out: BoolArray,
    *,
    one_slope: int | None = None,
) -> GroupwiseFit:
    """Calibrate with free mean and spread of the focal group.

    Parameters
    ----------
    groups : responses of both groups.
    settings : how to calibrate; its models are those of the items.
    free : (J,) items with parameters of their own in each group.
    left_out : (J,) items that do not take part.
    one_slope : position of a free item whose slope alone is common to the groups.
    """
    columns, names, models = [], [], dict[str, ItemModel]()
    for item, name in enumerate(groups.item_names):
        if left_out[item]:
            continue
        scores = groups.scores[:, item]
        model = settings.item_models.get(name, settings.model)
        parts = [(name, scores)]
        if free[item]:
            own = _own_names(name, groups)
            parts = [
                (own[0], np.where(groups.is_focal, NOT_PRESENTED, scores)),
                (own[1], np.where(groups.is_focal, scores, NOT_PRESENTED)),
            ]
        if item == one_slope:
            model = _ONE_SLOPE[_resolved(model, int(groups.n_categories[item]))]
        for label, part in parts:
            columns.append(part)
            names.append(label)
            models[label] = model
    responses = ResponseMatrix(
        scores=np.column_stack(columns).astype(np.int8), item_names=tuple(names), weights=groups.weights
    )
    own_settings = replace(settings, item_models=models, reference_group=groups.reference)
    labels = np.where(groups.is_focal, groups.focal, groups.reference)
    return GroupwiseFit(calibrate(responses, own_settings, groups=labels), groups, free)


def cannot_be_free(groups: TwoGroups) -> BoolArray:
    """(J,) items without parameters of their own in each group: the groups do not use the same scores, or only one."""
    result = np.zeros(len(groups.item_names), dtype=np.bool_)
    for item in range(result.size):
        scores = groups.scores[:, item]
        used = [np.unique(scores[(groups.is_focal == group) & (scores >= 0)]) for group in (False, True)]
        result[item] = used[0].size < 2 or not np.array_equal(used[0], used[1])
    return result


def one_group(groups: TwoGroups, *, of_focal: bool) -> TwoGroups:
    """The candidates of one group, as a reference group without a focal one."""
    rows = groups.is_focal == of_focal
    return replace(
        groups,
        scores=groups.scores[rows],
        weights=groups.weights[rows],
        is_focal=np.zeros(int(rows.sum()), dtype=np.bool_),
        rows=groups.rows[rows],
        reference=groups.focal if of_focal else groups.reference,
    )


def refuse_common_slopes(groups: TwoGroups, settings: CalibrationSettings, tested: BoolArray) -> None:
    """Refuse items of whose parameters the slope cannot be held common to the groups by itself.

    Raises
    ------
    DifError
        ``dif.option`` naming the item.
    """
    for item in np.flatnonzero(tested):
        name = groups.item_names[item]
        model = _resolved(settings.item_models.get(name, settings.model), int(groups.n_categories[item]))
        in_use = {settings.model, *settings.item_models.values()}
        if model not in _ONE_SLOPE or in_use & {"1PL", "PCM", "RSM"}:
            raise DifError(
                "dif.option",
                f"item {name!r}: the hypotheses 'uniform' and 'nonuniform' need the 2PL or the GPCM for all items, "
                f"the item has the {model}; test 'both', or use wald_dif, which reports the parts",
            )


def _resolved(model: ItemModel, n_categories: int) -> ItemModel:
    return "2PL" if n_categories == 2 and model in ("GPCM", "GRM", "NRM") else model


def _own_names(name: str, groups: TwoGroups) -> tuple[str, str]:
    return f"{name} [{groups.reference}]", f"{name} [{groups.focal}]"
