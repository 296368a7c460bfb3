"""What tailored papers refuse."""

from exam_engine.core.errors import DomainError, NotFoundError


class TailoredPaperNotFoundError(NotFoundError):
    """No tailored paper has that identity."""

    code = "tailored_not_found"


class InfeasibleTailoredPaperError(DomainError):
    """None can be made to the blueprint; the paper tells why."""

    status = 422
    code = "tailored_infeasible"


class TailoredPaperStoppedError(DomainError):
    """The search met its limit before there was a paper."""

    status = 422
    code = "tailored_stopped"


class TailoredPaperNotRunningError(DomainError):
    """There is no work to give up: it has ended."""

    status = 409
    code = "tailored_not_running"


class TailoredPaperNotApprovableError(DomainError):
    """The paper is not waiting for approval."""

    status = 409
    code = "tailored_not_approvable"


class TailoredPaperNotApprovedError(DomainError):
    """The paper is not approved, or is published already."""

    status = 409
    code = "tailored_not_approved"


class TailoredPaperNotDeletableError(DomainError):
    """A paper that is being made, approved or published stays."""

    status = 409
    code = "tailored_not_deletable"


class TailoredItemsChangedError(DomainError):
    """Items of the paper have other versions now, or are not approved any more."""

    status = 409
    code = "tailored_items_changed"


class TailoredNumberTakenError(DomainError):
    """Another paper was started at the same moment."""

    status = 409
    code = "tailored_number_taken"
