"""What stands in the way of unlocking a seat: a pure rule."""

from typing import Literal

Verdict = Literal["confirmed", "doubted"]
UnlockObstacle = Literal["own_data", "identity", "doubt", "suspended"]


def unlock_obstacle(
    *, needs_identity: bool, has_confirmed_data: bool, verdict: str | None, is_suspended: bool
) -> UnlockObstacle | None:
    """Return what must be done before a seat may be unlocked; None when nothing is missing.

    Parameters
    ----------
    needs_identity : whether the sitting asks for both confirmations.
    has_confirmed_data : the candidate has looked at their own data; a fault that they report stops nobody.
    verdict : of the proctor on the person; None when nobody has looked.
    is_suspended : a violation in force ends the candidate's exam.
    """
    if is_suspended:
        return "suspended"
    if not needs_identity:
        return None
    if verdict == "doubted":
        return "doubt"
    if verdict is None:
        return "identity"
    return None if has_confirmed_data else "own_data"
