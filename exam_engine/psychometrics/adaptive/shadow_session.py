"""A live shadow-test session of one candidate: an immutable record that can be stored and read again at any point.

References
----------
van der Linden & Reese (1998), Applied Psychological Measurement 22, 259–270; van der Linden & Veldkamp (2004), Journal
of Educational and Behavioral Statistics 29, 273–291, and (2007), ibid. 32, 398–418 (eligibility).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from exam_engine.psychometrics.adaptive.draws import ELIGIBILITY, uniform_draws
from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import ExposureRecord, ItemEligibility, RestrictedRate, segments
from exam_engine.psychometrics.adaptive.session import GivenItem, SessionResult
from exam_engine.psychometrics.adaptive.shadow_adaptive import ShadowAdaptiveTest
from exam_engine.psychometrics.adaptive.shadow_assembly import ShadowDemand, ShadowTest
from exam_engine.psychometrics.adaptive.stopping import StopReason
from exam_engine.psychometrics.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ShadowSession:
    """How far one candidate has come.

    Attributes
    ----------
    seed : of the candidate's draws.
    given : items answered, in order.
    pending : name of the item to be answered now; None after the end.
    pending_relaxed : 1 when exposure control had left out the pending item and no test existed without it, else 0.
    shadow : the latest shadow test, which holds the items given and the pending one.
    ineligible : (S, J + S) items and stimuli left out at the start, in each segment of ability; None without control.
    stop_reason : why the test ended, ``maximum_length`` or, for tests that may be shorter, ``no_item_left``.
    """

    seed: int
    shadow: ShadowTest
    given: tuple[GivenItem, ...] = ()
    pending: str | None = None
    pending_relaxed: int = 0
    ineligible: BoolArray | None = None
    stop_reason: StopReason | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; items of the shadow test and those left out by position, stimuli following the items."""
        left_out = self.ineligible
        return {
            "seed": self.seed,
            "given": [{name: getattr(entry, name) for name in GivenItem.__slots__} for entry in self.given],
            "pending": self.pending,
            "pending_relaxed": self.pending_relaxed,
            "shadow": self.shadow.to_dict(),
            "ineligible": None if left_out is None else [np.flatnonzero(row).tolist() for row in left_out],
            "stop_reason": self.stop_reason,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], test: ShadowAdaptiveTest) -> Self:
        """Read what ``to_dict`` wrote of a session of the same test."""
        ineligible: BoolArray | None = None
        if data["ineligible"] is not None:
            ineligible = np.zeros((len(data["ineligible"]), test.n_controlled), dtype=np.bool_)
            for segment, places in enumerate(data["ineligible"]):
                ineligible[segment, places] = True
        return cls(
            seed=data["seed"],
            given=tuple(GivenItem(**entry) for entry in data["given"]),
            pending=data["pending"],
            pending_relaxed=data["pending_relaxed"],
            shadow=ShadowTest.from_dict(data["shadow"]),
            ineligible=ineligible,
            stop_reason=data["stop_reason"],
        )


def start_shadow_session(test: ShadowAdaptiveTest, *, seed: int, record: ExposureRecord | None = None) -> ShadowSession:
    """Begin a test; its first item is pending.

    Parameters
    ----------
    test : the test.
    seed : of this candidate's draws, 0 or more; another one for every candidate.
    record : exposure so far, over items and stimuli; nothing when None.

    Raises
    ------
    AdaptiveTestError
        ``bad_session`` for a negative seed, ``bad_exposure`` for a record of another pool.
    """
    if seed < 0:
        raise AdaptiveTestError("bad_session", f"seed {seed} must be 0 or more")
    control = test.settings.exposure
    ineligible = None if control is None else _draw_ineligible(test, control, record, seed)
    return _with_next_item(test, ShadowSession(seed=seed, shadow=test.first, ineligible=ineligible))


def answer_shadow_item(test: ShadowAdaptiveTest, session: ShadowSession, item: str, score: int) -> ShadowSession:
    """Take the score of the pending item, assemble the next shadow test; its best free item is pending, or the end.

    Raises
    ------
    AdaptiveTestError
        ``session_over``; ``not_pending`` for another item than the pending one, such as one sent twice;
        ``score_outside`` for a score that the item does not have; ``unknown_item`` when the session's items are not in
        the pool.
    """
    if session.pending is None:
        raise AdaptiveTestError(
            "session_over", f"the test has ended: {session.stop_reason}", reason=session.stop_reason
        )
    if item != session.pending:
        raise AdaptiveTestError(
            "not_pending", f"item {item!r} is not the one to be answered now, {session.pending!r}", item=item
        )
    given = _positions(test, (*(entry.item for entry in session.given), item))
    highest = int(test.pool.parameters.max_scores[given[-1]])
    if not 0 <= score <= highest:
        raise AdaptiveTestError(
            "score_outside", f"item {item!r}: score {score} is not from 0 to {highest}", item=item, score=score
        )
    theta, error = test.estimate(given, np.array([*(entry.score for entry in session.given), score]))
    entry = GivenItem(
        item=item,
        score=int(score),
        theta=theta,
        standard_error=error,
        segment=_segment(test, session),
        relaxed=session.pending_relaxed,
    )
    return _with_next_item(test, replace(session, given=(*session.given, entry), pending=None, pending_relaxed=0))


def shadow_session_result(test: ShadowAdaptiveTest, session: ShadowSession) -> SessionResult:
    """Final estimate (EAP) and decision.

    Raises
    ------
    AdaptiveTestError
        ``session_running`` while an item is pending.
    """
    if session.stop_reason is None:
        raise AdaptiveTestError("session_running", f"item {session.pending!r} has not been answered")
    last = session.given[-1]
    cuts = test.settings.cuts
    return SessionResult(
        theta=last.theta,
        standard_error=last.standard_error,
        category=int(segments(np.array([last.theta]), cuts)[0]) if cuts else None,
        n_items=len(session.given),
        stop_reason=session.stop_reason,
    )


def record_shadow_session(
    test: ShadowAdaptiveTest, session: ShadowSession, record: ExposureRecord | None
) -> ExposureRecord:
    """The exposure counts of items and stimuli after a finished (or abandoned) session.

    Parameters
    ----------
    record : the counts before; None before the first session.

    Raises
    ------
    AdaptiveTestError
        ``bad_exposure`` when the test has no exposure control.
    """
    control = test.settings.exposure
    if control is None or session.ineligible is None:
        raise AdaptiveTestError("bad_exposure", "this test has no exposure control that counts earlier candidates")
    so_far = record if record is not None else ExposureRecord.empty(control, test.n_controlled)
    given = _positions(test, tuple(entry.item for entry in session.given))
    if test.assembler.rows.n_stimuli:
        stimuli = np.unique(test.pool.stimulus_of[given])
        given = np.append(given, len(test.pool.item_ids) + stimuli[stimuli >= 0])
    # Whatever was given counts in every segment visited: then the rate of all candidates is held, too, because all of
    # them visit the segment of the start.
    visited = np.unique([entry.segment for entry in session.given])
    pairs = np.repeat(visited, given.size), np.tile(given, visited.size)
    return so_far.after(control, pairs[1][None], pairs[0][None], session.ineligible[None])


def demand_of(test: ShadowAdaptiveTest, session: ShadowSession) -> ShadowDemand:
    """What the shadow test after the items answered must hold, may hold, and is to be best at."""
    given = _positions(test, tuple(entry.item for entry in session.given))
    barred = None if session.ineligible is None else session.ineligible[_segment(test, session)]
    return ShadowDemand(
        information=test.information(_ability(test, session)),
        given=given,
        closed=test.closed_after(given),
        barred=barred,
    )


def _with_next_item(test: ShadowAdaptiveTest, session: ShadowSession) -> ShadowSession:
    demand = demand_of(test, session)
    shadow = _shadow_test(test, session, demand)
    item = test.choose(shadow, demand)
    if item is None:
        whole = len(session.given) >= test.longest
        return replace(session, stop_reason="maximum_length" if whole else "no_item_left")
    return replace(
        session,
        pending=test.pool.item_ids[item],
        pending_relaxed=int(demand.barred is not None and demand.barred[item]),
        shadow=shadow,
    )


def _draw_ineligible(
    test: ShadowAdaptiveTest, control: ItemEligibility | RestrictedRate, record: ExposureRecord | None, seed: int
) -> BoolArray:
    """(S, J + S) items and stimuli left out for a candidate."""
    so_far = record if record is not None else ExposureRecord.empty(control, test.n_controlled)
    expected = (len(control.segment_bounds) + 1, test.n_controlled)
    if so_far.taken.shape != expected:
        raise AdaptiveTestError(
            "bad_exposure", f"exposure counts of shape {so_far.taken.shape} are not of this test, {expected}"
        )
    result: BoolArray = so_far.ineligible(control, uniform_draws(seed, ELIGIBILITY, (1, test.n_controlled)))[0]
    return result


def _shadow_test(test: ShadowAdaptiveTest, session: ShadowSession, demand: ShadowDemand) -> ShadowTest:
    if demand.given.size >= test.longest:
        # Nothing is left to be chosen.
        return session.shadow
    if not demand.given.size and (demand.barred is None or not demand.barred.any()):
        return test.first
    return test.assembler.assemble(demand, previous=session.shadow)


def _ability(test: ShadowAdaptiveTest, session: ShadowSession) -> float:
    return session.given[-1].theta if session.given else test.settings.first_ability


def _segment(test: ShadowAdaptiveTest, session: ShadowSession) -> int:
    return int(segments(np.array([_ability(test, session)]), test.settings.segment_bounds)[0])


def _positions(test: ShadowAdaptiveTest, names: tuple[str, ...]) -> IntArray:
    """Positions of the items, in the order of the names."""
    place = test.pool.places
    unknown = [name for name in names if name not in place]
    if unknown:
        raise AdaptiveTestError(
            "unknown_item", f"item {unknown[0]!r} of the session is not in the pool of this test", item=unknown[0]
        )
    return np.array([place[name] for name in names], dtype=np.intp)
