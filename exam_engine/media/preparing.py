"""From the bytes of an upload to what is kept: pure work on bytes, for any thread or process."""

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from exam_engine.core.text import clean_line
from exam_engine.media.attachments import CONTENT_TYPES, attachment_type
from exam_engine.media.errors import refusal
from exam_engine.media.limits import DEFAULT_LIMITS, MEGABYTE, MediaLimits, Purpose
from exam_engine.media.pictures import Change, prepare_picture
from exam_engine.media.sniffing import (
    OTHER_PICTURES,
    OTHER_SOUNDS,
    PICTURES,
    SOUNDS,
    VECTOR_PICTURES,
    Kind,
    sniff,
)
from exam_engine.media.sound import prepare_sound

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class PreparedMedia:
    """A file fit for keeping.

    Attributes
    ----------
    sha256 : hexadecimal hash of ``content``, its name from now on.
    original_sha256 : hash of the bytes that came.
    width, height : pixels of a picture, else None.
    duration_ms : milliseconds of a sound, else None.
    changes : what re-encoding left out that a reader could miss.
    """

    purpose: Purpose
    sha256: str
    content_type: str
    content: bytes = field(repr=False)
    original_name: str
    original_sha256: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    changes: tuple[Change, ...] = ()


def content_hash(content: bytes) -> str:
    """Return the hexadecimal SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def prepare(content: bytes, name: str, purpose: Purpose, limits: MediaLimits = DEFAULT_LIMITS) -> PreparedMedia:
    """Check an upload and bring it into the form that is kept.

    Takes from a millisecond (a small picture) to half a minute (the longest sound); needs no database, so call it
    outside of transactions. The same bytes for the same purpose always give the same content, and prepared content
    gives itself.

    Parameters
    ----------
    content : the file as it came.
    name : its name as its owner knows it; any path before it is dropped.

    Raises
    ------
    InvalidMediaError
        The one fault says why, at most a place inside the file, and what to do.
    """
    if not content:
        raise refusal("media_empty")
    most = limits.bytes_for(purpose)
    if len(content) > most:
        raise refusal("media_too_large", megabytes=f"{most / MEGABYTE:g}")
    kind = sniff(content)
    original_name, original_sha256 = file_name(name), content_hash(content)
    if purpose == "picture":
        _check_is_picture(kind)
        picture = prepare_picture(content, kind, limits)
        return PreparedMedia(
            purpose,
            content_hash(picture.content),
            picture.content_type,
            picture.content,
            original_name,
            original_sha256,
            width=picture.width,
            height=picture.height,
            changes=picture.changes,
        )
    if purpose == "sound":
        _check_is_sound(kind)
        sound = prepare_sound(content, kind, limits)
        return PreparedMedia(
            purpose,
            content_hash(sound.content),
            sound.content_type,
            sound.content,
            original_name,
            original_sha256,
            duration_ms=sound.duration_ms,
        )
    ending = attachment_type(content, kind, original_name, limits)
    if not PurePosixPath(original_name).suffix:
        original_name = file_name(f"{original_name}.{ending}")
    return PreparedMedia(purpose, original_sha256, CONTENT_TYPES[ending], content, original_name, original_sha256)


def file_name(name: str) -> str:
    """Return the last part of a path as one clean line, no longer than :data:`LONGEST_NAME`; the ending stays."""
    line = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(". ")
    path = PurePosixPath(line or "file")
    return f"{path.stem[: LONGEST_NAME - len(path.suffix)]}{path.suffix}"[:LONGEST_NAME].strip()


def _check_is_picture(kind: Kind) -> None:
    if kind in PICTURES:
        return
    if kind in VECTOR_PICTURES:
        raise refusal("picture_is_vector", kind=kind.value)
    if kind in OTHER_PICTURES:
        raise refusal("picture_type_unsupported", kind=kind.value)
    raise refusal("media_not_picture", kind=kind.value)


def _check_is_sound(kind: Kind) -> None:
    if kind in SOUNDS:
        return
    if kind in OTHER_SOUNDS:
        raise refusal("sound_type_unsupported", kind=kind.value)
    raise refusal("media_not_sound", kind=kind.value)
