"""What only this bank says of its items, in a file beside them: so that its own packages come home whole.

The file holds items as the bank keeps them, with their metadata. It is believed about an item only while the item's
XML still is what the bank wrote for it: an item that was changed elsewhere is read from its XML like any other.
"""

import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from exam_engine.core.errors import DomainError
from exam_engine.interactions.cleaning import cleaned_content, cleaned_text
from exam_engine.interactions.keys import RubricKey
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.rich_text.markup import Element, Node
from exam_engine.interactions.texts import media_hashes, texts
from exam_engine.media.limits import Purpose
from item_bank.exchange.exported import ExportedMedia
from item_bank.exchange.imported import ImportedItem, Notice, StatedMetadata
from item_bank.exchange.qti.media import MediaReader
from item_bank.exchange.qti.naming import with_neutral_gaps
from item_bank.exchange.qti.own_text import JsonText
from item_bank.exchange.qti.package import Package
from item_bank.exchange.qti.stimuli import shows_stimulus
from item_bank.exchange.qti.tree import parse
from item_bank.exchange.qti.writing.dialect import QTI_3, QTI_21
from item_bank.exchange.qti.writing.items import write_item
from item_bank.exchange.qti.writing.texts import CannotWriteError
from item_bank.items.content import ItemDraft

OWN_PATH = "item-bank/qti-items.json"
_FORMAT, _VERSION = "item-bank-qti", 1
_MOST_BYTES = 100 * 1024 * 1024
_DRAFT: TypeAdapter[ItemDraft] = TypeAdapter(ItemDraft)


class OwnWriter:
    """Collects what the bank says of the items of a package."""

    def __init__(self) -> None:
        self._items: dict[str, Any] = {}
        self._stimuli: dict[str, str] = {}

    def add_item(self, path: str, draft: ItemDraft, stimulus_code: str | None) -> None:
        """Add the item of an XML file."""
        said = replace(draft, metadata=replace(draft.metadata, stimulus_code=stimulus_code))
        self._items[path] = _DRAFT.dump_python(said, mode="json")

    def add_stimulus(self, path: str, code: str) -> None:
        """Add the stimulus of an XML file."""
        self._stimuli[path] = code

    def content(self) -> bytes:
        """Return the file."""
        whole = {"format": _FORMAT, "version": _VERSION, "items": self._items, "stimuli": self._stimuli}
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()


@dataclass(slots=True)
class OwnItems:
    """What the bank said of items, by the path of their XML file: packed JSON, of which one item is made at a time."""

    drafts: Mapping[str, bytes] = field(default_factory=dict)
    stimuli: Mapping[str, str] = field(default_factory=dict)
    _last: tuple[str, ItemDraft | None] = ("", None)

    def _draft(self, path: str) -> ItemDraft | None:
        if path != self._last[0]:
            draft = None
            if path in self.drafts:
                with suppress(ValidationError):
                    draft = _DRAFT.validate_python(json.loads(zlib.decompress(self.drafts[path])))
            self._last = path, draft
        return self._last[1]

    def code(self, path: str) -> str | None:
        """Return the code of the item of a file."""
        draft = self._draft(path)
        return None if draft is None else draft.code

    def stimulus_code(self, path: str) -> str | None:
        """Return the code of the stimulus that an item shows, or of the stimulus of a file."""
        draft = self._draft(path)
        return self.stimuli.get(path) or (None if draft is None else draft.metadata.stimulus_code)

    def metadata(self, path: str) -> StatedMetadata | None:
        """Return what the bank said of an item besides what it asks."""
        draft = self._draft(path)
        if draft is None:
            return None
        said = draft.metadata
        return StatedMetadata(
            module=said.module_code,
            reference_code=said.reference_code,
            cognitive_level=said.cognitive_level,
            points=said.points,
            expected_seconds=said.expected_seconds,
            source=said.source,
            tags=said.tags,
        )

    def item(self, path: str, root: Element, number: int, media: MediaReader) -> ImportedItem | None:
        """Return the item of a file as the bank kept it; None when its XML says anything else."""
        draft = self._draft(path)
        if draft is None or not _is_canonical(draft):
            return None
        notices: list[Notice] = []
        stored = _stored_media(draft, media, path, notices)
        if stored is None or not _says(root, draft, stored):
            return None
        content, key = with_neutral_gaps(draft.content, draft.key)
        metadata = self.metadata(path) or StatedMetadata()
        title = root.attributes.get("title", "")
        place = f"{path} ({title})" if title else path
        return ImportedItem(number, place, content, key, draft.code, draft.explanation, metadata)


def read_own(package: Package) -> OwnItems:
    """Return what the bank said of a package's items; nothing where the file is missing or cannot be read."""
    if OWN_PATH not in package:
        return OwnItems()
    pieces = package.pieces(OWN_PATH)
    own = None
    if package.size(OWN_PATH) <= _MOST_BYTES:
        with suppress(ValueError, RecursionError):
            own = _read(JsonText(pieces))
    for _ in pieces:
        # Damage behind what could be read refuses the package all the same.
        continue
    return own or OwnItems()


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), level=1)


def _read(text: JsonText) -> OwnItems | None:
    """Return what a text says; None when it is of another format. Of names that stand twice the last counts."""
    said: dict[str, Any] = {}
    drafts: dict[str, bytes] | None = None
    for name in text.members():
        if name != "items":
            said[name], _ = text.value()
        elif text.next_sign() == "{":
            drafts = {path: _packed(text.value()[1]) for path in text.members()}
        else:
            drafts, _ = None, text.value()
    if text.next_sign() or drafts is None or (said.get("format"), said.get("version")) != (_FORMAT, _VERSION):
        return None
    stimuli = said.get("stimuli")
    if not isinstance(stimuli, dict):
        return None
    return OwnItems(drafts, {path: code for path, code in stimuli.items() if isinstance(code, str)})


def _is_canonical(draft: ItemDraft) -> bool:
    """Return whether the texts are in the form in which the bank keeps them; anybody can write such a file."""
    model_answer = draft.key.model_answer if isinstance(draft.key, RubricKey) else ""
    try:
        return cleaned_content(draft.content).content == draft.content and all(
            cleaned_text(html).html == html for html in (draft.explanation, model_answer)
        )
    except DomainError:
        return False


def _stored_media(
    draft: ItemDraft, reader: MediaReader, path: str, notices: list[Notice]
) -> dict[str, ExportedMedia] | None:
    """Return the media that an item names; None when one of them is not in the package under its hash."""
    named: dict[str, Purpose] = dict.fromkeys(media_hashes(draft.content), "picture")
    if draft.content.interaction == "file_upload":
        named = dict.fromkeys(named, "attachment")
    html = [text for _, text in texts(draft.content)] + [draft.explanation]
    if isinstance(draft.key, RubricKey):
        html.append(draft.key.model_answer)
    shown = dict.fromkeys(hash_ for text in html for hash_ in media_of(text))
    stored: dict[str, ExportedMedia] = {}
    package = reader.package
    if package is None:
        return None
    for sha256 in [*named, *shown]:
        found = package.named_by_hash.get(sha256)
        if found is None:
            return None
        purpose: Purpose = named.get(sha256) or ("sound" if found.endswith((".mp3", ".ogg", ".wav")) else "picture")
        prepared = reader.read("", found, purpose, path, notices)
        if prepared is None or prepared.sha256 != sha256:
            return None
        stored[sha256] = ExportedMedia(prepared.content, prepared.content_type)
    return stored


def _says(root: Element, draft: ItemDraft, media: Mapping[str, ExportedMedia]) -> bool:
    """Return whether an XML file, apart from its stimulus, is what the bank writes for an item."""
    asked = _without_stimulus(root)
    for dialect in (QTI_3, QTI_21):
        try:
            written, _ = write_item(draft, None, media, dialect)
        except CannotWriteError:
            continue
        if parse(written, "") == asked:
            return True
    return False


def _without_stimulus(root: Element) -> Element:
    kept: list[Node] = []
    for child in root.children:
        if isinstance(child, Element) and child.name == "item-body":
            inside: list[Node] = [
                one for one in child.children if not (isinstance(one, Element) and shows_stimulus(one))
            ]
            kept.append(Element(child.name, child.attributes, inside))
        elif not (isinstance(child, Element) and child.name == "assessment-stimulus-ref"):
            kept.append(child)
    return Element(root.name, root.attributes, kept)
