"""Of what there may be news about a registration; the subject of each hint is its id."""

SEAT = "seat"
"""Login, check of own data, unlock, start, end, and the time that the candidate has."""
INSTRUCTION = "instruction"
"""A message or an order to the candidate."""
PROGRESS = "progress"
"""Answers were stored."""
