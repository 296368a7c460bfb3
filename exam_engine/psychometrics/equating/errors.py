"""What equating refuses."""

from typing import ClassVar


class EquatingError(ValueError):
    """Scores of two forms cannot be equated as asked.

    Parameters
    ----------
    code : stable name of the reason.
    message : sentence that names the place and the remedy.
    """

    CODES: ClassVar[tuple[str, ...]] = (
        "anchor_scores_differ",
        "anchor_score_unseen",
        "bad_bandwidth",
        "bad_frequencies",
        "bad_weight",
        "design_differs",
        "log_linear_failed",
        "no_spread",
        "nominal_item",
        "not_presented",
        "not_increasing",
        "score_outside",
    )

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
