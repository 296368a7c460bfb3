"""When a run begins: late enough that everybody can be there."""

SPAWNED_PER_SECOND = 100
_LOGINS_PER_SECOND = 15
"""Nine hundred a minute: more than any hall lets in."""
_SHORTEST_ARRIVAL = 3.0
_GENERATOR_START = 4.0


def arrival_seconds(candidates: int) -> float:
    """Return the seconds before the start in which candidates come."""
    return max(_SHORTEST_ARRIVAL, candidates / _LOGINS_PER_SECOND)


def lead_seconds(candidates: int) -> float:
    """Return the seconds from now to a start at which everybody has come, the generator's own start included."""
    return _GENERATOR_START + candidates / SPAWNED_PER_SECOND + arrival_seconds(candidates) + 1.0
