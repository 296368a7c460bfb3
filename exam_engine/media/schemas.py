"""Wire types of media."""

from typing import Literal

from pydantic import BaseModel, Field


class MediaChange(BaseModel):
    """Something that re-encoding left out, in the reader's language."""

    code: Literal["first_frame_only", "scaled_down"]
    message: str


class MediaView(BaseModel):
    """A stored medium; content refers to it by ``sha256``."""

    sha256: str = Field(description="Hexadecimal hash of the stored bytes.", min_length=64, max_length=64)
    content_type: str
    size_bytes: int
    width: int | None = Field(description="Pixels of a picture.")
    height: int | None = Field(description="Pixels of a picture.")
    duration_ms: int | None = Field(description="Milliseconds of a sound.")
    original_name: str
    was_there: bool = Field(description="Whether the same medium was stored before.")
    changes: list[MediaChange]
