"""How equal forms are: information and expected scores, words, time, keys, and the value of the whole assembly."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import expected_item_scores, fisher_information
from item_bank.assembly.bank import BankItem
from item_bank.assembly.requirements import points_of
from item_bank.blueprints.statement import KEY_LETTERS, BlueprintStatement, TargetObjective
from item_bank.items.response_functions import StoredParameters, response_table

THETA: Final = np.linspace(-3.0, 3.0, 61)
"""Abilities at which the curves of forms are drawn, logits."""


@dataclass(frozen=True, slots=True)
class FormFigures:
    """What one form is held against the others by; lists follow the points of the assembly."""

    information: list[float]
    expected_score: list[float]
    words: int
    seconds: int
    key_counts: dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class ItemFigures:
    """Information and expected score of J items at the P points of an assembly, (P, J).

    ``objective`` is (M, J): the information that the objective speaks of.
    """

    information: FloatArray
    expected_score: FloatArray
    objective: FloatArray

    def of(self, items: IntArray) -> "ItemFigures":
        """Return the figures of some of the items."""
        return ItemFigures(self.information[:, items], self.expected_score[:, items], self.objective[:, items])


@dataclass(frozen=True, slots=True, eq=False)
class ItemCurves:
    """Information and expected score of J items over ``THETA``, (T, J)."""

    information: FloatArray
    expected_score: FloatArray


def objective_points(statement: BlueprintStatement) -> list[float]:
    """Return the abilities that the objective speaks of."""
    objective, cut = statement.objective, statement.cut_theta
    if isinstance(objective, TargetObjective):
        return [point.theta for point in objective.points]
    return [cut] if objective.offset == 0.0 else [cut, cut - objective.offset, cut + objective.offset]


def parameters_of(items: Sequence[BankItem]) -> ItemParameters:
    """Return the response functions of items under their places: one item may stand in several forms."""
    places = [str(place) for place in range(len(items))]
    return response_table(places, [StoredParameters(item.a, item.b, item.c) for item in items])


def item_figures(table: ItemParameters, statement: BlueprintStatement) -> ItemFigures:
    """Return the figures of items at the points of the assembly."""
    points = np.array(points_of(statement))
    return ItemFigures(
        information=fisher_information(points, table),
        expected_score=expected_item_scores(points, table),
        objective=fisher_information(np.array(objective_points(statement)), table),
    )


def item_curves(table: ItemParameters) -> ItemCurves:
    """Return the curves of items."""
    return ItemCurves(fisher_information(THETA, table), expected_item_scores(THETA, table))


def form_figures(items: Sequence[BankItem], figures: ItemFigures, statement: BlueprintStatement) -> FormFigures:
    """Return the figures of a form; ``figures`` are those of just its items."""
    counts = Counter(item.key for item in items)
    return FormFigures(
        information=figures.information.sum(axis=1).tolist(),
        expected_score=figures.expected_score.sum(axis=1).tolist(),
        words=sum(item.words for item in items),
        seconds=sum(item.expected_seconds or statement.seconds_per_item.of(item.cognitive_level) for item in items),
        key_counts={letter: counts[letter] for letter in sorted({*KEY_LETTERS, *counts})},
    )


def value_of(statement: BlueprintStatement, sums: FloatArray) -> float:
    """Return the objective of forms from their information at its points, (F, M).

    Maximin: the smallest amount. Target: the largest relative deviation.
    """
    if isinstance(statement.objective, TargetObjective):
        targets = np.array([point.information for point in statement.objective.points])
        return float((np.abs(sums - targets) / targets).max())
    return float(sums.min())


def gap_of(statement: BlueprintStatement, value: float, bound: float | None) -> float | None:
    """Return how far a value is from the proved bound, as ``AssemblyResult`` defines it.

    A swap that broke a requirement may pass the bound, which is proved for forms that meet all of them; the gap is
    then 0.
    """
    if bound is None:
        return None
    if isinstance(statement.objective, TargetObjective):
        return max(0.0, value - bound)
    return max(0.0, bound - value) / max(abs(bound), abs(value))


def relative_difference(values: Sequence[float]) -> float:
    """Return largest over smallest, less 1."""
    return max(values) / min(values) - 1.0
