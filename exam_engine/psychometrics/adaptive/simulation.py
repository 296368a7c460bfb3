"""Simulated adaptive tests: many candidates in lock-step, under the rules of the live test."""

import numpy as np

from exam_engine.psychometrics.adaptive.adaptive_test import AdaptiveTest
from exam_engine.psychometrics.adaptive.answers import AnswerModel
from exam_engine.psychometrics.adaptive.draws import ANSWER, ELIGIBILITY, SELECTION, uniform_draws
from exam_engine.psychometrics.adaptive.errors import AdaptiveTestError
from exam_engine.psychometrics.adaptive.exposure import ExposureRecord, segment_counts
from exam_engine.psychometrics.adaptive.final_estimates import final_estimates
from exam_engine.psychometrics.adaptive.interim_estimates import update_estimates
from exam_engine.psychometrics.adaptive.progress import CandidateProgress
from exam_engine.psychometrics.adaptive.ranking import BINNED_CRITERIA, BinnedRanking, ExactRanking, Ranking
from exam_engine.psychometrics.adaptive.selection import CONTENT_RELAXED, EXPOSURE_RELAXED, select_items
from exam_engine.psychometrics.adaptive.simulated_tests import NO_ITEM, SimulatedTests
from exam_engine.psychometrics.adaptive.stopping import GOES_ON, STOP_REASONS, categories, stop_reasons
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.response_functions import check_scores
from exam_engine.psychometrics.responses import NOT_PRESENTED

_BLOCK = 2_000
"""Candidates at a time, so that their posteriors and statuses stay near the processor."""


def simulate_adaptive_tests(
    test: AdaptiveTest,
    theta: FloatArray,
    *,
    seed: int,
    exact: bool = False,
    scores: ScoreArray | None = None,
    record: ExposureRecord | None = None,
    concurrent: int = 50,
) -> SimulatedTests:
    """Give the test to N simulated candidates.

    A candidate's draws depend on the seed and the candidate's place; the first candidate of an ``exact`` simulation
    gets the very test that a live session with the same seed and answers gives.

    Parameters
    ----------
    test : the test.
    theta : (N,) true abilities, logits.
    seed : of all draws, 0 or more.
    exact : compute the criterion at every candidate's own estimate. By default MFI and KL look up orders of items that
        were made for bins a quarter of a grid interval wide (0.05 for a standard normal prior), many times faster and
        with the same precision of estimates.
    scores : (N, J) what each candidate would answer, for tests on real records; drawn under the model when None.
    record : earlier exposure, for the controls that count it; nothing when None.
    concurrent : how many candidates sit at the same time, under the controls that count exposure: the counts are
        renewed after each such group.

    Raises
    ------
    AdaptiveTestError
        ``bad_simulation`` naming what does not fit.
    """
    theta = np.asarray(theta, dtype=np.float64)
    if theta.ndim != 1 or theta.size == 0 or not np.isfinite(theta).all():
        raise AdaptiveTestError("bad_simulation", "abilities must be a one-dimensional array of finite numbers")
    if seed < 0 or concurrent < 1:
        raise AdaptiveTestError(
            "bad_simulation", f"seed {seed} must be 0 or more and concurrent {concurrent} 1 or more"
        )
    if scores is not None:
        _check_known_scores(test, theta.size, scores)
    control = test.record_control
    if control is not None and record is None:
        record = ExposureRecord.empty(control, len(test.pool.items))
    binned = not exact and test.settings.criterion in BINNED_CRITERIA
    ranking: Ranking = BinnedRanking(test) if binned else ExactRanking(test)
    answers = AnswerModel(test.pool.items)
    result = SimulatedTests.unfilled(test.pool, test.settings, theta)
    size = _BLOCK if control is None else concurrent
    for block, first in enumerate(range(0, theta.size, size)):
        rows = np.arange(first, min(first + size, theta.size))
        ineligible = None
        if control is not None and record is not None:
            draws = uniform_draws(seed, ELIGIBILITY, (rows.size, len(test.pool.items)), block=block)
            ineligible = record.ineligible(control, draws)
        known = None if scores is None else scores[rows]
        segment = _run_block(test, ranking, answers, result, rows, (seed, block), known, ineligible)
        items = np.where(result.items[rows] == NO_ITEM, len(test.pool.items), result.items[rows]).astype(np.intp)
        visited, taken = segment_counts(items, segment, result.given.shape, np.ones(rows.size))
        result.visits[:] += visited.sum(axis=0)
        result.given[:] += taken
        if control is not None and record is not None and ineligible is not None:
            record = record.after(control, items, segment, ineligible)
    return result.with_record(record)


def _run_block(
    test: AdaptiveTest,
    ranking: Ranking,
    answers: AnswerModel,
    result: SimulatedTests,
    rows: IntArray,
    stream: tuple[int, int],
    known: ScoreArray | None,
    ineligible: BoolArray | None,
) -> IntArray:
    """Give the test to the candidates at some rows of the result; (m, L) segment of ability at each selection."""
    seed, block = stream
    n_items = len(test.pool.items)
    progress = CandidateProgress(test, rows.size, ineligible)
    here = np.arange(rows.size)
    segment = np.zeros((rows.size, test.settings.maximum_length), dtype=np.intp)
    theta = result.theta[rows]
    while here.size:
        step = progress.n_given
        segment[here, step] = progress.segment
        chosen, relaxed = select_items(
            progress, ranking, uniform_draws(seed, SELECTION, rows.size, block=block, step=step)[here]
        )
        given = chosen < n_items
        if not given.all():
            reason = np.where(given, GOES_ON, STOP_REASONS.index("no_item_left"))
            here, kept = _finish(progress, result, rows, here, reason)
            chosen, relaxed = chosen[kept], relaxed[kept]
            if not here.size:
                break
        result.exposure_relaxed[rows[here]] += relaxed == EXPOSURE_RELAXED
        result.content_relaxed[rows[here]] += relaxed == CONTENT_RELAXED
        progress.give(chosen)
        if known is None:
            uniform = uniform_draws(seed, ANSWER, rows.size, block=block, step=step)[here]
            progress.record(answers.draw(theta[here], chosen, uniform))
        else:
            progress.record(known[here, chosen].astype(np.intp))
        update_estimates(progress)
        here, _ = _finish(progress, result, rows, here, stop_reasons(progress))
    result.set_aside[:] += progress.set_aside
    return segment


def _finish(
    progress: CandidateProgress, result: SimulatedTests, rows: IntArray, here: IntArray, reason: IntArray
) -> tuple[IntArray, BoolArray]:
    """Write down the tests that have a reason to end; the candidates who go on, and which of the present they are."""
    goes_on = reason == GOES_ON
    if goes_on.all():
        return here, goes_on
    ended = progress.part(~goes_on) if goes_on.any() else progress
    places = rows[here[~goes_on]]
    length = ended.n_given
    result.length[places] = length
    result.stop_reason[places] = reason[~goes_on]
    result.items[places, :length] = ended.items[:, :length]
    result.scores[places, :length] = ended.scores[:, :length]
    result.estimate[places], result.standard_error[places] = final_estimates(ended)
    result.category[places] = categories(ended)
    if goes_on.any():
        progress.keep(goes_on)
    return here[goes_on], goes_on


def _check_known_scores(test: AdaptiveTest, n_candidates: int, scores: ScoreArray) -> None:
    if scores.shape[0] != n_candidates:
        raise AdaptiveTestError("bad_simulation", f"{scores.shape[0]} rows of scores for {n_candidates} abilities")
    try:
        check_scores(scores, test.pool.items)
    except ValueError as error:
        raise AdaptiveTestError("bad_simulation", str(error)) from error
    if (scores == NOT_PRESENTED).any():
        raise AdaptiveTestError("bad_simulation", "every candidate needs a score on every item that may be selected")
