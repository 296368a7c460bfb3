"""The answers behind a run beside what was estimated from them, in the terms of the psychometrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics import ItemParameters, ResponseMatrix
from exam_engine.psychometrics.quadrature import Quadrature
from item_bank.calibration.response_matrix import Group

MOST_CELLS: Final = 4_000_000
"""Candidates × items looked at; of larger runs every second, third … candidate is, which the page says."""


@dataclass(frozen=True, eq=False, slots=True)
class OptionAnswers:
    """Which option of a single-choice item the candidates chose.

    Attributes
    ----------
    labels : the options in the version's order.
    key : the right one.
    chosen : (N,) places among the labels, −1 for none.
    """

    labels: tuple[str, ...]
    key: str
    chosen: NDArray[np.int8]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Observed:
    """Answers of N candidates to the J estimated items.

    Attributes
    ----------
    responses : (N, J) scores; an omitted item is wrong, one that was not presented has none.
    items : parameters of these items, by code, in the order of the columns.
    population : distribution of ability of the sample on the scale of the items.
    anchors : codes of the items that were held.
    options : single-choice items by code, where the source says what was chosen.
    groups : ways of sorting the candidates, by name.
    n_candidates : how many there are in all; the rows are fewer when ``thinned`` left some out.
    """

    responses: ResponseMatrix
    items: ItemParameters
    population: Quadrature
    anchors: frozenset[str] = frozenset()
    options: Mapping[str, OptionAnswers] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    n_candidates: int

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the items, in the order of the columns."""
        return self.responses.item_names

    def thinned(self, most_cells: int = MOST_CELLS) -> Self:
        """The same with every k-th candidate only, k as small as the limit allows."""
        n_rows, n_items = self.responses.scores.shape
        step = -(-n_rows * n_items // most_cells)
        if step <= 1:
            return self
        rows = slice(None, None, step)
        # Copies, because views would keep all of the answers in memory.
        return replace(
            self,
            responses=ResponseMatrix.from_array(self.responses.scores[rows], self.codes),
            options={
                code: replace(answers, chosen=answers.chosen[rows].copy()) for code, answers in self.options.items()
            },
            groups={name: Group(group.labels, group.codes[rows].copy()) for name, group in self.groups.items()},
        )

    def labels_of(self, grouping: str) -> NDArray[np.str_]:
        """(N,) label of each candidate, the empty text where it is not known."""
        group = self.groups[grouping]
        return np.array([*group.labels, ""])[group.codes]
