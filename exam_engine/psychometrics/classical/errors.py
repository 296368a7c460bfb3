"""Errors of the classical analyses: what in the data makes a figure impossible, and what to do about it."""

from typing import Any, Literal

ClassicalErrorCode = Literal[
    "too_few_items",
    "too_few_candidates",
    "items_never_together",
    "responses_missing",
    "item_constant",
    "total_constant",
    "singular_correlations",
    "not_dichotomous",
    "too_many_splits",
    "unknown_key",
    "unknown_credit",
    "shape_mismatch",
    "score_outside_range",
    "cut_outside_range",
    "reliability_outside_range",
    "no_true_score_distribution",
]


class ClassicalDataError(ValueError):
    """The data do not allow the figure that was asked for.

    Attributes
    ----------
    code : stable name of the reason.
    data : the figures and names that the message mentions.
    """

    def __init__(self, code: ClassicalErrorCode, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code: ClassicalErrorCode = code
        self.data = data
