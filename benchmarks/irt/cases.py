"""The data sets of the comparison, each simulated from its own seed with item parameters that are kept as the truth."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from benchmarks.irt.evaluator import Estimates
from exam_engine.psychometrics.arrays import ScoreArray
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.simulation import random_forms, simulate_responses

CaseModel = Literal["2PL", "3PL", "GRM", "GPCM"]

_THRESHOLDS: Final = np.array([-1.2, -0.4, 0.4, 1.2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One data set.

    Parameters
    ----------
    key, title : short and long name.
    seed : of the generator; abilities are N(0, 1), slopes LogNormal(0, 0.3), locations N(0, 1).
    n_presented : items that each candidate sees, chosen at random; all when None.
    guessing_prior : the two parameters of the Beta distribution from which lower asymptotes are drawn and which is
        their prior in the fit; None for models without.
    """

    key: str
    title: str
    seed: int
    model: CaseModel
    n_candidates: int
    n_items: int
    n_presented: int | None = None
    guessing_prior: tuple[float, float] | None = None


CASES: Final = (
    Case(key="a", title="2PL, 10,000 × 60", seed=101, model="2PL", n_candidates=10_000, n_items=60),
    Case(key="b", title="2PL, 100,000 × 60", seed=102, model="2PL", n_candidates=100_000, n_items=60),
    Case(
        key="c",
        title="3PL, 20,000 × 60, prior Beta(5, 17) on the lower asymptote",
        seed=103,
        model="3PL",
        n_candidates=20_000,
        n_items=60,
        guessing_prior=(5.0, 17.0),
    ),
    Case(key="d1", title="GRM, 5 categories, 5,000 × 40", seed=104, model="GRM", n_candidates=5_000, n_items=40),
    Case(key="d2", title="GPCM, 5 categories, 5,000 × 40", seed=105, model="GPCM", n_candidates=5_000, n_items=40),
    Case(
        key="e",
        title="2PL, 50,000 × 400 of which each candidate saw 50",
        seed=106,
        model="2PL",
        n_candidates=50_000,
        n_items=400,
        n_presented=50,
    ),
)


def simulate(case: Case) -> tuple[ScoreArray, Estimates]:
    """Scores (N, J) of the case and the parameters they were drawn with."""
    rng = np.random.default_rng(case.seed)
    truth = draw_parameters(rng, case)
    presented = None
    if case.n_presented is not None:
        presented = random_forms(rng, case.n_candidates, case.n_items, case.n_presented)
    responses = simulate_responses(rng, rng.normal(size=case.n_candidates), as_item_parameters(truth), presented)
    return responses.scores, truth


def as_item_parameters(estimates: Estimates) -> ItemParameters:
    """The same parameters as the library's table."""
    names = tuple(f"item_{number}" for number in range(1, estimates.a.size + 1))
    if estimates.model in ("GRM", "GPCM"):
        return ItemParameters.polytomous(names, estimates.model, estimates.a, estimates.b)
    return ItemParameters.dichotomous(
        names, estimates.a, estimates.b[:, 0], estimates.c if estimates.model == "3PL" else None
    )


def draw_parameters(rng: np.random.Generator, case: Case) -> Estimates:
    a, location = rng.lognormal(0.0, 0.3, case.n_items), rng.normal(size=case.n_items)
    c = np.zeros(case.n_items)
    if case.guessing_prior is not None:
        c = rng.beta(*case.guessing_prior, case.n_items)
    if case.model in ("2PL", "3PL"):
        return Estimates(case.model, a, location[:, None], c)
    # Boundaries of the graded model must increase: neighbours are 0.8 apart and each moves by less than half of that.
    # Steps of the partial-credit model need not, so theirs move freely.
    shift = (
        rng.uniform(-0.3, 0.3, (case.n_items, 4)) if case.model == "GRM" else rng.normal(0.0, 0.5, (case.n_items, 4))
    )
    return Estimates(case.model, a, location[:, None] + _THRESHOLDS + shift, c)
