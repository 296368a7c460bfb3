"""A simulated pilot: answers to the sample items under known parameters.

Nobody has answered the sample items. To show calibration and assembly, answers are drawn under the 2PL from parameters
that follow a stated rule; every file says in its first lines that it is simulated.

The items are dealt into six blocks of 40, the length and working time of one exam, each with the same mix of modules
and levels. A candidate sits three blocks: three exams on one day are as much as one can ask of volunteers, 240 items
are not. All 20 triples of blocks occur equally often, so every two blocks share candidates and the scale is one; each
item gets 600 answers, enough for standard errors of about 0.1 logit.
"""

import csv
import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from exam_engine.psychometrics import ItemParameters, simulate_options, simulate_responses
from item_bank.sample.bank import sample_rows

SEED = 2026
N_CANDIDATES = 1200
N_BLOCKS = 6
BLOCKS_PER_CANDIDATE = 3
MEAN_DIFFICULTY = {"NB": -1.0, "TH": -0.35, "VD": 0.4, "VDC": 1.1}
DIFFICULTY_SPREAD = 0.45
LOG_SLOPE_MEAN, LOG_SLOPE_SPREAD = 0.1, 0.25
_OPTION_FIELDS = {"A": "option_a", "B": "option_b", "C": "option_c", "D": "option_d"}


@dataclass(frozen=True, eq=False)
class Pilot:
    """True parameters (J,), abilities (N,) and chosen options (N, J), the empty string where not shown."""

    codes: tuple[str, ...]
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    theta: NDArray[np.float64]
    chosen: NDArray[np.str_]


def simulate_pilot(seed: int = SEED, n_candidates: int = N_CANDIDATES) -> Pilot:
    """Draw parameters, abilities and answers; the same seed gives the same pilot.

    Parameters
    ----------
    n_candidates : a multiple of 20, so that all triples of blocks occur equally often.

    Raises
    ------
    ValueError
        When it is not.
    """
    rows = sample_rows()
    triples = list(itertools.combinations(range(N_BLOCKS), BLOCKS_PER_CANDIDATE))
    if n_candidates % len(triples):
        raise ValueError(f"n_candidates is {n_candidates}; it must be a multiple of {len(triples)}")
    rng = np.random.default_rng(seed)
    means = np.array([MEAN_DIFFICULTY[row["level"]] for row in rows])
    b = means + rng.normal(0.0, DIFFICULTY_SPREAD, len(rows))
    a = rng.lognormal(LOG_SLOPE_MEAN, LOG_SLOPE_SPREAD, len(rows))
    theta = rng.standard_normal(n_candidates)
    sits = np.zeros((n_candidates, N_BLOCKS), dtype=np.bool_)
    for candidate in range(n_candidates):
        sits[candidate, triples[candidate % len(triples)]] = True
    presented = sits[:, _blocks(rows)]
    items = ItemParameters.dichotomous([row["code"] for row in rows], a, b)
    scores = simulate_responses(rng, theta, items, presented).scores
    options = [[letter for letter, field in _OPTION_FIELDS.items() if row[field]] for row in rows]
    chosen = simulate_options(rng, scores, [row["key"] for row in rows], options)
    return Pilot(tuple(row["code"] for row in rows), a, b, theta, chosen)


def write_pilot(pilot: Pilot, responses: Path, parameters: Path) -> None:
    """Write the answers as the calibration takes them, and the true parameters beside them."""
    with responses.open("w", encoding="utf-8", newline="") as file:
        file.write("# mô phỏng / simulated: không phải dữ liệu thi thật / no real candidates\n")
        file.write(f"# 2PL, {len(pilot.theta)} thí sinh / candidates, item_bank.sample.pilot\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("candidate", "item", "answer"))
        for number, row in enumerate(pilot.chosen.tolist(), start=1):
            writer.writerows(
                (f"P{number:04d}", code, answer) for code, answer in zip(pilot.codes, row, strict=True) if answer
            )
    with parameters.open("w", encoding="utf-8", newline="") as file:
        file.write("# mô phỏng / simulated: tham số thật của dữ liệu mô phỏng / true parameters of simulated data\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("item", "a", "b"))
        writer.writerows(
            (code, f"{a:.6f}", f"{b:.6f}") for code, a, b in zip(pilot.codes, pilot.a, pilot.b, strict=True)
        )


def _blocks(rows: list[dict[str, str]]) -> NDArray[np.intp]:
    # Dealt like cards within level and module: every block gets nearly the same mix.
    order = sorted(range(len(rows)), key=lambda index: (rows[index]["level"], rows[index]["module"]))
    blocks = np.empty(len(rows), dtype=np.intp)
    blocks[order] = np.arange(len(rows)) % N_BLOCKS
    return blocks
