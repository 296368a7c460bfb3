"""Items of every model and records for tests of scoring."""

from collections.abc import Iterable

import numpy as np

from exam_engine.psychometrics import ResponseMatrix
from exam_engine.psychometrics.item_parameters import ItemParameters


def _names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def two_parameter() -> ItemParameters:
    return ItemParameters.dichotomous(_names("two", 12), np.linspace(0.6, 1.8, 12), np.linspace(-2.0, 2.0, 12))


def three_parameter() -> ItemParameters:
    return ItemParameters.dichotomous(_names("three", 20), np.linspace(0.7, 2.0, 20), np.linspace(-2.5, 2.0, 20), 0.2)


def four_parameter() -> ItemParameters:
    return ItemParameters.dichotomous(
        _names("four", 20), np.linspace(0.9, 2.0, 20), np.linspace(2.0, -2.0, 20), 0.15, 0.95
    )


def graded() -> ItemParameters:
    return ItemParameters.polytomous(
        _names("grm", 6), "GRM", np.linspace(0.7, 1.9, 6), np.linspace(-1.0, 1.0, 6)[:, None] + [-1.2, 0.1, 1.3]
    )


def partial_credit() -> ItemParameters:
    return ItemParameters.polytomous(
        _names("gpcm", 6), "GPCM", np.linspace(0.5, 1.4, 6), np.linspace(-1.0, 1.0, 6)[:, None] + [-0.8, 0.9, 0.2]
    )


def nominal() -> ItemParameters:
    s, d = np.linspace(0.3, 0.9, 6)[:, None] * [1.0, -0.7, 2.5], np.linspace(-0.5, 0.5, 6)[:, None] + [0.2, 0.4, -0.3]
    return ItemParameters.nominal(_names("nrm", 6), s, d)


ITEMS_OF_EVERY_MODEL = [
    two_parameter(),
    three_parameter(),
    four_parameter(),
    graded(),
    partial_credit(),
    nominal(),
    ItemParameters.concatenate([three_parameter(), graded(), partial_credit(), nominal()]),
]
MODEL_NAMES = ["2PL", "3PL", "4PL", "GRM", "GPCM", "NRM", "mixed"]


def records(patterns: Iterable[str], items: ItemParameters) -> ResponseMatrix:
    """One row per pattern of one-digit scores."""
    return ResponseMatrix.from_array([[int(score) for score in pattern] for pattern in patterns], items.names)
