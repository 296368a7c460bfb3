"""One form at a time from a stock of items: whatever is overdue first, then swapped until every requirement is met."""

from bisect import insort
from collections import Counter
from typing import Final

import numpy as np

from exam_engine.psychometrics.arrays import FloatArray, IntArray
from exam_engine.psychometrics.assembly.loft_plan import FormPlan

_TRIES: Final = 8
_CANDIDATES: Final = 240
"""Items on hand for swaps, spread over the cells of the form."""
_LATENESS: Final = 0.01
"""What one item more or less of a cell than its share weighs against one item that a count misses."""
_RANK: Final = 0.002
"""What one place further down in a cell's queue weighs against the width of a range."""
_LEAST_SHARE: Final = 1e-5


class Stock:
    """Items of a plan in queues, one for each cell, the most overdue first.

    An item with share p of the forms is due once in every 1/p forms, at a random moment of each such stretch; hence use
    follows the shares closely, and no cell runs dry before the others.

    Parameters
    ----------
    plan : what is drawn.
    used : (J,) forms that each item has stood in; changed by ``take``.
    n_made : number of forms so far.
    rng : draws the moments.
    """

    def __init__(self, plan: FormPlan, used: IntArray, n_made: int, rng: np.random.Generator) -> None:
        self.plan = plan
        self.used = used
        self.n_made = n_made
        self._rng = rng
        self._free = np.flatnonzero(plan.cell_of >= 0)
        n_cells = len(plan.cell_counts) - 1
        self._cell_shares = np.bincount(plan.cell_of[self._free], plan.shares[self._free], n_cells)
        self._cell_used = np.bincount(plan.cell_of[self._free], used[self._free].astype(np.float64), n_cells)
        self._interval: list[float] = (1.0 / np.maximum(plan.shares, _LEAST_SHARE)).tolist()
        self._due: list[float] = ((used + rng.random(used.size)) * np.array(self._interval)).tolist()
        self._open_to(plan.aims)
        self._lower, self._upper = plan.lower[plan.counted], plan.upper[plan.counted]
        self._sums = np.ascontiguousarray(plan.amounts[:, plan.summed])
        self._sum_lower, self._sum_upper = plan.lower[plan.summed], plan.upper[plan.summed]

    def _open_to(self, most: IntArray) -> None:
        """Queue the items that stand in fewer forms than they may."""
        plan = self.plan
        self._most = most.tolist()
        open_items = self._free[self.used[self._free] < most[self._free]]
        due = np.array(self._due)
        order = open_items[np.lexsort((due[open_items], plan.cell_of[open_items]))]
        starts = np.searchsorted(plan.cell_of[order], np.arange(len(plan.cell_counts)))
        ordered = order.tolist()
        self._queues = [ordered[start:stop] for start, stop in zip(starts[:-1], starts[1:], strict=True)]
        self._room = np.diff(starts)

    def draw(self) -> list[int] | None:
        """Items of a form that meets the plan, None when none was found; the stock stays as it is."""
        for attempt in range(_TRIES):
            form = self._try(attempt)
            if form is not None:
                return form
        return None

    def take(self, form: list[int]) -> None:
        """Record a form."""
        plan = self.plan
        self.n_made += 1
        cell_of = plan.cell_of
        moments = self._rng.random(len(form)).tolist()
        for item, moment in zip(form, moments, strict=True):
            self.used[item] += 1
            used = int(self.used[item])
            cell = int(cell_of[item])
            if cell >= 0:
                self._cell_used[cell] += 1
                queue = self._queues[cell]
                if item in queue:
                    queue.remove(item)
                self._due[item] = (used + moment) * self._interval[item]
                if used < self._most[item]:
                    insort(queue, item, key=self._due.__getitem__)
                else:
                    self._room[cell] -= 1
            else:
                self._due[item] = (used + moment) * self._interval[item]

    def _try(self, attempt: int) -> list[int] | None:
        plan = self.plan
        form = plan.held.tolist()
        foes = Counter(enemies for item in form for enemies in plan.enemies_of[item])
        sums = plan.amounts[plan.held].sum(axis=0)
        stimuli = self._draw_stimuli(attempt, form, foes)
        if stimuli is None:
            return None
        for group in self._draw_groups(form, foes):
            form += group
        bound = np.array(form[plan.held.size :], dtype=np.intp)
        sums = sums + plan.amounts[bound].sum(axis=0) + plan.stimulus_amounts[stimuli].sum(axis=0)
        numbers = self._numbers(sums[plan.counted], attempt)
        if numbers is None:
            return None
        drawn, others = self._from_queues(numbers, foes)
        if drawn is None:
            return None
        single = self._mend(drawn, others, sums, foes)
        return None if single is None else form + single

    def _draw_stimuli(self, attempt: int, form: list[int], foes: Counter[int]) -> list[int] | None:
        """Add items of stimuli to the form; the stimuli, None when they break a rule."""
        plan = self.plan
        if not plan.rules:
            return []
        chosen = list(dict.fromkeys(plan.stimulus_of[plan.held][plan.stimulus_of[plan.held] >= 0].tolist()))
        used = np.array([self.used[items].sum() for items in plan.stimulus_items]) / plan.stimulus_mean
        due = (used + self._rng.random(used.size) * (1.0 + attempt)) / np.maximum(plan.stimulus_shares, _LEAST_SHARE)
        order = np.argsort(due).tolist()
        for rule in plan.rules:
            wanted = int(np.clip(np.floor(rule.mean + self._rng.random()), rule.minimum, rule.maximum))
            have = len(rule.stimuli.intersection(chosen))
            for stimulus in order:
                if have >= wanted:
                    break
                if stimulus in rule.stimuli and stimulus not in chosen and self._fits(stimulus, chosen):
                    have += self._add_stimulus(stimulus, chosen, form, foes)
            if have < rule.minimum:
                return None
        for stimulus in chosen:
            if plan.stimulus_of[plan.held].tolist().count(stimulus) and not self._add_stimulus(stimulus, [], form, foes):
                return None
        return chosen

    def _fits(self, stimulus: int, chosen: list[int]) -> bool:
        return all(
            stimulus not in rule.stimuli or len(rule.stimuli.intersection(chosen)) < rule.maximum
            for rule in self.plan.rules
        )

    def _add_stimulus(self, stimulus: int, chosen: list[int], form: list[int], foes: Counter[int]) -> bool:
        plan = self.plan
        own = plan.stimulus_items[stimulus].tolist()
        there = [item for item in own if item in form]
        least, most = int(plan.stimulus_least[stimulus]), min(int(plan.stimulus_most[stimulus]), len(own))
        wanted = int(np.clip(np.floor(plan.stimulus_mean + self._rng.random()), least, max(least, most)))
        added: list[int] = []
        for item in sorted(own, key=self._due.__getitem__):
            if len(there) + len(added) >= wanted:
                break
            if item in there or self.used[item] >= self._most[item] or self._blocked(item, foes):
                continue
            added.append(item)
            foes.update(plan.enemies_of[item])
        if not least <= len(there) + len(added) <= most:
            for item in added:
                foes.subtract(plan.enemies_of[item])
            return False
        form += added
        chosen.append(stimulus)
        return True

    def _draw_groups(self, form: list[int], foes: Counter[int]) -> list[list[int]]:
        plan = self.plan
        drawn: list[list[int]] = []
        for group, share in zip(plan.groups, plan.group_shares.tolist(), strict=True):
            items = group.tolist()
            overdue = (self.n_made + 1) * share - float(self.used[group].max())
            if overdue <= self._rng.random() or any(self.used[item] >= self._most[item] for item in items):
                continue
            met = Counter(enemies for item in items for enemies in plan.enemies_of[item])
            if all(foes[enemies] + count <= plan.enemies_most for enemies, count in met.items()):
                foes.update(met)
                drawn.append(items)
        return drawn

    def _blocked(self, item: int, foes: Counter[int]) -> bool:
        return any(foes[enemies] >= self.plan.enemies_most for enemies in self.plan.enemies_of[item])

    def _numbers(self, sums: FloatArray, attempt: int) -> IntArray | None:
        """How many items of each cell to draw so that every count is met; ``sums`` is what the form counts already."""
        plan = self.plan
        n_cells = self._room.size
        counts = plan.cell_counts
        lack = (self.n_made + 1.0) * self._cell_shares - self._cell_used + self._rng.random(n_cells) * (0.2 + attempt)
        if (sums > self._upper).any():
            return None
        n_drawn = int(np.floor(self._cell_shares.sum() + self._rng.random()))
        numbers = np.zeros(n_cells + 1, dtype=np.intp)
        layers = np.arange(min(n_drawn, 1 + int(self._room.max(initial=0))))[:, None]
        layers = layers[: 3 + attempt]
        wish = np.where(layers < self._room, lack - layers, -np.inf).ravel()
        best = np.argpartition(-wish, min(n_drawn, wish.size - 1))[:n_drawn]
        best = best[wish[best] > -np.inf]
        np.add.at(numbers, best % n_cells, 1)
        sums = sums + numbers @ counts
        lack = np.append(lack - numbers[:-1], 0.0) * _LATENESS
        numbers[-1] = 1
        room = np.append(self._room, 1)
        for _ in range(60):
            short, over = self._lower - sums, sums - self._upper
            missed = np.maximum(short, 0.0).sum() + np.maximum(over, 0.0).sum()
            if missed < 0.5:
                return numbers[:-1]
            up = (over > -0.5).astype(np.float64) - (short > 0.5)
            down = (short > -0.5).astype(np.float64) - (over > 0.5)
            present = np.flatnonzero(numbers)
            leaving = counts[present]
            change = (counts @ up - lack) + (leaving @ down + lack[present])[:, None] - (leaving * (up + down)) @ counts.T
            change[:, numbers >= room] = np.inf
            change[:, -1] = np.where(np.isfinite(change[:, -1]), change[:, -1], leaving @ down)
            place = int(change.argmin())
            out, into = int(present[place // change.shape[1]]), place % change.shape[1]
            if change.flat[place] > -0.5:
                return None
            sums = sums + counts[into] - counts[out]
            if out < n_cells:
                numbers[out] -= 1
                lack[out] += _LATENESS
            if into < n_cells:
                numbers[into] += 1
                lack[into] -= _LATENESS
        return None

    def _from_queues(
        self, numbers: IntArray, foes: Counter[int]
    ) -> tuple[list[int] | None, list[int]]:
        """Take so many items of each cell from the heads of the queues; then those that come next."""
        plan = self.plan
        drawn: list[int] = []
        others: list[int] = []
        cells = np.flatnonzero(numbers).tolist()
        spare = max(4, _CANDIDATES // max(1, len(cells)))
        enemies_of = plan.enemies_of
        for cell in cells:
            wanted, extra = int(numbers[cell]), spare
            for item in self._queues[cell]:
                if enemies_of[item] and self._blocked(item, foes):
                    continue
                if wanted:
                    wanted -= 1
                    drawn.append(item)
                    if enemies_of[item]:
                        foes.update(enemies_of[item])
                else:
                    others.append(item)
                    extra -= 1
                    if not extra:
                        break
            if wanted:
                return None, []
        return drawn, others

    def _mend(
        self, drawn: list[int], others: list[int], sums: FloatArray, foes: Counter[int]
    ) -> list[int] | None:
        """Swap items of the same cell until all sums are inside their ranges."""
        plan = self.plan
        current = np.array(drawn, dtype=np.intp)
        spare = np.array(others, dtype=np.intp)
        z = sums[plan.summed] + self._sums[current].sum(axis=0)
        below, above = self._sum_lower, self._sum_upper
        missed = float((np.maximum(below - z, z - above).clip(min=0.0) / plan.widths).sum())
        if missed == 0.0:
            return drawn
        leave, enter = np.nonzero(plan.cell_of[current][:, None] == plan.cell_of[spare])
        rank = np.zeros(len(others))
        for cell in np.unique(plan.cell_of[spare]):
            own = np.flatnonzero(plan.cell_of[spare] == cell)
            rank[own] = np.arange(1, own.size + 1)
        penalty = _RANK * rank[enter]
        for _ in range(12):
            after = z + self._sums[spare[enter]] - self._sums[current[leave]]
            cost = (np.maximum(below - after, after - above).clip(min=0.0) / plan.widths).sum(axis=1)
            place = int((cost + penalty).argmin())
            if cost[place] >= missed - 1e-9:
                return None
            one, other = leave[place], enter[place]
            incoming, outgoing = int(spare[other]), int(current[one])
            if plan.enemies_of[incoming]:
                foes.subtract(plan.enemies_of[outgoing])
                if self._blocked(incoming, foes):
                    foes.update(plan.enemies_of[outgoing])
                    penalty[place] = np.inf
                    continue
                foes.update(plan.enemies_of[incoming])
            elif plan.enemies_of[outgoing]:
                foes.subtract(plan.enemies_of[outgoing])
            current[one], spare[other] = incoming, outgoing
            z, missed = after[place], float(cost[place])
            if missed == 0.0:
                return current.tolist()
        return None
