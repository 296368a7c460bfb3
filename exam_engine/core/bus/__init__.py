"""Hints between server processes: "there is news of this"; what the news is stands in the database.

A hint may be lost, and may come twice. Whoever listens reads the rows again from time to time, so that a lost hint
costs time and nothing else.
"""

from exam_engine.core.bus.bus import Bus, open_bus
from exam_engine.core.bus.hints import Hint, Listener, hint_after_commit, hints_of

__all__ = ["Bus", "Hint", "Listener", "hint_after_commit", "hints_of", "open_bus"]
