"""Simulated shadow-test CATs: candidate after candidate through live sessions, with audits of the shadow tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics.adaptive.answers import AnswerModel
from exam_engine.psychometrics.adaptive.draws import ANSWER, uniform_draws
from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import ExposureRecord, segment_counts, segments
from exam_engine.psychometrics.adaptive.pool import AdaptivePool
from exam_engine.psychometrics.adaptive.settings import AdaptiveSettings
from exam_engine.psychometrics.adaptive.shadow_adaptive import ShadowAdaptiveTest
from exam_engine.psychometrics.adaptive.shadow_session import (
    ShadowSession,
    answer_shadow_item,
    demand_of,
    record_shadow_session,
    shadow_session_result,
    start_shadow_session,
)
from exam_engine.psychometrics.adaptive.simulated_tests import SimulatedTests
from exam_engine.psychometrics.adaptive.stopping import STOP_REASONS
from exam_engine.psychometrics.arrays import FloatArray

Tell = Callable[[int, ShadowSession], None]

_AUDIT: Final = 3
"""Purpose of the draws that decide which selections are audited."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ShadowAudit:
    """Shadow tests of some selections, solved again by a fresh integer programme without a gap.

    Attributes
    ----------
    n_selections : selections audited.
    largest_difference : between the two objectives.
    """

    n_selections: int
    largest_difference: float

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"n_selections": self.n_selections, "largest_difference": self.largest_difference}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedShadowTests:
    """Shadow-test CATs of N simulated candidates.

    Attributes
    ----------
    tests : the tests, with precision, exposure and decisions; its content areas are not used.
    n_programmes : (N, L) linear programmes solved for each selection; 0 beyond a test's end.
    audit : of the selections drawn for it; None without.
    record : exposure counts of items and stimuli after the last candidate; None without exposure control.
    """

    tests: SimulatedTests
    n_programmes: NDArray[np.int32]
    audit: ShadowAudit | None
    record: ExposureRecord | None

    @property
    def branched_share(self) -> float:
        """Share of selections at which the linear optimum was no test."""
        selections = self.n_programmes > 0
        return float((self.n_programmes > 1).sum() / selections.sum())

    def to_dict(self) -> dict[str, Any]:
        """The figures of the tests, the share of selections that branched, and the audit."""
        return self.tests.to_dict() | {
            "branched_share": self.branched_share,
            "audit": None if self.audit is None else self.audit.to_dict(),
        }


def simulate_shadow_tests(
    test: ShadowAdaptiveTest,
    theta: FloatArray,
    *,
    seed: int,
    record: ExposureRecord | None = None,
    audited_share: float = 0.0,
    tell: Tell | None = None,
) -> SimulatedShadowTests:
    """Give the test to N simulated candidates, one after the other.

    Under exposure control each candidate's eligible items follow from all candidates before.

    Parameters
    ----------
    test : the test.
    theta : (N,) true abilities, logits.
    seed : of all draws, 0 or more; an item is answered alike whatever else a candidate is given.
    record : earlier exposure; nothing when None.
    audited_share : share of selections whose shadow test is solved again from scratch.
    tell : hears of each candidate's place and session, at the start and after every answer.

    Raises
    ------
    AdaptiveTestError
        ``bad_simulation`` naming what does not fit.
    """
    theta = np.asarray(theta, dtype=np.float64)
    if theta.ndim != 1 or theta.size == 0 or not np.isfinite(theta).all():
        raise AdaptiveTestError("bad_simulation", "abilities must be a one-dimensional array of finite numbers")
    if seed < 0 or not 0.0 <= audited_share <= 1.0:
        raise AdaptiveTestError(
            "bad_simulation", f"seed {seed} must be 0 or more and the audited share {audited_share} from 0 to 1"
        )
    run = _Run(test, theta, seed, audited_share, tell or _tell_nobody)
    for candidate in range(theta.size):
        record = run.give_test(candidate, record)
    audit = ShadowAudit(n_selections=run.n_audited, largest_difference=run.largest_difference)
    return SimulatedShadowTests(
        tests=run.tests.with_record(record),
        n_programmes=run.n_programmes,
        audit=audit if audited_share > 0.0 else None,
        record=record,
    )


class _Run:
    """What a simulation writes into."""

    def __init__(
        self, test: ShadowAdaptiveTest, theta: FloatArray, seed: int, audited_share: float, tell: Tell
    ) -> None:
        self.test, self.seed, self.audited_share, self.tell = test, seed, audited_share, tell
        settings = test.settings
        self.tests = SimulatedTests.unfilled(
            AdaptivePool(items=test.pool.parameters),
            AdaptiveSettings(
                maximum_length=test.longest,
                prior_mean=settings.prior_mean,
                prior_sd=settings.prior_sd,
                fences=settings.ability_range,
                start=settings.start,
                exposure=settings.exposure,
            ),
            theta,
        )
        self.n_programmes: NDArray[np.int32] = np.zeros((theta.size, test.longest), dtype=np.int32)
        self.n_audited, self.largest_difference = 0, 0.0
        self._answers = AnswerModel(test.pool.parameters)

    def give_test(self, candidate: int, record: ExposureRecord | None) -> ExposureRecord | None:
        """Give the test to one candidate; the exposure counts after it."""
        test = self.test
        own_seed = int(np.random.SeedSequence(self.seed, spawn_key=(candidate,)).generate_state(1)[0])
        answer = uniform_draws(own_seed, ANSWER, len(test.pool.item_ids))
        audited = uniform_draws(own_seed, _AUDIT, test.longest) < self.audited_share
        ability = self.tests.theta[[candidate]]
        session = start_shadow_session(test, seed=own_seed, record=record)
        self.tell(candidate, session)
        while session.pending is not None:
            step = len(session.given)
            self.n_programmes[candidate, step] = session.shadow.n_programmes
            if audited[step]:
                self._audit(session)
            item = test.pool.places[session.pending]
            score = self._answers.draw(ability, np.array([item]), answer[[item]])[0]
            session = answer_shadow_item(test, session, session.pending, int(score))
            self.tell(candidate, session)
        self._write(candidate, session)
        return None if test.settings.exposure is None else record_shadow_session(test, session, record)

    def _audit(self, session: ShadowSession) -> None:
        best = self.test.assembler.optimum(demand_of(self.test, session))
        self.n_audited += 1
        self.largest_difference = max(self.largest_difference, abs(best - session.shadow.objective))

    def _write(self, candidate: int, session: ShadowSession) -> None:
        tests, given = self.tests, session.given
        items = np.array([self.test.pool.places[entry.item] for entry in given], dtype=np.intp)
        tests.items[candidate, : items.size] = items
        tests.scores[candidate, : items.size] = [entry.score for entry in given]
        tests.estimate[candidate], tests.standard_error[candidate] = given[-1].theta, given[-1].standard_error
        tests.length[candidate] = items.size
        tests.stop_reason[candidate] = STOP_REASONS.index(shadow_session_result(self.test, session).stop_reason)
        tests.category[candidate] = segments(tests.estimate[[candidate]], self.test.settings.cuts)[0]
        tests.exposure_relaxed[candidate] = sum(entry.relaxed for entry in given)
        segment = np.array([entry.segment for entry in given], dtype=np.intp)
        visited, taken = segment_counts(items[None], segment[None], tests.given.shape, np.ones(1))
        tests.visits[:] += visited[0]
        tests.given[:] += taken


def _tell_nobody(_candidate: int, _session: ShadowSession) -> None:
    return
