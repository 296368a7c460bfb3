"""How much one file may hold."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from exam_engine.core.config import Settings

Purpose = Literal["picture", "sound", "attachment"]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """Bounds of one upload, all checked before or while it is read, never after.

    Attributes
    ----------
    picture_bytes, sound_bytes, attachment_bytes : largest file of each purpose as it comes.
    picture_pixels : width times height, as the header declares it.
    sound : longest duration.
    """

    picture_bytes: int = 10 * MEGABYTE
    picture_pixels: int = 40_000_000
    sound_bytes: int = 20 * MEGABYTE
    sound: timedelta = timedelta(minutes=15)
    attachment_bytes: int = 25 * MEGABYTE

    @property
    def upload_bytes(self) -> int:
        """Largest file of any purpose."""
        return max(self.picture_bytes, self.sound_bytes, self.attachment_bytes)

    def bytes_for(self, purpose: Purpose) -> int:
        """Return the largest file of a purpose."""
        return {
            "picture": self.picture_bytes,
            "sound": self.sound_bytes,
            "attachment": self.attachment_bytes,
        }[purpose]


DEFAULT_LIMITS = MediaLimits()
"""The limits of an installation that sets none."""


def limits_of(settings: Settings) -> MediaLimits:
    """Return the limits of an installation."""
    return MediaLimits(
        picture_bytes=settings.max_picture_bytes,
        picture_pixels=settings.max_picture_pixels,
        sound_bytes=settings.max_sound_bytes,
        sound=settings.max_sound_length,
        attachment_bytes=settings.max_attachment_bytes,
    )
