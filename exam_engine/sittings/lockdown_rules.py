"""What a rule-set says of the window of the exam: which events are told, how grave each is, and what is blocked."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from exam_engine.core.errors import Fault

Blocked = Literal["copy", "paste", "print", "context_menu"]


class LockdownEvent(StrEnum):
    """What a browser may tell of its window; none of them proves anything."""

    FOCUS = "focus"
    FULLSCREEN = "fullscreen"
    COPY = "copy"
    PASTE = "paste"
    SECOND_TAB = "second_tab"
    PRINT = "print"
    DRAG = "drag"
    DEVTOOLS = "devtools"
    SCREENS = "screens"
    CONTEXT_MENU = "context_menu"


class Severity(StrEnum):
    """How much an event should weigh with the proctor, from nothing on."""

    IGNORED = "ignored"
    NOTE = "note"
    WARNING = "warning"
    SERIOUS = "serious"

    @property
    def rank(self) -> int:
        """0 for what is ignored, more for what weighs more."""
        return list(Severity).index(self)


class BadLockdownError(ValueError):
    """What a rule-set says of the window cannot be read; the text says where."""


class EventRule(BaseModel):
    """How grave an event is, and from how many times in one attempt on it is graver."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Severity
    repeated_from: int | None = Field(default=None, ge=2, le=100)
    repeated_as: Severity | None = None

    @model_validator(mode="after")
    def _rises(self) -> "EventRule":
        if (self.repeated_from is None) != (self.repeated_as is None):
            raise ValueError("repeated_from and repeated_as go together")
        if self.repeated_as is not None and self.repeated_as.rank <= self.severity.rank:
            raise ValueError("repeated_as must be graver than severity")
        return self

    @property
    def is_told(self) -> bool:
        """Whether the event is of any interest."""
        return self.severity is not Severity.IGNORED or self.repeated_as is not None

    def severity_of(self, count: int) -> Severity:
        """Return how grave the event is after so many times."""
        if count <= 0:
            return Severity.IGNORED
        if self.repeated_from is not None and self.repeated_as is not None and count >= self.repeated_from:
            return self.repeated_as
        return self.severity


def _spelt_out(said: object) -> object:
    return {"severity": said} if isinstance(said, str) else said


_RuleText = Annotated[EventRule, BeforeValidator(_spelt_out)]
_NOTED = EventRule(severity=Severity.NOTE)
_IGNORED = EventRule(severity=Severity.IGNORED)


class LockdownRules(BaseModel):
    """The section ``lockdown`` of a rule; an event that it does not name is ignored, the focus is noted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fullscreen: bool = False
    blocks: tuple[Blocked, ...] = ()
    events: dict[LockdownEvent, _RuleText] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_together(self) -> "LockdownRules":
        if len(set(self.blocks)) < len(self.blocks):
            raise ValueError("something is blocked twice")
        return self

    def rule_of(self, event: LockdownEvent) -> EventRule:
        """Return how grave an event is."""
        return self.events.get(event, _NOTED if event is LockdownEvent.FOCUS else _IGNORED)

    @property
    def told(self) -> list[LockdownEvent]:
        """The events that are of interest, in the order of the list of events."""
        return [event for event in LockdownEvent if self.rule_of(event).is_told]


USUAL = LockdownRules()
"""Of a rule-set that says nothing about it: the focus is noted, nothing else is told, asked for or blocked."""


def lockdown_of(rule: Mapping[str, Any]) -> LockdownRules:
    """Read the section of a rule-set's rule; ``USUAL`` where it has none.

    Raises
    ------
    BadLockdownError
    """
    said = rule.get("lockdown")
    if said is None:
        return USUAL
    try:
        return LockdownRules.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(("lockdown", *(str(part) for part in first["loc"])))
        raise BadLockdownError(f"{where}: {first['msg']}") from error


def readable_lockdown(rule: Mapping[str, Any] | None) -> LockdownRules:
    """Return the section as far as it can be read: nobody's exam waits for a slip in a rule-set."""
    try:
        return USUAL if rule is None else lockdown_of(rule)
    except BadLockdownError:
        return USUAL


def lockdown_faults(rule: Mapping[str, Any]) -> list[Fault]:
    """Return what keeps the section from being read; the board is told before a sitting is made ready."""
    try:
        lockdown_of(rule)
    except BadLockdownError as error:
        return [Fault("lockdown_unreadable", "administration", {"where": str(error)})]
    return []
