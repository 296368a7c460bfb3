"""What items refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class ItemNotFoundError(NotFoundError):
    """No item has that identity."""

    code = "item_not_found"


class ItemsInUseError(DomainError):
    """Somebody else stored an item of the same code at the same moment."""

    status = 409
    code = "item_conflict"


class UnknownSortError(InvalidInputError):
    """The list cannot be sorted by that field."""

    code = "unknown_sort"


class ApprovalTargetError(InvalidInputError):
    """Neither or both of ids and filter were given."""

    code = "approval_target"
