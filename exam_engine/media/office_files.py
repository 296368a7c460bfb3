"""Office documents looked through for what could act by itself: macros, remote templates, entities."""

import re
import zipfile
from typing import Literal

from lxml import etree

from exam_engine.media.archives import Allowance, opened, read_entries, shown_path
from exam_engine.media.errors import refusal

OfficeType = Literal["docx", "xlsx", "pptx", "odt", "ods", "odp"]

_CONTENT_TYPES = "[Content_Types].xml"
# The main part has a type of its own, but no fixed name: some programs write word/document2.xml.
_FAMILIES: dict[bytes, OfficeType] = {
    b"wordprocessingml": "docx",
    b"ms-word": "docx",
    b"spreadsheetml": "xlsx",
    b"ms-excel": "xlsx",
    b"presentationml": "pptx",
    b"ms-powerpoint": "pptx",
}
_MAIN_PART = re.compile(rb"\b(%s)\.[a-z.]+\.main\b" % b"|".join(_FAMILIES))
_OPEN_DOCUMENT: dict[bytes, OfficeType] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_MACRO_FOLDERS = ("basic/", "scripts/", "word/activex/", "xl/activex/", "ppt/activex/", "xl/macrosheets/")
_MACRO_TYPES = (b"macroenabled", b"vbaproject")
_LONGEST_MIMETYPE, _LONGEST_CONTENT_TYPES = 200, 1 << 20
_DEEPEST = 2
"""A chart inside a table inside a text; documents nested deeper are made by hand."""


def office_type(archive: zipfile.ZipFile) -> OfficeType | None:
    """Return which office document an archive is; None when it is none."""
    types = _read_part(archive, _CONTENT_TYPES, _LONGEST_CONTENT_TYPES)
    if types is not None:
        main = _MAIN_PART.search(_plain(types))
        return _FAMILIES[main[1]] if main else None
    mimetype = _read_part(archive, "mimetype", _LONGEST_MIMETYPE)
    return _OPEN_DOCUMENT.get(mimetype.strip()) if mimetype is not None else None


def _read_part(archive: zipfile.ZipFile, name: str, longest: int) -> bytes | None:
    if name not in archive.namelist() or (info := archive.getinfo(name)).file_size > longest:
        return None
    with archive.open(info) as part:
        return part.read(longest)


def _plain(xml: bytes) -> bytes:
    """Return XML for a search of words in it, whether it is written in UTF-8 or UTF-16."""
    return xml.replace(b"\0", b"").lower()


def check_office_file(archive: zipfile.ZipFile, allowance: Allowance, *, depth: int = 0) -> None:
    """Refuse a document that holds macros, loads its template from elsewhere or declares XML entities.

    Documents embedded in it are held to the same.

    Raises
    ------
    InvalidMediaError
    """
    for entry in read_entries(archive):
        name = entry.name.lower()
        if name.endswith(_MACRO_PARTS) or name.startswith(_MACRO_FOLDERS):
            raise refusal("attachment_has_macros", shown_path(entry.name))
        if name == _CONTENT_TYPES.lower() and any(word in _plain(entry.content) for word in _MACRO_TYPES):
            raise refusal("attachment_has_macros", shown_path(entry.name))
        if name.endswith((".xml", ".rels")):
            _check_part(entry.name, entry.content)
        elif entry.content.startswith(b"PK\x03\x04"):
            if depth == _DEEPEST:
                raise refusal("attachment_archive_nested", shown_path(entry.name))
            with opened(entry.content, allowance) as inner:
                check_office_file(inner, allowance, depth=depth + 1)


def _check_part(name: str, content: bytes) -> None:
    # No office program writes a document type; it could only bring in entities.
    head = _plain(content[:4096])
    if b"<!doctype" in head or b"<!entity" in head:
        raise refusal("attachment_suspicious", shown_path(name))
    if name.endswith(".rels"):
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        for relation in etree.fromstring(content, parser):
            is_template = str(relation.get("Type", "")).endswith(("/attachedTemplate", "/oleObject", "/frame"))
            if is_template and relation.get("TargetMode") == "External":
                raise refusal("attachment_loads_remote", shown_path(name))
