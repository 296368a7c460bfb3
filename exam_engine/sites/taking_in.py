"""The central server's side of a push: each portion is checked whole and written whole, or not at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.core.errors import Fault
from exam_engine.delivery.journal import chain_hash, genesis_hash, parse_body
from exam_engine.evidence.site_logs import is_markable
from exam_engine.sites import delegating, queries
from exam_engine.sites.errors import DelegationWithdrawnError, NotPulledError, PushOutdatedError, RowsRefusedError
from exam_engine.sites.models import SiteDelegation
from exam_engine.sites.portions import Portion, Taken
from exam_engine.sites.pushed import BY_NAME, Pushed, parents
from exam_engine.sites.wire import MalformedRowError, from_wire
from exam_engine.sitting_log.rows import LONGEST_BODY, row_hash, row_text
from exam_engine.sitting_log.rows import genesis_hash as log_genesis

MOST_FAULTS = 20

Key = tuple[Any, ...]
Rows = dict[Key, dict[str, Any]]


async def take_portion(session: AsyncSession, delegation_id: UUID, portion: Portion, *, now: datetime) -> Taken:
    """Write the rows of a portion that are not there yet, bring up to date those that the site went on changing.

    The same portion again changes nothing. Journals and the site's log are checked link by link.

    Raises
    ------
    NotFoundError, DelegationWithdrawnError, NotPulledError
    PushOutdatedError
        A later push of the site has begun.
    RowsRefusedError
        A row cannot be, or is another than the one that is stored; the faults name them, and nothing is written.
    """
    delegation = await lock_pushing(session, delegation_id, portion.push)
    pushed = BY_NAME.get(portion.table)
    if pushed is None:
        raise RowsRefusedError(faults=[Fault("site_table_unknown", portion.table)])
    taking = _Taking(session, delegation, pushed)
    taken = await taking.take(portion.rows)
    delegation.first_pushed_at = delegation.first_pushed_at or now
    delegation.push_number = portion.push
    session.add(delegation)
    await session.flush()
    return taken


async def lock_pushing(session: AsyncSession, delegation_id: UUID, push: int) -> SiteDelegation:
    """Return a delegation that a push may add to, locked.

    Raises
    ------
    NotFoundError, DelegationWithdrawnError, NotPulledError, PushOutdatedError
    """
    delegation = await delegating.find(session, delegation_id, lock=True)
    if delegation.withdrawn_at is not None:
        raise DelegationWithdrawnError
    if delegation.pulled_at is None:
        raise NotPulledError
    if push < delegation.push_number:
        raise PushOutdatedError(push=push, later=delegation.push_number)
    return delegation


class _Taking:
    """One portion."""

    def __init__(self, session: AsyncSession, delegation: SiteDelegation, pushed: Pushed) -> None:
        self._session = session
        self._delegation = delegation
        self._pushed = pushed
        self._faults: list[Fault] = []

    async def take(self, sent: Sequence[Mapping[str, Any]]) -> Taken:
        rows = self._read(sent)
        self._refuse_if_faulty()
        if not rows:
            return Taken()
        await self._check_belonging(rows)
        self._refuse_if_faulty()
        stored = await queries.stored_rows(self._session, self._pushed, list(rows), self._delegation.id)
        fresh, newer = self._compare(rows, stored)
        match self._pushed.name:
            case "attempt":
                await self._check_papers(rows)
            case "journal_entry":
                await self._check_journals(fresh)
            case "site_log_row":
                await self._check_log(fresh)
            case "room_minutes":
                await queries.remove_minutes_drafts(self._session, fresh.values())
        self._refuse_if_faulty()
        await self._write(fresh, newer)
        return Taken(len(fresh), len(newer), len(rows) - len(fresh) - len(newer))

    def _fault(self, code: str, key: Key | int, **params: Any) -> None:
        name = "/".join(map(str, key)) if isinstance(key, tuple) else str(key)
        if len(self._faults) < MOST_FAULTS:
            place = f"{self._pushed.name}:{name}"
            self._faults.append(Fault(code, place, {"table": self._pushed.name, "row": name, **params}))

    def _refuse_if_faulty(self) -> None:
        if self._faults:
            raise RowsRefusedError(faults=self._faults)

    def _read(self, sent: Sequence[Mapping[str, Any]]) -> Rows:
        rows: Rows = {}
        for number, row in enumerate(sent, start=1):
            try:
                values = from_wire(self._pushed.columns, row)
            except MalformedRowError as error:
                self._fault("site_row_malformed", number, column=str(error))
                continue
            key = tuple(values[name] for name in self._pushed.key)
            if key in rows:
                self._fault("site_row_twice", key)
            rows[key] = values
        return rows

    async def _check_belonging(self, rows: Rows) -> None:
        """Refuse rows that hang on anything which is not the site's."""
        found = self._delegation
        rooms = set(delegating.room_ids_of(found))
        registrations = await queries.registration_ids(self._session, found.sitting_id, rooms)
        allowed: dict[str, set[UUID | None]] = {
            "sitting_id": {found.sitting_id},
            "room_id": {*rooms},
            # A pause of a room is for nobody by name.
            "registration_id": {*registrations, None},
        }
        for name, parent in parents(self._pushed.target).items():
            above = {row[name] for row in rows.values() if row[name] is not None}
            allowed[name] = {*await queries.owned(self._session, parent, above, registrations, rooms)}
            if self._pushed.target.c[name].nullable:
                allowed[name].add(None)
        for key, row in rows.items():
            if any(name in row and row[name] not in values for name, values in allowed.items()):
                self._fault("site_row_foreign", key)

    def _compare(self, rows: Rows, stored: Mapping[Key, Mapping[str, Any]]) -> tuple[Rows, Rows]:
        """Return the rows that are new and those that bring what is stored up to date."""
        fresh: Rows = {}
        newer: Rows = {}
        is_home = self._delegation.pushed_at is not None
        for key, row in rows.items():
            old = stored.get(key)
            verdict = "new" if old is None else self._pushed.verdict(old, row)
            if verdict == "same":
                continue
            if verdict == "differs":
                self._fault("site_row_differs", key)
            elif is_home and verdict == "newer" and self._pushed.settled_by is None:
                # A seat: since it is home, this server decides what is known of it.
                continue
            elif is_home and not self._pushed.is_late:
                self._fault("site_row_too_late", key)
            elif verdict == "new":
                fresh[key] = row
            else:
                newer[key] = row
        return fresh, newer

    async def _check_papers(self, rows: Rows) -> None:
        """Hold attempts against the papers that their candidates were to get."""
        ids = {row["registration_id"] for row in rows.values()}
        planned = await queries.planned_papers(self._session, ids)
        for key, row in rows.items():
            if planned.get(row["registration_id"]) != (row["form_id"], row["paper_id"]):
                self._fault("site_attempt_paper", key)

    async def _check_journals(self, fresh: Rows) -> None:
        journals: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for row in fresh.values():
            journals[row["attempt_id"]].append(row)
        for journal in journals.values():
            journal.sort(key=lambda row: int(row["seq"]))
        before = {attempt_id: journal[0]["seq"] - 1 for attempt_id, journal in journals.items()}
        heads = await queries.journal_hashes(self._session, before)
        for attempt_id, journal in journals.items():
            head = genesis_hash(attempt_id) if before[attempt_id] == 0 else heads.get(attempt_id)
            seq = before[attempt_id]
            for row in journal:
                said = parse_body(row["body"], row["seq"])
                fits = said is not None and (said.kind.value, said.item_ref, said.at_ms) == (
                    row["kind"],
                    row["item_ref"],
                    row["at_ms"],
                )
                if head is None or row["seq"] != seq + 1 or chain_hash(head, row["body"]) != row["hash"] or not fits:
                    self._fault("site_row_breaks_chain", (attempt_id, row["seq"]))
                    break
                seq, head = row["seq"], row["hash"]

    async def _check_log(self, fresh: Rows) -> None:
        rows = sorted(fresh.values(), key=lambda row: int(row["number"]))
        if not rows:
            return
        number = rows[0]["number"] - 1
        previous = await queries.log_row(self._session, self._delegation.id, number) if number else None
        head = log_genesis(self._delegation.sitting_id) if number == 0 else previous.hash if previous else None
        for row in rows:
            text = row_text(row["number"], row["kind"], row["at"], row["body"])
            follows = head is not None and row["number"] == number + 1 and row_hash(head, text) == row["hash"]
            if not follows or len(row["body"]) > LONGEST_BODY or not is_markable(row["body"]):
                self._fault("site_row_breaks_chain", (row["number"],))
                break
            number, head = row["number"], row["hash"]

    async def _write(self, fresh: Rows, newer: Rows) -> None:
        connection, table = await self._session.connection(), self._pushed.target
        more = {"delegation_id": self._delegation.id} if "delegation_id" in table.c else {}
        try:
            if fresh:
                await connection.execute(sa.insert(table), [row | more for row in fresh.values()])
            for key, row in newer.items():
                which = [table.c[name] == value for name, value in zip(self._pushed.key, key, strict=True)]
                changed = {name: row[name] for name in self._pushed.moves}
                await connection.execute(sa.update(table).where(*which).values(changed))
        except IntegrityError as error:
            # Two rows that exclude each other by another rule than their key, as two attempts of one candidate do.
            raise RowsRefusedError(faults=[Fault("site_rows_clash", table.name, {"table": table.name})]) from error
