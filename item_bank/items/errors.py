"""What items refuse."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class ItemNotFoundError(NotFoundError):
    """No item has that identity."""

    code = "item_not_found"


class ItemsInUseError(DomainError):
    """Somebody else stored an item of the same code at the same moment."""

    status = 409
    code = "item_conflict"


class ItemPublishedError(DomainError):
    """The item stands in a published form: it is superseded by another, not edited."""

    status = 409
    code = "item_is_published"


class ItemVersionConflictError(DomainError):
    """Somebody saved another version since the item was opened."""

    status = 409
    code = "item_version_conflict"


class InvalidItemError(InvalidInputError):
    """What the item asks, or its key, contradicts itself."""

    code = "invalid_item"


class UnknownStimulusError(InvalidInputError):
    """No stimulus has that code."""

    code = "unknown_stimulus"


class UnknownSortError(InvalidInputError):
    """The list cannot be sorted by that field."""

    code = "unknown_sort"


class UnknownFilterError(InvalidInputError):
    """A filter in the search text has a value that nobody knows."""

    code = "unknown_filter"


class ApprovalTargetError(InvalidInputError):
    """Neither or both of ids and filter were given."""

    code = "approval_target"


class KeyMissingError(DomainError):
    """An item without a key cannot be published; a key is never guessed."""

    code = "item_key_missing"
