"""Reading the bank's own package: nothing in it is believed before it is checked, for anybody can write one."""

import json
import posixpath
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from exam_engine.core.errors import DomainError
from exam_engine.core.text import clean_line
from exam_engine.interactions.cleaning import cleaned_content, cleaned_text
from exam_engine.interactions.content import FileUpload
from exam_engine.interactions.keys import ItemKey, RubricKey
from exam_engine.interactions.rich_text import media_of
from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import MEGABYTE, Purpose
from exam_engine.media.preparing import PreparedMedia, prepare
from item_bank.exchange.archive import MOST_BYTES, Archive
from item_bank.exchange.exported import ExportedItem, media_of_items
from item_bank.exchange.imported import (
    FileReading,
    ImportedFile,
    ImportedItem,
    ImportedStimulus,
    Notice,
    StatedMetadata,
)
from item_bank.exchange.package.errors import Refusal, archive_refusal, refusal
from item_bank.exchange.package.naming import CONTENTS, FORMAT, VERSION, media_path
from item_bank.exchange.values import UnreadableValueError, read_points, read_seconds
from item_bank.items.content import ItemDraft

CODE = "package"
_ZIP = b"PK\x03\x04"
_DRAFT: TypeAdapter[ItemDraft] = TypeAdapter(ItemDraft)
_SOUNDS = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"OggS", b"RIFF", b"fLaC")
_MOST_TAGS, _LONGEST_TAG, _LONGEST_SOURCE = 20, 60, 500


class _Stimulus(BaseModel):
    code: str = Field(pattern=r"^[A-Z0-9][A-Z0-9._/-]{0,31}$")
    title: str = Field(max_length=200)
    language: str = Field(default="vi", pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    content: str


def looks_like(_name: str, content: bytes) -> bool:
    """Return whether a file is a ZIP archive that holds the contents of a bank."""
    return content.startswith(_ZIP) and CONTENTS.encode() in content[:256]


def read(content: bytes, name: str) -> ImportedFile:
    """Return the items and stimuli of a package with all that was noticed.

    Raises
    ------
    InvalidPackageError
        The file cannot be read at all.
    """
    return begin(content, name).whole()


def begin(content: bytes, _name: str) -> FileReading:
    """Begin to read a package, as :func:`read`; its items come one at a time."""
    if len(content) > MOST_BYTES:
        raise refusal(Refusal.TOO_LARGE, megabytes=MOST_BYTES // MEGABYTE)
    archive = Archive(content, archive_refusal)
    if CONTENTS not in archive:
        raise refusal(Refusal.WITHOUT_CONTENTS)
    contents = _contents(archive.read(CONTENTS))
    return _Reader(archive).begin(contents["stimuli"], deque(contents["items"]))


def _contents(text: bytes) -> Mapping[str, Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refusal(Refusal.DAMAGED, CONTENTS) from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise refusal(Refusal.WITHOUT_CONTENTS, CONTENTS)
    version = whole.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise refusal(Refusal.NEWER_VERSION, CONTENTS, version=str(version)[:20])
    if not all(isinstance(whole.get(name), list) for name in ("items", "stimuli")):
        raise refusal(Refusal.DAMAGED, CONTENTS)
    return whole


class _Reader:
    """Reads one package; each medium is prepared once."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.media: dict[str, PreparedMedia] = {}
        self.refused: set[str] = set()
        self.stimuli: dict[str, ImportedStimulus] = {}
        self.notices: list[Notice] = []

    def begin(self, stimuli: Sequence[Any], items: deque[Any]) -> FileReading:
        """Read the stimuli, and begin to read the items; what the package says of each is let go when it was read."""
        for number, raw in enumerate(stimuli, start=1):
            self._stimulus(number, raw)
        return FileReading(CODE, self._items(items), list(self.stimuli.values()), self.media, self.notices)

    def _items(self, waiting: deque[Any]) -> Iterator[ImportedItem]:
        number = 0
        while waiting:
            number += 1
            yield self._item(number, waiting.popleft())

    def _stimulus(self, number: int, raw: Any) -> None:
        place = f"{CONTENTS}: stimuli {number}"
        try:
            said = _Stimulus.model_validate(raw)
            text = cleaned_text(said.content)
        except (ValidationError, DomainError):
            self.notices.append(Notice("error", "package_stimulus_unreadable", place))
            return
        if said.code in self.stimuli:
            self.notices.append(Notice("left_out", "package_stimulus_twice", place, params={"code": said.code}))
            return
        notices: list[Notice] = []
        if text.removed:
            names = ", ".join(text.removed)
            notices.append(Notice("left_out", "formatting_left_out", said.code, "", {"names": names}))
        for sha256 in media_of(text.html):
            self._medium(sha256, None, said.code, notices)
        self.stimuli[said.code] = ImportedStimulus(
            ref=said.code,
            place=said.code,
            title=clean_line(said.title),
            content=text.html,
            language=said.language,
            code=said.code,
            notices=tuple(notices),
        )

    def _item(self, number: int, raw: Any) -> ImportedItem:
        stated = raw.get("code") if isinstance(raw, dict) else None
        code = clean_line(stated)[:64] if isinstance(stated, str) else ""
        place = code or f"{CONTENTS}: items {number}"
        notices: list[Notice] = []
        try:
            draft = self._cleaned(_DRAFT.validate_python(raw), place, notices)
        except ValidationError as error:
            part = "/".join(str(step) for step in error.errors()[0]["loc"])[:200]
            notice = Notice("error", "package_item_unreadable", place, "", {"part": part})
            return ImportedItem(number, place, None, None, code or None, notices=(notice,))
        except DomainError as error:
            fault = error.faults[0] if error.faults else None
            notice = Notice("error", fault.code if fault else error.code, place, "", dict(error.params))
            return ImportedItem(number, place, None, None, code or None, notices=(notice,))
        names = {file.media: file.name for file in _starting_files(draft)}
        for sha256 in media_of_items([ExportedItem(draft)]):
            self._medium(sha256, names.get(sha256), place, notices)
        stimulus = draft.metadata.stimulus_code
        if stimulus is not None and stimulus not in self.stimuli:
            notices.append(Notice("error", "package_stimulus_missing", place, "", {"code": stimulus[:64]}))
        metadata = _metadata(draft, place, notices)
        return ImportedItem(
            number,
            place,
            draft.content,
            draft.key,
            code or None,
            draft.explanation,
            metadata,
            stimulus if stimulus in self.stimuli else None,
            tuple(notices),
        )

    def _cleaned(self, draft: ItemDraft, place: str, notices: list[Notice]) -> ItemDraft:
        content = cleaned_content(draft.content)
        explanation = cleaned_text(draft.explanation, "explanation")
        removed = dict(content.removed)
        if explanation.removed:
            removed["explanation"] = explanation.removed
        key: ItemKey | None = draft.key
        if isinstance(key, RubricKey):
            answer = cleaned_text(key.model_answer, "key")
            key = key.model_copy(update={"model_answer": answer.html})
            if answer.removed:
                removed["key"] = answer.removed
        for part, names in removed.items():
            notices.append(Notice("left_out", "formatting_left_out", place, part, {"names": ", ".join(names)}))
        return replace(draft, content=content.content, key=key, explanation=explanation.html)

    def _medium(self, sha256: str, file_name: str | None, place: str, notices: list[Notice]) -> None:
        """Prepare a medium; one that the package does not hold may be in the bank, which is looked up later."""
        path = media_path(sha256)
        if sha256 in self.media or path not in self.archive:
            return
        prepared = None
        if sha256 not in self.refused:
            content = self.archive.read(path)
            purpose: Purpose = "picture"
            if file_name is not None:
                purpose = "attachment"
            elif content.startswith(_SOUNDS):
                purpose = "sound"
            try:
                prepared = prepare(content, file_name or posixpath.basename(path), purpose)
            except InvalidMediaError:
                self.refused.add(sha256)
        if prepared is None or prepared.sha256 != sha256:
            self.refused.add(sha256)
            notices.append(Notice("left_out", "package_media_refused", place, "", {"file": path}))
            return
        self.media[sha256] = prepared


def _starting_files(draft: ItemDraft) -> tuple[Any, ...]:
    return draft.content.starting_files if isinstance(draft.content, FileUpload) else ()


def _metadata(draft: ItemDraft, place: str, notices: list[Notice]) -> StatedMetadata:
    said = draft.metadata
    points, seconds = None, None
    try:
        points = read_points(str(said.points))
    except UnreadableValueError as error:
        notices.append(Notice("error", error.code, place, "metadata/points", dict(error.params)))
    try:
        seconds = read_seconds("" if said.expected_seconds is None else str(said.expected_seconds))
    except UnreadableValueError as error:
        notices.append(Notice("error", error.code, place, "metadata/seconds", dict(error.params)))
    tags = tuple(dict.fromkeys(tag for one in said.tags if (tag := clean_line(one))))
    if len(tags) > _MOST_TAGS or any(len(tag) > _LONGEST_TAG for tag in tags):
        notices.append(Notice("error", "tags_invalid", place, "metadata/tags", {"value": ", ".join(tags)[:60]}))
        tags = ()
    return StatedMetadata(
        module=said.module_code,
        reference_code=said.reference_code,
        cognitive_level=said.cognitive_level,
        points=points,
        expected_seconds=seconds,
        source=clean_line(said.source)[:_LONGEST_SOURCE],
        tags=tags,
    )
