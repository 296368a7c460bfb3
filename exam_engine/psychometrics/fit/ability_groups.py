"""Candidates who saw an item, in groups of similar estimated ability."""

from dataclasses import dataclass

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.fit.errors import FitError
from exam_engine.psychometrics.item_parameters import ItemParameters
from exam_engine.psychometrics.response_functions import category_probabilities
from exam_engine.psychometrics.responses import NOT_PRESENTED, ResponseMatrix


@dataclass(frozen=True, eq=False, slots=True)
class AbilityGroups:
    """Candidates who saw one item, in order of ability.

    Parameters
    ----------
    ability, score, weight, group : (n,) of each candidate; groups 0 … G−1 from low to high ability.
    size : (G,) candidates by weight.
    item : parameters of the item.
    """

    ability: FloatArray
    score: IntArray
    weight: FloatArray
    group: IntArray
    size: FloatArray
    item: ItemParameters

    @classmethod
    def of(
        cls,
        responses: ResponseMatrix,
        items: ItemParameters,
        item: int,
        ability: FloatArray,
        order: IntArray,
        n_groups: int,
    ) -> "AbilityGroups":
        """Groups of about equal size for one item; ``order`` lists the rows from low to high ability."""
        score = responses.scores[order, item]
        seen = order[score != NOT_PRESENTED]
        weight = responses.weights[seen]
        value, tied = np.unique(ability[seen], return_inverse=True)
        mass = np.bincount(tied, weight, minlength=value.size)
        # A tie goes where the middle of its candidates goes.
        middle = np.cumsum(mass) - mass / 2.0
        raw = np.minimum((middle / max(mass.sum(), 1e-300) * n_groups).astype(np.intp), n_groups - 1)
        _, group = np.unique(raw[tied], return_inverse=True)
        return cls(
            ability=ability[seen],
            score=responses.scores[seen, item].astype(np.intp),
            weight=weight,
            group=group,
            size=np.bincount(group, weight).astype(np.float64),
            item=items.take(np.array([item])),
        )

    def counts(self) -> FloatArray:
        """(G, K) observed counts of categories."""
        n_categories = int(self.item.n_categories[0])
        cell = np.bincount(self.group * n_categories + self.score, self.weight, minlength=self.size.size * n_categories)
        result: FloatArray = cell.reshape(self.size.size, n_categories).astype(np.float64)
        return result

    def mean(self, values: FloatArray) -> FloatArray:
        """(G,) weighted means of values of the candidates."""
        result: FloatArray = np.bincount(self.group, self.weight * values, minlength=self.size.size) / self.size
        return result

    def mean_probability(self) -> FloatArray:
        """(G, K) mean probabilities of the groups' members."""
        return np.stack([self.mean(column) for column in self._probabilities(self.ability).T], axis=1)

    def at_median(self) -> FloatArray:
        """(G, K) probabilities at the groups' median abilities."""
        middle = np.empty(self.size.size)
        for group in range(middle.size):
            own = self.group == group
            mass = np.cumsum(self.weight[own])
            middle[group] = self.ability[own][np.searchsorted(mass, mass[-1] / 2.0)]
        return self._probabilities(middle)

    def _probabilities(self, theta: FloatArray) -> FloatArray:
        # The table of parameters is as wide as the test's longest item; this item may have fewer categories.
        return category_probabilities(theta, self.item)[:, 0, : self.item.n_categories[0]]


def in_order(ability: FloatArray) -> IntArray:
    """Rows in order of ability without those that are left out."""
    order = np.argsort(ability, kind="stable")
    return order[: int((~np.isnan(ability)).sum())]


def check_groups(n_groups: int) -> None:
    """Refuse fewer than two groups."""
    if n_groups < 2:
        raise FitError(
            "options_differ", f"{n_groups} group cannot show how an item changes with ability; take 2 or more"
        )
