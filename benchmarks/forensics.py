"""Size and power of the looks at a finished sitting, on simulated candidates.

Honest sittings: abilities N(0, 1), items of the 2PL (slopes log-normal, 0 ± 0.3; difficulties −0.3 ± 1) or 3PL
(c = 0.2), four options, distractors Dirichlet(2), lognormal times. Parameters of items are known, as from a calibrated
bank; abilities, shares of distractors and parameters of times are estimated from the same data, as in a report.

Cheating: *copying* – one of a pair takes 10, 20, 40 or 70 % of the other's answers over; *pre-knowledge* – one in
twenty candidates knows 10, 20 or 40 % of the items, answers them rightly and in a quarter of the time; *changes* – one
in fifty had 10 wrong answers changed into right ones.

    .venv/bin/python -m benchmarks.forensics [--sittings 20]
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.ability import estimate_wle
from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray, ScoreArray
from exam_engine.psychometrics.fit import person_fit
from exam_engine.psychometrics.forensics import (
    OptionModel,
    PairSimilarity,
    all_pairs,
    answer_changes,
    fit_gains,
    fit_options,
    fit_response_times,
    response_times,
    similarity,
)
from exam_engine.psychometrics.responses import ResponseMatrix

OPTIONS = 4
LEVELS = (0.05, 0.01, 0.001)


@dataclass(frozen=True, eq=False)
class Sitting:
    """Abilities, the truth, answers and times."""

    theta: FloatArray
    truth: OptionModel
    chosen: ScoreArray
    seconds: FloatArray

    @property
    def is_right(self) -> BoolArray:
        """Where answers are right."""
        result: BoolArray = self.chosen == self.truth.right
        return result

    def estimated(self) -> tuple[FloatArray, ResponseMatrix]:
        """Abilities as a report estimates them."""
        responses = ResponseMatrix.from_array(self.is_right.astype(np.int8), self.truth.items.names)
        return estimate_wle(responses, self.truth.items).theta, responses

    def compared(self, pairs: IntArray) -> PairSimilarity:
        """Agreement of pairs."""
        theta = self.estimated()[0]
        n_options = np.full(self.truth.right.size, OPTIONS)
        model = fit_options(self.chosen, self.truth.right, n_options, theta, self.truth.items)
        return similarity(self.chosen, theta, model, pairs)


def honest_sitting(rng: np.random.Generator, candidates: int, items: int, *, guessing: bool) -> Sitting:
    """Draw a sitting in which everybody works alone."""
    curves = ItemParameters.dichotomous(
        [f"i{item}" for item in range(items)],
        a=rng.lognormal(0.0, 0.3, items),
        b=rng.normal(-0.3, 1.0, items),
        c=np.full(items, 0.2) if guessing else None,
    )
    right = rng.integers(0, OPTIONS, items)
    shares = rng.dirichlet(np.full(OPTIONS, 2.0), items)[None]
    shares[0, np.arange(items), right] = 0.0
    shares /= shares.sum(axis=2, keepdims=True)
    truth = OptionModel(items=curves, right=right, cuts=np.array([]), shares=shares)
    theta = rng.standard_normal(candidates)
    spread = rng.uniform(0.3, 0.6, items) * rng.standard_normal((candidates, items))
    seconds = np.exp(rng.normal(3.7, 0.4, items) - rng.normal(0.0, 0.25, candidates)[:, None] + spread)
    return Sitting(theta, truth, truth.draw(rng, theta, np.zeros((candidates, items), dtype=np.int8)), seconds)


def size_of(rng: np.random.Generator, sittings: int, candidates: int, items: int, *, guessing: bool) -> None:
    """Print how often honest candidates and pairs fall below a level."""
    found: dict[str, list[FloatArray]] = {}
    for _ in range(sittings):
        made = honest_sitting(rng, candidates, items, guessing=guessing)
        pairs = all_pairs(candidates)
        pairs = pairs[rng.permutation(len(pairs))[:20_000]]
        agreement = made.compared(pairs)
        theta, responses = made.estimated()
        fit = person_fit(responses, made.truth.items, theta)
        times = response_times(made.seconds, made.is_right, fit_response_times(made.seconds))
        changed = rng.random(made.chosen.shape) < rng.beta(1.0, 12.0, candidates)[:, None]
        gained = changed & (rng.random(changed.shape) < rng.uniform(0.25, 0.75, items))
        for name, p in (
            ("binomial test", agreement.gbt_p),
            ("ω, exact", agreement.omega_p),
            ("ω, normal", np.minimum(2.0 * norm.sf(np.nanmax(agreement.omega, axis=1)), 1.0)),
            ("lz* (WLE)", fit.p[np.isfinite(fit.p)]),
            ("lz (WLE)", norm.cdf(fit.lz[np.isfinite(fit.lz)])),
            ("times: pattern", times.pattern_p),
            ("times: fast and right", times.fast_right_p),
            ("changes", answer_changes(changed, gained, fit_gains(changed, gained, theta)).p),
        ):
            found.setdefault(name, []).append(p)
    for name, parts in found.items():
        p = np.concatenate(parts)
        rates = " | ".join(f"{(p <= level).mean():.4f}" for level in LEVELS)
        print(f"| {'3PL' if guessing else '2PL'} | {candidates} | {items} | {name} | {rates} |", flush=True)


def power_of_copying(rng: np.random.Generator, sittings: int, candidates: int, items: int) -> None:
    """Print how often copiers fall below a level."""
    half = candidates // 2
    pairs = np.stack([np.arange(half), np.arange(half) + half], axis=1)
    for share in (0.1, 0.2, 0.4, 0.7):
        gbt, omega = [], []
        for _ in range(sittings):
            honest = honest_sitting(rng, candidates, items, guessing=False)
            chosen = honest.chosen.copy()
            # One pair in ten cheats: the shares of distractors are those of a sitting that is honest for the most part.
            for copier, source in pairs[: half // 10]:
                taken = rng.choice(items, round(share * items), replace=False)
                chosen[copier, taken] = chosen[source, taken]
            found = Sitting(honest.theta, honest.truth, chosen, honest.seconds).compared(pairs[: half // 10])
            gbt.append(found.gbt_p)
            omega.append(found.omega_p)
        for name, parts in (("binomial test", gbt), ("ω, exact", omega)):
            p = np.concatenate(parts)
            rates = " | ".join(f"{(p <= level).mean():.2f}" for level in LEVELS)
            print(f"| copied {share:.0%} | {items} | {name} | {rates} |", flush=True)


def power_of_preknowledge(rng: np.random.Generator, sittings: int, candidates: int, items: int) -> None:
    """Print how often candidates with pre-knowledge fall below a level."""
    for share in (0.1, 0.2, 0.4):
        fit_p, fast_p, pattern_p = [], [], []
        for _ in range(sittings):
            honest = honest_sitting(rng, candidates, items, guessing=False)
            known = rng.choice(items, round(share * items), replace=False)
            cheats = np.arange(candidates // 20)
            chosen, seconds = honest.chosen.copy(), honest.seconds.copy()
            chosen[np.ix_(cheats, known)] = honest.truth.right[known]
            seconds[np.ix_(cheats, known)] *= 0.25
            made = Sitting(honest.theta, honest.truth, chosen, seconds)
            theta, responses = made.estimated()
            fit_p.append(person_fit(responses, made.truth.items, theta).p[cheats])
            times = response_times(seconds, made.is_right, fit_response_times(seconds))
            fast_p.append(times.fast_right_p[cheats])
            pattern_p.append(times.pattern_p[cheats])
        for name, parts in (("lz* (WLE)", fit_p), ("times: fast and right", fast_p), ("times: pattern", pattern_p)):
            p = np.concatenate(parts)
            rates = " | ".join(f"{(p <= level).mean():.2f}" for level in LEVELS)
            print(f"| knew {share:.0%} | {items} | {name} | {rates} |", flush=True)


def power_of_changes(rng: np.random.Generator, sittings: int, candidates: int, items: int) -> None:
    """Print how often candidates with changed answers fall below a level."""
    p = []
    for _ in range(sittings):
        changed = rng.random((candidates, items)) < rng.beta(1.0, 12.0, candidates)[:, None]
        gained = changed & (rng.random(changed.shape) < rng.uniform(0.25, 0.75, items))
        cheats = np.arange(candidates // 50)
        for row in cheats:
            wrong = rng.choice(items, 10, replace=False)
            changed[row, wrong] = gained[row, wrong] = True
        p.append(answer_changes(changed, gained, fit_gains(changed, gained, rng.standard_normal(candidates))).p[cheats])
    rates = " | ".join(f"{(np.concatenate(p) <= level).mean():.2f}" for level in LEVELS)
    print(f"| 10 answers changed | {items} | changes | {rates} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sittings", type=int, default=20)
    sittings: int = parser.parse_args().sittings
    rng = np.random.default_rng(20261123)
    print("| model | candidates | items | look | p ≤ 0.05 | p ≤ 0.01 | p ≤ 0.001 |\n|---|---|---|---|---|---|---|")
    for candidates, items, guessing in ((60, 30, False), (200, 40, False), (200, 40, True), (800, 40, False)):
        size_of(rng, sittings, candidates, items, guessing=guessing)
    print("\n| cheating | items | look | p ≤ 0.05 | p ≤ 0.01 | p ≤ 0.001 |\n|---|---|---|---|---|---|")
    power_of_copying(rng, sittings, 400, 40)
    power_of_preknowledge(rng, sittings, 400, 40)
    power_of_changes(rng, sittings, 400, 40)


if __name__ == "__main__":
    main()
