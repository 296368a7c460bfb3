"""Kinds of files that are handed in: media types as QTI names them, endings of names as the bank does."""

from collections.abc import Iterable, Mapping

from exam_engine.interactions.checking.file_types import PERMITTED_FILE_TYPES

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
MEDIA_TYPES: Mapping[str, str] = {
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "odp": f"{_OPEN}.presentation",
    "odb": f"{_OPEN}.database",
    "rtf": "application/rtf",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "json": "application/json",
    "xml": "application/xml",
    "sql": "application/sql",
    "html": "text/html",
    "css": "text/css",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "svg": "image/svg+xml",
    "psd": "image/vnd.adobe.photoshop",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "accdb": "application/msaccess",
    "mpp": "application/vnd.ms-project",
    "vsdx": "application/vnd.ms-visio.drawing",
    "sqlite": "application/vnd.sqlite3",
    "xcf": "image/x-xcf",
    "ai": "application/postscript",
    "cdr": "application/vnd.corel-draw",
}
_SAME = {"jpeg": "jpg", "htm": "html", "tiff": "tif"}
_ENDINGS = {media: ending for ending, media in MEDIA_TYPES.items()} | {
    "text/xml": "xml",
    "text/rtf": "rtf",
    "audio/mp3": "mp3",
    "audio/x-wav": "wav",
}


def ending_of(media_type: str) -> str:
    """Return the ending of files of a media type."""
    plain = media_type.partition(";")[0].strip().lower()
    return "zip" if plain == "application/zip" else _ENDINGS.get(plain, "bin")


def media_type(ending: str) -> str:
    """Return the media type of an ending; a general one where there is none of its own."""
    return MEDIA_TYPES.get(_SAME.get(ending, ending), "application/octet-stream")


def endings_of(media_types: Iterable[str]) -> tuple[str, ...]:
    """Return the endings of media types, those that the bank takes; ``image/*`` stands for all pictures."""
    found: list[str] = []
    for name in media_types:
        if name.endswith("/*"):
            found.extend(ending for media, ending in _ENDINGS.items() if media.startswith(name[:-1]))
        elif name.lower() in _ENDINGS:
            found.append(_ENDINGS[name.lower()])
    return tuple(dict.fromkeys(ending for ending in found if ending in PERMITTED_FILE_TYPES))[:20]
