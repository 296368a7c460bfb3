"""Item parameters as the bank stores them, in the table that the psychometrics speak of."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exam_engine.psychometrics import ItemModel, ItemParameters


class StoredParameters(NamedTuple):
    """Slope, difficulty and lower asymptote; ``c`` is None for an item without one."""

    a: float
    b: float
    c: float | None


def response_table(names: Sequence[str], stored: Sequence[StoredParameters]) -> ItemParameters:
    """Return 2PL items, and 3PL ones where there is a lower asymptote."""
    models: tuple[ItemModel, ...] = tuple("2PL" if row.c is None else "3PL" for row in stored)
    a = np.array([row.a for row in stored], dtype=np.float64)
    b = np.array([row.b for row in stored], dtype=np.float64)
    return ItemParameters(
        names=tuple(names),
        models=models,
        n_categories=np.full(len(names), 2),
        a=a,
        d=(-a * b).reshape(-1, 1),
        c=np.array([row.c or 0.0 for row in stored], dtype=np.float64),
        u=np.ones(len(names)),
        s=np.full((len(names), 1), np.nan),
    )
