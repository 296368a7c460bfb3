"""Looks at answers: agreement of pairs and person fit, and the same looks at simulated honest answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from exam_engine.forensics.kinds import Listing, done, not_enough
from exam_engine.forensics.neighbours import neighbouring_pairs
from exam_engine.forensics.settings import (
    BANK_SHARE,
    FEWEST_CANDIDATES,
    FEWEST_FIT_REPLICATIONS,
    FEWEST_FOR_2PL,
    FEWEST_FOR_RASCH,
    FEWEST_ITEMS,
    MOST_SIMULATED_PAIRS,
)
from exam_engine.forensics.task import ForensicsTask, ParameterSource
from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.ability import estimate_wle
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.calibration import CalibrationError, CalibrationSettings, calibrate
from exam_engine.psychometrics.fit import person_fit
from exam_engine.psychometrics.forensics import NO_OPTION, PairSimilarity, all_pairs, fit_options, similarity
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix
from exam_engine.psychometrics.simulation import simulate_responses

_EDGE = 4.0
"""Abilities beyond are simulated at this many logits: estimates of all right or all wrong lie far out."""
_EASY, _HARD = 0.75, 0.25
_MOST_NAMED = 6

Tell = Callable[[Any], None]


@dataclass(frozen=True, eq=False, slots=True)
class Work:
    """Answers to the I items with parameters.

    Parameters
    ----------
    items : their curves.
    scores, chosen : (N, I); ``chosen`` is ``NO_OPTION`` for items without options or with an unknown right one.
    right, n_options : (I,) of single-choice items whose right option is known, else −1 and 0.
    """

    items: ItemParameters
    scores: ScoreArray
    chosen: ScoreArray
    right: IntArray
    n_options: IntArray

    def abilities(self) -> FloatArray:
        """(N,) weighted likelihood estimates; NaN for who answered nothing."""
        return estimate_wle(ResponseMatrix.from_array(self.scores, self.items.names), self.items).theta

    def simulated(self, rng: np.random.Generator, theta: FloatArray) -> "Work":
        """The same candidates, items and gaps, answered honestly."""
        ability = np.clip(np.nan_to_num(theta), -_EDGE, _EDGE)
        scores = simulate_responses(rng, ability, self.items, self.scores != NOT_PRESENTED).scores.copy()
        chosen = self.chosen.copy()
        choice = np.flatnonzero(self.right >= 0)
        if choice.size:
            model = fit_options(
                self.chosen[:, choice], self.right[choice], self.n_options[choice], ability, self.items.take(choice)
            )
            drawn = model.draw(rng, ability, self.chosen[:, choice])
            chosen[:, choice] = drawn
            own = scores[:, choice]
            scores[:, choice] = np.where(drawn == NO_OPTION, np.minimum(own, 0), drawn == self.right[choice])
        return Work(self.items, scores, chosen, self.right, self.n_options)


def work_with_parameters(task: ForensicsTask) -> tuple[Work | None, ParameterSource]:
    """Return the answers to items with parameters: the bank's, else estimated from the sitting, else none."""
    informative = np.array(
        [bool((column == 1).any() and (column == 0).any()) for column in task.scores.T], dtype=np.bool_
    )
    if not informative.any():
        return None, "none"
    if task.parameters is not None:
        known = task.parameters.take(np.flatnonzero((task.parameters.n_categories == 2) & (task.parameters.a > 0.0)))
        columns = np.array([task.items.index(name) for name in known.names], dtype=np.intp)
        if informative[columns].sum() >= BANK_SHARE * informative.sum():
            return _work(task, columns, known), "bank"
    if len(task.candidates) < FEWEST_FOR_RASCH:
        return None, "none"
    columns = np.flatnonzero(informative)
    names = tuple(task.items[column] for column in columns)
    settings = CalibrationSettings(
        model="2PL" if len(task.candidates) >= FEWEST_FOR_2PL else "Rasch", standard_errors="none"
    )
    try:
        found = calibrate(ResponseMatrix.from_array(task.scores[:, columns], names), settings)
    except CalibrationError:
        return None, "none"
    usable = found.items.take(np.flatnonzero(found.items.a > 0.0))
    if not found.certificate.converged or len(usable) < FEWEST_ITEMS:
        return None, "none"
    return _work(task, np.array([task.items.index(name) for name in usable.names], dtype=np.intp), usable), "sitting"


def _work(task: ForensicsTask, columns: IntArray, items: ItemParameters) -> Work:
    right = task.right[columns]
    chosen = np.where(right >= 0, task.chosen[:, columns], np.int8(NO_OPTION)).astype(np.int8)
    n_options = np.where(right >= 0, task.n_options[columns], 0)
    return Work(items, task.scores[:, columns].astype(np.int8), chosen, right, n_options)


def looks_at_answers(task: ForensicsTask, work: Work | None, rng: np.random.Generator, tell: Tell) -> dict[str, Any]:
    """Return the kinds ``neighbours``, ``elsewhere`` and ``person_fit``."""
    kinds = ("neighbours", "elsewhere", "person_fit")
    if len(task.candidates) < FEWEST_CANDIDATES:
        return {kind: not_enough("few_candidates", needed=FEWEST_CANDIDATES) for kind in kinds}
    if work is None:
        return {kind: not_enough("no_parameters", needed=FEWEST_FOR_RASCH) for kind in kinds}
    if len(work.items) < FEWEST_ITEMS:
        return {kind: not_enough("few_items", needed=FEWEST_ITEMS) for kind in kinds}
    theta = work.abilities()
    return {
        **_looks_at_pairs(task, work, theta, rng, tell),
        "person_fit": _look_at_patterns(task, work, theta, rng),
    }


def _looks_at_pairs(
    task: ForensicsTask, work: Work, theta: FloatArray, rng: np.random.Generator, tell: Tell
) -> dict[str, Any]:
    size = len(task.candidates)
    near = np.array(neighbouring_pairs(task.places), dtype=np.intp).reshape(-1, 2)
    every = all_pairs(size)
    is_near = np.isin(every @ np.array([size, 1]), near @ np.array([size, 1]))
    families = {"neighbours": is_near, "elsewhere": ~is_near}
    honest: dict[str, list[int]] = {kind: [] for kind in families}
    replications = int(np.clip(MOST_SIMULATED_PAIRS // max(len(every), 1), 1, task.replications))
    for number in range(replications):
        tell({"stage": "simulating", "number": number + 1, "of": replications})
        made = work.simulated(rng, theta)
        agreement = _agreement(made, made.abilities(), every)
        for kind, wanted in families.items():
            honest[kind].append(int(_pair_listing(agreement, wanted)[0].listed.sum()))
    agreement = _agreement(work, theta, every)
    found: dict[str, Any] = {}
    for kind, wanted in families.items():
        listing, tested = _pair_listing(agreement, wanted)
        if agreement is None or not tested.any():
            found[kind] = not_enough("no_pairs", needed=FEWEST_ITEMS)
        else:
            found[kind] = done(listing, tested, partial(_pair, task, work, agreement), honest[kind])
    return found


def _look_at_patterns(task: ForensicsTask, work: Work, theta: FloatArray, rng: np.random.Generator) -> dict[str, Any]:
    """Return the kind ``person_fit``.

    The normal tail of lz* is too small far out (three times at 0.001 with 40 items), so that tails are shares of the
    simulated honest candidates of this sitting whose lz* is as low.
    """
    simulated = []
    for _ in range(max(task.replications, FEWEST_FIT_REPLICATIONS)):
        made = work.simulated(rng, theta)
        simulated.append(_lz_star(made, made.abilities()))
    honest = [
        int(_fit_listing(own, np.concatenate(simulated[:number] + simulated[number + 1 :]))[0].listed.sum())
        for number, own in enumerate(simulated)
    ]
    lz_star = _lz_star(work, theta)
    listing, tested = _fit_listing(lz_star, np.concatenate(simulated))
    return done(listing, tested, partial(_pattern, task, work, theta, lz_star), honest)


def _matrix(work: Work) -> ResponseMatrix:
    return ResponseMatrix.from_array(work.scores, work.items.names)


def _agreement(work: Work, theta: FloatArray, pairs: IntArray) -> PairSimilarity | None:
    choice = np.flatnonzero(work.right >= 0)
    if choice.size < FEWEST_ITEMS:
        return None
    ability = np.nan_to_num(theta)
    chosen, items = work.chosen[:, choice], work.items.take(choice)
    model = fit_options(chosen, work.right[choice], work.n_options[choice], ability, items)
    return similarity(chosen, ability, model, pairs)


def _pair_listing(agreement: PairSimilarity | None, wanted: BoolArray) -> tuple[Listing, BoolArray]:
    if agreement is None:
        none = np.zeros(wanted.size, dtype=np.bool_)
        return Listing.of(np.ones(wanted.size), none), none
    tested = wanted & (agreement.n_common >= FEWEST_ITEMS)
    # Two tests of one pair: the smaller tail counts twice.
    p = np.minimum(2.0 * np.minimum(agreement.gbt_p, agreement.omega_p), 1.0)
    return Listing.of(p, tested), tested


def _lz_star(work: Work, theta: FloatArray) -> FloatArray:
    """(N,) lz*; NaN for who answered too few items or all of them alike."""
    found = person_fit(_matrix(work), work.items, theta)
    return np.where(found.n_items >= FEWEST_ITEMS, found.lz_star, np.nan)


def _fit_listing(lz_star: FloatArray, honest: FloatArray) -> tuple[Listing, BoolArray]:
    tested = np.isfinite(lz_star)
    known = np.sort(honest[np.isfinite(honest)])
    # One more among the honest ones: the candidate, who may be honest too, keeps the tail above 0.
    p: FloatArray = (1.0 + np.searchsorted(known, lz_star, side="right").astype(np.float64)) / (1.0 + known.size)
    return Listing.of(p, tested), tested


def _pair(task: ForensicsTask, work: Work, agreement: PairSimilarity, unit: int) -> dict[str, Any]:
    one, two = (int(row) for row in agreement.pairs[unit])
    return {
        "candidates": [task.candidates[one], task.candidates[two]],
        "figures": {
            "n_common": int(agreement.n_common[unit]),
            "n_same": int(agreement.n_same[unit]),
            "expected": float(agreement.expected[unit]),
            "n_same_wrong": int(agreement.n_same_wrong[unit]),
            "omega": float(np.nanmax(agreement.omega[unit])),
            "omega_p": float(agreement.omega_p[unit]),
            "gbt_p": float(agreement.gbt_p[unit]),
        },
        "items": [
            {"code": task.codes[task.items.index(name)], "sign": _sign(work, one, two, column)}
            for column, name in enumerate(work.items.names)
            if work.chosen[one, column] != NO_OPTION and work.chosen[two, column] != NO_OPTION
        ],
    }


def _sign(work: Work, one: int, two: int, column: int) -> str:
    """Say how two answers agree without saying what they are."""
    same = work.chosen[one, column] == work.chosen[two, column]
    right = work.right[column]
    if same:
        return "same_right" if work.chosen[one, column] == right else "same_wrong"
    if right not in (work.chosen[one, column], work.chosen[two, column]):
        return "different_wrong"
    return "one_right"


def _pattern(task: ForensicsTask, work: Work, theta: FloatArray, lz_star: FloatArray, unit: int) -> dict[str, Any]:
    p = category_probabilities(np.array([theta[unit]]), work.items)[0, :, 1]
    own = work.scores[unit]
    odd = [(float(p[item]), "hard_right", item) for item in np.flatnonzero((own == 1) & (p < _HARD))]
    odd += [(float(1.0 - p[item]), "easy_wrong", item) for item in np.flatnonzero((own == 0) & (p > _EASY))]
    return {
        "candidates": [task.candidates[unit]],
        "figures": {
            "lz_star": float(lz_star[unit]),
            "theta": float(theta[unit]),
            "n_items": int((own != NOT_PRESENTED).sum()),
            "n_right": int((own == 1).sum()),
            "hard_right": sum(kind == "hard_right" for _, kind, _ in odd),
            "easy_wrong": sum(kind == "easy_wrong" for _, kind, _ in odd),
        },
        "items": [
            {"code": task.codes[task.items.index(work.items.names[item])], "sign": kind}
            for _, kind, item in sorted(odd)[:_MOST_NAMED]
        ],
    }
