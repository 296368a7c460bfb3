"""What linking refuses."""

from typing import ClassVar


class LinkingError(ValueError):
    """Two sets of item parameters cannot be put on one scale as asked.

    Parameters
    ----------
    code : stable name of the reason.
    message : sentence that names the item or the option and the remedy.
    """

    CODES: ClassVar[tuple[str, ...]] = (
        "anchor_items_differ",
        "anchor_missing",
        "bad_covariance",
        "bad_weights",
        "moments_undefined",
        "no_linking_minimum",
        "too_few_anchors",
    )

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
