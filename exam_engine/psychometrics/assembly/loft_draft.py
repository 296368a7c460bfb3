"""A form while it is being drawn, and which items it no longer admits."""

from collections import Counter
from collections.abc import Iterable, Sequence

from exam_engine.psychometrics.assembly.loft_plan import FormPlan


class Draft:
    """Items of a form; starts with the anchors.

    Parameters
    ----------
    plan : what is drawn.
    holders : for each item the forms that hold it, when forms may share only so many items; else None.
    """

    def __init__(self, plan: FormPlan, holders: Sequence[list[int]] | None) -> None:
        self.items: list[int] = []
        self._enemies_of, self._enemies_most = plan.enemies_of, plan.enemies_most
        self._enemies: Counter[int] = Counter()
        self._overlap_most = plan.overlap_most
        self._holders = None if plan.overlap_most is None else holders
        self._shared: Counter[int] = Counter()
        self._anchors = frozenset(plan.held.tolist())
        self.extend(plan.held.tolist())

    def is_watched(self, item: int) -> bool:
        """Whether the item could ever be refused."""
        return bool(self._enemies_of[item]) or self._holders is not None

    def admits(self, item: int) -> bool:
        """Whether enemies and overlap leave room for the item."""
        if any(self._enemies[enemies] >= self._enemies_most for enemies in self._enemies_of[item]):
            return False
        if self._holders is None or self._overlap_most is None or item in self._anchors:
            return True
        return all(self._shared[form] < self._overlap_most for form in self._holders[item])

    def extend(self, items: Iterable[int]) -> None:
        """Add items."""
        for item in items:
            self.items.append(item)
            self._enemies.update(self._enemies_of[item])
            if self._holders is not None and item not in self._anchors:
                self._shared.update(self._holders[item])

    def remove(self, items: Iterable[int]) -> None:
        """Take items out again."""
        for item in items:
            self.items.remove(item)
            self._enemies.subtract(self._enemies_of[item])
            if self._holders is not None and item not in self._anchors:
                self._shared.subtract(self._holders[item])

    def swap(self, outgoing: int, incoming: int) -> bool:
        """Replace an item; False, and nothing changed, when the other is not admitted."""
        self.remove([outgoing])
        if self.is_watched(incoming) and not self.admits(incoming):
            self.extend([outgoing])
            return False
        self.extend([incoming])
        return True
