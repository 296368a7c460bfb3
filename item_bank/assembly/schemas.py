"""Wire types of assemblies."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from item_bank.assembly.options import AssemblyOptions
from item_bank.blueprints.statement import BlueprintStatement

AssemblyStatus = Literal["running", "assembled", "infeasible", "failed", "cancelled", "approved", "published"]
Act = Literal["edit", "lock", "approve", "withdraw", "publish", "delete", "cancel", "assemble_again"]


class AssemblyInput(AssemblyOptions):
    """What to make; another seed finds other forms that are as good."""

    blueprint_id: UUID


class AssemblyStarted(BaseModel):
    """Where to ask how far the assembly is."""

    assembly_id: UUID
    job_id: UUID


class ExposureView(BaseModel):
    """How often an item had been used when it came into the form: forms published, sittings held, candidates."""

    forms: int = 0
    sittings: int = 0
    candidates: int = 0
    last_used: datetime | None = None


class AssembledItemView(BaseModel):
    """An item's place in a form, with the parameters it was chosen by; ``forms_after`` counts the new forms too."""

    position: int
    item_id: UUID
    code: str
    stem_text: str
    module_code: str
    cognitive_level: str
    a: float
    b: float
    c: float | None = Field(description="Lower asymptote; null for an item without one.")
    words: int
    seconds: int
    is_locked: bool
    exposure: ExposureView
    forms_after: int
    other_forms: list[int] = Field(description="Numbers of the other forms of this assembly that hold it.")
    is_outdated: bool = Field(description="Has another version now, or is not approved any more.")


class CellCount(BaseModel):
    """How many items of one module and level a form has."""

    module_code: str
    cognitive_level: str
    count: int


class FormFigures(BaseModel):
    """The figures by which a form is held against the others; lists follow ``points`` of the assembly."""

    information: list[float]
    expected_score: list[float]
    words: int
    seconds: int
    key_counts: dict[str, int] = Field(description="How often each letter is the right one; never which item's.")


class AssembledFormView(BaseModel):
    """One form: curves over ``theta`` of the assembly, counts and items."""

    form_number: int
    form_code: str = Field(examples=["101"])
    information: list[float]
    expected_score: list[float]
    information_at_cut: float
    figures: FormFigures
    cells: list[CellCount]
    exposure_mean: float = Field(description="Mean number of candidates who have met an item of the form before.")
    is_edited: bool
    items: list[AssembledItemView]


class RequirementMessage(BaseModel):
    """A requirement in words; ``data`` holds its figures."""

    code: str
    message: str
    data: dict[str, Any]


class ConflictView(RequirementMessage):
    """A requirement that cannot be met, or not together with the others named."""


class RepairStep(RequirementMessage):
    """A bound to change; ``place`` names it in the blueprint or among the options, null when it stands in neither."""

    place: str | None = Field(examples=["level_totals.NB"])
    side: Literal["minimum", "maximum"] | None
    new_bound: float | None


class Violation(RequirementMessage):
    """A requirement that the forms do not meet."""

    form_number: int | None


class Deviation(Violation):
    """A requirement that somebody let a swap break, and why."""

    reason: str
    accepted_by: str
    accepted_at: datetime


class EditView(BaseModel):
    """A swap by hand."""

    number: int
    form_number: int
    form_code: str
    position: int
    old_code: str
    new_code: str
    reason: str
    status: Literal["applied", "undone", "dropped"]
    edited_by: str
    edited_at: datetime


class Permit(BaseModel):
    """Whether the reader may do something with the assembly now, and what stands in the way."""

    act: Act
    is_allowed: bool
    reason: str = Field(description="Empty when allowed.")


class Spread(BaseModel):
    """A figure over all forms; ``bounds`` are what the blueprint demands."""

    figure: Literal["information", "expected_score", "words", "seconds", "key"]
    theta: float | None = None
    letter: str | None = None
    minimum: float
    maximum: float
    mean: float
    difference: float = Field(description="Largest less smallest.")
    relative: float | None = Field(description="Largest over smallest, less 1; null when the smallest is 0.")
    lower: float | None = Field(default=None, description="The least that the blueprint demands.")
    upper: float | None = Field(default=None, description="The most that it allows.")


class CellDemand(BaseModel):
    """A bound of the blueprint on a count, beside what each form has; null names stand for all."""

    module_code: str | None
    cognitive_level: str | None
    minimum: int
    maximum: int
    counts: list[int] = Field(description="Form by form.")


class RecentFormView(BaseModel):
    """A form of the last sittings that new forms may share only so many items with."""

    form_code: str
    title: str
    last_used: datetime
    shared: list[int] = Field(description="Items shared, form by form of this assembly.")


class AssemblyRow(BaseModel):
    """An assembly in a list."""

    id: UUID
    number: int
    status: AssemblyStatus
    blueprint_id: UUID
    blueprint: BlueprintStatement
    options: AssemblyOptions
    form_count: int
    pool_size: int | None
    is_simulated: bool
    max_relative_difference: float | None = Field(description="At the cut score, largest over smallest minus 1.")
    objective: float | None = Field(
        description="Maximin: smallest information of any form at any point. Target: largest relative deviation."
    )
    bound: float | None = Field(description="Proved: no forms can be better. For a target mostly 0.")
    gap: float | None
    engine: str | None
    stop_reason: str | None
    is_edited: bool
    revision: int
    deviation_count: int
    job_id: UUID
    created_at: datetime
    created_by: str
    approved_by: str | None
    approved_at: datetime | None
    published_form_ids: list[UUID]
    published_by: str | None
    published_at: datetime | None


class AssemblyList(BaseModel):
    """A page of assemblies."""

    items: list[AssemblyRow]
    total: int


class AssemblyView(AssemblyRow):
    """An assembly with its forms, or with the conflict that left it without and what would mend it."""

    blueprint_version: int | None = Field(description="Newest version of the blueprint that states just this; or none.")
    theta: list[float]
    points: list[float] = Field(description="Abilities at which the forms are held against each other.")
    forms: list[AssembledFormView]
    overlap: list[list[int]] = Field(description="Items that two forms share; the diagonal is the form's length.")
    spreads: list[Spread]
    cells: list[CellDemand]
    recent_forms: list[RecentFormView]
    conflict: list[ConflictView]
    repairs: list[list[RepairStep]]
    deviations: list[Deviation]
    edits: list[EditView]
    editors: list[str]
    can_undo: bool
    can_redo: bool
    permits: list[Permit]


class TrailPoint(BaseModel):
    """Where the search stood; ``seconds`` since it began."""

    seconds: float
    stage: Literal["bound", "first_forms", "improving"]
    forms_done: int
    value: float | None
    bound: float | None


class AssemblyProgressView(BaseModel):
    """How far the making of forms is; ``trail`` runs from the beginning to now."""

    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    progress: float
    message: str
    form_count: int
    is_target: bool = Field(description="Small values are good: the value is the largest deviation from the target.")
    trail: list[TrailPoint]
    error: str | None


class Alternative(BaseModel):
    """An item that might stand in the place, and what that would do."""

    item_id: UUID
    code: str
    stem_text: str
    module_code: str
    cognitive_level: str
    a: float
    b: float
    c: float | None
    words: int
    seconds: int
    exposure: ExposureView
    other_forms: list[int]
    item_information: list[float] = Field(description="Over `theta` of the assembly.")
    item_expected_score: list[float]
    figures: FormFigures
    value: float = Field(description="Objective of the whole assembly after the swap.")
    overlap_maximum: int = Field(description="Most items that this form then shares with another one.")
    broken: list[RequirementMessage] = Field(description="Requirements that the forms would not meet.")


class AlternativeList(BaseModel):
    """Replacements for an item, best first: those that break nothing, then by the assembly's value."""

    revision: int
    form_code: str
    points: list[float]
    current: AssembledItemView
    item_information: list[float]
    item_expected_score: list[float]
    before: FormFigures
    value: float
    overlap_maximum: int
    items: list[Alternative]
    total: int


class Swap(BaseModel):
    """Another item for a place; `revision` is the one that the page has seen."""

    model_config = ConfigDict(extra="forbid")

    item_id: UUID
    revision: int = Field(ge=0)
    accept_violations: bool = False
    reason: str = Field(default="", max_length=500)


class SeenRevision(BaseModel):
    """The revision that the page has seen."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0)


class FormPlace(BaseModel):
    """A place in a form."""

    model_config = ConfigDict(extra="forbid")

    form_number: int = Field(ge=1, le=60)
    position: int = Field(ge=1, le=200)


class LockInput(BaseModel):
    """Places to lock, so that another assembly keeps their items, or to unlock."""

    model_config = ConfigDict(extra="forbid")

    places: list[FormPlace] = Field(min_length=1, max_length=12_000)
    is_locked: bool


class ComparisonFigure(BaseModel):
    """One figure of two assemblies."""

    code: str
    label: str
    theta: float | None
    one: float | None
    other: float | None


class ComparisonView(BaseModel):
    """Two assemblies side by side."""

    one: AssemblyRow
    other: AssemblyRow
    figures: list[ComparisonFigure]
    theta: list[float]
    one_information: list[list[float]]
    other_information: list[list[float]]
    shared_items: int = Field(description="Items that stand in forms of both.")
    one_items: int
    other_items: int


class Publication(BaseModel):
    """The published forms."""

    form_ids: list[UUID]
