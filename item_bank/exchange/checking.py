"""Holding the rows of a run against the bank: their codes, what applying them would do, what stands in the way."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.authoring.service import highest_number
from item_bank.exchange import queries
from item_bank.exchange.completing import Completed, Said, complete, content_of, stated_code, with_code
from item_bank.exchange.completion import ImportOptions, RowChanges
from item_bank.exchange.imported import ImportedItem, Notice
from item_bank.exchange.models import ItemImport, ItemImportRow
from item_bank.exchange.stimuli import PlacedStimulus, placed_stimuli
from item_bank.items import saving
from item_bank.items import service as items
from item_bank.items.content import ItemDraft, ItemMetadata, content_hash
from item_bank.items.records import ItemRecord
from item_bank.syllabus import service as syllabus_service

DRAFT: TypeAdapter[ItemDraft] = TypeAdapter(ItemDraft)
ITEM: TypeAdapter[ImportedItem] = TypeAdapter(ImportedItem)
_PROBLEM_ROWS = 50
_DOUBTFUL = frozenset({"warning", "left_out"})
_ABOUT_TWINS = ("same_item_in_", "similar_item_in_")


@dataclass(slots=True)
class _Row:
    """A row with all that is worked out about it."""

    stored: ItemImportRow
    said: Said
    hash: str
    code: str | None = None
    is_stated: bool = False
    is_duplicate_of: str | None = None
    notices: list[Notice] = field(default_factory=list)
    draft: ItemDraft | None = None
    comparison: str = ""


def item_of(row: ItemImportRow) -> ImportedItem:
    """Return what the file said of an item."""
    notices = tuple(notice_of(stored) for stored in row.notices)
    return replace(ITEM.validate_python(row.item), notices=notices)


def notice_of(stored: Mapping[str, Any]) -> Notice:
    """Return a notice as it was."""
    return Notice(**stored)


def stored_notice(notice: Notice) -> dict[str, Any]:
    """Return a notice as it is stored; numbers that JSON does not know become text."""
    stored = asdict(notice)
    stored["params"] = {
        name: str(value) if isinstance(value, Decimal) else value for name, value in notice.params.items()
    }
    return stored


def standing_advice(
    advice: Sequence[Mapping[str, Any]], changes: Mapping[str, Any], code: str | None
) -> list[Mapping[str, Any]]:
    """Return the advice that the author has not settled, by saying that an item is another one or which one it is."""
    return [one for one in advice if not one["code"].startswith(_ABOUT_TWINS)] + [
        one
        for one in advice
        if one["code"].startswith(_ABOUT_TWINS)
        and not changes.get("is_other_item")
        and not (one["code"].endswith("_in_bank") and one["params"].get("other") == code)
    ]


def all_notices(
    checks: Sequence[Mapping[str, Any]],
    advice: Sequence[Mapping[str, Any]],
    changes: Mapping[str, Any],
    code: str | None,
) -> list[Mapping[str, Any]]:
    """Return all that is wrong or doubtful about a row; that it repeats another one is told once."""
    is_repetition = any(one["code"] == "same_item_twice" for one in checks)
    standing = standing_advice(advice, changes, code)
    return [*checks, *(one for one in standing if not (is_repetition and one["code"] == "same_item_in_file"))]


async def check_rows(session: AsyncSession, run: ItemImport, rows: Sequence[ItemImportRow]) -> None:
    """Work out what applying each of the rows would do, and what stands in the way; store it in them.

    Rows of the run that are not named stay as they are, and their codes are not given twice. The same rows, options
    and bank always give the same codes.
    """
    options = ImportOptions.model_validate(run.options)
    syllabus = await syllabus_service.find_syllabus(session)
    stimuli = await placed_stimuli(session, run)
    others = await queries.other_rows(session, run.id, [row.number for row in rows])
    worked = [_row(stored, options) for stored in rows]
    await _find_identities(session, worked, others)
    known = await items.items_by_code(session, sorted({row.code for row in worked if row.code is not None}))
    stimulus_codes = await queries.stimulus_codes(
        session, [r.version.stimulus_version_id for r in known.values() if r.version.stimulus_version_id is not None]
    )
    completed: list[tuple[_Row, Completed]] = []
    for row in worked:
        record = known.get(row.code or "")
        row.said = replace(row.said, known=_metadata(record, stimulus_codes) if record is not None else None)
        stimulus = stimuli.get(row.said.item.stimulus or "")
        done = complete(row.said, syllabus, stimulus.code if stimulus is not None else None)
        row.notices += done.notices
        completed.append((row, done))
    await _give_codes(session, completed, options, others)
    _refuse_repeated(worked, others)
    for row, done in completed:
        is_clean = not any(notice.severity == "error" for notice in row.notices)
        if done.draft is not None and row.code is not None and is_clean:
            row.draft = with_code(done.draft, row.code)
    await _compare(session, worked, stimuli)
    for row in worked:
        _store(row)
        session.add(row.stored)
    await session.flush()


def _row(stored: ItemImportRow, options: ImportOptions) -> _Row:
    item = item_of(stored)
    said = Said(item, RowChanges.model_validate(stored.changes), options)
    content = content_of(said)
    digest = stored.content_hash
    if content is not None and item.content is not None and content is not item.content:
        digest = content_hash(content.model_dump(mode="json"))
    code, faults = stated_code(said)
    return _Row(stored, said, digest, code=code, is_stated=code is not None or bool(faults), notices=faults)


async def _find_identities(session: AsyncSession, rows: Sequence[_Row], others: Sequence[queries.OtherRow]) -> None:
    """Find the bank's items that rows without a code are, and earlier rows of the file that they repeat."""
    nameless = [row for row in rows if not row.is_stated and row.hash]
    in_bank = await queries.codes_by_content(session, (row.stored.stem_digest for row in nameless))
    seen = {other.content_hash: (other.number, other.place) for other in reversed(others) if other.content_hash}
    for row in sorted(rows, key=lambda row: row.stored.number):
        earlier = seen.get(row.hash)
        if row.hash and earlier is None:
            seen[row.hash] = row.stored.number, row.stored.place
        if row.is_stated or not row.hash:
            continue
        if earlier is None or earlier[0] > row.stored.number:
            row.code = in_bank.get(row.hash)
        elif not row.said.changes.is_other_item:
            row.is_duplicate_of = earlier[1]


def _metadata(record: ItemRecord, stimulus_codes: Mapping[UUID, str]) -> ItemMetadata:
    version = record.version
    return ItemMetadata(
        module_code=version.module_code,
        reference_code=version.reference_code,
        cognitive_level=version.cognitive_level,  # type: ignore[arg-type]  # held as text
        points=Decimal(version.points),
        expected_seconds=version.expected_seconds,
        source=version.source,
        tags=tuple(version.tags),
        stimulus_code=stimulus_codes.get(version.stimulus_version_id) if version.stimulus_version_id else None,
    )


async def _give_codes(
    session: AsyncSession,
    completed: Sequence[tuple[_Row, Completed]],
    options: ImportOptions,
    others: Sequence[queries.OtherRow],
) -> None:
    """Give the next free numbers to rows without a code, in the order of the file; faulty rows keep theirs free."""
    wanting: defaultdict[str, list[_Row]] = defaultdict(list)
    for row, done in completed:
        if row.code is None and not row.is_stated and row.is_duplicate_of is None and done.module_code is not None:
            wanting[_prefix(options, done.module_code)].append(row)
    taken = {other.code for other in others if other.code} | {row.code for row, _ in completed if row.code}
    for prefix, rows in wanting.items():
        number = highest_number(prefix, await queries.codes_with_prefix(session, prefix))
        number = max(number, highest_number(prefix, taken))
        for row in sorted(rows, key=lambda row: row.stored.number):
            number += 1
            row.code = f"{prefix}{number:03d}"


def _prefix(options: ImportOptions, module_code: str) -> str:
    prefix = options.code_prefix or module_code
    return prefix if prefix[-1] in "-._/" else f"{prefix}-"


def _refuse_repeated(rows: Sequence[_Row], others: Sequence[queries.OtherRow]) -> None:
    places: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for other in others:
        if other.code is not None:
            places[other.code].append((other.number, other.place))
    for row in rows:
        if row.code is not None:
            places[row.code].append((row.stored.number, row.stored.place))
    for row in rows:
        same = [place for number, place in sorted(places[row.code or ""]) if number != row.stored.number]
        if row.code is not None and same:
            params = {"value": row.code, "rows": same[:10]}
            row.notices.append(Notice("error", "code_repeated", row.stored.place, "code", params))


async def _compare(session: AsyncSession, rows: Sequence[_Row], stimuli: Mapping[str, PlacedStimulus]) -> None:
    drafts = []
    for row in rows:
        stimulus = stimuli.get(row.said.item.stimulus or "")
        if row.draft is not None:
            # A stimulus that is yet to come cannot be looked up; with it the item is another anyway.
            is_there = stimulus is None or stimulus.state == "unchanged"
            metadata = row.draft.metadata if is_there else replace(row.draft.metadata, stimulus_code=None)
            drafts.append(replace(row.draft, metadata=metadata))
    compared = await saving.compare(session, drafts)
    for row in rows:
        stimulus = stimuli.get(row.said.item.stimulus or "")
        if row.is_duplicate_of is not None:
            row.comparison = "duplicate"
        elif row.draft is not None:
            row.comparison = compared[row.draft.code]
            if row.comparison == "unchanged" and stimulus is not None and stimulus.state != "unchanged":
                row.comparison = "changed"
        if row.comparison in {"retired", "published"} and row.draft is not None:
            fault = Notice("error", f"item_is_{row.comparison}", row.stored.place, "code", {"value": row.draft.code})
            row.notices.append(fault)
            row.draft = None


def _store(row: _Row) -> None:
    stored = row.stored
    notices = row.notices
    if row.is_duplicate_of is not None:
        notices = [Notice("warning", "same_item_twice", stored.place, "", {"other": row.is_duplicate_of})]
        row.draft = None
    stored.code = row.code
    stored.checks = [stored_notice(notice) for notice in notices]
    stored.comparison = row.comparison
    stored.draft = DRAFT.dump_python(row.draft, mode="json") if row.draft is not None else None
    stored.has_errors = any(notice.severity == "error" for notice in notices)
    advice = standing_advice(stored.advice, stored.changes, row.code)
    stored.has_warnings = any(notice.severity in _DOUBTFUL for notice in notices) or bool(advice)


async def refresh_counts(session: AsyncSession, run: ItemImport) -> None:
    """Count the rows of a run anew, and group what is wrong with them."""
    counts: dict[str, Any] = dict(await queries.count_rows(session, run.id))
    counts["problems"] = _problems(await queries.noted_rows(session, run.id))
    run.counts = counts
    session.add(run)
    await session.flush()


def notices_of(row: queries.NotedRow) -> list[Mapping[str, Any]]:
    """Return all that is wrong or doubtful about a row as it stands."""
    return all_notices(row.checks, row.advice, row.changes, row.code)


def _problems(rows: Sequence[queries.NotedRow]) -> list[dict[str, Any]]:
    """Return the problems by code, errors first, the most frequent before the others; with the rows that have them."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for notice in notices_of(row):
            kind = (notice["severity"], notice["code"])
            one = found.setdefault(kind, {**notice, "numbers": []})
            if row.number not in one["numbers"][-1:]:
                counted[kind] += 1
                if len(one["numbers"]) < _PROBLEM_ROWS:
                    one["numbers"].append(row.number)
    weight = {"error": 0, "left_out": 1, "warning": 2}
    ordered = sorted(found, key=lambda kind: (weight[kind[0]], -counted[kind], kind[1]))
    return [{**found[kind], "count": counted[kind]} for kind in ordered]
