"""Wire types of the browser that a sitting asks for."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from exam_engine.lockdown.seb.sent_hashes import Verdict

_HOST = r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
AllowedAddress = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=200, pattern=rf"^(https?://)?{_HOST}(:[0-9]{{1,5}})?(/[!-~]*)?$"
    ),
]
# What every keyboard of every login screen can type; the format counts other letters differently.
FilePassword = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern="^[ -~]*$")]
QuitPassword = Annotated[str, StringConstraints(max_length=64, pattern="^[ -~]*$")]
KeyText = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern="^[0-9a-fA-F]{64}$")]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExamKeyIn(_Input):
    """A Browser Exam Key, and for which version and system it is."""

    key: KeyText
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = Field(
        default="", examples=["SEB 3.9.0, Windows"]
    )


class SafeExamBrowserIn(_Input):
    """What a sitting asks for."""

    allowed_addresses: list[AllowedAddress] = Field(
        default=[], max_length=50, description="Next to this server; with ``*`` for any part of a path or host."
    )
    quit_password: QuitPassword | None = Field(
        default=None, description="Absent: as before. Empty: none. Asked for when somebody leaves the browser."
    )
    browser_exam_keys: list[ExamKeyIn] = Field(default=[], max_length=50)
    accepts_config_key: bool = Field(default=True, description="The right settings are enough, in any version.")

    @model_validator(mode="after")
    def _takes_something(self) -> Self:
        if not self.accepts_config_key and not self.browser_exam_keys:
            raise PydanticCustomError("exam_keys_needed", "without the config key at least one browser exam key")
        return self


class ExamKeyView(BaseModel):
    """A Browser Exam Key, and for which version and system it is."""

    key: str
    note: str


class SafeExamBrowserSettings(BaseModel):
    """What browser a sitting asks for."""

    is_required: Literal[True] = True
    allowed_addresses: list[str]
    has_quit_password: bool
    browser_exam_keys: list[ExamKeyView]
    accepts_config_key: bool
    config_key: str
    server_url: str
    is_address_outdated: bool = Field(description="The server has another address now; saving again takes it over.")
    quit_url: str
    takes_files: bool
    changed_at: datetime
    handed_out_at: datetime | None
    are_new_files_due: bool = Field(description="Files that were handed out fit no more.")


class SafeExamBrowserView(BaseModel):
    """What browser a sitting asks for; None when any will do."""

    sitting_id: UUID
    settings: SafeExamBrowserSettings | None


class SebFileRequest(_Input):
    """How to write the file."""

    password: FilePassword | None = Field(default=None, description="Asked for when the file is opened.")


class SebFileCheck(BaseModel):
    """A file that somebody brought."""

    config_key: str
    fits: bool


class CandidateBrowserView(BaseModel):
    """Whether the candidate's browser is the one the sitting asks for."""

    verdict: Verdict
    is_admitted: bool
    title: str = Field(description="What is wrong, in the language that was asked for; empty when nothing is.")
    detail: str = Field(description="What to do about it.")
    quit_url: str | None = Field(description="Closes the browser; given when there is nothing left to do.")


class SeatBrowserView(BaseModel):
    """What browser a candidate came with, as proctors see it."""

    verdict: Verdict | None
    checked_at: datetime | None
    is_exempted: bool
    exempted_by: str | None
    reason: str | None
    note: str
