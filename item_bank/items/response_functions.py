"""Item parameters as the bank stores them, in the table that the psychometrics speak of."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol, Self

import numpy as np

from exam_engine.psychometrics import ItemModel, ItemParameters

POLYTOMOUS: Final[tuple[ItemModel, ...]] = ("PCM", "GPCM", "GRM")
"""Models of items with more than two score categories."""


class ParameterColumns(Protocol):
    """A row of a table that holds parameters."""

    a: float
    b: float
    c: float | None
    model: str | None
    steps: list[float] | None


class StoredParameters(NamedTuple):
    """Slope, difficulty and lower asymptote; ``c`` is None for an item without one.

    ``steps`` are the thresholds of an item with several score categories, whose mean is ``b``, and ``model`` is then
    PCM, GPCM or GRM.
    """

    a: float
    b: float
    c: float | None
    model: str | None = None
    steps: tuple[float, ...] | None = None

    @classmethod
    def of(cls, row: ParameterColumns) -> Self:
        """Return the parameters of a row."""
        if not row.steps:
            return cls(row.a, row.b, row.c, row.model)
        return cls(row.a, row.b, row.c, row.model, tuple(row.steps))

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Where the curves of neighbouring categories, or the boundaries between them, lie; one or more, logits."""
        return self.steps or (self.b,)

    @property
    def response_model(self) -> ItemModel:
        """The model whose function the parameters are of; every item right or wrong counts as 2PL or 3PL."""
        for model in POLYTOMOUS:
            if self.steps and model == self.model:
                return model
        if self.steps:
            raise ValueError(f"steps of an item under the model {self.model}")
        return "2PL" if self.c is None else "3PL"


def response_table(names: Sequence[str], stored: Sequence[StoredParameters]) -> ItemParameters:
    """Return the response functions of items under the given names."""
    width = max((len(row.thresholds) for row in stored), default=1)
    a = np.array([row.a for row in stored], dtype=np.float64)
    b = np.full((len(stored), width), np.nan)
    for place, row in enumerate(stored):
        b[place, : len(row.thresholds)] = row.thresholds
    return ItemParameters(
        names=tuple(names),
        models=tuple(row.response_model for row in stored),
        n_categories=np.array([1 + len(row.thresholds) for row in stored], dtype=np.intp),
        a=a,
        d=-a[:, None] * b,
        c=np.array([row.c or 0.0 for row in stored], dtype=np.float64),
        u=np.ones(len(stored)),
        s=np.full((len(stored), width), np.nan),
    )
