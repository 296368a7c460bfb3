"""What results refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError


class ResultsNotReadyError(InvalidInputError):
    """Results cannot be proposed yet; the faults say what is open."""

    status = 409
    code = "results_not_ready"


class ResultsAlreadyProposedError(DomainError):
    """The results are proposed or approved already."""

    code = "results_already_proposed"


class ResultsNotProposedError(DomainError):
    """Only proposed results can be approved or returned."""

    code = "results_not_proposed"


class ResultsChangedError(DomainError):
    """The stored results are not those that were proposed: somebody changed the database by hand."""

    code = "results_changed"
