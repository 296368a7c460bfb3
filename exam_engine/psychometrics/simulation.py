"""Simulated answers: right or wrong under the 2PL, and which option a candidate ticked."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, ScoreArray
from exam_engine.psychometrics.irt import p_correct
from exam_engine.psychometrics.responses import NOT_PRESENTED


def simulate_scores(
    rng: np.random.Generator,
    theta: FloatArray,
    a: FloatArray,
    b: FloatArray,
    presented: BoolArray | None = None,
) -> ScoreArray:
    """Draw right and wrong answers.

    Parameters
    ----------
    rng : source of randomness; the same draws are used up whatever is presented.
    theta : (N,) abilities; a, b : (J,) item parameters.
    presented : (N, J) which items each candidate was shown; all when None.

    Returns
    -------
    (N, J) of 1, 0 and ``NOT_PRESENTED``.
    """
    right = rng.random((theta.size, a.size)) < p_correct(theta, a, b)
    shown = np.ones_like(right) if presented is None else presented
    return np.where(shown, right, NOT_PRESENTED).astype(np.int8)


def simulate_options(
    rng: np.random.Generator,
    scores: ScoreArray,
    keys: Sequence[str],
    options: Sequence[Sequence[str]],
    distractor_weights: Sequence[Sequence[float]] | None = None,
) -> NDArray[np.str_]:
    """Turn scores into ticked options: the key where right, one of the distractors where wrong.

    Parameters
    ----------
    scores : (N, J) of 1, 0 and ``NOT_PRESENTED``.
    keys : J option labels; options : J lists of labels that contain the key and at least one distractor.
    distractor_weights : for each item one weight per distractor, in the order of its options without the key; not
        negative, not all zero. Equal when None.

    Returns
    -------
    (N, J) labels, the empty string where the item was not presented.

    Raises
    ------
    ValueError
        Naming the item whose key, options or weights do not fit.
    """
    n_candidates, n_items = scores.shape
    given = {"keys": keys, "options": options} | (
        {} if distractor_weights is None else {"distractor_weights": distractor_weights}
    )
    for name, values in given.items():
        if len(values) != n_items:
            raise ValueError(f"{name} has {len(values)} entries for {n_items} items")
    longest = max((len(label) for labels in options for label in labels), default=1)
    chosen = np.zeros((n_candidates, n_items), dtype=f"<U{longest}")
    for item, (key, labels) in enumerate(zip(keys, options, strict=True)):
        distractors = [label for label in labels if label != key]
        if len(distractors) != len(labels) - 1 or not distractors:
            raise ValueError(f"item {item + 1}: options {list(labels)} need the key {key!r} once and a distractor")
        weights = np.ones(len(distractors))
        if distractor_weights is not None:
            weights = np.array(distractor_weights[item], dtype=np.float64)
            if weights.shape != (len(distractors),) or (weights < 0).any() or not 0 < weights.sum() < np.inf:
                raise ValueError(f"item {item + 1}: distractor weights {weights.tolist()} do not fit {distractors}")
        wrong = rng.choice(np.array(distractors), size=n_candidates, p=weights / weights.sum())
        column = scores[:, item]
        chosen[:, item] = np.where(column == 1, key, np.where(column == 0, wrong, ""))
    return chosen
