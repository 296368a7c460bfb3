"""Garbage collection as a process with many long-lived objects needs it."""

import gc

_THRESHOLD = 50_000


def settle_garbage() -> None:
    """Leave out of collections all that was made until now, garbage too, and collect less often.

    Walking again and again through the objects of modules, routes and tables takes up to half of the time of a process
    that makes many small objects: a server with thousands of connections, an import of thousands of items.
    """
    gc.freeze()
    gc.set_threshold(_THRESHOLD, 20, 20)
