"""What sittings refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError


class SittingNotDraftError(DomainError):
    """The sitting's papers are sealed: rooms, forms, candidates and seats stay as they are."""

    code = "sitting_not_draft"


class SittingSettledError(DomainError):
    """The sitting's results are settled, so that its registrations no longer change."""

    code = "sitting_settled"


class SittingNotRunningError(DomainError):
    """No clock of the sitting runs: it was not made ready, or its results are settled."""

    code = "sitting_not_running"


class RoomAtSiteError(DomainError):
    """A site holds the room: what happens in it happens there."""

    code = "room_at_site"


class SittingPulledError(DomainError):
    """The sitting is another server's; this one only holds it, room by room."""

    code = "sitting_pulled"


class UnknownRuleSetError(DomainError):
    """There is no rule-set with this code."""

    status = 404
    code = "unknown_rule_set"


class LockdownUnreadableError(InvalidInputError):
    """What is said of the exam's window breaks its rules; ``where`` names the place."""

    code = "lockdown_unreadable"


class SeatEmptyError(DomainError):
    """Nobody sits at that seat of the room."""

    code = "seat_empty"


class SeatUnchangedError(DomainError):
    """A candidate is moved to the seat that they have."""

    code = "seat_unchanged"


class SittingNotReadyError(InvalidInputError):
    """Something is missing before papers can be sealed; the faults name it."""

    status = 409
    code = "sitting_not_ready"


class CodeTakenError(DomainError):
    """Another exam, centre or room has that code or name."""

    code = "code_taken"


class CannotArrangeError(InvalidInputError):
    """Numbers and seats cannot be given; the faults say why."""

    status = 409
    code = "cannot_arrange"


class ImportHasErrorsError(DomainError):
    """A list with errors is not applied: the file is mended and read again."""

    code = "candidate_import_has_errors"


class ImportAlreadyAppliedError(DomainError):
    """A list is applied once."""

    code = "candidate_import_applied"


class ImportOutdatedError(DomainError):
    """Since the list was read, one of its people was registered another way."""

    code = "candidate_import_outdated"
