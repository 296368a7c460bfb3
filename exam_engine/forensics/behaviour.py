"""Looks at behaviour: times, changes of answers, departures from the page, each also at simulated honest candidates."""

from typing import Any

import numpy as np

from exam_engine.forensics.kinds import Listing, done, not_enough
from exam_engine.forensics.settings import FEWEST_CANDIDATES, FEWEST_CHANGES, FEWEST_ITEMS, FEWEST_OWN_CHANGES
from exam_engine.forensics.task import NO_SCORE, ForensicsTask
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.forensics import (
    ResponseTimes,
    answer_changes,
    fit_counts,
    fit_gains,
    fit_response_times,
    interruptions,
    response_times,
)

_MOST_NAMED = 6
_FEWEST_DEPARTURES = 3


def look_at_times(task: ForensicsTask, rng: np.random.Generator) -> dict[str, Any]:
    """Return the kind ``response_times``."""
    timed = ((~np.isnan(task.seconds)).sum(axis=1) >= FEWEST_ITEMS).sum()
    if timed < FEWEST_CANDIDATES:
        return not_enough("few_times", needed=FEWEST_CANDIDATES)
    is_right = task.scores == 1
    model = fit_response_times(task.seconds)
    found = response_times(task.seconds, is_right, model)
    honest = []
    for _ in range(task.replications):
        drawn = model.draw(rng, task.seconds)
        honest.append(int(_time_listing(response_times(drawn, is_right, fit_response_times(drawn)))[0].listed.sum()))
    listing, tested = _time_listing(found)

    def finding(unit: int) -> dict[str, Any]:
        order = np.argsort(np.nan_to_num(found.residuals[unit], nan=np.inf), kind="stable")
        fastest = [item for item in order[:_MOST_NAMED] if found.residuals[unit, item] < 0.0 and is_right[unit, item]]
        return {
            "candidates": [task.candidates[unit]],
            "figures": {
                "n_items": int(found.n_items[unit]),
                "minutes": float(np.nansum(task.seconds[unit])) / 60.0,
                "n_fast_right": int(found.n_fast_right[unit]),
                "expected_fast_right": float(found.expected_fast_right[unit]),
                "fast_right_p": float(found.fast_right_p[unit]),
                "pattern_p": float(found.pattern_p[unit]),
                "n_rapid": int(found.n_rapid[unit]),
            },
            "items": [{"code": task.codes[item], "sign": "fast_right"} for item in fastest],
        }

    return done(listing, tested, finding, honest)


def _time_listing(found: ResponseTimes) -> tuple[Listing, BoolArray]:
    tested = found.n_items >= FEWEST_ITEMS
    # Two tests of one candidate: the smaller tail counts twice.
    return Listing.of(np.minimum(2.0 * np.minimum(found.pattern_p, found.fast_right_p), 1.0), tested), tested


def look_at_changes(task: ForensicsTask, rng: np.random.Generator) -> dict[str, Any]:
    """Return the kind ``answer_changes``."""
    right = task.right
    both = (right >= 0) & (task.first >= 0) & (task.chosen >= 0)
    changed = both & (task.first != right) & (task.first != task.chosen)
    if changed.sum() < FEWEST_CHANGES:
        return not_enough("few_changes", needed=FEWEST_CHANGES, found=int(changed.sum()))
    gained = changed & (task.chosen == right)
    lost = both & (task.first == right) & (task.chosen != right)
    ability = _share_right(task)
    model = fit_gains(changed, gained, ability)
    found = answer_changes(changed, gained, model)
    tested = found.n_changed >= FEWEST_OWN_CHANGES
    listing = Listing.of(found.p, tested)
    honest = []
    for _ in range(task.replications):
        drawn = model.draw(rng, changed)
        again = answer_changes(changed, drawn, fit_gains(changed, drawn, ability))
        honest.append(int(Listing.of(again.p, tested).listed.sum()))

    def finding(unit: int) -> dict[str, Any]:
        return {
            "candidates": [task.candidates[unit]],
            "figures": {
                "n_changed": int(found.n_changed[unit]),
                "n_gained": int(found.n_gained[unit]),
                "expected": float(found.expected[unit]),
                "n_lost": int(lost[unit].sum()),
                "overall": model.overall,
            },
            "items": [{"code": task.codes[item], "sign": "gained"} for item in np.flatnonzero(gained[unit])],
        }

    return done(listing, tested, finding, honest)


def look_at_departures(task: ForensicsTask, rng: np.random.Generator) -> dict[str, Any]:
    """Return the kind ``departures``."""
    size = len(task.candidates)
    if size < FEWEST_CANDIDATES:
        return not_enough("few_candidates", needed=FEWEST_CANDIDATES)
    if not task.departures.any():
        return not_enough("no_departures")
    model = fit_counts(task.departures)
    found = interruptions(task.departures, model)
    tested = np.ones(size, dtype=np.bool_)
    honest = []
    for _ in range(task.replications):
        drawn = model.draw(rng, size)
        p = _seldom_counts_for_nothing(interruptions(drawn, fit_counts(drawn)).p, drawn)
        honest.append(int(Listing.of(p, tested).listed.sum()))
    listing = Listing.of(_seldom_counts_for_nothing(found.p, task.departures), tested)

    def finding(unit: int) -> dict[str, Any]:
        return {
            "candidates": [task.candidates[unit]],
            "figures": {
                "departures": int(task.departures[unit]),
                "away_seconds": float(task.away_seconds[unit]),
                "mean": model.mean,
            },
            "items": [],
        }

    return done(listing, tested, finding, honest)


def _seldom_counts_for_nothing(p: FloatArray, counts: IntArray) -> FloatArray:
    """Where hardly anybody leaves, one or two departures would already be rare: a notice box is enough for them."""
    result: FloatArray = np.where(counts >= _FEWEST_DEPARTURES, p, 1.0)
    return result


def _share_right(task: ForensicsTask) -> FloatArray:
    shown = (task.scores != NO_SCORE).sum(axis=1)
    result: FloatArray = (task.scores == 1).sum(axis=1) / np.maximum(shown, 1)
    return result
