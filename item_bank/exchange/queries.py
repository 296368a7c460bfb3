"""SQL of item imports."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.db import table_of
from item_bank.exchange.models import ItemImport, ItemImportFile, ItemImportMedia, ItemImportRow
from item_bank.items.models import Item, ItemVersion, Stimulus, StimulusVersion
from item_bank.items.queries import batches

RowFilter = Literal["all", "errors", "warnings", "new", "changed", "unchanged", "duplicate", "left_out"]

_ROWS = table_of(ItemImportRow)


class OtherRow(NamedTuple):
    """What the check of some rows needs of the others."""

    number: int
    place: str
    code: str | None
    stated_code: str | None
    changes: dict[str, Any]
    content_hash: str


class StoredRow(NamedTuple):
    """A row as far as it is checked and applied."""

    number: int
    place: str
    code: str | None
    stem: str
    content_hash: str
    stem_digest: str
    item: dict[str, Any]
    changes: dict[str, Any]
    notices: list[dict[str, Any]]
    advice: list[dict[str, Any]]
    comparison: str
    has_errors: bool
    is_left_out: bool


class AdvisedRow(NamedTuple):
    """What was noticed about a row while its file was read."""

    number: int
    place: str
    notices: list[dict[str, Any]]
    advice: list[dict[str, Any]]


class NotedRow(NamedTuple):
    """What is wrong or doubtful about a row."""

    number: int
    place: str
    code: str | None
    stem: str
    changes: dict[str, Any]
    checks: list[dict[str, Any]]
    advice: list[dict[str, Any]]


class HeldMedia(NamedTuple):
    """A medium of a run without its bytes."""

    sha256: str
    content_type: str
    original_name: str
    size_bytes: int


async def lock_import(session: AsyncSession, *, import_id: UUID, created_by: UUID | None = None) -> ItemImport | None:
    """Return a run, one's own if somebody is named, locked until the end of the transaction."""
    statement = select(ItemImport).where(ItemImport.id == import_id)
    if created_by is not None:
        statement = statement.where(ItemImport.created_by == created_by)
    return (await session.exec(statement.with_for_update())).first()


async def find_import(session: AsyncSession, *, import_id: UUID, created_by: UUID) -> ItemImport | None:
    """Return one's own run."""
    statement = select(ItemImport).where(ItemImport.id == import_id, ItemImport.created_by == created_by)
    return (await session.exec(statement)).first()


async def find_imports(
    session: AsyncSession, *, created_by: UUID, offset: int, limit: int
) -> tuple[list[ItemImport], int]:
    """Return one's own runs that were not dropped, newest first, and how many there are."""
    mine = (col(ItemImport.created_by) == created_by, col(ItemImport.state) != "dropped")
    statement = select(ItemImport).where(*mine).order_by(col(ItemImport.created_at).desc()).offset(offset).limit(limit)
    total = (await session.exec(select(sa.func.count()).select_from(ItemImport).where(*mine))).one()
    return list((await session.exec(statement)).all()), total


async def delete_unapplied(session: AsyncSession, *, before: datetime) -> None:
    """Delete runs that nobody applied, with all that only they hold."""
    waiting = col(ItemImport.state) != "applied"
    await session.exec(sa.delete(ItemImport).where(waiting, col(ItemImport.created_at) < before))


async def empty_run(session: AsyncSession, import_id: UUID) -> None:
    """Delete the rows, the media and the file of a run."""
    for table in (ItemImportRow, ItemImportMedia, ItemImportFile):
        await session.exec(sa.delete(table).where(col(table.import_id) == import_id))


async def empty_reading(session: AsyncSession, import_id: UUID) -> None:
    """Delete what was stored of a file whose reading was broken off; the file stays."""
    await session.exec(sa.delete(ItemImportRow).where(col(ItemImportRow.import_id) == import_id))


async def delete_file(session: AsyncSession, import_id: UUID) -> None:
    """Delete the bytes of a file that was read."""
    await session.exec(sa.delete(ItemImportFile).where(col(ItemImportFile.import_id) == import_id))


async def insert_rows(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store new rows."""
    connection = await session.connection()
    for batch in batches(rows):
        await connection.execute(sa.insert(_ROWS), batch)


async def advised_rows(session: AsyncSession, import_id: UUID, numbers: Sequence[int]) -> list[AdvisedRow]:
    """Return what was noticed about some rows; as many numbers as fit one statement."""
    columns = [_ROWS.c[name] for name in AdvisedRow._fields]
    statement = sa.select(*columns).where(_ROWS.c.import_id == import_id, _ROWS.c.number.in_(numbers))
    return [AdvisedRow(*row) for row in await (await session.connection()).execute(statement)]


async def change_rows(session: AsyncSession, import_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Change rows: each with its number and the values of the same columns."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "number"]
    statement = (
        sa.update(_ROWS)
        .where(_ROWS.c.import_id == import_id, _ROWS.c.number == sa.bindparam("row_number"))
        .values({name: sa.bindparam(f"new_{name}", type_=_ROWS.c[name].type) for name in names})
    )
    values = [{"row_number": row["number"], **{f"new_{name}": row[name] for name in names}} for row in rows]
    await (await session.connection()).execute(statement, values)


async def all_rows(session: AsyncSession, import_id: UUID) -> list[ItemImportRow]:
    """Return all rows of a run in order."""
    statement = select(ItemImportRow).where(ItemImportRow.import_id == import_id).order_by(col(ItemImportRow.number))
    return list((await session.exec(statement)).all())


async def rows_by_number(session: AsyncSession, import_id: UUID, numbers: Sequence[int]) -> list[ItemImportRow]:
    """Return some rows of a run in order."""
    found: list[ItemImportRow] = []
    for batch in batches(sorted(set(numbers))):
        statement = (
            select(ItemImportRow)
            .where(ItemImportRow.import_id == import_id, col(ItemImportRow.number).in_(batch))
            .order_by(col(ItemImportRow.number))
        )
        found.extend((await session.exec(statement)).all())
    return found


async def other_rows(session: AsyncSession, import_id: UUID, besides: Sequence[int]) -> list[OtherRow]:
    """Return codes and hashes of the rows that are not named."""
    columns = [_ROWS.c[name] for name in OtherRow._fields]
    statement = sa.select(*columns).where(_ROWS.c.import_id == import_id).order_by(_ROWS.c.number)
    named = set(besides)
    rows = await (await session.connection()).execute(statement)
    return [OtherRow(*row) for row in rows if row[0] not in named]


async def claiming_rows(session: AsyncSession, import_id: UUID) -> list[tuple[int, str, str | None, dict[str, Any]]]:
    """Return number, place, stated code and changes of all rows of a run, in order."""
    columns = [_ROWS.c[name] for name in ("number", "place", "stated_code", "changes")]
    statement = sa.select(*columns).where(_ROWS.c.import_id == import_id).order_by(_ROWS.c.number)
    rows = await (await session.connection()).execute(statement)
    return [(number, place, code, changes) for number, place, code, changes in rows]


async def rows_to_check(session: AsyncSession, import_id: UUID, numbers: Sequence[int]) -> list[StoredRow]:
    """Return some rows of a run in order; the numbers stand in order."""
    columns = [_ROWS.c[name] for name in StoredRow._fields]
    found: list[StoredRow] = []
    for batch in batches(numbers):
        statement = sa.select(*columns).where(_ROWS.c.import_id == import_id, _ROWS.c.number.in_(batch))
        rows = await (await session.connection()).execute(statement.order_by(_ROWS.c.number))
        found += [StoredRow(*row) for row in rows]
    return found


_FILTERS: dict[RowFilter, Any] = {
    "all": sa.true(),
    "errors": sa.and_(col(ItemImportRow.has_errors), ~col(ItemImportRow.is_left_out)),
    "warnings": sa.and_(col(ItemImportRow.has_warnings), ~col(ItemImportRow.is_left_out)),
    "new": sa.and_(col(ItemImportRow.comparison) == "new", ~col(ItemImportRow.is_left_out)),
    "changed": sa.and_(col(ItemImportRow.comparison) == "changed", ~col(ItemImportRow.is_left_out)),
    "unchanged": sa.and_(col(ItemImportRow.comparison) == "unchanged", ~col(ItemImportRow.is_left_out)),
    "duplicate": sa.and_(col(ItemImportRow.comparison) == "duplicate", ~col(ItemImportRow.is_left_out)),
    "left_out": col(ItemImportRow.is_left_out),
}


async def find_rows(
    session: AsyncSession, import_id: UUID, *, wanted: RowFilter, offset: int, limit: int
) -> tuple[list[ItemImportRow], int]:
    """Return a page of rows and how many the filter leaves."""
    conditions = (col(ItemImportRow.import_id) == import_id, _FILTERS[wanted])
    statement = select(ItemImportRow).where(*conditions).order_by(col(ItemImportRow.number)).offset(offset).limit(limit)
    total = (await session.exec(select(sa.func.count()).select_from(ItemImportRow).where(*conditions))).one()
    return list((await session.exec(statement)).all()), total


async def count_rows(session: AsyncSession, import_id: UUID) -> dict[str, int]:
    """Return how many rows each filter leaves."""
    counted = [sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0) for condition in _FILTERS.values()]
    statement = sa.select(*counted).where(col(ItemImportRow.import_id) == import_id)
    row = (await (await session.connection()).execute(statement)).one()
    return dict(zip(_FILTERS, map(int, row), strict=True))


async def numbers_shown(session: AsyncSession, import_id: UUID, *, wanted: RowFilter, limit: int) -> list[int]:
    """Return the numbers of the first rows that the filter leaves."""
    conditions = (col(ItemImportRow.import_id) == import_id, _FILTERS[wanted])
    statement = select(ItemImportRow.number).where(*conditions).order_by(col(ItemImportRow.number)).limit(limit)
    return list((await session.exec(statement)).all())


async def noted_rows(session: AsyncSession, import_id: UUID) -> list[NotedRow]:
    """Return what is noted of the rows that are not left out, in order."""
    columns = [getattr(ItemImportRow, name) for name in NotedRow._fields]
    statement = (
        sa.select(*columns)
        .where(
            col(ItemImportRow.import_id) == import_id,
            ~col(ItemImportRow.is_left_out),
            sa.or_(col(ItemImportRow.has_errors), col(ItemImportRow.has_warnings)),
        )
        .order_by(col(ItemImportRow.number))
    )
    return [NotedRow(*row) for row in await (await session.connection()).execute(statement)]


async def codes_by_content(session: AsyncSession, digests: Iterable[str]) -> dict[str, str]:
    """Return the lowest code of the living items whose stem has one of the digests, by the hash of their content."""
    found: dict[str, str] = {}
    for batch in batches(sorted(set(digests))):
        statement = (
            sa.select(col(ItemVersion.content_hash), sa.func.min(col(Item.code)))
            .join(
                Item,
                sa.and_(
                    col(ItemVersion.item_id) == col(Item.id),
                    col(ItemVersion.version_number) == col(Item.version_number),
                ),
            )
            .where(col(Item.stem_digest).in_(batch), col(Item.status) != "retired")
            .group_by(col(ItemVersion.content_hash))
        )
        rows = await (await session.connection()).execute(statement)
        for content_hash, code in rows:
            found[content_hash] = min(code, found.get(content_hash, code))
    return found


async def codes_with_prefix(session: AsyncSession, prefix: str) -> list[str]:
    """Return the codes of items that begin with a prefix."""
    statement = select(Item.code).where(col(Item.code).startswith(prefix, autoescape=True))
    return list((await session.exec(statement)).all())


async def stimulus_codes(session: AsyncSession, version_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the codes of stimuli by the ids of their versions."""
    found: dict[UUID, str] = {}
    for batch in batches(sorted(set(version_ids))):
        statement = (
            select(StimulusVersion.id, Stimulus.code)
            .join(Stimulus, col(Stimulus.id) == col(StimulusVersion.stimulus_id))
            .where(col(StimulusVersion.id).in_(batch))
        )
        found.update((await session.exec(statement)).all())
    return found


async def stimulus_versions(session: AsyncSession, version_ids: Iterable[UUID]) -> list[tuple[str, StimulusVersion]]:
    """Return versions of stimuli with the codes of their stimuli."""
    found: list[tuple[str, StimulusVersion]] = []
    for batch in batches(sorted(set(version_ids))):
        statement = (
            select(Stimulus.code, StimulusVersion)
            .join(Stimulus, col(Stimulus.id) == col(StimulusVersion.stimulus_id))
            .where(col(StimulusVersion.id).in_(batch))
        )
        found.extend((await session.exec(statement)).all())
    return found


async def current_stimuli(session: AsyncSession) -> list[tuple[UUID, str, int, StimulusVersion]]:
    """Return id, code and number of the current version of all stimuli, with that version."""
    statement = (
        select(Stimulus.id, Stimulus.code, Stimulus.version_number, StimulusVersion)
        .join(
            StimulusVersion,
            sa.and_(
                col(StimulusVersion.stimulus_id) == col(Stimulus.id),
                col(StimulusVersion.version_number) == col(Stimulus.version_number),
            ),
        )
        .order_by(col(Stimulus.code))
    )
    return [(id_, code, number, version) for id_, code, number, version in (await session.exec(statement)).all()]


async def media_of_run(session: AsyncSession, import_id: UUID) -> list[ItemImportMedia]:
    """Return the media of a run with their bytes."""
    return list((await session.exec(select(ItemImportMedia).where(ItemImportMedia.import_id == import_id))).all())


async def held_media(session: AsyncSession, import_id: UUID) -> list[HeldMedia]:
    """Return the media of a run by name, without their bytes."""
    statement = (
        sa.select(
            col(ItemImportMedia.sha256),
            col(ItemImportMedia.content_type),
            col(ItemImportMedia.original_name),
            sa.func.length(col(ItemImportMedia.content)),
        )
        .where(col(ItemImportMedia.import_id) == import_id)
        .order_by(col(ItemImportMedia.original_name), col(ItemImportMedia.sha256))
    )
    return [HeldMedia(*row) for row in await (await session.connection()).execute(statement)]


async def forget_codes(session: AsyncSession, import_id: UUID) -> None:
    """Forget the codes of all rows, so that giving them anew begins at the beginning."""
    given = (col(ItemImportRow.import_id) == import_id, col(ItemImportRow.code).is_not(None))
    await session.exec(sa.update(ItemImportRow).where(*given).values(code=None))


async def numbers_of_rows(session: AsyncSession, import_id: UUID) -> list[int]:
    """Return the numbers of all rows in order."""
    statement = (
        select(ItemImportRow.number).where(ItemImportRow.import_id == import_id).order_by(col(ItemImportRow.number))
    )
    return list((await session.exec(statement)).all())


async def leave_out(session: AsyncSession, import_id: UUID, numbers: Sequence[int], *, is_left_out: bool) -> None:
    """Leave rows out, or take them in again."""
    for batch in batches(sorted(set(numbers))):
        await session.exec(
            sa.update(ItemImportRow)
            .where(col(ItemImportRow.import_id) == import_id, col(ItemImportRow.number).in_(batch))
            .values(is_left_out=is_left_out)
        )


async def find_media(session: AsyncSession, *, import_id: UUID, sha256: str) -> ItemImportMedia | None:
    """Return one medium of a run."""
    return await session.get(ItemImportMedia, (import_id, sha256))
