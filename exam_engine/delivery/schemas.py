"""Wire types of delivery. None of them has a field for a key, a mapping or an item parameter."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from exam_engine.delivery.clock import Phase
from exam_engine.delivery.journal import LARGEST_BATCH, LONGEST_BODY
from exam_engine.delivery.seats import SeatState, WaitingFor
from exam_engine.forms.schemas import ItemView
from exam_engine.lockdown.schemas import CandidateBrowserView
from exam_engine.sittings.lockdown_rules import Blocked, LockdownEvent
from exam_engine.snapshots.schemas import CandidateSnapshots

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ServerTime(BaseModel):
    """The server's clock, for synchronising a browser's."""

    server_time: datetime
    server_ms: float = Field(description="Milliseconds since 1970-01-01 UTC.")


class CandidateLogin(BaseModel):
    """How a candidate logs in."""

    model_config = ConfigDict(extra="forbid")

    access_code: str = Field(min_length=1, max_length=16, examples=["H7KQ2MNP"])
    candidate_number: str = Field(min_length=1, max_length=32, examples=["LD0042"])
    identity_suffix: str = Field(min_length=1, max_length=12, description="Last six characters of the ID paper.")


class CandidateView(BaseModel):
    """The candidate's own data, to be checked by the candidate."""

    full_name: str
    birth_date: str
    sex: str
    birth_place: str
    candidate_number: str
    identity_number_masked: str
    organisation: str


class SeatSittingView(BaseModel):
    """The sitting as the candidate sees it."""

    id: UUID
    name: str
    exam_name: str
    council_name: str
    opens_at: datetime
    closes_at: datetime
    duration_ms: int
    room_name: str
    seat_number: int
    item_count: int


class PaperView(BaseModel):
    """Where the sealed paper lies and what it must hash to."""

    id: UUID
    url: str
    sha256: str
    bytes: int
    additional_data: str


class LockdownView(BaseModel):
    """What the page of a candidate watches, asks for and blocks; how grave anything is stays with the server."""

    events: list[LockdownEvent] = Field(description="Noted in the journal; the focus always is.")
    fullscreen: bool = Field(description="The page asks for the whole screen; nothing depends on it.")
    blocks: list[Blocked]


class SeatView(BaseModel):
    """Everything the candidate's page needs before and after the attempt."""

    server_time: datetime
    candidate: CandidateView
    sitting: SeatSittingView
    paper: PaperView | None
    state: SeatState
    waiting_for: WaitingFor | None
    attempt_id: UUID | None
    browser: CandidateBrowserView | None = Field(description="None where any browser will do.")
    lockdown: LockdownView
    snapshots: CandidateSnapshots | None = Field(description="What is asked about pictures; None where none are taken.")


class OwnDataCheck(BaseModel):
    """What the candidate says of their own data."""

    model_config = ConfigDict(extra="forbid")

    is_correct: bool
    note: str = Field(default="", max_length=500)


class OperationView(BaseModel):
    """One stored operation."""

    seq: int
    hash: str
    body: str


class PackedMedium(BaseModel):
    """A picture, a sound or a file that travels with the items that show it."""

    content_type: str
    base64: str


class StageView(BaseModel):
    """Items that a candidate gets together; without items the test is over and can be handed in."""

    number: int
    items: list[ItemView]
    media: dict[str, PackedMedium] = Field(description="What the items show, by the SHA-256 that they name.")


class StageRequest(BaseModel):
    """The stage that a browser asks for, and its word on what it has sent: answers given before are final then."""

    model_config = ConfigDict(extra="forbid")

    epoch: int = Field(ge=1)
    number: int = Field(ge=1, le=1000)
    last_seq: int = Field(ge=0)
    chain_head: str = Field(pattern="^[0-9a-f]{64}$")


class SectionTimeView(BaseModel):
    """When a section begins and the last instant at which work in it counts, if no section is left early any more."""

    number: int
    starts_at: str
    ends_at: str


class SectionTimes(BaseModel):
    """The times of an attempt's sections; none when the paper is one piece."""

    server_time: str
    sections: list[SectionTimeView]


class StartedAttempt(BaseModel):
    """What a browser needs to run or go on with an attempt."""

    attempt_id: UUID
    epoch: int
    paper_key: str = Field(description="AES-256 key, base64.")
    started_at: str
    deadline: str
    server_time: str
    remaining_ms: int
    phase: Phase
    grace_ms: int
    last_seq: int
    chain_head: str
    ops: list[OperationView]
    receipt_public_key: str = Field(description="Ed25519 public key, raw, base64.")
    stages: list[StageView] = Field(description="Of a form that is not the same for everybody; else none.")
    sections: list[SectionTimeView] = Field(description="None when the paper is one piece.")


class OperationIn(msgspec.Struct, forbid_unknown_fields=True):
    """One operation as sent."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    body: Annotated[str, msgspec.Meta(min_length=2, max_length=LONGEST_BODY)]


class JournalIn(msgspec.Struct, forbid_unknown_fields=True):
    """A batch of operations; empty is a heartbeat."""

    epoch: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    ops: Annotated[list[OperationIn], msgspec.Meta(max_length=LARGEST_BATCH)]
    confirmed: Annotated[list[UUID], msgspec.Meta(max_length=50)] = []


class InstructionOut(msgspec.Struct):
    """An instruction riding on a receipt."""

    id: UUID
    kind: str
    text: str
    created_at: str


class RefusedOut(msgspec.Struct):
    """An operation that did not enter the journal."""

    seq: int
    code: str


class ReceiptOut(msgspec.Struct):
    """What the server vouches to have stored."""

    attempt_id: UUID
    epoch: int
    last_seq: int
    chain_head: str
    server_time: str
    remaining_ms: int
    phase: str
    deadline: str
    health: int
    want_from: int | None
    conflicts: list[int]
    refused: list[RefusedOut]
    instructions: list[InstructionOut]
    signature: str


class JournalDocument(BaseModel):
    """A batch of operations as OpenAPI shows it."""

    epoch: int = Field(examples=[1])
    ops: list[OperationView] = Field(max_length=LARGEST_BATCH)
    confirmed: list[UUID] = []


class InstructionDocument(BaseModel):
    """An instruction as OpenAPI shows it."""

    id: UUID
    kind: str
    text: str
    created_at: datetime


class RefusedDocument(BaseModel):
    """A refused operation as OpenAPI shows it."""

    seq: int
    code: str


class ReceiptDocument(BaseModel):
    """A receipt as OpenAPI shows it."""

    attempt_id: UUID
    epoch: int
    last_seq: int
    chain_head: str
    server_time: str
    remaining_ms: int
    phase: Phase = Field(description="While it says paused the clock stands still, and the deadline moves on.")
    deadline: str
    health: int = Field(ge=0, le=10)
    want_from: int | None
    conflicts: list[int]
    refused: list[RefusedDocument]
    instructions: list[InstructionDocument]
    signature: str


class Submission(BaseModel):
    """The browser's word on what it has sent; the server closes the attempt only if all of it has arrived."""

    model_config = ConfigDict(extra="forbid")

    epoch: int = Field(ge=1)
    last_seq: int = Field(ge=0)
    chain_head: str = Field(pattern="^[0-9a-f]{64}$")
    files: list[Sha256] = Field(
        default=[], max_length=200, description="Files that must have fully arrived, by their SHA-256."
    )


class SubmittedAttempt(BaseModel):
    """An attempt that was handed in with its final receipt; ``ended`` when a proctor had ended it before."""

    state: Literal["submitted", "ended"]
    finished_at: str
    receipt: ReceiptDocument


class ReadySitting(BaseModel):
    """A sitting that was made ready."""

    sitting_id: UUID
    access_code: str
    papers: int
