"""The next item of each candidate: content area first, then the criterion's order, as exposure control lets it pass.

A candidate's area is the one whose share of the items given lies farthest below its target (Kingsbury & Zara 1989);
areas that have their quota of a test of the maximum length are full, so that tests of that length have exact counts.
Where no item is left, exposure control gives way first and content after it; nothing makes an item come twice or meet
its enemy.

References
----------
Kingsbury & Zara (1989), Applied Measurement in Education 2, 359–375; Sympson & Hetter (1985), Proceedings of the 27th
annual meeting of the Military Testing Association, 973–977.
"""

from typing import Final, NamedTuple

import numpy as np

from exam_engine.psychometrics.adaptive.exposure import SympsonHetter
from exam_engine.psychometrics.adaptive.progress import CLOSED, SET_ASIDE, CandidateProgress
from exam_engine.psychometrics.adaptive.ranking import Ranking
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray

KEPT: Final = 0
EXPOSURE_RELAXED: Final = 1
CONTENT_RELAXED: Final = 2

_LEVELS: Final = ((KEPT, True, True), (EXPOSURE_RELAXED, False, True), (CONTENT_RELAXED, False, False))
_FIRST_DEPTH = 8
_DEEPER = 4


class Selection(NamedTuple):
    """Items for n candidates.

    Attributes
    ----------
    items : (n,) positions in the pool; J where no item is left.
    relaxed : (n,) ``KEPT``, ``EXPOSURE_RELAXED`` or ``CONTENT_RELAXED``.
    """

    items: IntArray
    relaxed: IntArray


def select_items(progress: CandidateProgress, ranking: Ranking, uniform: FloatArray) -> Selection:
    """Choose every candidate's next item; items that Sympson–Hetter control sets aside are marked in the status.

    Parameters
    ----------
    progress : n candidates; their items are not given yet.
    ranking : of the same test.
    uniform : (n,) draws from [0, 1), one decides a candidate's selection.
    """
    test = progress.test
    ranking.prepare(progress)
    nothing = len(test.pool.items)
    chosen = np.full(progress.rows.size, nothing)
    relaxed = np.zeros(progress.rows.size, dtype=np.intp)
    pending = progress.rows
    for level, keep_exposure, keep_content in _LEVELS:
        wanted = _content_gaps(progress, pending, keep_content)
        while True:
            possible = (wanted > -np.inf).any(axis=1)
            if not possible.all():
                wanted, pending = wanted[possible], pending[possible]
            if not pending.size:
                break
            area = wanted.argmax(axis=1)
            found = _first_to_pass(progress, ranking, pending, area, uniform, keep_exposure=keep_exposure)
            chosen[pending], relaxed[pending] = found, level
            # Whoever found nothing tries the next area.
            wanted[np.arange(pending.size), area] = -np.inf
            left = found == nothing
            wanted, pending = wanted[left], pending[left]
        pending = np.flatnonzero(chosen == nothing)
        if not pending.size:
            break
    return Selection(chosen, relaxed)


def _content_gaps(progress: CandidateProgress, rows: IntArray, keep_content: bool) -> FloatArray:
    """(m, A) target less present share of each area; −∞ where the area is full."""
    test = progress.test
    if test.quota.size == 1:
        return np.zeros((rows.size, 1))
    counts = progress.area_counts[rows]
    gaps = test.share - counts / max(progress.n_given, 1)
    if keep_content:
        gaps[counts >= test.quota] = -np.inf
    return gaps


def _first_to_pass(
    progress: CandidateProgress,
    ranking: Ranking,
    rows: IntArray,
    area: IntArray,
    uniform: FloatArray,
    *,
    keep_exposure: bool,
) -> IntArray:
    """(m,) item of each candidate in an area; J where none passes.

    Only the head of an order is looked at, and more of it for those who find nothing there.
    """
    test, n_items = progress.test, len(progress.test.pool.items)
    control = test.settings.exposure if keep_exposure else None
    below = SET_ASIDE if keep_exposure else CLOSED
    among = test.settings.randomesque_at(progress.n_given)
    result = np.full(rows.size, n_items)
    open_rows = np.arange(rows.size)
    depth = max(ranking.shallowest, _FIRST_DEPTH + progress.n_given // 4 + among)
    while True:
        depth = min(depth, ranking.deepest)
        here = rows[open_rows]
        candidates = ranking.best(here, area[open_rows], depth)
        status = progress.status.ravel().take(candidates + (here * (n_items + 1))[:, None])
        free = status < below
        if keep_exposure and progress.ineligible is not None:
            free &= ~progress.ineligible[here[:, None], progress.segment[here, None], candidates]
        last = depth == ranking.deepest
        if isinstance(control, SympsonHetter):
            probability = _probabilities(control, progress.segment[here], candidates, n_items)
            place, settled = _first_success(free, probability, uniform[here], last=last)
            _set_aside(progress, here, candidates, free, place, settled)
        else:
            place, settled = _one_of_the_best(free, among, uniform[here], last=last)
        done = np.flatnonzero(settled)
        result[open_rows[done]] = candidates[done, place[done]]
        if last or done.size == open_rows.size:
            return result
        open_rows, depth = open_rows[~settled], depth * _DEEPER


def _one_of_the_best(free: BoolArray, among: int, uniform: FloatArray, *, last: bool) -> tuple[IntArray, BoolArray]:
    """Place of a random one of the first ``among`` free items, and whether that many were seen (any, if ``last``)."""
    if among == 1:
        place = free.argmax(axis=1)
        return place, free[np.arange(place.size), place]
    rank = free.cumsum(axis=1)
    n_free = rank[:, -1]
    drawn = (uniform * np.minimum(n_free, among)).astype(np.intp)
    return (rank > drawn[:, None]).argmax(axis=1), n_free >= (1 if last else among)


def _probabilities(control: SympsonHetter, segment: IntArray, candidates: IntArray, n_items: int) -> FloatArray:
    # The place of no item is never free, so that its probability may be another item's.
    known = np.minimum(candidates, n_items - 1)
    if len(control.probabilities) == 1:
        segment = np.zeros_like(segment)
    result: FloatArray = control.probabilities[segment[:, None], known]
    return result


def _first_success(
    free: BoolArray, probability: FloatArray, uniform: FloatArray, *, last: bool
) -> tuple[IntArray, BoolArray]:
    """Place of the first free item that passes when each passes with its probability, and whether one does.

    The draw is the value of the distribution function of the place. At the end of a whole order, the experiment is
    taken to be repeated until an item passes.
    """
    failing = np.where(free, 1.0 - probability, 1.0)
    none_yet = np.multiply.accumulate(failing, axis=1)
    limit = 1.0 - uniform
    if last:
        limit = 1.0 - uniform * (1.0 - none_yet[:, -1])
    passed = none_yet < limit[:, None]
    place = passed.argmax(axis=1)
    settled = passed[np.arange(place.size), place]
    if last:
        # Nothing can pass where all probabilities are 0; the first free item is given, so that the test goes on.
        place = np.where(settled, place, free.argmax(axis=1))
        settled = free.any(axis=1)
    return place, settled


def _set_aside(
    progress: CandidateProgress,
    rows: IntArray,
    candidates: IntArray,
    free: BoolArray,
    place: IntArray,
    settled: BoolArray,
) -> None:
    passed_over = free & (np.arange(free.shape[1]) < place[:, None]) & settled[:, None]
    at, column = np.nonzero(passed_over)
    items = candidates[at, column]
    progress.status[rows[at], items] = SET_ASIDE
    n_segments, n_items = progress.set_aside.shape
    place_of = progress.segment[rows[at]] * n_items + items
    progress.set_aside += np.bincount(place_of, minlength=n_segments * n_items).reshape(n_segments, n_items)
