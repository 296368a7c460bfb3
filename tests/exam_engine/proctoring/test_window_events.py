"""Events of the exam's window: from the candidate's journal to the room board, seen, and counted for the board."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.audit.models import AuditEntry
from exam_engine.delivery.journal import Kind
from exam_engine.delivery.window_events import KIND_OF, times_of
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sittings import service as sittings
from exam_engine.sittings.lockdown_rules import LockdownEvent, readable_lockdown
from exam_engine.sittings.models import Administration, Registration, RuleSet, Sitting
from load_tests.prepared_sitting import PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.proctoring.test_api import board_of, embedded, room_url, started

EVENT_OF_CODE = {
    "last-day": "copy",
    "first-day": "paste",
    "over": "print",
    "to-come": "drag",
    "other-level": "screens",
}


async def rule(app: FastAPI, section: dict[str, Any] | None) -> None:
    async with app.state.database.write() as session:
        for rule_set in (await session.exec(select(RuleSet))).all():
            others = {name: value for name, value in rule_set.rule.items() if name != "lockdown"}
            rule_set.rule = others if section is None else others | {"lockdown": section}
            session.add(rule_set)


def events(seat: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["event"]: (one["count"], one["unseen"]) for one in seat["events"]}


async def seen(proctor: AsyncClient, sitting: PreparedSitting, seat: int, up_to_seq: int) -> int:
    whom = str(sitting.registered[seat].registration_id)
    answer = await proctor.post(
        room_url(sitting, "/events-review"), json={"seats": [{"registration_id": whom, "up_to_seq": up_to_seq}]}
    )
    assert answer.status_code == 200, answer.text
    news: int = answer.json()["seats"]
    return news


async def test_every_event_enters_the_journal_and_is_counted_until_it_is_seen(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    assert (await board_of(proctor, sitting))["seats"][0]["events"] == []
    for kind in KIND_OF.values():
        candidate.note(kind.value)
    candidate.note("fullscreen_back")
    candidate.note("answer", "q01", ["aaaa"])
    candidate.note("copy", value=["7"])
    receipt = await candidate.save()
    assert receipt["refused"] == []
    assert receipt["last_seq"] == 13
    seat = (await board_of(proctor, sitting))["seats"][0]
    told = [event.value for event in LockdownEvent if event is not LockdownEvent.CONTEXT_MENU]
    assert events(seat) == dict.fromkeys(told, (1, 1)) | {"copy": (2, 2)}
    assert [one["event"] for one in seat["events"]] == told
    assert {one["event"]: one["last_seq"] for one in seat["events"]}["copy"] == 13
    assert seat["answered"] == 1
    # What the page showed is seen; what came meanwhile is not.
    assert await seen(proctor, sitting, 0, 12) == 1
    seat = (await board_of(proctor, sitting))["seats"][0]
    assert events(seat) == dict.fromkeys(told, (1, 0)) | {"copy": (2, 1)}
    # An older page takes nothing back, and the same again is no news.
    assert await seen(proctor, sitting, 0, 3) == 0
    assert await seen(proctor, sitting, 0, 12) == 0
    # Nobody has seen the future.
    assert await seen(proctor, sitting, 0, 10_000) == 1
    candidate.note("print")
    await candidate.save()
    assert events((await board_of(proctor, sitting))["seats"][0])["print"] == (2, 1)
    async with app.state.database.read() as session:
        acts = (await session.exec(select(AuditEntry).where(AuditEntry.action == "seat.events_reviewed"))).all()
        rows = (
            await session.exec(select(SittingLogRow).where(col(SittingLogRow.kind) == "seat.events_reviewed"))
        ).all()
    assert len(acts) == len(rows) == 2
    # The mark knows nothing of it.
    await candidate.submit()


@embedded
async def test_the_timeline_tells_each_event_and_how_often(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    candidate = await started(candidate_at(0), proctor, sitting)
    candidate.note("fullscreen_left")
    candidate.note("fullscreen_back")
    candidate.note("paste", value=["12"])
    candidate.note("paste", value=["not a number"])
    await candidate.save()
    await seen(proctor, sitting, 0, 4)
    whom = sitting.registered[0].registration_id
    told = (await proctor.get(room_url(sitting, f"/seats/{whom}/timeline"))).json()["items"]
    window = [(one["kind"], one["event"], one["times"]) for one in told if one["kind"].startswith("window.")]
    assert sorted(window) == [
        ("window.fullscreen_back", None, 1),
        ("window.fullscreen_left", "fullscreen", 1),
        ("window.paste", "paste", 1),
        ("window.paste", "paste", 12),
    ]
    assert [(one["kind"], one["by"]) for one in told if one["kind"] == "seat.events_reviewed"] == [
        ("seat.events_reviewed", "Trần Văn Hoà")
    ]


@embedded
async def test_only_seats_of_the_own_room_can_be_marked_as_seen(
    sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    elsewhere = {"registration_id": str(sitting.sitting_id), "up_to_seq": 1}
    url = room_url(sitting, "/events-review")
    assert (await proctor.post(url, json={"seats": [elsewhere]})).status_code == 404
    bodies: tuple[dict[str, Any], ...] = ({"seats": []}, {"seats": [elsewhere | {"up_to_seq": 0}]}, {})
    for body in bodies:
        assert (await proctor.post(url, json=body)).status_code == 422
    # Who has not started has nothing to be seen.
    assert await seen(proctor, sitting, 1, 5) == 0


@embedded
async def test_the_room_sees_how_grave_an_event_is_and_nothing_of_no_interest(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    await rule(
        app,
        {"events": {"copy": "ignored", "print": {"severity": "note", "repeated_from": 2, "repeated_as": "serious"}}},
    )
    candidate = await started(candidate_at(0), proctor, sitting)
    seen_so_far = []
    for kind in ("copy", "print", "print", "focus_lost"):
        candidate.note(kind)
        await candidate.save()
        seat = (await board_of(proctor, sitting))["seats"][0]
        seen_so_far.append([(one["event"], one["severity"]) for one in seat["events"]])
    assert seen_so_far == [
        [],
        [("print", "note")],
        [("print", "serious")],
        [("focus", "note"), ("print", "serious")],
    ]


async def test_the_candidates_page_learns_what_to_watch_and_not_how_grave_it_is(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory
) -> None:
    candidate = candidate_at(0)
    await candidate.log_in()

    async def told() -> dict[str, Any]:
        found: dict[str, Any] = (await candidate.client.get("/api/delivery/seat")).json()["lockdown"]
        return found

    await rule(app, None)
    assert await told() == {"events": ["focus"], "fullscreen": False, "blocks": []}
    section = {
        "fullscreen": True,
        "blocks": ["paste", "print"],
        "events": {
            "focus": "ignored",
            "second_tab": {"severity": "note", "repeated_from": 2, "repeated_as": "serious"},
        },
    }
    await rule(app, section)
    assert await told() == {"events": ["second_tab"], "fullscreen": True, "blocks": ["paste", "print"]}
    # Nothing stands in the way of whoever is granted more time, and what is told stays the same.
    async with app.state.database.write() as session:
        own = await session.get(Registration, sitting.registered[0].registration_id)
        own.extra_percent = 25
        session.add(own)
    assert await told() == {"events": ["second_tab"], "fullscreen": True, "blocks": []}
    # A slip in the rule-set stops nobody.
    await rule(app, {"events": {"focus": "grave"}})
    assert await told() == {"events": ["focus"], "fullscreen": False, "blocks": []}


async def test_the_seat_follows_the_rule_set_that_the_results_follow(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory
) -> None:
    """The one that the round names, else the latest in force on the sitting's day in Vietnam."""
    candidate = candidate_at(0)
    await candidate.log_in()

    def made(code: str, *, begins: int, ends: int | None, level: str = "basic") -> RuleSet:
        return RuleSet(
            code=code,
            standard_level=level,
            legal_basis="Quy chế",
            valid_from=day + timedelta(days=begins),
            valid_to=None if ends is None else day + timedelta(days=ends),
            rule={"papers": [], "lockdown": {"events": {"focus": "ignored", EVENT_OF_CODE[code]: "note"}}},
        )

    async def told() -> list[str]:
        found: list[str] = (await candidate.client.get("/api/delivery/seat")).json()["lockdown"]["events"]
        async with app.state.database.read() as session:
            rule_set = await sittings.rule_set_of(session, sitting.sitting_id)
        assert rule_set is not None
        assert found == [event.value for event in readable_lockdown(rule_set.rule).told]
        return found

    async with app.state.database.write() as session:
        own = await session.get(Sitting, sitting.sitting_id)
        # Eight in the evening UTC is the next morning in Vietnam.
        own.opens_at = datetime(2026, 11, 23, 20, tzinfo=UTC)
        day = date(2026, 11, 24)
        session.add(own)
        session.add_all(
            [
                made("over", begins=-1, ends=-1),
                made("to-come", begins=1, ends=None),
                made("other-level", begins=0, ends=None, level="advanced"),
                made("last-day", begins=-3, ends=0),
            ]
        )
    assert await told() == ["copy"]
    async with app.state.database.write() as session:
        session.add(made("first-day", begins=0, ends=0))
    assert await told() == ["paste"]
    async with app.state.database.write() as session:
        own = await session.get(Sitting, sitting.sitting_id)
        administration = await session.get(Administration, own.administration_id)
        administration.rule_set_code = "over"
        session.add(administration)
    assert await told() == ["print"]


async def test_the_board_sees_totals_by_event(
    app: FastAPI,
    sitting: PreparedSitting,
    candidate_at: CandidateFactory,
    proctor: AsyncClient,
    client_for: ClientFactory,
) -> None:
    await rule(app, {"events": {"focus": {"severity": "note", "repeated_from": 3, "repeated_as": "serious"}}})
    for seat, count in ((0, 3), (1, 2)):
        candidate = await started(candidate_at(seat), proctor, sitting)
        for _ in range(count):
            candidate.note("focus_lost")
        candidate.note("copy")
        await candidate.save()
    board = await client_for("board_member")
    found = (await board.get(f"/api/sittings/{sitting.sitting_id}/window-events")).json()
    assert found == {
        "items": [{"event": "focus", "severity": "serious", "count": 5, "seats": 2, "serious_seats": 1}],
        "total": 1,
    }


def test_each_event_has_an_operation_of_its_own() -> None:
    assert set(KIND_OF) == set(LockdownEvent)
    assert len(set(KIND_OF.values())) == len(LockdownEvent)
    # As long as the column of the journal.
    assert max(len(kind.value) for kind in Kind) <= 16


@pytest.mark.parametrize(
    ("value", "times"),
    [("", 1), (',"value":["3"]', 3), (',"value":["0"]', 1), (',"value":["99999"]', 9999), (',"value":["²"]', 1),
     (',"value":["3","4"]', 1), (',"value":3', 1), (',"value":["-3"]', 1)],
)  # fmt: skip
def test_an_operation_says_how_many_times_it_stands_for(value: str, times: int) -> None:
    assert times_of(f'{{"seq":1,"kind":"copy"{value},"at_ms":1}}') == times
