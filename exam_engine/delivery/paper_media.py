"""Media that travel with a paper: once the paper is on the candidate's machine, nothing more is fetched."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import Fault
from exam_engine.delivery.errors import PaperMediaMissingError, PaperTooLargeError
from exam_engine.forms.media import media_of_views
from exam_engine.media import service as media

MOST_MEDIA_BYTES = 40_000_000
"""Pictures and sounds of one paper together; an old PC still opens it, a room of forty still loads it in minutes."""

PackedMedia = dict[str, dict[str, str]]
"""By hash: ``content_type`` and the bytes as ``base64``."""


async def packed_media(session: AsyncSession, views: Iterable[Mapping[str, Any]], *, form_code: str) -> PackedMedia:
    """Return the media that items show, each once, in the order of their hashes.

    Raises
    ------
    PaperMediaMissingError
        Media are not stored; the faults name the items.
    PaperTooLargeError
        They are more than a paper may carry; the faults name the largest.
    """
    wanted = media_of_views(views)
    described = await media.describe(session, wanted)
    missing = [
        Fault("form_media_missing", f"{form_code}/{ref}", {"media": sha256[:12]})
        for sha256, ref in wanted.items()
        if sha256 not in described
    ]
    if missing:
        raise PaperMediaMissingError(form_code=form_code, faults=missing)
    total = sum(found.size_bytes for found in described.values())
    if total > MOST_MEDIA_BYTES:
        largest = sorted(described.values(), key=lambda found: found.size_bytes, reverse=True)[:5]
        raise PaperTooLargeError(
            form_code=form_code,
            megabytes=_megabytes(total),
            most=_megabytes(MOST_MEDIA_BYTES),
            faults=[
                Fault(
                    "paper_media_large",
                    f"{form_code}/{wanted[found.sha256]}",
                    {"name": found.original_name, "megabytes": _megabytes(found.size_bytes)},
                )
                for found in largest
            ],
        )
    contents = await media.read(session, wanted)
    return {
        sha256: {
            "content_type": contents[sha256].content_type,
            "base64": base64.b64encode(contents[sha256].content).decode(),
        }
        for sha256 in sorted(contents)
    }


def _megabytes(size: int) -> float:
    return round(size / 1_000_000, 1)
