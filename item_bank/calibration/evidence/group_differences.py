"""Items that work differently in two groups of candidates of equal ability, by the tests that boards know.

Right/wrong items: Mantel–Haenszel with the ETS classes; items with more scores: Mantel with the standardised mean
difference; beside both, logistic regression with the change of Nagelkerke's R².

References
----------
Zwick (2012), ETS RR-12-08 (classes, sizes of groups); Jodoin & Gierl (2001), Applied Measurement in Education 14,
329–349; Zwick, Thayer & Mazzeo (1997), ETS RR-97-05.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics import ResponseMatrix, estimate_eap
from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.dif import (
    DifError,
    DifResult,
    group_curves,
    logistic_dif,
    mantel_dif,
    mantel_haenszel_dif,
)
from item_bank.calibration.evidence.observed import Observed

FEWEST_IN_GROUP: Final = 50
"""Candidates below which a group is not compared at all: the tests would find nothing but chance."""
MOST_COMPARED: Final = 6
"""Groups of one grouping that are compared with the largest one, by size."""
STRATA: Final = 10
"""Groups of like ability within which candidates who were shown different items are compared."""
CURVE_STRATA: Final = 6

EffectClass = Literal["A", "B", "C"]
Method = Literal["mantel_haenszel", "mantel"]
Favoured = Literal["reference", "focal", "crossing"]


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """How one item differs between the groups; figures are None where there is no estimate.

    Attributes
    ----------
    method : ``mantel_haenszel`` gives the effect in ETS delta units (negative: harder for the focal group), ``mantel``
        in standard deviations of the item.
    ets_class : A negligible, B moderate, C large.
    p : of the test of ``method``, adjusted for the number of items (false discovery rate).
    favoured : the group for which the item is easier at equal ability.
    r2_change, log_odds : of the logistic regression: change of Nagelkerke's R², and the log odds of the focal less the
        reference group at mean ability.
    logistic_class : by the bounds of Jodoin and Gierl; logistic_p adjusted like ``p``.
    is_crossing : whom the item favours depends on ability.
    is_small : fewer candidates than ETS asks for (200 in the smaller group, 500 together).
    """

    method: Method
    effect: float | None
    standard_error: float | None
    p: float | None
    ets_class: EffectClass | None
    favoured: Favoured | None
    r2_change: float | None
    log_odds: float | None
    logistic_p: float | None
    logistic_class: EffectClass | None
    is_crossing: bool
    n_reference: int
    n_focal: int
    is_small: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One focal group against the reference group of a grouping, the largest one.

    Attributes
    ----------
    matched_on : ``score`` on the items that do not differ themselves (purified), or ``ability`` where candidates were
        shown different items.
    items : by code.
    """

    grouping: str
    reference: str
    focal: str
    n_reference: int
    n_focal: int
    matched_on: Literal["score", "ability"]
    items: Mapping[str, ItemDifference]


@dataclass(frozen=True, slots=True)
class GroupSize:
    """How many candidates a group has, and whether it is compared."""

    grouping: str
    label: str
    n: int
    role: Literal["reference", "focal", "too_small", "left_out"]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Mean share of the highest score of both groups in one stratum of equal standing; None where nobody is."""

    value: float
    reference: float | None
    focal: float | None
    n_reference: int
    n_focal: int


def group_sizes(observed: Observed) -> list[GroupSize]:
    """Every group of every grouping, largest first within a grouping."""
    sizes: list[GroupSize] = []
    for name, group in observed.groups.items():
        counts = np.bincount(group.codes[group.codes >= 0], minlength=len(group.labels))
        order = np.argsort(-counts, kind="stable")
        is_compared = order.size > 1 and counts[order[1]] >= FEWEST_IN_GROUP
        for rank, code in enumerate(order):
            n = int(counts[code])
            role: Literal["reference", "focal", "too_small", "left_out"]
            if not is_compared or n < FEWEST_IN_GROUP:
                role = "too_small"
            elif rank == 0:
                role = "reference"
            else:
                role = "focal" if rank <= MOST_COMPARED else "left_out"
            sizes.append(GroupSize(name, group.labels[code], n, role))
    return sizes


def compare_groups(observed: Observed) -> list[Comparison]:
    """All comparisons that the sizes of the groups allow."""
    sizes = group_sizes(observed)
    comparisons = []
    for grouping in observed.groups:
        own = [size for size in sizes if size.grouping == grouping]
        reference = next((size for size in own if size.role == "reference"), None)
        if reference is not None:
            comparisons += [_compare(observed, grouping, reference, focal) for focal in own if focal.role == "focal"]
    return comparisons


def curve_of(observed: Observed, comparison: Comparison, code: str, ability: FloatArray) -> list[CurvePoint]:
    """Mean scores of both groups on an item, in strata of like ability from low to high; none where nothing compares.

    Parameters
    ----------
    ability : (N,) estimate of each candidate.
    """
    labels = observed.labels_of(comparison.grouping)
    try:
        curves = group_curves(
            observed.responses,
            labels,
            reference=comparison.reference,
            focal=comparison.focal,
            item=code,
            matching=ability,
            n_strata=CURVE_STRATA,
        )
    except DifError:
        return []
    highest = float(observed.items.select([code]).max_scores[0])
    order = np.argsort(curves.value)
    return [
        CurvePoint(
            float(curves.value[at]),
            _number(curves.mean[at, 0] / highest),
            _number(curves.mean[at, 1] / highest),
            round(curves.n[at, 0]),
            round(curves.n[at, 1]),
        )
        for at in order
    ]


def _abilities(observed: Observed) -> FloatArray:
    return estimate_eap(observed.responses, observed.items, observed.population).theta


def _compare(observed: Observed, grouping: str, reference: GroupSize, focal: GroupSize) -> Comparison:
    labels = observed.labels_of(grouping)
    presented = observed.responses.presented
    is_one_booklet = bool((presented == presented[:1]).all())
    right_wrong = observed.items.max_scores == 1
    found: dict[str, ItemDifference] = {}
    methods: tuple[tuple[Method, NDArray[np.bool_]], ...] = (("mantel_haenszel", right_wrong), ("mantel", ~right_wrong))
    for method, columns in methods:
        if columns.any():
            # Mantel's test also takes the right/wrong items, which its matching score needs.
            part = observed if method == "mantel" else _only(observed, np.flatnonzero(columns))
            ability = None if is_one_booklet else _abilities(part)
            test = _Test(part.responses, labels, reference.label, focal.label, ability)
            wanted = {observed.codes[column] for column in np.flatnonzero(columns)}
            found |= {code: item for code, item in test.differences(method).items() if code in wanted}
    return Comparison(
        grouping=grouping,
        reference=reference.label,
        focal=focal.label,
        n_reference=reference.n,
        n_focal=focal.n,
        matched_on="score" if is_one_booklet else "ability",
        items={code: found[code] for code in observed.codes if code in found},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Test:
    """Both tests of one pair of groups; ``ability`` is the criterion where scores are none."""

    responses: ResponseMatrix
    labels: NDArray[np.str_]
    reference: str
    focal: str
    ability: FloatArray | None

    def differences(self, method: Method) -> dict[str, ItemDifference]:
        try:
            main = self._stratified(method)
            logistic = self._logistic(main.anchors)
        except DifError:
            # Nobody of a group was shown any of these items, or nothing is left to match on.
            return {}
        p, logistic_p = main.p_benjamini_hochberg, logistic.p_benjamini_hochberg
        return {
            code: ItemDifference(
                method=method,
                effect=_number(main.effect[at]),
                standard_error=_number(main.standard_error[at]),
                p=_number(p[at]),
                ets_class=main.classes[at],
                favoured=main.favoured[at],
                r2_change=_number(logistic.effect[at]),
                log_odds=_number(logistic.details["group"][at]),
                logistic_p=_number(logistic_p[at]),
                logistic_class=logistic.classes[at],
                is_crossing=logistic.favoured[at] == "crossing",
                n_reference=round(main.n_reference[at]),
                n_focal=round(main.n_focal[at]),
                is_small="small_sample" in main.flags[at],
            )
            for at, code in enumerate(main.item_names)
        }

    def _stratified(self, method: Method) -> DifResult:
        run = mantel_haenszel_dif if method == "mantel_haenszel" else mantel_dif
        if self.ability is None:
            return run(self.responses, self.labels, reference=self.reference, focal=self.focal, purify=True)
        return run(
            self.responses,
            self.labels,
            reference=self.reference,
            focal=self.focal,
            matching=self.ability,
            n_strata=STRATA,
        )

    def _logistic(self, anchors: Sequence[str]) -> DifResult:
        if self.ability is None:
            return logistic_dif(
                self.responses, self.labels, reference=self.reference, focal=self.focal, anchors=anchors
            )
        return logistic_dif(
            self.responses, self.labels, reference=self.reference, focal=self.focal, matching=self.ability
        )


def _only(observed: Observed, columns: NDArray[np.intp]) -> Observed:
    codes = [observed.codes[column] for column in columns]
    return Observed(
        responses=ResponseMatrix.from_array(observed.responses.scores[:, columns], codes),
        items=observed.items.take(columns),
        population=observed.population,
        n_candidates=observed.n_candidates,
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
