"""One imported item with all that is said of it, as the draft that it becomes, or why it cannot become one; pure."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from exam_engine.core.text import look_alikes, search_key
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import CONTENT, ItemContent
from item_bank.exchange.completion import ImportOptions, RowChanges
from item_bank.exchange.imported import ImportedItem, Notice, StatedMetadata
from item_bank.items.content import ItemDraft, ItemMetadata
from item_bank.syllabus.service import Syllabus

CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,31}")
"""What a code may be."""

_REFERENCE_TAIL = re.compile(r"(?:\.\d{1,3}){0,3}")


@dataclass(frozen=True, slots=True)
class Said:
    """All that is said of one item: by the file, by the author about it, and about all items of the run.

    ``known`` is what the bank says of the same item, which holds where the file is silent.
    """

    item: ImportedItem
    changes: RowChanges
    options: ImportOptions
    known: ItemMetadata | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """The draft without its code, None when errors stand in the way; and what is wrong or doubtful now.

    ``module_code`` is known even of a faulty item when its place in the syllabus is.
    """

    draft: ItemDraft | None
    notices: tuple[Notice, ...]
    module_code: str | None


def stated_code(said: Said) -> tuple[str | None, list[Notice]]:
    """Return the code that the author or the file gives, None without one, and what is wrong with it."""
    code = said.changes.code or said.item.code
    if not code:
        return None, []
    if CODE.fullmatch(code):
        return code, []
    strange = look_alikes(code)
    params: dict[str, Any] = {"value": code[:60]}
    if strange:
        return None, [_error(said, "code_has_look_alike", "code", letter=strange[0].letter, **params)]
    return None, [_error(said, "code_invalid", "code", **params)]


def content_of(said: Said) -> ItemContent | None:
    """Return what the item asks, in the language that the author set for the run."""
    content = said.item.content
    if content is None or said.options.language in {None, content.language}:
        return content
    return CONTENT.validate_python({**content.model_dump(), "language": said.options.language})


def complete(said: Said, syllabus: Syllabus, stimulus_code: str | None) -> Completed:
    """Return the draft that an item becomes; its code is still empty."""
    content = content_of(said)
    notices = _file_notices(said)
    metadata, faults = _metadata(said, syllabus, stimulus_code)
    notices += faults
    key = said.changes.key or said.item.key
    if content is None:
        if not any(notice.severity == "error" for notice in notices):
            notices.append(_error(said, "item_unreadable", ""))
    else:
        notices += _content_faults(said, content, has_key_error=any(_is_about_key(notice) for notice in notices))
    module_code = metadata.module_code if metadata is not None else None
    if content is None or metadata is None or any(notice.severity == "error" for notice in notices):
        return Completed(None, tuple(notices), module_code)
    return Completed(ItemDraft("", content, key, metadata, said.item.explanation), tuple(notices), module_code)


def _file_notices(said: Said) -> list[Notice]:
    """Return what the reader noticed, without what the author has settled since."""
    settled = set()
    changes = said.changes
    if changes.key is not None or _accepts_missing_key(said):
        settled.add("key")
    if changes.code is not None:
        settled.add("code")
    if changes.reference_code is not None:
        settled |= {"metadata/module", "metadata/reference"}
    for part, value in (
        ("metadata/level", changes.cognitive_level or said.options.cognitive_level),
        ("metadata/points", changes.points or said.options.points),
        ("metadata/seconds", changes.expected_seconds or said.options.expected_seconds),
        ("metadata/tags", changes.tags),
        ("metadata/language", said.options.language),
    ):
        if value is not None:
            settled.add(part)
    return [
        notice
        for notice in said.item.notices
        if notice.severity != "error" or not _is_settled(notice.part, settled)
    ]  # fmt: skip


def _is_settled(part: str, settled: set[str]) -> bool:
    return part in settled or (part.startswith("key/") and "key" in settled)


def _is_about_key(notice: Notice) -> bool:
    return notice.severity == "error" and (notice.part == "key" or notice.part.startswith("key/"))


def _accepts_missing_key(said: Said) -> bool:
    own = said.changes.accepts_missing_key
    return said.options.accepts_missing_keys if own is None else own


def _content_faults(said: Said, content: ItemContent, *, has_key_error: bool) -> list[Notice]:
    key = said.changes.key or said.item.key
    faults = []
    for fault in check_item(content, key):
        if fault.code == "item_key_missing" and has_key_error:
            continue
        if fault.code == "item_key_missing" and _accepts_missing_key(said):
            faults.append(Notice("warning", "item_without_key", said.item.place, "key"))
        else:
            faults.append(Notice("error", fault.code, said.item.place, fault.place, fault.params))
    return faults


def _metadata(said: Said, syllabus: Syllabus, stimulus_code: str | None) -> tuple[ItemMetadata | None, list[Notice]]:
    stated, changes, options, known = said.item.metadata, said.changes, said.options, said.known
    place, faults = _reference(said, syllabus)
    level = (
        changes.cognitive_level
        or stated.cognitive_level
        or (known.cognitive_level if known is not None else None)
        or options.cognitive_level
    )
    if level is None and not any(notice.part == "metadata/level" for notice in said.item.notices):
        faults.append(_error(said, "level_missing", "metadata/level"))
    if place is None or level is None:
        return None, faults
    points = changes.points or stated.points or (known.points if known is not None else options.points) or Decimal(1)
    metadata = ItemMetadata(
        module_code=place[0],
        reference_code=place[1],
        cognitive_level=level,
        points=known.points if known is not None and known.points == points else _plain(points),
        expected_seconds=changes.expected_seconds
        or stated.expected_seconds
        or (known.expected_seconds if known is not None else options.expected_seconds),
        source=stated.source or (known.source if known is not None else options.source or ""),
        tags=_tags(said),
        stimulus_code=stimulus_code or (known.stimulus_code if known is not None and not said.item.stimulus else None),
    )
    return metadata, faults


def _tags(said: Said) -> tuple[str, ...]:
    own, known = said.changes.tags, said.known
    stated = tuple(own) if own is not None else said.item.metadata.tags
    if not stated and own is None and known is not None:
        stated = known.tags
    tags = {*stated, *said.options.tags}
    # The bank's own order is kept: another order of the same tags is no change.
    return known.tags if known is not None and tags == set(known.tags) else tuple(sorted(tags))


def _plain(points: Decimal) -> Decimal:
    return points.normalize() if points % 1 else points.quantize(Decimal(1))


def _reference(said: Said, syllabus: Syllabus) -> tuple[tuple[str, str] | None, list[Notice]]:
    """Return module and reference, and what is wrong or doubtful with them."""
    if said.changes.reference_code is not None:
        return _of_node(said, syllabus, said.changes.reference_code)
    stated = said.item.metadata
    if stated.module is None and stated.reference_code is None:
        if said.known is not None:
            return (said.known.module_code, said.known.reference_code), []
        if said.options.reference_code is not None:
            return _of_node(said, syllabus, said.options.reference_code)
        if any(notice.part in {"metadata/module", "metadata/reference"} for notice in said.item.notices):
            return None, []
        return None, [_error(said, "module_missing", "metadata/module")]
    return _stated_reference(said, stated, syllabus)


def _of_node(said: Said, syllabus: Syllabus, code: str) -> tuple[tuple[str, str] | None, list[Notice]]:
    node = syllabus.node(code)
    if node is None:
        return None, [_error(said, "item_reference_unknown", "metadata/reference", value=code)]
    return (str(getattr(node, "module_code", node.code)), node.code), []


def _stated_reference(
    said: Said, stated: StatedMetadata, syllabus: Syllabus
) -> tuple[tuple[str, str] | None, list[Notice]]:
    module, reference = stated.module or "", (stated.reference_code or "").upper()
    code = _module_code(module, syllabus) if module else reference.split(".")[0]
    if code not in syllabus.modules:
        part = "metadata/module" if module else "metadata/reference"
        return None, [_error(said, "module_unknown", part, value=(module or reference)[:60])]
    if not reference:
        return (code, code), []
    if reference.split(".")[0] != code:
        return None, [_error(said, "module_conflict", "metadata/reference", value=reference[:60], module=code)]
    if not _REFERENCE_TAIL.fullmatch(reference.removeprefix(code)) or len(reference) > 32:
        return None, [_error(said, "reference_invalid", "metadata/reference", value=reference[:60])]
    doubts = []
    if "." in reference and syllabus.section_of(reference) is None:
        doubts.append(Notice("warning", "section_unknown", said.item.place, "metadata/reference", {"value": reference}))
    return (code, reference), doubts


def _module_code(text: str, syllabus: Syllabus) -> str:
    if text.upper() in syllabus.modules:
        return text.upper()
    folded = search_key(text)
    return next((code for code, module in syllabus.modules.items() if search_key(module.name) == folded), text.upper())


def _error(said: Said, code: str, part: str, **params: Any) -> Notice:
    return Notice("error", code, said.item.place, part, params)


def with_code(draft: ItemDraft, code: str) -> ItemDraft:
    """Return the draft under its code."""
    return replace(draft, code=code)
