"""Refusals of scoring, and the checks of parameters and priors that estimates begin with."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.responses import ResponseMatrix


class ScoringError(ValueError):
    """These responses or parameters cannot be scored; ``code`` is stable, ``data`` holds the message's figures."""

    def __init__(self, code: str, message: str, **data: Any) -> None:  # JSON values of any kind
        super().__init__(message)
        self.code = code
        self.data = data


def check_option(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a choice that does not exist, which would otherwise be taken for another.

    Raises
    ------
    ScoringError
        ``unknown_option``.
    """
    if value not in allowed:
        raise ScoringError("unknown_option", f"{name} {value!r} is not one of {', '.join(allowed)}")


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


def normal_priors(responses: ResponseMatrix, mean: ArrayLike, sd: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """(N,) means and standard deviations of the candidates' normal priors, from one for all or one each.

    Raises
    ------
    ScoringError
        ``bad_prior`` naming the row whose prior is no distribution, or when there is another number of priors than of
        candidates.
    """
    n_rows = responses.scores.shape[0]
    given = np.asarray(mean, dtype=np.float64), np.asarray(sd, dtype=np.float64)
    if any(values.shape not in ((), (n_rows,)) for values in given):
        raise ScoringError("bad_prior", f"priors need one mean and one standard deviation, or {n_rows} of them")
    means, sds = (np.broadcast_to(values, (n_rows,)) for values in given)
    bad = ~(np.isfinite(means) & np.isfinite(sds) & (sds > 0.0))
    if bad.any():
        row = int(np.argmax(bad))
        raise ScoringError(
            "bad_prior",
            f"row {row + 1}: a normal prior with mean {means[row]} and standard deviation {sds[row]} does not exist",
            row=row + 1,
        )
    return means, sds
