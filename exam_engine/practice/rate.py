"""How often one address may have sample exams marked; kept in memory, forgotten with the process."""

from collections import Counter

WINDOW_SECONDS = 60
MOST_IN_WINDOW = 120
"""A whole computer room behind one address hands in within a minute."""

_MOST_ADDRESSES = 10_000


class AddressCounter:
    """Counts calls by address in fixed windows of time."""

    def __init__(self) -> None:
        self._window = 0
        self._counts: Counter[str] = Counter()

    def admits(self, address: str, now_seconds: float) -> bool:
        """Count one more call and return whether it may go on."""
        window = int(now_seconds // WINDOW_SECONDS)
        # Addresses are cheap to make up; the memory for them is not.
        if window != self._window or len(self._counts) >= _MOST_ADDRESSES:
            self._window = window
            self._counts.clear()
        self._counts[address] += 1
        return self._counts[address] <= MOST_IN_WINDOW
