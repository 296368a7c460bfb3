"""Wire types of snapshots."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Source = Literal["camera", "screen"]
SourceState = Literal["on", "refused", "failed", "ended"]
"""``refused`` by the person in the browser's own question; ``failed``: no camera, or it is in use."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SnapshotRule(_Input):
    """What the board decides."""

    camera: bool
    screen: bool
    interval_seconds: int = Field(ge=30, le=900, description="Between two pictures of a source, on the average.")
    retention_days: int = Field(ge=1, le=730, description="After the end of the sitting.")
    legal_basis: Annotated[str, StringConstraints(strip_whitespace=True, min_length=20, max_length=1000)] = Field(
        description="Decision and purpose, as candidates are told."
    )

    @model_validator(mode="after")
    def _takes_something(self) -> Self:
        if not self.camera and not self.screen:
            raise PydanticCustomError("snapshot_source_needed", "camera, screen or both")
        return self


class SnapshotSettings(SnapshotRule):
    """What was decided, and what there is."""

    model_config = ConfigDict(extra="ignore")

    is_on: bool = Field(description="False once the board has ended it; pictures are kept for their time.")
    changed_at: datetime
    erased_at: datetime | None
    erased_after: datetime = Field(description="When the pictures are erased at the latest.")
    picture_count: int
    byte_count: int


class SnapshotSettingsView(BaseModel):
    """Settings of a sitting; null where pictures were never decided on."""

    settings: SnapshotSettings | None


class CandidateSnapshots(BaseModel):
    """What a candidate is asked before the start; ``is_agreed`` is null until they have answered."""

    camera: bool
    screen: bool
    interval_seconds: int
    retention_days: int
    legal_basis: str
    is_agreed: bool | None


class ConsentIn(_Input):
    """The candidate's word."""

    is_agreed: bool


class SourceStateIn(_Input):
    """What became of a camera or a screen."""

    source: Source
    state: SourceState


class WatchedCandidate(BaseModel):
    """One candidate of a sitting with pictures."""

    registration_id: UUID
    candidate_number: str
    full_name: str
    room_name: str
    seat_number: int | None
    is_agreed: bool | None
    camera_state: SourceState | None
    screen_state: SourceState | None
    camera_count: int
    screen_count: int
    last_taken_at: datetime | None


class WatchedCandidates(BaseModel):
    """All candidates of a sitting with pictures."""

    items: list[WatchedCandidate]
    total: int


class ViewingIn(_Input):
    """Whose pictures somebody wants to see, and why."""

    registration_id: UUID
    reason: Reason


class SnapshotView(BaseModel):
    """One picture; its bytes come from an address of their own."""

    id: UUID
    source: Source
    taken_at: datetime


class OpenedViewing(BaseModel):
    """A look at the pictures of one candidate, good for half an hour."""

    viewing_id: UUID
    items: list[SnapshotView]
    total: int


class ViewingView(BaseModel):
    """Who looked at whose pictures, when and why."""

    at: datetime
    viewer_name: str
    full_name: str
    candidate_number: str
    reason: str


class ViewingList(BaseModel):
    """Every look at pictures of a sitting, the latest first."""

    items: list[ViewingView]
    total: int


class ErasureIn(_Input):
    """Why pictures are erased before their time."""

    reason: Reason
