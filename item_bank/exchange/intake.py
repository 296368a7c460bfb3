"""From a file to the rows of a run: work on bytes and texts alone, for any thread or process."""

import resource
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from exam_engine.core.errors import DomainError, Fault
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.texts import media_hashes, texts
from exam_engine.media.preparing import PreparedMedia
from item_bank.exchange.advising import AdvisedItem, short_stem, twins_in_file, writing_notices
from item_bank.exchange.checking import ITEM, stored_notice
from item_bank.exchange.formats import format_of
from item_bank.exchange.imported import ImportedFile, ImportedItem, Notice
from item_bank.items.content import content_hash, stem_digest

LARGEST_MEMORY = 2 * 1024**3
"""Bytes that a process may take for one file; a file that needs more is refused by the system."""

_TELL_EVERY = 500


@dataclass(frozen=True, slots=True)
class PreparedImport:
    """What a run begins with: the values of its rows, its stimuli, media and notices."""

    rows: list[dict[str, Any]]
    stimuli: list[dict[str, Any]]
    media: dict[str, PreparedMedia]
    notices: list[dict[str, Any]]
    media_named: dict[int, tuple[tuple[str, str], ...]]


def read_file(content: bytes, name: str, format_code: str) -> ImportedFile:
    """Read a file in a known format.

    Raises
    ------
    DomainError
        The reader refuses it; the faults say why.
    """
    format_ = format_of(format_code)
    if format_ is None:
        raise ValueError(f"no format {format_code!r}")
    return format_.read(content, name)


def prepare(file: ImportedFile, tell: Callable[[Any], None] | None = None) -> PreparedImport:
    """Return what is stored of a file, with flaws of writing and repetitions within the file."""
    advised = [item for one in file.items if (item := advised_item(one)) is not None]
    twins = twins_in_file(advised)
    by_number = {item.number: item for item in advised}
    rows, named = [], {}
    for count, one in enumerate(file.items, start=1):
        found = by_number.get(one.number)
        advice = [*writing_notices(found), *twins.get(one.number, ())] if found is not None else []
        rows.append(_row(one, advice))
        if media := _media_named(one):
            named[one.number] = media
        if tell is not None and count % _TELL_EVERY == 0:
            tell({"done": count, "items": len(file.items)})
    return PreparedImport(
        rows=rows,
        stimuli=[
            {
                "ref": one.ref,
                "place": one.place,
                "title": one.title,
                "content": one.content,
                "language": one.language,
                "code": one.code,
            }
            for one in file.stimuli
        ],
        media=dict(file.media),
        notices=[
            stored_notice(notice)
            for notice in (*file.notices, *(notice for one in file.stimuli for notice in one.notices))
        ],
        media_named=named,
    )


def read_and_prepare(
    content: bytes, name: str, format_code: str, tell: Callable[[Any], None]
) -> PreparedImport | tuple[Fault, ...]:
    """Read and prepare a large file in a process of its own, under a bound of memory; faults when it is refused.

    Errors would reach the waiting process as mere text.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_MEMORY, LARGEST_MEMORY))
    tell({"done": 0, "items": 0})
    try:
        return prepare(read_file(content, name, format_code), tell)
    except DomainError as error:
        return error.faults or (Fault(error.code, "", error.params),)


def advised_item(item: ImportedItem, code: str = "") -> AdvisedItem | None:
    """Return what advice on an item needs, None for one without content."""
    if item.content is None:
        return None
    return AdvisedItem(
        number=item.number,
        place=item.place,
        content=item.content,
        key=item.key,
        code=code or item.code or "",
        level=item.metadata.cognitive_level or "",
        explanation=item.explanation,
        has_stimulus=item.stimulus is not None,
    )


def _row(item: ImportedItem, advice: list[Notice]) -> dict[str, Any]:
    content = item.content
    bare = replace(item, notices=())
    return {
        "number": item.number,
        "place": item.place[:200],
        "stated_code": item.code[:64] if item.code else None,
        "code": None,
        "interaction": content.interaction if content is not None else "",
        "stem": short_stem(content),
        "content_hash": content_hash(content.model_dump(mode="json")) if content is not None else "",
        "stem_digest": stem_digest(content) if content is not None else "",
        "item": ITEM.dump_python(bare, mode="json"),
        "changes": {},
        "notices": [stored_notice(notice) for notice in item.notices],
        "advice": [stored_notice(notice) for notice in advice],
        "checks": [],
        "draft": None,
        "comparison": "",
        "has_errors": False,
        "has_warnings": False,
        "is_left_out": False,
    }


def _media_named(item: ImportedItem) -> tuple[tuple[str, str], ...]:
    if item.content is None:
        return ()
    shown = [*texts(item.content), ("explanation", item.explanation)]
    named = [(place, sha256) for place, html in shown for sha256 in media_of(html)]
    named += [("", sha256) for sha256 in media_hashes(item.content)]
    return tuple(named)
