"""The items of a plan in queues, the most overdue first, and forms drawn from them one at a time."""

import itertools
from bisect import insort
from collections.abc import Sequence
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import IntArray
from exam_engine.psychometrics.assembly.loft_cells import cell_numbers
from exam_engine.psychometrics.assembly.loft_draft import Draft
from exam_engine.psychometrics.assembly.loft_mend import mend_sums
from exam_engine.psychometrics.assembly.loft_plan import FormPlan
from exam_engine.psychometrics.assembly.loft_shares import UseShares

_TRIES: Final = 12
_SPARE: Final = 240
"""Items on hand for swaps, spread over the cells of the form."""
_LEAST_SPARE: Final = 4
_LEAST_SHARE: Final = 1e-5
_UNREST: Final = 0.2
"""Random part of what a cell lacks, in items; grows by 1 with every try that failed."""


class Stock:
    """Items in queues, one for each cell.

    An item with share p of the forms is due once in every 1/p forms, at a random moment of each such stretch; hence use
    follows the shares closely, and no cell runs dry before the others.

    Parameters
    ----------
    plan, shares : what is drawn and how often.
    used : (J,) forms that each item has stood in, out of ``n_made``; kept up by ``take``.
    most : (J,) forms that it may stand in.
    rng : draws the moments.
    holders : for each item the forms that hold it, for plans that limit overlap.
    """

    def __init__(
        self,
        plan: FormPlan,
        shares: UseShares,
        *,
        used: IntArray,
        n_made: int,
        most: IntArray,
        rng: np.random.Generator,
        holders: Sequence[list[int]] | None = None,
    ) -> None:
        self.plan, self.used, self.n_made = plan, used, n_made
        self._shares, self._rng, self._holders = shares, rng, holders
        self._free = np.flatnonzero(plan.cell_of >= 0)
        n_cells, cell_of = len(plan.cell_counts) - 1, plan.cell_of[self._free]
        self._cell_shares = np.bincount(cell_of, shares.items[self._free], n_cells)
        self._cell_used = np.bincount(cell_of, used[self._free].astype(np.float64), n_cells)
        self._stimulus_used = np.array([used[own].sum() for own in plan.stimulus_items]) / max(plan.stimulus_mean, 1.0)
        self._stimulus_interval = 1.0 / np.maximum(shares.stimuli, _LEAST_SHARE)
        intervals = 1.0 / np.maximum(shares.items, _LEAST_SHARE)
        self._interval: list[float] = intervals.tolist()
        self._due: list[float] = ((used + rng.random(used.size)) * intervals).tolist()
        self._cell: list[int] = plan.cell_of.tolist()
        self.open_to(most)

    def open_to(self, most: IntArray) -> None:
        """Queue the items that stand in fewer forms than ``most`` (J,)."""
        self._most: list[int] = most.tolist()
        candidates = self._free[self.used[self._free] < most[self._free]]
        due = np.array(self._due)[candidates]
        order = candidates[np.lexsort((due, self.plan.cell_of[candidates]))]
        starts = np.searchsorted(self.plan.cell_of[order], np.arange(len(self.plan.cell_counts)))
        places, ordered = starts.tolist(), order.tolist()
        self._queues = [ordered[start:stop] for start, stop in itertools.pairwise(places)]
        self._room = np.diff(starts)

    def draw(self) -> list[int] | None:
        """Items of a form that meets the plan, None when none was found; the stock stays as it is."""
        for attempt in range(_TRIES):
            form = self._try(attempt)
            if form is not None:
                return form
        return None

    def take(self, form: Sequence[int]) -> None:
        """Record a form."""
        self.n_made += 1
        self.record(form)

    def record(self, items: Sequence[int]) -> None:
        """Count one more use of each item."""
        moments = self._rng.random(len(items)).tolist()
        for item, moment in zip(items, moments, strict=True):
            before, cell = int(self.used[item]), self._cell[item]
            self.used[item] = before + 1
            if cell < 0:
                self._due[item] = (before + 1 + moment) * self._interval[item]
                stimulus = self.plan.stimulus_of[item]
                if stimulus >= 0:
                    self._stimulus_used[stimulus] += 1.0 / max(self.plan.stimulus_mean, 1.0)
                continue
            self._cell_used[cell] += 1.0
            queue = self._queues[cell]
            if before < self._most[item]:
                queue.remove(item)
                self._room[cell] -= 1
            self._due[item] = (before + 1 + moment) * self._interval[item]
            if before + 1 < self._most[item]:
                insort(queue, item, key=self._due.__getitem__)
                self._room[cell] += 1

    def release(self, item: int) -> None:
        """Count one use of the item less; it waits where it stood."""
        before, cell = int(self.used[item]), self._cell[item]
        self.used[item] = before - 1
        if cell < 0:
            return
        self._cell_used[cell] -= 1.0
        if before == self._most[item]:
            insort(self._queues[cell], item, key=self._due.__getitem__)
            self._room[cell] += 1

    def _try(self, attempt: int) -> list[int] | None:
        plan = self.plan
        draft = Draft(plan, self._holders)
        stimuli = self._draw_stimuli(draft, attempt)
        if stimuli is None:
            return None
        self._draw_groups(draft)
        sums = plan.amounts[draft.items].sum(axis=0) + plan.stimulus_amounts[stimuli].sum(axis=0)
        missing = plan.upper[plan.counted] - sums[plan.counted]
        if (missing < 0.0).any():
            return None
        lack = (self.n_made + 1.0) * self._cell_shares - self._cell_used
        numbers = cell_numbers(
            lack + self._rng.random(lack.size) * (_UNREST + attempt),
            self._room,
            plan.cell_counts,
            lower=plan.lower[plan.counted] - sums[plan.counted],
            upper=missing,
            n_items=int(self._cell_shares.sum() + self._rng.random()),
        )
        if numbers is None:
            return None
        single, spare, ranks = self._from_queues(numbers, draft)
        if single is None:
            return None
        items = np.array(single, dtype=np.intp)
        sums = sums + plan.amounts[items].sum(axis=0)
        if not mend_sums(plan, draft, items, np.array(spare, dtype=np.intp), np.array(ranks), sums):
            return None
        return draft.items

    def _draw_stimuli(self, draft: Draft, attempt: int) -> list[int] | None:
        """Add stimuli with some of their items to the draft; their indices, None when a rule is broken."""
        plan = self.plan
        chosen: list[int] = []
        for stimulus in dict.fromkeys(plan.stimulus_of[draft.items].tolist()):
            if stimulus >= 0 and not self._add_stimulus(stimulus, draft, chosen, attempt):
                return None
        if not plan.rules:
            return chosen
        moments = self._rng.random(self._stimulus_used.size) * (1.0 + attempt)
        order = np.argsort((self._stimulus_used + moments) * self._stimulus_interval).tolist()
        for rule in plan.rules:
            wanted = min(max(int(rule.mean + self._rng.random()), rule.minimum), rule.maximum)
            have = len(rule.stimuli.intersection(chosen))
            for stimulus in order:
                if have >= wanted:
                    break
                if stimulus in rule.stimuli and stimulus not in chosen and self._is_admitted(stimulus, chosen):
                    have += self._add_stimulus(stimulus, draft, chosen, attempt)
            if have < rule.minimum:
                return None
        return chosen

    def _is_admitted(self, stimulus: int, chosen: list[int]) -> bool:
        return all(
            stimulus not in rule.stimuli or len(rule.stimuli.intersection(chosen)) < rule.maximum
            for rule in self.plan.rules
        )

    def _add_stimulus(self, stimulus: int, draft: Draft, chosen: list[int], attempt: int) -> bool:
        """Add the stimulus with its most overdue items; the more tries failed, the more by chance."""
        plan = self.plan
        items = plan.stimulus_items[stimulus]
        chance = self._rng.random(items.size) * attempt
        own = [
            item
            for _, item in sorted(
                (self._due[item] + luck * self._interval[item], item)
                for item, luck in zip(items.tolist(), chance.tolist(), strict=True)
            )
        ]
        n_there = sum(item in draft.items for item in own)
        least, most = int(plan.stimulus_least[stimulus]), min(int(plan.stimulus_most[stimulus]), len(own))
        wanted = max(least, min(int(plan.stimulus_mean + self._rng.random()), most)) - n_there
        added: list[int] = []
        for item in own:
            if len(added) >= wanted:
                break
            if item not in draft.items and self.used[item] < self._most[item] and draft.admits(item):
                added.append(item)
                draft.extend([item])
        if not least <= n_there + len(added) <= most:
            draft.remove(added)
            return False
        chosen.append(stimulus)
        return True

    def _draw_groups(self, draft: Draft) -> None:
        for group, share in zip(self.plan.groups, self._shares.groups.tolist(), strict=True):
            items = group.tolist()
            overdue = (self.n_made + 1) * share - float(self.used[group].max())
            if overdue <= self._rng.random() or any(self.used[item] >= self._most[item] for item in items):
                continue
            for place, item in enumerate(items):
                if not draft.admits(item):
                    draft.remove(items[:place])
                    break
                draft.extend([item])

    def _from_queues(self, numbers: IntArray, draft: Draft) -> tuple[list[int] | None, list[int], list[int]]:
        """Add so many items of each cell to the draft; they (None when too few are left), and those next in line."""
        cells = np.flatnonzero(numbers).tolist()
        n_spare = max(_LEAST_SPARE, _SPARE // max(1, len(cells)))
        single: list[int] = []
        spare: list[int] = []
        ranks: list[int] = []
        for cell in cells:
            wanted, rank = int(numbers[cell]), 0
            for item in self._queues[cell]:
                if draft.is_watched(item) and not draft.admits(item):
                    continue
                if wanted:
                    wanted -= 1
                    single.append(item)
                    draft.extend([item])
                else:
                    rank += 1
                    spare.append(item)
                    ranks.append(rank)
                    if rank == n_spare:
                        break
            if wanted:
                return None, [], []
        return single, spare, ranks
