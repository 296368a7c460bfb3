"""Holding the rows of a run against the bank: their codes, what applying them would do, what stands in the way."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from item_bank.exchange import queries
from item_bank.exchange.census import Census, ClaimingRow
from item_bank.exchange.completing import CODE, Completed, Said, complete, content_of, stated_code, with_code
from item_bank.exchange.completion import ImportOptions, RowChanges
from item_bank.exchange.imported import ImportedItem, Notice
from item_bank.exchange.models import ItemImport, ItemImportRow
from item_bank.exchange.queries import StoredRow
from item_bank.exchange.stimuli import PlacedStimulus, placed_stimuli
from item_bank.items import saving
from item_bank.items import service as items
from item_bank.items.content import ItemDraft, ItemMetadata, content_hash
from item_bank.items.records import ItemRecord
from item_bank.syllabus import service as syllabus_service
from item_bank.syllabus.service import Syllabus

ITEM: TypeAdapter[ImportedItem] = TypeAdapter(ImportedItem)
METADATA: TypeAdapter[ItemMetadata] = TypeAdapter(ItemMetadata)
_PROBLEM_ROWS = 50
_NO_CHANGES = RowChanges()

ROWS_AT_ONCE = 1_000
"""Rows that are checked together, and no more are held, where a run has many; others write in between."""

_DOUBTFUL = frozenset({"warning", "left_out"})
_ABOUT_TWINS = ("same_item_in_", "similar_item_in_")


@dataclass(slots=True)
class CheckedRow:
    """A row with all that is worked out about it: ``draft`` is what it becomes, None when it becomes nothing."""

    stored: ItemImportRow | StoredRow
    said: Said
    hash: str
    code: str | None = None
    is_stated: bool = False
    is_duplicate_of: str | None = None
    notices: list[Notice] = field(default_factory=list)
    draft: ItemDraft | None = None
    comparison: str = ""

    @property
    def has_errors(self) -> bool:
        """Whether anything stands in the way."""
        return bool(self.notices) and any(notice.severity == "error" for notice in self.notices)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all rows of a run are held against besides the items of the bank."""

    options: ImportOptions
    syllabus: Syllabus
    stimuli: Mapping[str, PlacedStimulus]
    census: Census


async def surroundings(session: AsyncSession, run: ItemImport, census: Census) -> Surroundings:
    """Return what the rows of a run are held against."""
    return Surroundings(
        options=ImportOptions.model_validate(run.options),
        syllabus=await syllabus_service.find_syllabus(session),
        stimuli=await placed_stimuli(session, run),
        census=census,
    )


def item_of(row: ItemImportRow | StoredRow) -> ImportedItem:
    """Return what the file said of an item."""
    notices = tuple(notice_of(stored) for stored in row.notices)
    return replace(ITEM.validate_python(row.item), notices=notices)


def notice_of(stored: Mapping[str, Any]) -> Notice:
    """Return a notice as it was."""
    return Notice(**stored)


def stored_notice(notice: Notice) -> dict[str, Any]:
    """Return a notice as it is stored; numbers that JSON does not know become text."""
    params = {name: str(value) if isinstance(value, Decimal) else value for name, value in notice.params.items()}
    return {
        "severity": notice.severity,
        "code": notice.code,
        "place": notice.place,
        "part": notice.part,
        "params": params,
    }


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
    others = await queries.other_rows(session, run.id, [row.number for row in rows])
    claims = [ClaimingRow(one.number, one.place, one.code or _stated(one.stated_code, one.changes)) for one in others]
    claims += [ClaimingRow(row.number, row.place, _stated(row.stated_code, row.changes)) for row in rows]
    census = Census(claims)
    for one in others:
        if one.content_hash:
            census.first_with(one.content_hash, one.number)
    around = await surroundings(session, run, census)
    for row, checked in zip(rows, await examine(session, around, rows), strict=True):
        row.sqlmodel_update(outcome_of(checked))
        session.add(row)
    await session.flush()


async def census_of(session: AsyncSession, import_id: UUID) -> Census:
    """Return the census of all rows of a run before any of them is checked: codes that were given do not count."""
    rows = await queries.claiming_rows(session, import_id)
    return Census(ClaimingRow(number, place, _stated(code, changes)) for number, place, code, changes in rows)


def _stated(code: str | None, changes: Mapping[str, Any]) -> str | None:
    """Return the code that is stated of a row, None without one that can be used."""
    stated = changes.get("code") or code
    return stated if stated and CODE.fullmatch(stated) else None


async def check_batch(session: AsyncSession, run: ItemImport, numbers: Sequence[int], census: Census) -> None:
    """Check some rows of a run, as :func:`check_rows`, all of which are checked anew in order.

    ``census`` is that of all rows, see :func:`census_of`, and is kept from batch to batch.
    """
    around = await surroundings(session, run, census)
    rows = await queries.rows_to_check(session, run.id, numbers)
    checked = await examine(session, around, rows)
    await queries.change_rows(session, run.id, [{"number": one.stored.number, **outcome_of(one)} for one in checked])


async def examine(
    session: AsyncSession, around: Surroundings, rows: Sequence[ItemImportRow] | Sequence[StoredRow]
) -> list[CheckedRow]:
    """Work out what applying each of the rows, which stand in order, would do, and what stands in the way."""
    worked = [_row(stored, around.options) for stored in rows]
    await _find_identities(session, worked, around.census)
    known = await items.items_by_code(session, sorted({row.code for row in worked if row.code is not None}))
    stimulus_codes = await queries.stimulus_codes(
        session, [r.version.stimulus_version_id for r in known.values() if r.version.stimulus_version_id is not None]
    )
    completed: list[tuple[CheckedRow, Completed]] = []
    for row in worked:
        if (record := known.get(row.code or "")) is not None:
            row.said = replace(row.said, known=_metadata(record, stimulus_codes))
        stimulus = around.stimuli.get(row.said.item.stimulus or "")
        done = complete(row.said, around.syllabus, stimulus.code if stimulus is not None else None)
        row.notices += done.notices
        completed.append((row, done))
    await _give_codes(session, completed, around)
    _refuse_repeated(worked, around.census)
    for row, done in completed:
        if done.draft is not None and row.code is not None and not row.has_errors:
            row.draft = with_code(done.draft, row.code)
    await _compare(session, worked, around.stimuli)
    for row in worked:
        if row.is_duplicate_of is not None:
            row.notices = [Notice("warning", "same_item_twice", row.stored.place, "", {"other": row.is_duplicate_of})]
            row.draft = None
    return worked


def _row(stored: ItemImportRow | StoredRow, options: ImportOptions) -> CheckedRow:
    item = item_of(stored)
    changes = RowChanges.model_validate(stored.changes) if stored.changes else _NO_CHANGES
    said = Said(item, changes, options)
    content = content_of(said)
    digest = stored.content_hash
    if content is not None and item.content is not None and content is not item.content:
        digest = content_hash(content.model_dump(mode="json"))
    code, faults = stated_code(said)
    return CheckedRow(stored, said, digest, code=code, is_stated=code is not None or bool(faults), notices=faults)


async def _find_identities(session: AsyncSession, rows: Sequence[CheckedRow], census: Census) -> None:
    """Find the bank's items that rows without a code are, and earlier rows of the file that they repeat."""
    nameless = [row for row in rows if not row.is_stated and row.hash]
    in_bank = await queries.codes_by_content(session, (row.stored.stem_digest for row in nameless))
    for row in rows:
        earlier = census.first_with(row.hash, row.stored.number) if row.hash else None
        if row.is_stated or not row.hash:
            continue
        if earlier is None:
            row.code = in_bank.get(row.hash)
        elif not row.said.changes.is_other_item:
            row.is_duplicate_of = earlier


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
    session: AsyncSession, completed: Sequence[tuple[CheckedRow, Completed]], around: Surroundings
) -> None:
    """Give the next free numbers to rows without a code, in the order of the file; faulty rows keep theirs free."""
    census = around.census
    for row, done in completed:
        if row.code is None and not row.is_stated and row.is_duplicate_of is None and done.module_code is not None:
            prefix = _prefix(around.options, done.module_code)
            if prefix not in census.highest:
                census.count_from(prefix, await queries.codes_with_prefix(session, prefix))
            census.highest[prefix] += 1
            row.code = f"{prefix}{census.highest[prefix]:03d}"
        if row.code is not None:
            census.claim(row.stored.number, row.code)


def _prefix(options: ImportOptions, module_code: str) -> str:
    prefix = options.code_prefix or module_code
    return prefix if prefix[-1] in "-._/" else f"{prefix}-"


def _refuse_repeated(rows: Sequence[CheckedRow], census: Census) -> None:
    for row in rows:
        if row.code is not None and (same := census.others_with(row.code, row.stored.number)):
            params = {"value": row.code, "rows": same[:10]}
            row.notices.append(Notice("error", "code_repeated", row.stored.place, "code", params))


async def _compare(session: AsyncSession, rows: Sequence[CheckedRow], stimuli: Mapping[str, PlacedStimulus]) -> None:
    drafts = []
    for row in rows:
        stimulus = stimuli.get(row.said.item.stimulus or "")
        if row.draft is not None and (stimulus is None or stimulus.state == "unchanged"):
            drafts.append(row.draft)
        elif row.draft is not None:
            # A stimulus that is yet to come cannot be looked up; with it the item is another anyway.
            drafts.append(replace(row.draft, metadata=replace(row.draft.metadata, stimulus_code=None)))
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


def outcome_of(row: CheckedRow) -> dict[str, Any]:
    """Return what is stored of a checked row."""
    stored = row.stored
    return {
        "code": row.code,
        "checks": [stored_notice(notice) for notice in row.notices],
        "comparison": row.comparison,
        "final_metadata": METADATA.dump_python(row.draft.metadata, mode="json") if row.draft is not None else None,
        "has_errors": row.has_errors,
        "has_warnings": any(notice.severity in _DOUBTFUL for notice in row.notices)
        or bool(stored.advice and standing_advice(stored.advice, stored.changes, row.code)),
    }


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
