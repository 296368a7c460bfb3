"""Refusals of scoring, and the match of responses with item parameters that every estimate begins with."""

from typing import Any

import numpy as np

from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix


class ScoringError(ValueError):
    """These responses or parameters cannot be scored; ``code`` is stable, ``data`` holds the message's figures."""

    def __init__(self, code: str, message: str, **data: Any) -> None:  # JSON values of any kind
        super().__init__(message)
        self.code = code
        self.data = data


def items_of(responses: ResponseMatrix, items: ItemParameters) -> ItemParameters:
    """Parameters of the response columns, matched by name and in their order; parameters of other items are left out.

    Raises
    ------
    ScoringError
        ``no_parameters`` naming a column without parameters, ``score_outside`` naming the row and item of a score that
        the item does not have.
    """
    known = set(items.names)
    unknown = [name for name in responses.item_names if name not in known]
    if unknown:
        raise ScoringError(
            "no_parameters",
            f"item {unknown[0]!r} ({len(unknown)} in all) has responses but no parameters; add its parameters or leave "
            "its column out",
            items=unknown,
        )
    own = items.select(responses.item_names)
    # A column's highest score decides, so that no array of the data's size is made.
    too_high = responses.scores.max(axis=0, initial=0) >= own.n_categories
    if too_high.any():
        column = int(np.argmax(too_high))
        row = int(np.argmax(responses.scores[:, column] >= own.n_categories[column]))
        score, highest = int(responses.scores[row, column]), int(own.max_scores[column])
        raise ScoringError(
            "score_outside",
            f"row {row + 1}, item {own.names[column]!r}: score {score} is above {highest}, the item's highest",
            row=row + 1,
            item=own.names[column],
            score=score,
        )
    return own
