"""Shortages that counting finds: what all forms together need of something, and what the pool has of it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from exam_engine.psychometrics.arrays import BoolArray, IntArray
from exam_engine.psychometrics.assembly.measures import Count
from exam_engine.psychometrics.assembly.pool import ItemPool
from exam_engine.psychometrics.assembly.rows import FormRows, RowName, form_rows, range_name, use_limits
from exam_engine.psychometrics.assembly.specification import StimulusSets, TestSpecification


@dataclass(frozen=True, slots=True)
class Shortage:
    """Too few items, or stimuli, of a kind.

    Attributes
    ----------
    name : the requirement that asks for them.
    needed : uses that all forms need together.
    available : uses that the pool allows: its items times the forms that each may stand in.
    excluded : items (or stimuli) of the kind that exclusion keeps out; 0 when exclusion does not matter.
    per_form : what each form needs.
    n_forms : how many forms need it.
    """

    name: RowName
    needed: int
    available: int
    excluded: int
    per_form: int
    n_forms: int

    def __str__(self) -> str:
        """``IU05 × VD: 12 needed, 9 available``."""
        kept_out = f", {self.excluded} excluded" if self.excluded else ""
        return f"{self.name.label}: {self.needed} needed, {self.available} available{kept_out}"

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "code": self.name.code,
            "label": self.name.label,
            "data": dict(self.name.data),
            "needed": self.needed,
            "available": self.available,
            "excluded": self.excluded,
            "per_form": self.per_form,
            "n_forms": self.n_forms,
        }


def find_shortages(
    pool: ItemPool, specification: TestSpecification, *, rows: FormRows | None = None
) -> tuple[Shortage, ...]:
    """Every count, number of stimuli, or length of which the pool has less than the forms need together.

    Parameters
    ----------
    rows : of one form, when the caller has them already.

    Raises
    ------
    SpecificationError
    """
    rows = rows or form_rows(pool, specification)
    n_forms = specification.n_forms
    is_excluded = np.zeros(len(pool.item_ids), dtype=np.bool_)
    for fixed in rows.fixed:
        if fixed.value == 0:
            is_excluded[fixed.items] = True
    uses = use_limits(pool, specification)[1]
    found: list[Shortage] = []
    for row in specification.ranges:
        if isinstance(row.measure, Count) and math.isfinite(row.minimum) and row.minimum > 0:
            chosen = pool.matching(row.measure.where)
            found += _shortage(range_name(row), math.ceil(row.minimum), n_forms, chosen, uses, is_excluded)
    for requirement in specification.requirements:
        if isinstance(requirement, StimulusSets) and requirement.minimum > 0:
            found += _shortage_of_stimuli(pool, requirement, n_forms, uses, is_excluded)
    return tuple(found)


def _shortage(
    name: RowName, per_form: int, n_forms: int, chosen: BoolArray, uses: IntArray, is_excluded: BoolArray
) -> list[Shortage]:
    available = int(uses[chosen & ~is_excluded].sum())
    if available >= per_form * n_forms:
        return []
    return [Shortage(name, per_form * n_forms, available, int((chosen & is_excluded).sum()), per_form, n_forms)]


def _shortage_of_stimuli(
    pool: ItemPool, sets: StimulusSets, n_forms: int, uses: IntArray, is_excluded: BoolArray
) -> list[Shortage]:
    """A stimulus serves as many forms as its items' uses make up sets of the least size, in no form twice."""
    stimulus_of = pool.stimulus_of
    on_stimulus = stimulus_of >= 0
    meant = np.unique(stimulus_of[on_stimulus & pool.matching(sets.where)])
    usable = on_stimulus & ~is_excluded
    size = len(pool.stimulus_ids)
    in_one_form = np.bincount(stimulus_of[usable], minlength=size)
    in_all_forms = np.bincount(stimulus_of[usable], weights=uses[usable], minlength=size)
    serves = np.where(in_one_form >= sets.items_minimum, np.minimum(in_all_forms // sets.items_minimum, n_forms), 0)
    available = int(serves[meant].sum())
    if available >= sets.minimum * n_forms:
        return []
    whole = np.bincount(stimulus_of[on_stimulus], minlength=size) >= sets.items_minimum
    kept_out = int((whole & (in_one_form < sets.items_minimum))[meant].sum())
    name = RowName("stimuli", {"minimum": sets.minimum, "maximum": sets.maximum}, "stimuli")
    return [Shortage(name, sets.minimum * n_forms, available, kept_out, sets.minimum, n_forms)]
