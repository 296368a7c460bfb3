r"""Changes of wrong answers into right ones, against how often the others' changes of wrong answers succeed.

Of the answers that candidate i first got wrong and then changed to another option, W_i became right. Candidates who
change much are no reason for suspicion, and so the test takes the changes as given: each becomes right with

logit p_ij = logit r_j + logit r_g − logit r,

r_j the share of the item's changes of wrong answers that became right, r_g that of the candidate's ability group g
(low, middle, high third), r that of all, each without the candidate's own changes and drawn towards r by ``pull``
changes. W_i then is Poisson–binomial.

References
----------
van der Linden & Jeon (2012), Journal of Educational and Behavioral Statistics 37, 180–199 (changes given the first
answers, generalised binomial); Sinharay & Johnson (2017), Journal of Educational Measurement 54, 145–163.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from exam_engine.psychometrics.arrays import BoolArray, FloatArray, IntArray
from exam_engine.psychometrics.forensics.tails import poisson_binomial_tail

_GROUPS = 3


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class GainModel:
    """How often a change of a wrong answer makes it right; ``probabilities`` (N, J) and the share of all changes."""

    probabilities: FloatArray
    overall: float

    def draw(self, rng: np.random.Generator, changed: BoolArray) -> BoolArray:
        """Draw which of the (N, J) changes become right."""
        result: BoolArray = changed & (rng.random(changed.shape) < self.probabilities)
        return result


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class AnswerChanges:
    """N candidates: changes of wrong answers, how many became right, the expectation, and the tail."""

    n_changed: IntArray
    n_gained: IntArray
    expected: FloatArray
    p: FloatArray


def fit_gains(changed: BoolArray, gained: BoolArray, theta: FloatArray, *, pull: float = 10.0) -> GainModel:
    """Estimate how often changes succeed.

    Parameters
    ----------
    changed : (N, J) whether an answer was first wrong and then changed to another option.
    gained : (N, J) whether it became right; within ``changed``.
    theta : (N,) estimated abilities.
    pull : changes that the overall share counts for within an item and a group.

    Raises
    ------
    ValueError
        When nobody changed a wrong answer, or an answer became right without having been changed.
    """
    if not changed.any() or (gained & ~changed).any():
        raise ValueError("gains need changes of wrong answers")
    # Everybody is measured by the others alone: who changed much would else be measured by their own success.
    all_changed, all_gained = changed.sum() - changed.sum(axis=1), gained.sum() - gained.sum(axis=1)
    # Half a success and half a failure more keep the logits finite.
    overall = (all_gained + 0.5) / (all_changed + 1.0)
    group = np.searchsorted(np.quantile(theta, np.arange(1, _GROUPS) / _GROUPS), theta)
    in_group = (group[:, None] == group) & ~np.eye(theta.size, dtype=np.bool_)
    of_group = in_group @ np.stack([gained.sum(axis=1), changed.sum(axis=1)], axis=1)
    by_group = (of_group[:, 0] + pull * overall) / (of_group[:, 1] + pull)
    others_gained, others_changed = gained.sum(axis=0) - gained, changed.sum(axis=0) - changed
    by_item = (others_gained + pull * overall[:, None]) / (others_changed + pull)
    return GainModel(
        probabilities=expit(logit(by_item) + (logit(by_group) - logit(overall))[:, None]),
        overall=float(gained.sum() / changed.sum()),
    )


def answer_changes(changed: BoolArray, gained: BoolArray, model: GainModel) -> AnswerChanges:
    """Test each candidate's changes of wrong answers."""
    chance = np.where(changed, model.probabilities, 0.0)
    n_gained = (gained & changed).sum(axis=1)
    return AnswerChanges(
        n_changed=changed.sum(axis=1),
        n_gained=n_gained,
        expected=chance.sum(axis=1),
        p=poisson_binomial_tail(chance, n_gained),
    )
