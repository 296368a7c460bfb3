"""What a report is about: a list to choose from, with words on the page and in the minutes."""

from typing import Literal

IncidentCategory = Literal[
    "power",
    "network",
    "machine",
    "software",
    "identity",
    "late",
    "illness",
    "phone",
    "notes",
    "talking",
    "impersonation",
    "disorder",
    "paper_fault",
    "other",
]
