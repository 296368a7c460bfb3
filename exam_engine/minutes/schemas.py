"""Wire types of the minutes of rooms."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from exam_engine.minutes.content import MinutesContent

MinutesStatus = Literal["draft", "signing", "sealed", "reopened"]
Coordinate = Annotated[int, Field(ge=0, le=1000)]
Stroke = Annotated[list[tuple[Coordinate, Coordinate]], Field(min_length=1, max_length=2000)]
_FEWEST_POINTS = 8
"""Less than that is a slip of the finger and no signature."""


class Remarks(BaseModel):
    """What the proctors have to say besides."""

    model_config = ConfigDict(extra="forbid")

    remarks: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class NewSignature(BaseModel):
    """A signature: the name typed, or strokes drawn; always with the signer's own password."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID
    password: SecretStr = Field(min_length=1, max_length=1024)
    content_sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    typed_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)] | None = None
    strokes: Annotated[list[Stroke], Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "NewSignature":
        if (self.typed_name is None) == (self.strokes is None):
            raise PydanticCustomError("signature_ambiguous", "give typed_name or strokes, not both")
        if self.strokes is not None and not _FEWEST_POINTS <= sum(map(len, self.strokes)) <= 10_000:
            raise PydanticCustomError("signature_empty", "the strokes are too few, or too many")
        return self


class Addendum(BaseModel):
    """Something to add to sealed minutes, signed with the password of whoever says it."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr = Field(min_length=1, max_length=1024)
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Reopening(BaseModel):
    """Why sealed minutes are drawn up anew."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SignerView(BaseModel):
    """A proctor who signs."""

    user_id: UUID
    name: str
    is_self: bool
    signed_at: datetime | None
    kind: Literal["typed", "drawn"] | None


class AddendumView(BaseModel):
    """Something that was added after the sealing."""

    text: str
    added_at: datetime
    added_by: str


class OpenPoint(BaseModel):
    """Why it is too early to sign."""

    code: str
    text: str


class MinutesView(BaseModel):
    """The minutes of a room as they stand; ``id`` is null while nobody has written anything."""

    id: UUID | None
    status: MinutesStatus
    content: MinutesContent
    content_sha256: str
    signers: list[SignerView]
    open_points: list[OpenPoint]
    sealed_at: datetime | None
    pdf_sha256: str | None
    addenda: list[AddendumView]


class MinutesRow(BaseModel):
    """The minutes of one room in the board's list; older versions follow the one that holds."""

    id: UUID | None
    room_id: UUID
    room_name: str
    version: int
    status: MinutesStatus
    signed: int
    signers: int
    sealed_at: datetime | None
    pdf_sha256: str | None
    is_unaltered: bool = Field(description="Whether the sealed file is, byte by byte, what its digest says.")
    reopened_at: datetime | None
    reopened_by: str | None
    reopening_reason: str | None
    addenda: list[AddendumView]


class MinutesList(BaseModel):
    """The minutes of a sitting, by room."""

    items: list[MinutesRow]
    total: int
