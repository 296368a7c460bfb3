"""Sum scores of the candidates of one form, from their responses."""

from collections.abc import Sequence

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray
from exam_engine.psychometrics.equating.distributions import BivariateDistribution, ScoreDistribution
from exam_engine.psychometrics.equating.errors import EquatingError
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix


def form_distribution(responses: ResponseMatrix, max_scores: Sequence[int]) -> ScoreDistribution:
    """Distribution of the sum scores of all candidates over all items, weights counted.

    Parameters
    ----------
    responses : of the candidates who took the form, all items presented to all.
    max_scores : J highest scores of the items, so that scores nobody has are possible scores too.

    Raises
    ------
    EquatingError
        ``not_presented`` naming the row and item that was not presented, ``score_outside`` when an item has more points
        than its highest score.
    """
    scores, highest = _sums(responses, responses.item_names, max_scores)
    return ScoreDistribution.from_scores(scores, lowest=0.0, highest=highest, weights=responses.weights)


def form_and_anchor_distribution(
    responses: ResponseMatrix, max_scores: Sequence[int], *, anchor: Sequence[str], internal: bool = True
) -> BivariateDistribution:
    """Distribution of form scores (rows) and anchor scores (columns).

    Parameters
    ----------
    responses, max_scores : as in ``form_distribution``.
    anchor : names of the common items.
    internal : whether the anchor counts in the score of the form.

    Raises
    ------
    EquatingError
        As ``form_distribution``; ``bad_frequencies`` when a common item is not among the responses.
    """
    if not anchor:
        raise EquatingError("bad_frequencies", "the anchor has no items")
    missing = set(anchor) - set(responses.item_names)
    if missing:
        raise EquatingError("bad_frequencies", f"anchor item {min(missing)!r} has no responses")
    common = set(anchor)
    form = [name for name in responses.item_names if internal or name not in common]
    x, x_highest = _sums(responses, form, max_scores)
    v, v_highest = _sums(responses, anchor, max_scores)
    return BivariateDistribution.from_scores(
        x, v, x_range=(0.0, x_highest), v_range=(0.0, v_highest), weights=responses.weights
    )


def _sums(responses: ResponseMatrix, items: Sequence[str], max_scores: Sequence[int]) -> tuple[FloatArray, float]:
    if len(max_scores) != len(responses.item_names):
        raise EquatingError(
            "bad_frequencies", f"{len(max_scores)} highest scores for {len(responses.item_names)} items"
        )
    place = {name: column for column, name in enumerate(responses.item_names)}
    columns = [place[name] for name in items]
    total = np.zeros(responses.scores.shape[0])
    for column in columns:
        scores = responses.scores[:, column]
        unseen, beyond = scores == NOT_PRESENTED, scores > max_scores[column]
        if unseen.any():
            raise EquatingError(
                "not_presented",
                f"row {int(np.argmax(unseen)) + 1}, item {responses.item_names[column]!r}: not presented; a sum score "
                "needs the whole form",
            )
        if beyond.any():
            raise EquatingError(
                "score_outside",
                f"row {int(np.argmax(beyond)) + 1}, item {responses.item_names[column]!r}: score "
                f"{int(scores[beyond][0])} is above its highest, {max_scores[column]}",
            )
        total += scores
    return total, float(sum(max_scores[column] for column in columns))
