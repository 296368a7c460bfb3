"""Errors of standard setting: whose judgement of what cannot be used, and what to do about it."""

from typing import Any, Literal

StandardSettingErrorCode = Literal[
    "nothing_to_judge",
    "repeated_name",
    "rating_missing",
    "rating_twice",
    "rating_outside_range",
    "unknown_name",
    "round_missing",
    "conflicting_max_score",
    "location_undefined",
    "page_outside_booklet",
    "bookmark_on_first_page",
    "bounds_out_of_order",
    "shape_mismatch",
    "score_outside_range",
    "too_few_ratings",
    "groups_reversed",
]


class StandardSettingError(ValueError):
    """The judgements do not lead to a cut.

    Attributes
    ----------
    code : stable name of the reason.
    data : the judge, the item and the figures that the message mentions.
    """

    def __init__(self, code: StandardSettingErrorCode, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code: StandardSettingErrorCode = code
        self.data = data
