"""A server that runs already, loaded through its HTTP API alone, as its board would: nothing here sees its database.

The accounts come from a TOML file: a member of the board, and proctors who may be assigned to the rooms::

    [board]
    username = "hoidong1"
    password = "…"

    [[proctors]]
    username = "giamthi1"
    password = "…"

Forms are those that are published there already, with their working time: people are played faster and leave early. The
sitting that is made stays, in an exam round of its own whose name says what it is.
"""

import asyncio
import random
import time
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import msgspec

from load_tests.audit import Audit, StoredJournal, hold_against, journals_in_export
from load_tests.candidate_sheet import write_candidates
from load_tests.local_site import GRACE_SECONDS, Site
from load_tests.options import Choice
from load_tests.people import Person, make_people
from load_tests.plan import Plan, ProctorPlan, RoomDuty, Wave
from load_tests.protocol import CSRF_HEADER, Acknowledged
from load_tests.timetable import arrival_seconds, lead_seconds

_FORMS = 2
_PAGE = 200
_PREPARING_SECONDS_EACH = 0.03
_CLOSING_SECONDS = 180.0


class BoardAccountsError(Exception):
    """The file with the accounts is not there or lacks something."""


class BoardRefusedError(Exception):
    """The server refused something that the board asked for."""

    def __init__(self, call: str, reason: str) -> None:
        super().__init__(f"{call}: {reason}")
        self.call = call
        self.reason = reason


class Account(msgspec.Struct, frozen=True):
    """Somebody who logs in."""

    username: str
    password: str


class Accounts(msgspec.Struct, frozen=True):
    """The file of accounts."""

    board: Account
    proctors: list[Account]


def read_accounts(file: Path | None) -> Accounts:
    """Read the file of accounts.

    Raises
    ------
    BoardAccountsError
    """
    if file is None:
        raise BoardAccountsError("--staff")
    try:
        accounts = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Accounts)
    except (OSError, ValueError) as error:
        raise BoardAccountsError(str(error)) from error
    if not accounts.proctors:
        raise BoardAccountsError("[[proctors]]")
    return accounts


class Board:
    """A member of the board at work over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def log_in(self, account: Account) -> dict[str, Any]:
        """Log in and return the session view.

        Raises
        ------
        BoardRefusedError
        """
        view = await self.ask("POST", "/api/session", msgspec.to_builtins(account))
        self.client.headers[CSRF_HEADER] = view["csrf_token"]
        return view

    async def ask(self, method: str, path: str, body: Any = None, **how: Any) -> dict[str, Any]:
        """Send a request and return its answer.

        Raises
        ------
        BoardRefusedError
        """
        try:
            response = await self.client.request(method, path, json=body, **how)
        except httpx.TransportError as error:
            raise BoardRefusedError(f"{method} {path}", str(error) or type(error).__name__) from error
        if response.status_code >= 400:
            raise BoardRefusedError(f"{method} {path}", f"{response.status_code} {response.text[:300]}")
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer


@asynccontextmanager
async def board_site(choice: Choice, folder: Path) -> AsyncIterator[Site]:
    """Prepare a sitting on the server and yield it.

    Raises
    ------
    BoardAccountsError, BoardRefusedError
    """
    accounts = await asyncio.to_thread(read_accounts, choice.staff)
    async with httpx.AsyncClient(base_url=choice.host, timeout=120) as client:
        board = Board(client)
        await board.log_in(accounts.board)
        plan = await _prepare(choice, board, accounts)
        yield Site(plan, "", [], [], ExportAuditing(board, [wave.sitting_id for wave in plan.waves], folder))


class ExportAuditing:
    """Holds receipts against the export of the sittings' logs."""

    def __init__(self, board: Board, sitting_ids: Sequence[str], folder: Path) -> None:
        self._board = board
        self._sitting_ids = sitting_ids
        self._folder = folder

    async def __call__(self, receipts: list[Acknowledged]) -> Audit:
        """Return what the comparison found."""
        journals: list[StoredJournal] = []
        for sitting_id in self._sitting_ids:
            await self._close(sitting_id)
            file = self._folder / f"{sitting_id}.zip"
            await self._download(sitting_id, file)
            journals += await asyncio.to_thread(journals_in_export, file)
        return hold_against(receipts, journals)

    async def _close(self, sitting_id: str) -> None:
        """Close the log; as long as an attempt is open the server refuses."""
        until = time.monotonic() + _CLOSING_SECONDS
        while True:
            try:
                await self._board.ask("POST", f"/api/sittings/{sitting_id}/log/closure")
            except BoardRefusedError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(2.0)
            else:
                return

    async def _download(self, sitting_id: str, file: Path) -> None:
        url = f"/api/sittings/{sitting_id}/log/export.zip"
        async with self._board.client.stream("GET", url) as response:
            if response.status_code != 200:
                raise BoardRefusedError(f"GET {url}", str(response.status_code))
            with file.open("wb") as target:
                async for piece in response.aiter_bytes():
                    await asyncio.to_thread(target.write, piece)


async def _prepare(choice: Choice, board: Board, accounts: Accounts) -> Plan:
    size = max(choice.ramp)
    forms, minutes = await _published_forms(board)
    # Every run has people of its own: who was made up before may be known there under another name.
    mark = random.SystemRandom().randrange(10**6)
    people = _own_people(size, choice.seed, mark)
    proctors = await _proctors_of(board, accounts)
    centre, administration = await _place_of_load(board, choice, size, minutes, mark)
    opens_at = time.time() + lead_seconds(size) + size * _PREPARING_SECONDS_EACH + 5.0
    opening = datetime.fromtimestamp(opens_at, UTC)
    body = {
        "administration_id": administration["id"],
        "name": "Ca thử tải",
        "opens_at": opening.isoformat(),
        "closes_at": (opening + timedelta(minutes=minutes + 1)).isoformat(),
        "duration_minutes": minutes,
        "grace_seconds": GRACE_SECONDS,
    }
    sitting = await board.ask("POST", "/api/sittings", body)
    url = f"/api/sittings/{sitting['id']}"
    duties = await _assign(board, url, centre["rooms"], proctors)
    await board.ask("PUT", f"{url}/forms", {"form_ids": forms})
    await _register(board, url, people)
    ready = await board.ask("POST", f"{url}/readiness")
    wave = Wave(
        sitting_id=sitting["id"],
        access_code=ready["access_code"],
        opens_at=opens_at,
        working_seconds=minutes * 60.0,
        exam_seconds=minutes * 60.0,
        speed=choice.speed,
        grace_seconds=GRACE_SECONDS,
        candidates=await _registered(board, url, people),
    )
    return Plan(
        url=choice.host,
        seed=choice.seed,
        waves=[wave],
        proctors=[ProctorPlan(one.username, one.password, duties[id_]) for id_, one in proctors if duties[id_]],
        arrival_seconds=arrival_seconds(size),
        verifiers=choice.verifiers,
        verified_share=choice.verified_share,
        streams=choice.streams,
    )


def _own_people(count: int, seed: int, mark: int) -> list[Person]:
    people, seen = [], set[tuple[str, date]]()
    for number, person in enumerate(make_people(count, random.Random(seed))):
        # Name and birth date are all that lists show of them besides numbers that the server gives.
        born = person.birth_date
        while (person.full_name, born) in seen:
            born += timedelta(days=1)
        seen.add((person.full_name, born))
        identity = f"{person.identity_number[:6]}{(mark + number) % 10**6:06d}"
        people.append(replace(person, birth_date=born, identity_number=identity))
    return people


async def _proctors_of(board: Board, accounts: Accounts) -> list[tuple[str, Account]]:
    """Return the proctors with their ids, which each of them learns at login."""
    found = []
    for account in accounts.proctors:
        async with httpx.AsyncClient(base_url=board.client.base_url, timeout=30) as client:
            proctor = Board(client)
            view = await proctor.log_in(account)
            await proctor.ask("DELETE", "/api/session")
        found.append((str(view["actor"]["id"]), account))
    return found


async def _place_of_load(
    board: Board, choice: Choice, size: int, minutes: int, mark: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make rooms and an exam round that say what they are for."""
    name, code = "Thử tải – không phải kỳ thi thật", f"TAI-{mark:06d}"
    exam = await board.ask(
        "POST",
        "/api/exams",
        {"code": code, "name": name, "standard_level": "basic", "duration_minutes": minutes},
    )
    rooms = [
        {"name": f"Phòng thử {number}", "seat_count": choice.room_size}
        for number in range(1, -(-size // choice.room_size) + 1)
    ]
    centre = await board.ask("POST", "/api/centres", {"code": code, "name": name, "rooms": rooms})
    round_ = {
        "exam_id": exam["id"],
        "name": name,
        "council_name": name,
        "place": "Thử tải",
        "number_template": "TAI{seq:05}",
    }
    return centre, await board.ask("POST", "/api/administrations", round_)


async def _published_forms(board: Board) -> tuple[list[str], int]:
    """Return forms of one working time, the newest first, and how many minutes that is."""
    forms = (await board.ask("GET", "/api/forms", params={"limit": 50}))["items"]
    linear = [form for form in forms if form["design"] == "linear"]
    if not linear:
        raise BoardRefusedError("GET /api/forms", "no published form")
    minutes: int = linear[0]["duration_minutes"]
    return [form["id"] for form in linear if form["duration_minutes"] == minutes][:_FORMS], minutes


async def _assign(
    board: Board, url: str, rooms: Sequence[dict[str, Any]], proctors: Sequence[tuple[str, Account]]
) -> dict[str, list[RoomDuty]]:
    """Give each room two proctors, where there are two; returns the duties of each by id."""
    duties: dict[str, list[RoomDuty]] = {id_: [] for id_, _ in proctors}
    for number, room in enumerate(rooms):
        leader, second = (proctors[(number + step) % len(proctors)][0] for step in (0, 1))
        both = list(dict.fromkeys((leader, second)))
        await board.ask("POST", f"{url}/rooms", {"room_id": room["id"], "proctor_ids": both})
        for id_ in both:
            duties[id_].append(RoomDuty(0, room["id"], leads=id_ == leader))
    return duties


async def _register(board: Board, url: str, people: Sequence[Person]) -> None:
    sheet = BytesIO()
    await asyncio.to_thread(write_candidates, sheet, people)
    file = ("thi-sinh-thu-tai.xlsx", sheet.getvalue())
    report = await board.ask("POST", f"{url}/candidate-imports", files={"file": file})
    if report["errors"]:
        raise BoardRefusedError(f"POST {url}/candidate-imports", str(report["errors"][:3]))
    await board.ask("POST", f"{url}/candidate-imports/{report['id']}/apply")
    await board.ask("POST", f"{url}/arrangement")


async def _registered(board: Board, url: str, people: Sequence[Person]) -> list[tuple[str, str]]:
    """Return the numbers that the arrangement gave, each with what that person types at login."""
    suffixes = {(person.full_name, f"{person.birth_date:%d/%m/%Y}"): person.identity_suffix for person in people}
    found = []
    for offset in range(0, len(people), _PAGE):
        page = await board.ask("GET", f"{url}/registrations", params={"offset": offset, "limit": _PAGE})
        found += [
            (
                row["candidate_number"],
                suffixes[row["full_name"], row["birth_date"]],
            )
            for row in page["items"]
        ]
    return found
