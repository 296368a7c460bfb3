"""Wire types of saved views."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ViewName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
ColumnName = Annotated[str, Field(max_length=32, pattern="^[a-z_]+$")]


class ViewBody(BaseModel):
    """A view to keep."""

    model_config = ConfigDict(extra="forbid")

    name: ViewName
    query: str = Field(max_length=2000, description="What stands after the question mark in the list's address.")
    columns: list[ColumnName] = Field(max_length=30, description="Names of the columns shown, in order.")
    is_shared: bool = Field(default=False, description="Whether everybody who may read items sees it.")


class SavedViewRow(BaseModel):
    """A view that somebody kept."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    query: str
    columns: list[str]
    is_shared: bool
    is_own: bool
    owner_name: str
    updated_at: datetime


class SavedViewList(BaseModel):
    """One's own views, then those of others."""

    items: list[SavedViewRow]
    total: int
