"""Wire types of what waits."""

from typing import Literal

from pydantic import BaseModel, Field

Waiting = Literal[
    "returned_to_me",
    "my_drafts",
    "to_review",
    "assigned_to_me",
    "comments_to_answer",
    "imports_waiting",
    "approved_unused",
    "calibrations_to_approve",
    "assemblies_to_approve",
    "papers_to_approve",
    "blueprints_unserved",
]


class WaitingTask(BaseModel):
    """One kind of work with how much of it waits; kinds that one may not do are left out."""

    kind: Waiting
    count: int
    names: list[str] = Field(description="The first few, by code or name.")


class HomeView(BaseModel):
    """What waits for whoever asks."""

    tasks: list[WaitingTask]
