"""Writing the bank's own package: every item whole, with key, explanation, metadata, stimulus and media."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from item_bank.exchange.exported import ExportedItem, ExportedMedia, WrittenFile, media_of_items
from item_bank.exchange.imported import Notice
from item_bank.exchange.package.naming import CONTENTS, FORMAT, VERSION, media_path
from item_bank.items.content import ItemDraft

_DRAFT: TypeAdapter[ItemDraft] = TypeAdapter(ItemDraft)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKED = ("application/zip", "application/vnd.", "application/pdf", "image/", "audio/")


def write_package(items: Sequence[ExportedItem], media: Mapping[str, ExportedMedia]) -> WrittenFile:
    """Return a package of items in the order given, their stimuli and the media that they name.

    The same items always give the same bytes. Media that are not among ``media`` are named in ``left_out``, by the
    code of the item; the item itself is written all the same.
    """
    stimuli: dict[str, dict[str, Any]] = {}
    for one in items:
        if (stimulus := one.stimulus) is not None:
            stimuli[stimulus.code] = {
                "code": stimulus.code,
                "title": stimulus.title,
                "language": stimulus.language,
                "content": stimulus.content,
            }
    contents = {
        "format": FORMAT,
        "version": VERSION,
        "stimuli": [stimuli[code] for code in sorted(stimuli)],
        "items": [_DRAFT.dump_python(one.draft, mode="json") for one in items],
    }
    named = {one.draft.code: media_of_items([one]) for one in items}
    left_out = tuple(
        Notice("left_out", "export_media_missing", code, params={"media": sha256[:12]})
        for code, hashes in named.items()
        for sha256 in hashes
        if sha256 not in media
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, CONTENTS, json.dumps(contents, ensure_ascii=False, indent=1).encode(), zipfile.ZIP_DEFLATED)
        for sha256 in sorted({sha256 for hashes in named.values() for sha256 in hashes} & media.keys()):
            medium = media[sha256]
            is_packed = medium.content_type.startswith(_PACKED)
            _add(archive, media_path(sha256), medium.content, zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED)
    return WrittenFile(buffer.getvalue(), left_out)


def _add(archive: zipfile.ZipFile, path: str, content: bytes, method: int) -> None:
    # The time of writing would make two packages of the same items differ.
    archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, method)
