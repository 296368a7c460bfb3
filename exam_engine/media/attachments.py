"""Starting files of practical tasks: kept as they are once nothing in them can act by itself or exhaust a machine."""

import zipfile
from pathlib import PurePosixPath

from exam_engine.media.archives import Allowance, Entry, opened, read_entries, shown_path
from exam_engine.media.errors import InvalidMediaError, refusal
from exam_engine.media.limits import MediaLimits
from exam_engine.media.office_files import check_office_file, office_type
from exam_engine.media.pdf_files import check_pdf
from exam_engine.media.pictures import check_picture
from exam_engine.media.sniffing import PICTURES, Kind, sniff

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
}
"""Every type of starting file that is taken, by the ending of its name."""

_SAME_ENDING = {"jpeg": "jpg"}
_TEXTS = frozenset({"txt", "csv"})
_PROGRAMS = frozenset(
    {".exe", ".com", ".scr", ".dll", ".msi", ".msix", ".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".vbe", ".wsf", ".wsh"}
    | {".hta", ".lnk", ".url", ".reg", ".jar", ".cpl", ".pif", ".xll"}
    | {".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".pptm", ".potm", ".ppsm", ".ppam", ".sldm"}
)


def attachment_type(content: bytes, kind: Kind, name: str, limits: MediaLimits) -> str:
    """Return the ending of a starting file's type, one of :data:`CONTENT_TYPES`.

    ``name`` decides between the two kinds of plain text only; an ending that promises another type is refused, since
    the file would be opened by another program than the one that was looked at here.

    Raises
    ------
    InvalidMediaError
    """
    ending = shown_path(PurePosixPath(name).suffix.lower().removeprefix("."))
    ending = _SAME_ENDING.get(ending, ending)
    if kind is Kind.UNKNOWN and ending in _TEXTS:
        raise refusal("attachment_text_not_unicode")
    found = _type_of(content, kind, limits, ending)
    if found == "txt" and ending == "csv":
        return "csv"
    if found == "txt" and ending not in {"", *CONTENT_TYPES}:
        raise _unsupported(ending.upper())
    if ending not in {"", found}:
        raise refusal("attachment_name_disagrees", found=found, ending=ending)
    return found


def _type_of(content: bytes, kind: Kind, limits: MediaLimits, ending: str) -> str:
    if kind is Kind.ZIP:
        allowance = Allowance()
        with opened(content, allowance) as archive:
            office = office_type(archive)
            if office is not None:
                check_office_file(archive, allowance)
                return office
            _check_plain_archive(archive, allowance)
            return "zip"
    if kind is Kind.OLD_OFFICE:
        # A password wraps an Office document of today into the container of the old ones.
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise refusal("attachment_encrypted" if is_encrypted else "attachment_old_office")
    if kind is Kind.PDF:
        check_pdf(content)
        return "pdf"
    if kind in PICTURES:
        check_picture(content, kind, limits)
        return "jpg" if kind is Kind.JPEG else kind.name.lower()
    if kind is Kind.TEXT:
        return "txt"
    raise _unsupported(ending.upper() if kind is Kind.UNKNOWN and ending else kind.value)


def _unsupported(kind: str) -> InvalidMediaError:
    return refusal("attachment_type_unsupported", kind=kind, types=", ".join(CONTENT_TYPES))


def _check_plain_archive(archive: zipfile.ZipFile, allowance: Allowance) -> None:
    for entry in read_entries(archive):
        place, kind = shown_path(entry.name), sniff(entry.content)
        if kind is Kind.PROGRAM or PurePosixPath(entry.name).suffix.lower() in _PROGRAMS:
            raise refusal("attachment_archive_program", place)
        if kind is Kind.OLD_OFFICE:
            raise refusal("attachment_old_office", place)
        if kind is Kind.ARCHIVE:
            raise refusal("attachment_archive_nested", place)
        if kind is Kind.PDF:
            check_pdf(entry.content)
        if kind is Kind.ZIP:
            _check_office_entry(entry, allowance)


def _check_office_entry(entry: Entry, allowance: Allowance) -> None:
    with opened(entry.content, allowance) as inner:
        if office_type(inner) is None:
            # Looking into archives without end is what a bomb is made for.
            raise refusal("attachment_archive_nested", shown_path(entry.name))
        check_office_file(inner, allowance)
