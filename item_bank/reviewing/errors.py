"""What reviewing refuses."""

from exam_engine.core.errors import DomainError, InvalidInputError, NotFoundError


class CommentNotFoundError(NotFoundError):
    """No comment has that identity."""

    code = "comment_not_found"


class CommentPlaceError(InvalidInputError):
    """The version has no such part, or the comment that is answered stands on another item."""

    code = "comment_place_unknown"


class ForeignCommentError(DomainError):
    """Only who wrote a comment changes it or strikes it out."""

    code = "comment_not_own"


class CommentClosedError(DomainError):
    """A comment is changed for some minutes only, and never after it was struck out or settled."""

    code = "comment_closed"


class ReviewVersionError(DomainError):
    """Somebody saved another version since the reviewer opened the item."""

    code = "review_version_conflict"


class ChecklistOutdatedError(DomainError):
    """The board has changed the checklist since the reviewer opened the item."""

    code = "checklist_outdated"


class ChecklistConflictError(DomainError):
    """Somebody put another version of the checklist in force since its editor opened it."""

    code = "checklist_conflict"


class InvalidReviewError(InvalidInputError):
    """The checklist is not answered as the verdict demands."""

    code = "invalid_review"


class ReviewRefusedError(DomainError):
    """The verdict cannot be carried out; the fault says why."""

    code = "review_refused"


class InvalidChecklistError(InvalidInputError):
    """The checklist contradicts itself."""

    code = "invalid_checklist"


class AssigneeUnknownError(InvalidInputError):
    """Nobody of that identity writes or reviews items."""

    code = "assignee_unknown"


class EnemyUnknownError(InvalidInputError):
    """No other item has that code."""

    code = "enemy_unknown"


class VersionNotFoundError(NotFoundError):
    """The item has no version of that number."""

    code = "item_version_not_found"
