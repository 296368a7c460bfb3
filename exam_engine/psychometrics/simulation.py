"""Simulated answers: scores under any item model, who is shown which items, and which option a candidate ticked."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix

_BLOCK_ENTRIES = 1 << 18


def simulate_responses(
    rng: np.random.Generator,
    theta: FloatArray,
    items: ItemParameters,
    presented: BoolArray | None = None,
    *,
    candidate_ids: Sequence[str] | None = None,
) -> ResponseMatrix:
    """Draw scores of candidates on items of any models.

    One uniform number decides each response, so the same seed gives the same other responses whatever is presented.
    Beyond the result (one byte a response) memory stays at some megabytes.

    Parameters
    ----------
    rng : source of randomness.
    theta : (N,) abilities, logits.
    items : J items.
    presented : (N, J) which items each candidate was shown; all when None.
    candidate_ids : N ids for the result.

    Raises
    ------
    ValueError
        When an ability is not finite or ``presented`` has another shape than (N, J).
    """
    if theta.ndim != 1 or not np.isfinite(theta).all():
        raise ValueError("abilities must be a one-dimensional array of finite numbers")
    shape = (theta.size, len(items))
    if presented is not None and presented.shape != shape:
        raise ValueError(f"presented has shape {presented.shape}, expected {shape}, abilities by items")
    scores = np.empty(shape, dtype=np.int8)
    rows = max(1, _BLOCK_ENTRIES // max(1, len(items) * (items.d.shape[1] + 1)))
    for start in range(0, theta.size, rows):
        block = slice(start, start + rows)
        p = category_probabilities(theta[block], items)
        draw = rng.random(p.shape[:2])
        # The score is how many of P(score ≥ 1) ≥ P(score ≥ 2) ≥ … exceed the draw.
        at_least = np.cumsum(p[:, :, :0:-1], axis=2)
        scores[block] = (draw[:, :, None] < at_least).sum(axis=2)
    if presented is not None:
        scores[~presented] = NOT_PRESENTED
    return ResponseMatrix(
        scores=scores,
        item_names=items.names,
        weights=np.ones(theta.size),
        candidate_ids=None if candidate_ids is None else tuple(candidate_ids),
    )


def random_forms(rng: np.random.Generator, n_candidates: int, n_items: int, form_length: int) -> BoolArray:
    """Draw a form of its own for every candidate (linear on the fly): ``form_length`` of the items, all equally likely.

    Returns
    -------
    (N, J) whether the item is shown, for ``simulate_responses``.

    Raises
    ------
    ValueError
        When a form would be empty or longer than the bank.
    """
    if not 1 <= form_length <= n_items:
        raise ValueError(f"a form of {form_length} items cannot be drawn from {n_items}")
    presented = np.zeros((n_candidates, n_items), dtype=np.bool_)
    rows = max(1, _BLOCK_ENTRIES // n_items)
    for start in range(0, n_candidates, rows):
        block = presented[start : start + rows]
        chosen = np.argpartition(rng.random(block.shape), form_length - 1, axis=1)[:, :form_length]
        np.put_along_axis(block, chosen, True, axis=1)
    return presented


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
