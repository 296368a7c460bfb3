"""What saved views refuse."""

from exam_engine.core.errors import DomainError, NotFoundError


class SavedViewNotFoundError(NotFoundError):
    """No view of one's own has that identity."""

    code = "saved_view_not_found"


class SavedViewNameTakenError(DomainError):
    """One has another view of that name."""

    status = 409
    code = "saved_view_name_taken"
