"""A live adaptive test of one candidate: an immutable record from which everything else follows.

The same functions as in the simulation select, estimate and stop, here always with the exact criterion. Draws depend on
the seed and the number of items given, so that a session that was stored and read again goes on as if nothing happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from exam_engine.psychometrics.adaptive.adaptive_test import AdaptiveTest
from exam_engine.psychometrics.adaptive.draws import ELIGIBILITY, SELECTION, uniform_draws
from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import ExposureRecord
from exam_engine.psychometrics.adaptive.final_estimates import final_estimates
from exam_engine.psychometrics.adaptive.interim_estimates import update_estimates
from exam_engine.psychometrics.adaptive.progress import SET_ASIDE, CandidateProgress
from exam_engine.psychometrics.adaptive.ranking import ExactRanking
from exam_engine.psychometrics.adaptive.selection import select_items
from exam_engine.psychometrics.adaptive.stopping import GOES_ON, STOP_REASONS, StopReason, categories, stop_reasons
from exam_engine.psychometrics.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenItem:
    """One item of a session.

    Attributes
    ----------
    item : its name.
    score : the candidate's score on it.
    theta, standard_error : interim estimate after it, logits.
    segment : segment of ability in which it was selected, for exposure control.
    relaxed : 0; 1 where exposure control had to give way to find an item, 2 where content had to, too.
    """

    item: str
    score: int
    theta: float
    standard_error: float
    segment: int = 0
    relaxed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveSession:
    """How far one candidate has come.

    Attributes
    ----------
    seed : of the candidate's draws.
    given : items answered, in order.
    pending : name of the item to be answered now; None after the end.
    pending_relaxed : as ``GivenItem.relaxed``, for the pending item.
    set_aside : names of the items that Sympson–Hetter control set aside for this candidate.
    ineligible : for each segment of ability, names of the items that exposure control left out at the start.
    stop_reason : why the test ended; None while it goes on.
    """

    seed: int
    given: tuple[GivenItem, ...] = ()
    pending: str | None = None
    pending_relaxed: int = 0
    set_aside: tuple[str, ...] = ()
    ineligible: tuple[tuple[str, ...], ...] = ()
    stop_reason: StopReason | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "seed": self.seed,
            "given": [
                {name: getattr(entry, name) for name in GivenItem.__slots__}
                | {"standard_error": entry.standard_error if np.isfinite(entry.standard_error) else None}
                for entry in self.given
            ],
            "pending": self.pending,
            "pending_relaxed": self.pending_relaxed,
            "set_aside": list(self.set_aside),
            "ineligible": [list(names) for names in self.ineligible],
            "stop_reason": self.stop_reason,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_dict`` wrote."""
        given = tuple(
            GivenItem(**entry)
            if entry["standard_error"] is not None
            else GivenItem(**(entry | {"standard_error": np.inf}))
            for entry in data["given"]
        )
        return cls(
            seed=data["seed"],
            given=given,
            pending=data["pending"],
            pending_relaxed=data["pending_relaxed"],
            set_aside=tuple(data["set_aside"]),
            ineligible=tuple(tuple(names) for names in data["ineligible"]),
            stop_reason=data["stop_reason"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """Outcome of a finished test.

    Attributes
    ----------
    theta, standard_error : the final estimate, logits.
    category : number of cuts the candidate is above; None without a classification rule.
    n_items : items given.
    stop_reason : why the test ended.
    """

    theta: float
    standard_error: float
    category: int | None
    n_items: int
    stop_reason: StopReason

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        error = self.standard_error if np.isfinite(self.standard_error) else None
        return {name: getattr(self, name) for name in SessionResult.__slots__} | {"standard_error": error}


def start_session(test: AdaptiveTest, *, seed: int, record: ExposureRecord | None = None) -> AdaptiveSession:
    """Begin a test; its first item is pending.

    Parameters
    ----------
    test : the test.
    seed : of this candidate's draws, 0 or more; another one for every candidate.
    record : exposure so far, for the controls that count it; nothing when None.
    """
    if seed < 0:
        raise AdaptiveTestError("bad_session", f"seed {seed} must be 0 or more")
    control, names = test.record_control, test.pool.items.names
    ineligible: tuple[tuple[str, ...], ...] = ()
    if control is not None:
        so_far = record if record is not None else ExposureRecord.empty(control, len(names))
        left_out = so_far.ineligible(control, uniform_draws(seed, ELIGIBILITY, (1, len(names))))[0]
        ineligible = tuple(tuple(names[item] for item in np.flatnonzero(row)) for row in left_out)
    session = AdaptiveSession(seed=seed, ineligible=ineligible)
    return _with_next_item(session, _progress(test, session))


def answer_item(test: AdaptiveTest, session: AdaptiveSession, item: str, score: int) -> AdaptiveSession:
    """Take the score of the pending item; the next item is pending, or the test has a reason to end.

    Raises
    ------
    AdaptiveTestError
        ``session_over``; ``not_pending`` for another item than the pending one, such as one sent twice;
        ``score_outside`` for a score that the item does not have.
    """
    if session.pending is None:
        raise AdaptiveTestError(
            "session_over", f"the test has ended: {session.stop_reason}", reason=session.stop_reason
        )
    if item != session.pending:
        raise AdaptiveTestError(
            "not_pending", f"item {item!r} is not the one to be answered now, {session.pending!r}", item=item
        )
    progress = _progress(test, session)
    place = int(_positions(test, (item,))[0])
    highest = int(test.pool.items.max_scores[place])
    if not 0 <= score <= highest:
        raise AdaptiveTestError(
            "score_outside", f"item {item!r}: score {score} is not from 0 to {highest}", item=item, score=score
        )
    segment = int(progress.segment[0])
    progress.give(np.array([place]))
    progress.record(np.array([score]))
    update_estimates(progress)
    entry = GivenItem(
        item=item,
        score=int(score),
        theta=float(progress.theta[0]),
        standard_error=float(progress.standard_error[0]),
        segment=segment,
        relaxed=session.pending_relaxed,
    )
    answered = replace(session, given=(*session.given, entry), pending=None, pending_relaxed=0)
    reason = int(stop_reasons(progress)[0])
    if reason != GOES_ON:
        return replace(answered, stop_reason=STOP_REASONS[reason])
    return _with_next_item(answered, progress)


def session_result(test: AdaptiveTest, session: AdaptiveSession) -> SessionResult:
    """Final estimate and decision.

    Raises
    ------
    AdaptiveTestError
        ``session_running`` while an item is pending.
    """
    if session.stop_reason is None:
        raise AdaptiveTestError("session_running", f"item {session.pending!r} has not been answered")
    progress = _progress(test, session)
    theta, error = final_estimates(progress)
    return SessionResult(
        theta=float(theta[0]),
        standard_error=float(error[0]),
        category=int(categories(progress)[0]) if test.settings.cuts else None,
        n_items=len(session.given),
        stop_reason=session.stop_reason,
    )


def record_session(test: AdaptiveTest, session: AdaptiveSession, record: ExposureRecord | None) -> ExposureRecord:
    """The exposure counts after a finished (or abandoned) session.

    Parameters
    ----------
    record : the counts before; None before the first session.

    Raises
    ------
    AdaptiveTestError
        ``bad_exposure`` when the test has no exposure control that counts.
    """
    control = test.record_control
    if control is None:
        raise AdaptiveTestError("bad_exposure", "this test has no exposure control that counts earlier candidates")
    so_far = record if record is not None else ExposureRecord.empty(control, len(test.pool.items))
    items = _positions(test, tuple(entry.item for entry in session.given))
    segment = np.array([entry.segment for entry in session.given], dtype=np.intp)
    return so_far.after(control, items[None, :], segment[None, :], _ineligible(test, session))


def _with_next_item(session: AdaptiveSession, progress: CandidateProgress) -> AdaptiveSession:
    test, names = progress.test, progress.test.pool.items.names
    uniform = uniform_draws(session.seed, SELECTION, 1, step=progress.n_given)
    chosen, relaxed = select_items(progress, ExactRanking(test), uniform)
    aside = tuple(names[item] for item in np.flatnonzero(progress.status[0, :-1] & SET_ASIDE))
    if chosen[0] == len(names):
        return replace(session, set_aside=aside, stop_reason="no_item_left")
    return replace(session, pending=names[chosen[0]], pending_relaxed=int(relaxed[0]), set_aside=aside)


def _progress(test: AdaptiveTest, session: AdaptiveSession) -> CandidateProgress:
    """The state that the items answered have led to."""
    progress = CandidateProgress(test, 1, _ineligible(test, session) if test.record_control is not None else None)
    for item, entry in zip(_positions(test, tuple(entry.item for entry in session.given)), session.given, strict=True):
        progress.give(np.array([item]))
        progress.record(np.array([entry.score]))
        progress.theta[0], progress.standard_error[0] = entry.theta, entry.standard_error
    progress.status[0, _positions(test, session.set_aside)] |= SET_ASIDE
    return progress


def _ineligible(test: AdaptiveTest, session: AdaptiveSession) -> BoolArray:
    """(1, S, J) items left out at the start."""
    result = np.zeros((1, test.n_segments, len(test.pool.items)), dtype=np.bool_)
    for segment, names in enumerate(session.ineligible):
        result[0, segment, _positions(test, names)] = True
    return result


def _positions(test: AdaptiveTest, names: tuple[str, ...]) -> IntArray:
    place = test.position_of
    unknown = [name for name in names if name not in place]
    if unknown:
        raise AdaptiveTestError(
            "unknown_item", f"item {unknown[0]!r} of the session is not in the pool of this test", item=unknown[0]
        )
    return np.array([place[name] for name in names], dtype=np.intp)
