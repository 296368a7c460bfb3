"""What delivery refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError


class NotOpenYetError(DomainError):
    """The sitting has not opened."""

    status = 425
    code = "not_open_yet"


class PausedError(DomainError):
    """A pause goes on."""

    status = 425
    code = "sitting_paused"


class CreditDecidedError(DomainError):
    """Somebody has signed or rejected this time already."""

    status = 409
    code = "credit_decided"


class PaperNotReleasedError(DomainError):
    """The key of the paper has not come to this test site yet."""

    status = 425
    code = "paper_not_released"


class NotUnlockedError(DomainError):
    """The proctor has not unlocked this seat for this browser."""

    status = 425
    code = "not_unlocked"


class OwnDataNotConfirmedError(DomainError):
    """The candidate has not looked at their own data yet."""

    status = 409
    code = "own_data_not_confirmed"


class SittingOverError(DomainError):
    """The window of the sitting has closed."""

    status = 409
    code = "sitting_over"


class AttemptClosedError(DomainError):
    """The attempt was submitted or its time is over."""

    status = 409
    code = "attempt_closed"


class SeatFencedError(DomainError):
    """The attempt has moved to another browser."""

    status = 409
    code = "seat_fenced"


class JournalIncompleteError(DomainError):
    """Operations that the browser speaks of have not arrived."""

    status = 409
    code = "journal_incomplete"


class BusyError(DomainError):
    """The write queue is full; hold the work and come back."""

    status = 503
    code = "busy"


class BadJournalRequestError(InvalidInputError):
    """The journal request breaks the protocol."""

    code = "bad_journal_request"


class AttemptRunningError(DomainError):
    """A running attempt cannot be locked out."""

    status = 409
    code = "attempt_running"


class UnlockRefusedError(InvalidInputError):
    """Candidates lack a confirmation that the sitting asks for; the faults name each of them."""

    status = 409
    code = "unlock_refused"


class RecoveryRefusedError(DomainError):
    """An operation that a fenced browser held may not count, or was put forward before; ``seq`` is its number."""

    code = "recovery_refused"


class RecoveryDecidedError(DomainError):
    """Somebody has admitted or rejected it already."""

    code = "recovery_decided"


class RecoveryStagedError(DomainError):
    """Later items were chosen from the earlier answers, so none can be changed afterwards."""

    code = "recovery_staged"


class StageOutOfOrderError(DomainError):
    """The stage asked for does not follow the one that is open; ``open`` is its number."""

    status = 409
    code = "stage_out_of_order"


class PaperMediaMissingError(InvalidInputError):
    """A paper cannot be sealed: media of its items are not stored."""

    status = 409
    code = "paper_media_missing"


class PaperTooLargeError(InvalidInputError):
    """A paper cannot be sealed: its pictures and sounds are too large together."""

    status = 409
    code = "paper_too_large"


class NotStagedError(DomainError):
    """Everybody gets all items of this form at the start."""

    status = 409
    code = "form_not_staged"


class NotPracticalError(DomainError):
    """The item takes no files."""

    status = 409
    code = "item_takes_no_files"


class UploadRefusedError(InvalidInputError):
    """A file is not what its task takes."""

    code = "upload_refused"


class TooManyUploadsError(DomainError):
    """An attempt holds as many files, or as many bytes of them, as it may."""

    status = 409
    code = "too_many_uploads"


class UploadPartError(DomainError):
    """Bytes do not follow what has arrived; ``received`` says how many have."""

    status = 409
    code = "upload_part_out_of_place"


class UploadDamagedError(DomainError):
    """The bytes that arrived are not those that were announced."""

    status = 409
    code = "upload_damaged"


class UploadsIncompleteError(DomainError):
    """Files that a browser speaks of have not fully arrived."""

    status = 409
    code = "uploads_incomplete"
