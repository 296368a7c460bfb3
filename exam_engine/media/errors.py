"""What the keeping of media refuses."""

from typing import Any

from exam_engine.core.errors import Fault, InvalidInputError, NotFoundError


class InvalidMediaError(InvalidInputError):
    """The file cannot be taken; its one fault says why and what to do."""

    code = "invalid_media"


class MediaNotFoundError(NotFoundError):
    """Nothing is stored under that hash."""

    code = "media_not_found"


def refusal(code: str, place: str = "", **params: Any) -> InvalidMediaError:
    """Return the refusal of a file for one reason; ``place`` names the part of it, such as a file in an archive."""
    return InvalidMediaError(faults=[Fault(code, place, params)])
