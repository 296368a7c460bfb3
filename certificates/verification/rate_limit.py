"""How many look-ups one address may make: a guard against trying out ids, kept in memory by each server process."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from math import ceil

from certificates.errors import TooManyLookupsError

LOOKUPS = 30
WINDOW = timedelta(minutes=1)
_MOST_ADDRESSES = 10_000


class LookupLimit:
    """A sliding window for each address; addresses unheard of for longest are forgotten first.

    Ids have 64 random bits, so guessing finds nothing in any number of years; the limit only keeps a guesser from
    costing the server its time.
    """

    def __init__(self, lookups: int = LOOKUPS, window: timedelta = WINDOW) -> None:
        self._lookups = lookups
        self._window = window
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def count(self, address: str, *, now: datetime) -> None:
        """Count one look-up.

        Raises
        ------
        TooManyLookupsError
            With the seconds until the next one is answered; a refused look-up does not count.
        """
        times = self._seen.setdefault(address, deque())
        self._seen.move_to_end(address)
        while times and times[0] <= now - self._window:
            times.popleft()
        if len(times) >= self._lookups:
            wait = times[0] + self._window - now
            raise TooManyLookupsError(retry_after=max(1, ceil(wait.total_seconds())))
        times.append(now)
        while len(self._seen) > _MOST_ADDRESSES:
            self._seen.popitem(last=False)
