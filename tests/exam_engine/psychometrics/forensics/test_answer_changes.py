"""Changes of wrong answers into right ones."""

import numpy as np
import pytest
from scipy.stats import binom

from exam_engine.psychometrics.arrays import BoolArray
from exam_engine.psychometrics.forensics import GainModel, answer_changes, fit_gains


def changes(seed: int, candidates: int = 300, items: int = 40) -> tuple[BoolArray, BoolArray]:
    rng = np.random.default_rng(seed)
    changed = rng.random((candidates, items)) < rng.beta(1.0, 12.0, candidates)[:, None]
    share = rng.uniform(0.25, 0.75, items)
    return changed, changed & (rng.random(changed.shape) < share)


def test_with_one_share_for_all_the_tail_is_binomial() -> None:
    changed = np.zeros((1, 20), dtype=np.bool_)
    changed[0, :8] = True
    gained = changed.copy()
    gained[0, 6:] = False
    found = answer_changes(changed, gained, GainModel(probabilities=np.full((1, 20), 0.4), overall=0.4))

    assert (found.n_changed[0], found.n_gained[0]) == (8, 6)
    assert found.expected[0] == pytest.approx(3.2)
    assert found.p[0] == pytest.approx(binom.sf(5, 8, 0.4))


def test_honest_changes_are_listed_no_more_than_the_level_says() -> None:
    p = []
    for seed in range(1, 7):
        changed, gained = changes(seed)
        theta = np.random.default_rng(seed).standard_normal(len(changed))
        p.append(answer_changes(changed, gained, fit_gains(changed, gained, theta)).p)
    every = np.concatenate(p)

    for level in (0.05, 0.01):
        assert binom.sf((every <= level).sum() - 1, every.size, level) > 1e-3


def test_a_candidate_whose_changes_all_succeed_stands_out() -> None:
    changed, gained = changes(9)
    changed[0], gained[0] = False, False
    changed[0, :15] = gained[0, :15] = True
    found = answer_changes(changed, gained, fit_gains(changed, gained, np.zeros(len(changed))))

    assert found.p.argmin() == 0
    assert found.p[0] < 1e-3


def test_whoever_changed_nothing_is_no_case() -> None:
    changed, gained = changes(10)
    changed[3] = gained[3] = False
    assert answer_changes(changed, gained, fit_gains(changed, gained, np.zeros(len(changed)))).p[3] == 1.0


def test_gains_without_changes_are_refused() -> None:
    none = np.zeros((3, 4), dtype=np.bool_)
    with pytest.raises(ValueError, match="gains need changes"):
        fit_gains(none, none, np.zeros(3))
