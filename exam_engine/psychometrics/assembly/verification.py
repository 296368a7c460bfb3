"""An independent check of finished forms against the specification, sharing nothing with the solver's model."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from exam_engine.psychometrics.assembly.specification import ItemPool, TestSpecification

ViolationCode = Literal[
    "number_of_forms",
    "unknown_item",
    "repeated_item",
    "length",
    "cell",
    "seconds",
    "max_uses",
    "enemies",
    "include",
    "exclude",
    "information_closeness",
    "score_closeness",
]

ROUNDING: Final = 1e-9
"""Relative slack for sums of floats."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A requirement that the forms do not meet.

    Attributes
    ----------
    code : the requirement.
    form : 1-based number of the form, None when it concerns the set of forms.
    data : what was required and what was found, JSON values.
    """

    code: ViolationCode
    form: int | None
    data: Mapping[str, Any]


def check_forms(
    pool: ItemPool, specification: TestSpecification, forms: Sequence[Sequence[str]]
) -> tuple[Violation, ...]:
    """Recompute every requirement from the forms' item ids; empty when all are met.

    Parameters
    ----------
    forms : item ids of each form, in any order.

    Raises
    ------
    SpecificationError
        When the specification speaks of attributes, times or items that the pool does not have.
    """
    specification.refuse_unknown_names(pool)
    place = {item: index for index, item in enumerate(pool.item_ids)}
    violations: list[Violation] = []
    if len(forms) != specification.n_forms:
        violations.append(Violation("number_of_forms", None, {"required": specification.n_forms, "found": len(forms)}))
    known_forms: list[list[str]] = []
    for number, form in enumerate(forms, start=1):
        unknown = sorted(set(form) - place.keys())
        if unknown:
            violations.append(Violation("unknown_item", number, {"items": unknown}))
        known = [item for item in form if item in place]
        known_forms.append(known)
        violations.extend(_check_one_form(pool, specification, place, number, known))

    uses = Counter(item for form in known_forms for item in set(form))
    for item, count in sorted(uses.items()):
        if count > specification.max_uses and item not in specification.include:
            violations.append(
                Violation("max_uses", None, {"item": item, "maximum": specification.max_uses, "found": count})
            )
    if known_forms:
        violations.extend(_check_closeness(pool, specification, place, known_forms))
    return tuple(violations)


def _check_one_form(
    pool: ItemPool, specification: TestSpecification, place: Mapping[str, int], number: int, form: Sequence[str]
) -> list[Violation]:
    found: list[Violation] = []
    repeated = sorted(item for item, count in Counter(form).items() if count > 1)
    if repeated:
        found.append(Violation("repeated_item", number, {"items": repeated}))
    if len(form) != specification.length:
        found.append(Violation("length", number, {"required": specification.length, "found": len(form)}))
    for cell in specification.cells:
        count = sum(
            all(pool.attributes[name][place[item]] == value for name, value in cell.where.items()) for item in form
        )
        if not cell.minimum <= count <= cell.maximum:
            figures = {"where": dict(cell.where), "minimum": cell.minimum, "maximum": cell.maximum, "found": count}
            found.append(Violation("cell", number, figures))
    if specification.seconds is not None and pool.expected_seconds is not None:
        least, most = specification.seconds
        total = math.fsum(float(pool.expected_seconds[place[item]]) for item in form)
        if not least * (1.0 - ROUNDING) <= total <= most * (1.0 + ROUNDING):
            found.append(Violation("seconds", number, {"minimum": least, "maximum": most, "found": total}))
    for enemies in pool.enemies:
        together = sorted(enemies.intersection(form))
        if len(together) > 1:
            found.append(Violation("enemies", number, {"items": together}))
    absent = sorted(specification.include.difference(form))
    if absent:
        found.append(Violation("include", number, {"items": absent}))
    barred = sorted(specification.exclude.intersection(form))
    if barred:
        found.append(Violation("exclude", number, {"items": barred}))
    return found


def _check_closeness(
    pool: ItemPool, specification: TestSpecification, place: Mapping[str, int], forms: Sequence[Sequence[str]]
) -> list[Violation]:
    found: list[Violation] = []
    for theta in specification.thetas:
        information = [math.fsum(_information(pool, place[item], theta) for item in form) for form in forms]
        smallest, largest = min(information), max(information)
        if largest > smallest * (1.0 + specification.information_tolerance) * (1.0 + ROUNDING):
            figures = {"theta": theta, "tolerance": specification.information_tolerance, "found": information}
            found.append(Violation("information_closeness", None, figures))
    if specification.score_tolerance is not None:
        scores = [
            math.fsum(_probability(pool, place[item], specification.theta_cut) for item in form) for form in forms
        ]
        if max(scores) - min(scores) > specification.score_tolerance + ROUNDING * max(scores):
            figures = {"theta": specification.theta_cut, "tolerance": specification.score_tolerance, "found": scores}
            found.append(Violation("score_closeness", None, figures))
    return found


def _probability(pool: ItemPool, index: int, theta: float) -> float:
    c = 0.0 if pool.c is None else float(pool.c[index])
    # tanh keeps the logistic function within range at any logit.
    return c + (1.0 - c) * 0.5 * (1.0 + math.tanh(0.5 * float(pool.a[index]) * (theta - float(pool.b[index]))))


def _information(pool: ItemPool, index: int, theta: float) -> float:
    """a² (1 − c) L² (1 − L) / (c + (1 − c) L), with L the logistic function of a(θ − b); a² L (1 − L) without c."""
    a, b = float(pool.a[index]), float(pool.b[index])
    c = 0.0 if pool.c is None else float(pool.c[index])
    # L(1 − L) = 1 / (4 cosh²(z/2)); beyond |z| = 700 it is zero in double precision.
    half = max(min(0.5 * a * (theta - b), 350.0), -350.0)
    without_guessing = (0.5 * a / math.cosh(half)) ** 2
    if c == 0.0:
        return without_guessing
    logistic = 0.5 * (1.0 + math.tanh(half))
    return without_guessing * (1.0 - c) * logistic / (c + (1.0 - c) * logistic)
