"""The sample bank as drafts: modules written as TOML with stimuli, pictures and files, and those written as tables."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exam_engine.core.errors import DomainError
from exam_engine.interactions.cleaning import cleaned_content, cleaned_text
from exam_engine.interactions.content import CONTENT, Option, SingleChoice
from exam_engine.interactions.keys import KEY, ChoiceKey
from exam_engine.interactions.rich_text import text_to_html
from exam_engine.media.preparing import PreparedMedia, prepare
from item_bank.items.content import OPTION_IDS, CognitiveLevel, ItemDraft, ItemMetadata
from item_bank.sample.bank import sample_rows

FOLDER: Traversable = resources.files("item_bank.sample")

_NAMED_PICTURE = re.compile(r"picture:([a-z0-9][a-z0-9.-]*)")
_NAMED_FILE = re.compile(r"file:([a-z0-9][a-z0-9.-]*)")
_LEVELS: dict[str, CognitiveLevel] = {"NB": "NB", "TH": "TH", "VD": "VD", "VDC": "VDC"}


class SampleError(ValueError):
    """A file of the sample bank holds what is no item; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class SampleStimulus:
    """A passage, picture or table that several items share; ``content`` is canonical HTML."""

    code: str
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class SampleItem:
    """An item with what only its makers need: how it was checked, and findings of the linter that were judged sound."""

    draft: ItemDraft
    checked: str
    accepted_findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleEnemies:
    """Codes of two items that never stand in the same form, and why; the lower code stands first."""

    first: str
    second: str
    reason: str


@dataclass(frozen=True, slots=True)
class SampleModule:
    """One module; ``media`` holds each picture and starting file once, by the hash of what is stored."""

    code: str
    stimuli: tuple[SampleStimulus, ...]
    items: tuple[SampleItem, ...]
    enemies: tuple[SampleEnemies, ...]
    media: Mapping[str, PreparedMedia] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SampleBank:
    """All that the shipped bank brings, in the order in which it can be stored: media, stimuli, items, enemies."""

    media: tuple[PreparedMedia, ...] = field(repr=False)
    stimuli: tuple[SampleStimulus, ...]
    drafts: tuple[ItemDraft, ...]
    enemies: tuple[SampleEnemies, ...]


def sample_bank() -> SampleBank:
    """Return the whole shipped bank; takes about a second, most of it for pictures."""
    modules = sample_modules()
    media = {sha256: file for module in modules for sha256, file in module.media.items()}
    drafts = [*table_drafts(), *(item.draft for module in modules for item in module.items)]
    stimuli = [stimulus for module in modules for stimulus in module.stimuli]
    enemies = [pair for module in modules for pair in module.enemies]
    return SampleBank(tuple(media.values()), tuple(stimuli), tuple(drafts), tuple(enemies))


def sample_modules() -> tuple[SampleModule, ...]:
    """Return the modules that are written as TOML, in order of their codes.

    Raises
    ------
    SampleError
    """
    return tuple(load_module(source, FOLDER) for source in module_files(FOLDER))


def module_files(folder: Traversable) -> list[Traversable]:
    """Return the files of modules, in order of their names."""
    found = (file for file in folder.iterdir() if re.fullmatch(r"iu\d\d\.toml", file.name))
    return sorted(found, key=lambda file: file.name)


def table_drafts() -> tuple[ItemDraft, ...]:
    """Return the items of the modules that are written as tables: one right option of four each."""
    return tuple(_table_draft(row) for row in sample_rows())


def load_module(source: Traversable, folder: Traversable) -> SampleModule:
    """Read one module; pictures and starting files lie in ``pictures`` and ``files`` of ``folder``.

    Texts are brought into canonical form; a text that would lose something by that is refused.

    Raises
    ------
    SampleError
        Naming the file, the item and the place in it.
    """
    try:
        written = _Module.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise SampleError(f"{source.name}: {_reason(error)}") from error
    shelf = _Shelf(folder)
    stimuli = tuple(_stimulus(entry, shelf, source.name) for entry in written.stimuli)
    known = {stimulus.code for stimulus in stimuli}
    items = []
    for entry in written.items:
        if entry.stimulus is not None and entry.stimulus not in known:
            raise SampleError(f"{source.name}: {entry.code}: stimulus {entry.stimulus} is not in this file")
        try:
            items.append(_item(written.module, entry, shelf))
        except (SampleError, DomainError, ValidationError) as error:
            raise SampleError(f"{source.name}: {entry.code}: {_reason(error)}") from error
    enemies = _enemies(written, source.name)
    return SampleModule(written.module, stimuli, tuple(items), enemies, shelf.media)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Stimulus(_Strict):
    code: str = Field(pattern=r"^IU\d\d-S\d{1,2}$")
    title: str = Field(min_length=1, max_length=200)
    content: str = Field(min_length=1)


class _Item(_Strict):
    code: str = Field(pattern=r"^IU\d\d-(\d{3}|P\d{1,2})$", description="P numbers practical tasks.")
    reference: str = Field(pattern=r"^IU\d\d(\.\d{1,2}){0,4}$")
    level: str = Field(pattern="^(NB|TH|VD|VDC)$")
    seconds: int = Field(ge=5, le=36_000)
    points: Decimal = Field(default=Decimal(1), gt=0, le=100)
    tags: tuple[str, ...] = Field(default=(), max_length=20)
    stimulus: str | None = None
    explanation: str = Field(min_length=1)
    checked: str = Field(min_length=1, max_length=450)
    accepted_findings: tuple[str, ...] = ()
    content: dict[str, Any]
    key: dict[str, Any]


class _Enemies(_Strict):
    items: tuple[str, str]
    reason: str = Field(min_length=1, max_length=300)


class _Module(_Strict):
    module: str = Field(pattern=r"^IU\d\d$")
    stimuli: tuple[_Stimulus, ...] = ()
    enemies: tuple[_Enemies, ...] = ()
    items: tuple[_Item, ...] = Field(min_length=1)


class _Shelf:
    """Pictures and starting files by the names under which items mention them, each prepared once."""

    def __init__(self, folder: Traversable) -> None:
        self.media: dict[str, PreparedMedia] = {}
        self._folder = folder
        self._by_name: dict[str, PreparedMedia] = {}

    def picture(self, name: str) -> PreparedMedia:
        return self._named(f"pictures/{name}")

    def file(self, name: str) -> PreparedMedia:
        return self._named(f"files/{name}")

    def _named(self, path: str) -> PreparedMedia:
        if path not in self._by_name:
            folder, name = path.split("/")
            place = self._folder / folder / name
            if not place.is_file():
                raise SampleError(f"{path} is not there")
            prepared = prepare(place.read_bytes(), name, "picture" if folder == "pictures" else "attachment")
            self._by_name[path] = prepared
            self.media[prepared.sha256] = prepared
        return self._by_name[path]


def _stimulus(entry: _Stimulus, shelf: _Shelf, file_name: str) -> SampleStimulus:
    try:
        return SampleStimulus(entry.code, entry.title, _text(entry.content, "content", shelf))
    except (SampleError, DomainError) as error:
        raise SampleError(f"{file_name}: {entry.code}: {_reason(error)}") from error


def _enemies(module: _Module, file_name: str) -> tuple[SampleEnemies, ...]:
    """Return the pairs of enemies; items of one stimulus stand together, so they cannot be enemies."""
    stimuli = {item.code: item.stimulus for item in module.items}
    pairs: dict[tuple[str, str], SampleEnemies] = {}
    for entry in module.enemies:
        first, second = entry.items
        place = f"{file_name}: enemies {first}, {second}"
        for code in entry.items:
            if code not in stimuli:
                raise SampleError(f"{place}: {code} is not in this file")
        if first >= second:
            raise SampleError(f"{place}: the lower code stands first")
        if (first, second) in pairs:
            raise SampleError(f"{place}: named twice")
        if stimuli[first] is not None and stimuli[first] == stimuli[second]:
            raise SampleError(f"{place}: both belong to stimulus {stimuli[first]}")
        pairs[first, second] = SampleEnemies(first, second, entry.reason)
    return tuple(pairs.values())


def _item(module: str, entry: _Item, shelf: _Shelf) -> SampleItem:
    cleaned = cleaned_content(CONTENT.validate_python(_with_media(entry.content, shelf)))
    for place, removed in cleaned.removed.items():
        raise SampleError(f"{place} cannot keep {', '.join(removed)}")
    metadata = ItemMetadata(
        module_code=module,
        reference_code=entry.reference,
        cognitive_level=_LEVELS[entry.level],
        points=entry.points,
        expected_seconds=entry.seconds,
        source=f"Câu hỏi mẫu. Cách kiểm: {entry.checked}",
        tags=entry.tags,
        stimulus_code=entry.stimulus,
    )
    key = KEY.validate_python(_with_model_answer(entry.key, shelf))
    explanation = _text(entry.explanation, "explanation", shelf)
    return SampleItem(
        ItemDraft(entry.code, cleaned.content, key, metadata, explanation), entry.checked, entry.accepted_findings
    )


def _text(html: str, place: str, shelf: _Shelf) -> str:
    """Return a text in canonical form, its pictures named by the hash of what is stored."""
    cleaned = cleaned_text(_with_pictures(html, shelf), place)
    if cleaned.removed:
        raise SampleError(f"{place} cannot keep {', '.join(cleaned.removed)}")
    return cleaned.html


def _with_pictures(html: str, shelf: _Shelf) -> str:
    return _NAMED_PICTURE.sub(lambda found: f"media:{shelf.picture(found.group(1)).sha256}", html)


def _with_media(value: Any, shelf: _Shelf) -> Any:
    """Return content in which hashes stand for names, and what the files themselves tell is filled in."""
    if isinstance(value, str):
        return _with_pictures(value, shelf)
    if isinstance(value, list):
        return [_with_media(part, shelf) for part in value]
    if not isinstance(value, dict):
        return value
    named = value.get("media")
    if isinstance(named, str) and (found := _NAMED_PICTURE.fullmatch(named)):
        picture = shelf.picture(found.group(1))
        return {**value, "media": picture.sha256, "width": picture.width, "height": picture.height}
    if isinstance(named, str) and (found := _NAMED_FILE.fullmatch(named)):
        file = shelf.file(found.group(1))
        facts = {"media": file.sha256, "content_type": file.content_type, "size_bytes": len(file.content)}
        return {**value, **facts}
    return {name: _with_media(part, shelf) for name, part in value.items()}


def _with_model_answer(key: dict[str, Any], shelf: _Shelf) -> dict[str, Any]:
    if "model_answer" not in key:
        return key
    return {**key, "model_answer": _text(key["model_answer"], "key/model_answer", shelf)}


def _table_draft(row: Mapping[str, str]) -> ItemDraft:
    texts = [row[name] for name in ("option_a", "option_b", "option_c", "option_d")]
    options = tuple(
        Option(id=id_, content=text_to_html(text)) for id_, text in zip(OPTION_IDS, texts, strict=False) if text
    )
    content = SingleChoice(stem=text_to_html(row["stem"]), options=options)
    metadata = ItemMetadata(
        module_code=row["module"],
        reference_code=row["reference"],
        cognitive_level=_LEVELS[row["level"]],
        source="Câu hỏi mẫu.",
    )
    key = ChoiceKey(correct=(row["key"],))
    return ItemDraft(row["code"], content, key, metadata, text_to_html(row["explanation"]))


def _reason(error: Exception) -> str:
    """Return why, with the place where one is known."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{_joined(fault['loc'])}: {fault['msg']}" for fault in error.errors())
    if isinstance(error, DomainError) and error.faults:
        return "; ".join(f"{fault.place}: {fault.code}".removeprefix(": ") for fault in error.faults)
    return str(error) or type(error).__name__


def _joined(place: Iterable[int | str]) -> str:
    return "/".join(str(part) for part in place)
