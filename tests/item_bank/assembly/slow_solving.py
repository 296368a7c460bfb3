"""A search for tests of what happens in the middle of one; top-level, so that another process can import it."""

import time
from collections.abc import Callable
from typing import Any

from item_bank.assembly.solving import Problem, Solution, solve

NAP_SECONDS = 0.3


def search_for_ever(problem: Problem, *, tell: Callable[[dict[str, Any]], None]) -> Solution:
    """Really assemble, then tell of progress and never end by itself."""
    solve(problem, tell=tell)
    step = 0
    while True:
        step += 1
        value = 1.0 - 0.5**step
        tell({"stage": "improving", "forms_done": problem.options.form_count, "value": value, "bound": 1.0})
        time.sleep(NAP_SECONDS)
