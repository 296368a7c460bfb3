"""What a board chooses when it starts an assembly: kept with the run and shown with it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MOST_FORMS = 60
EngineChoice = Literal["auto", "exact", "big_shadow_test", "swap"]
ItemCode = Annotated[str, Field(min_length=1, max_length=32)]


class AssemblyOptions(BaseModel):
    """How many forms, what they may share, which items are in or out, and how to search.

    ``include`` are items that every form holds; limits on use and overlap do not count them. ``keep_locks_of`` names
    an earlier assembly to the same blueprint, whose locked items keep their forms.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    form_count: int = Field(ge=1, le=MOST_FORMS, examples=[2])
    uses_per_item: int = Field(default=1, ge=1, le=MOST_FORMS, description="Forms in which an item may stand.")
    overlap_maximum: int | None = Field(default=None, ge=0, le=200, description="Items that two forms may share.")
    include: tuple[ItemCode, ...] = Field(default=(), max_length=100)
    exclude: tuple[ItemCode, ...] = Field(default=(), max_length=5000)
    keep_locks_of: UUID | None = None
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    engine: EngineChoice = "auto"
