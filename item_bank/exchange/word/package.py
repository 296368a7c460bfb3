"""Word files as packages of parts: opened under limits, XML read without document types, entities or network."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from item_bank.exchange.word.errors import InvalidWordFileError, Refusal, refusal
from item_bank.exchange.word.names import CONTENT_TYPES, RELATIONSHIPS, W

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY_MAGIC = b"PK\x01\x02"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IS_LOCKED = 0x1
_MEGABYTE = 1024 * 1024
_CHUNK = 64 * 1024
_WORD_TYPE = re.compile(r"wordprocessingml\.(?:document|template)\.main\+xml$")
# Strict files differ from the usual ones in the addresses of their vocabularies: ".../ooxml/x/main" instead of
# ".../x/2006/main".
_STRICT = re.compile(rb"""(?<=["'])http://purl\.oclc\.org/ooxml/(\w+)/""")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, etree.LxmlError, EOFError, NotImplementedError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class WordLimits:
    """How much a file may hold; everything is checked before or while it is read, never after.

    A document of text packs about 10 to 1, a repetitive one up to about 60 to 1; ``packing_ratio`` lies well above
    and far below the 1000 to 1 of a file made to exhaust memory. ``block_bytes`` bounds the XML of one paragraph or
    one table, of which a whole tree stands in memory at a time.
    """

    file_bytes: int = 50 * _MEGABYTE
    unpacked_bytes: int = 400 * _MEGABYTE
    packing_ratio: int = 200
    parts: int = 20_000
    text_bytes: int = 150 * _MEGABYTE
    block_bytes: int = 24 * _MEGABYTE
    part_bytes: int = 24 * _MEGABYTE
    picture_bytes: int = 40 * _MEGABYTE
    depth: int = 40


USUAL_LIMITS = WordLimits()


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one part to another, or to an address outside that is never followed."""

    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of one file; nothing of it is unpacked before it is asked for."""

    def __init__(self, content: bytes, limits: WordLimits) -> None:
        self.limits = limits
        _check_kind(content, limits)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._entries = _entries(self._archive, limits)
        except _UNREADABLE as error:
            raise refusal(Refusal.DAMAGED) from error
        self.main = self._main()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def read(self, name: str, most: int) -> bytes:
        """Return a part's bytes; refuse one of more than ``most`` bytes."""
        entry = self._entries.get(name.lower())
        if entry is None:
            raise refusal(Refusal.DAMAGED, name)
        if entry.file_size > most:
            raise refusal(Refusal.SUSPICIOUS, name)
        try:
            return self._archive.read(entry)
        except _UNREADABLE as error:
            raise refusal(Refusal.DAMAGED, name) from error

    def parse(self, name: str) -> etree._Element:
        """Return the root of a part's XML."""
        content = self.read(name, self.limits.part_bytes)
        _check_head(content, name)
        try:
            root = etree.fromstring(_STRICT.sub(_TRANSITIONAL, content), _parser())
        except (etree.LxmlError, ValueError) as error:
            raise refusal(Refusal.DAMAGED, name) from error
        _check_tree(root, name)
        return root

    def blocks(self) -> Iterator[etree._Element]:
        """Yield the children of the document's body one by one; each is dropped when the next is asked for.

        The XML is fed in pieces, so that no more than ``block_bytes`` of it stand in memory as a tree.
        """
        name = self.main
        parser = etree.XMLPullParser(
            events=("start",),
            tag=f"{W}body",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        body: etree._Element | None = None
        unfinished = 0
        try:
            for chunk in self._chunks(name):
                parser.feed(chunk)
                unfinished += len(chunk)
                if body is None:
                    body = _first_element(parser)
                    if body is not None:
                        _check_tree(body, name)
                # A child is whole when another one follows it; counting them all would take time in their square.
                while body is not None and (child := next(iter(body), None)) is not None:
                    if child.getnext() is None:
                        break
                    unfinished = 0
                    yield child
                    _drop_first(body)
                if unfinished > self.limits.block_bytes:
                    raise refusal(Refusal.SUSPICIOUS, name)
            parser.close()
        except (etree.LxmlError, ValueError) as error:
            raise refusal(Refusal.DAMAGED, name) from error
        if body is None:
            raise refusal(Refusal.DAMAGED, name)
        while len(body):
            yield body[0]
            _drop_first(body)

    def relations(self, name: str) -> Mapping[str, Relation]:
        """Return a part's links by their id; none where the part has no list of links."""
        folder, _, file = name.rpartition("/")
        listing = posixpath.join(folder, "_rels", f"{file}.rels")
        if listing not in self:
            return {}
        return {
            element.get("Id", ""): Relation(
                element.get("Type", "").rpartition("/")[2],
                element.get("Target", "") if _is_external(element) else _target(folder, element.get("Target", "")),
                _is_external(element),
            )
            for element in self.parse(listing).iter(f"{RELATIONSHIPS}Relationship")
        }

    def content_type(self, name: str) -> str:
        """Return the media type that the file states for a part, in lower case; empty if it states none."""
        overrides, defaults = self._content_types
        return overrides.get(name.lower()) or defaults.get(name.rpartition(".")[2].lower(), "")

    @cached_property
    def _content_types(self) -> tuple[dict[str, str], dict[str, str]]:
        if "[Content_Types].xml" not in self:
            raise refusal(Refusal.NOT_WORD)
        root = self.parse("[Content_Types].xml")
        overrides = {
            element.get("PartName", "").lstrip("/").lower(): element.get("ContentType", "").lower()
            for element in root.iter(f"{CONTENT_TYPES}Override")
        }
        defaults = {
            element.get("Extension", "").lower(): element.get("ContentType", "").lower()
            for element in root.iter(f"{CONTENT_TYPES}Default")
        }
        return overrides, defaults

    def _main(self) -> str:
        if "content.xml" in self and "mimetype" in self:
            raise refusal(Refusal.IS_ODT)
        targets = [link.target for link in self.relations("").values() if link.kind == "officeDocument"]
        name = targets[0] if targets else "word/document.xml"
        stated = self.content_type(name)
        if "macroenabled" in stated or any(entry.endswith("vbaproject.bin") for entry in self._entries):
            raise refusal(Refusal.HAS_MACROS)
        if not _WORD_TYPE.search(stated):
            raise refusal(Refusal.NOT_WORD)
        if name not in self:
            raise refusal(Refusal.DAMAGED, name)
        return name

    def _chunks(self, name: str) -> Iterator[bytes]:
        entry = self._entries[name.lower()]
        if entry.file_size > self.limits.text_bytes:
            raise refusal(Refusal.SUSPICIOUS, name)
        try:
            with self._archive.open(entry) as part:
                chunk = part.read(_CHUNK)
                _check_head(chunk, name)
                if _STRICT.search(chunk):
                    chunk = _STRICT.sub(_TRANSITIONAL, chunk + part.read())
                    yield from (chunk[start : start + _CHUNK] for start in range(0, len(chunk), _CHUNK))
                    return
                while chunk:
                    yield chunk
                    chunk = part.read(_CHUNK)
        except InvalidWordFileError:
            raise
        except _UNREADABLE as error:
            raise refusal(Refusal.DAMAGED, name) from error


def _first_element(parser: etree.XMLPullParser) -> etree._Element | None:
    return next((found for _, found in parser.read_events() if isinstance(found, etree._Element)), None)


def _drop_first(body: etree._Element) -> None:
    # Cut off whole, a long block would take time in the square of its length: its names are declared above it.
    body[0].clear()
    del body[0]


def _check_kind(content: bytes, limits: WordLimits) -> None:
    if len(content) > limits.file_bytes:
        raise refusal(Refusal.TOO_LARGE, megabytes=limits.file_bytes // _MEGABYTE)
    if not content.strip():
        raise refusal(Refusal.EMPTY)
    if content.startswith(_OLE_MAGIC):
        # A document under a password is wrapped in the container of the old .doc format.
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise refusal(Refusal.IS_ENCRYPTED if is_encrypted else Refusal.IS_DOC)
    if content.startswith(b"{\\rtf"):
        raise refusal(Refusal.IS_RTF)
    if content.startswith(b"%PDF"):
        raise refusal(Refusal.IS_PDF)
    if not content.startswith(b"PK"):
        raise refusal(Refusal.NOT_WORD)
    # Counted before the list of entries is read, for each would become an object in memory.
    if content.count(_ENTRY_MAGIC) > limits.parts:
        raise refusal(Refusal.SUSPICIOUS)


def _entries(archive: zipfile.ZipFile, limits: WordLimits) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    if any(entry.flag_bits & _IS_LOCKED for entry in listed):
        raise refusal(Refusal.IS_ENCRYPTED)
    # zipfile never unpacks more of an entry than the size stated here, so a false statement cannot pass the check.
    total = sum(entry.file_size for entry in listed)
    packed = max(1, sum(entry.compress_size for entry in listed))
    is_bomb = total > 4 * _MEGABYTE and total > limits.packing_ratio * packed
    # Names of parts do not distinguish case; some programs write them with a backslash.
    entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in listed}
    # Other methods of packing are no part of the format, and unpack without a bound.
    is_odd = len(entries) < len(listed) or any(entry.compress_type not in _METHODS for entry in listed)
    if total > limits.unpacked_bytes or is_bomb or is_odd:
        raise refusal(Refusal.SUSPICIOUS)
    return entries


def _is_external(relationship: etree._Element) -> bool:
    return relationship.get("TargetMode") == "External"


def _target(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    return posixpath.normpath(posixpath.join(f"/{folder}", target)).lstrip("/")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def _check_head(content: bytes, name: str) -> None:
    # No word processor writes a document type; it could only bring in entities. Refused before any of it is parsed.
    head = content[:4096].replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise refusal(Refusal.SUSPICIOUS, name)


def _check_tree(element: etree._Element, name: str) -> None:
    # A document type that hid behind a long comment; its entities were not resolved.
    if element.getroottree().docinfo.internalDTD is not None:
        raise refusal(Refusal.SUSPICIOUS, name)
