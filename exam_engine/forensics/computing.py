"""The computation of a report, in a process of its own: from tables to what the board reads."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exam_engine.forensics.answers import looks_at_answers, work_with_parameters
from exam_engine.forensics.behaviour import look_at_changes, look_at_departures, look_at_times
from exam_engine.forensics.settings import LEVEL, VERSION
from exam_engine.forensics.task import ForensicsTask

Tell = Callable[[Any], None]


def compute_report(task: ForensicsTask, *, tell: Tell) -> dict[str, Any]:
    """Return the content of a report; the same task gives the same content."""
    rng = np.random.default_rng(task.seed)
    tell({"stage": "parameters"})
    work, source = work_with_parameters(task)
    kinds = looks_at_answers(task, work, rng, tell)
    tell({"stage": "times"})
    kinds["response_times"] = look_at_times(task, rng)
    tell({"stage": "changes"})
    kinds["answer_changes"] = look_at_changes(task, rng)
    kinds["departures"] = look_at_departures(task, rng)
    return {
        "version": VERSION,
        "level": LEVEL,
        "seed": task.seed,
        "n_candidates": len(task.candidates),
        "n_items": len(task.items),
        "parameters": {
            "source": source,
            "n_items": len(work.items) if work is not None else 0,
            "models": sorted({*work.items.models}) if work is not None else [],
        },
        "kinds": kinds,
    }
