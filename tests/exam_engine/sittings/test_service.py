"""What other slices ask of sittings: facts of a seat, candidate login, proctors, papers, access codes."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from exam_engine.accounts.errors import WrongCredentialsError
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.errors import NotFoundError
from exam_engine.sittings import queries, service
from exam_engine.sittings.errors import SittingNotDraftError, SittingNotReadyError
from exam_engine.sittings.models import Candidate, Sitting
from exam_engine.sittings.rule_sets import default_rule_sets, load_default_rule_sets
from exam_engine.sittings.violation_ladder import ladder_of
from load_tests.prepared_sitting import PreparedSitting, prepare_sitting
from tests.conftest import NINE, make_actor
from tests.exam_engine.sittings.board import Board


@pytest.fixture
async def prepared(database: Database, settings: Settings) -> PreparedSitting:
    now = NINE - timedelta(hours=1)
    return await prepare_sitting(database, settings, candidates=3, now=now, rng=random.Random(3), opens_at=NINE)


async def identity_number(database: Database, registration_id: UUID) -> str:
    async with database.read() as session:
        facts = await service.find_registration(session, registration_id)
        return (await session.exec(select(Candidate).where(Candidate.id == facts.candidate_id))).one().identity_number


async def log_in(database: Database, code: str, number: str, suffix: str) -> service.RegistrationFacts:
    async with database.read() as session:
        return await service.authenticate_candidate(
            session, access_code=code, candidate_number=number, identity_suffix=suffix
        )


async def test_a_candidate_is_known_by_code_number_and_the_end_of_the_identity_number(
    database: Database, prepared: PreparedSitting
) -> None:
    first = prepared.registered[0]
    suffix = (await identity_number(database, first.registration_id))[-6:]
    code = prepared.access_code
    for typed in (code, code.lower(), f"{code[:4]} {code[4:]}", f" {code[:4]}-{code[4:]} "):
        facts = await log_in(database, typed, f" {first.candidate_number} ", f" {suffix} ")
        assert facts.registration_id == first.registration_id


@pytest.mark.parametrize(
    ("code", "number", "suffix"),
    [
        ("WRONG123", "0001", None),
        (None, "0002", None),
        (None, "9999", None),
        (None, "0001", "zzzzzz"),
        (None, "0001", ""),
        ("", "", ""),
    ],
)
async def test_any_wrong_part_is_refused_alike(
    database: Database, prepared: PreparedSitting, code: str | None, number: str, suffix: str | None
) -> None:
    right = (await identity_number(database, prepared.registered[0].registration_id))[-6:]
    typed_code = prepared.access_code if code is None else code
    typed_suffix = right if suffix is None else suffix
    if (typed_code, number, typed_suffix) == (prepared.access_code, "0001", right):
        raise AssertionError("the case must differ from the right login")
    with pytest.raises(WrongCredentialsError) as caught:
        await log_in(database, typed_code, number, typed_suffix)
    assert caught.value.params == {}


async def test_the_seven_last_characters_are_not_the_six_last(database: Database, prepared: PreparedSitting) -> None:
    first = prepared.registered[0]
    number = await identity_number(database, first.registration_id)
    with pytest.raises(WrongCredentialsError):
        await log_in(database, prepared.access_code, first.candidate_number, number[-7:])


async def test_the_letters_of_a_passport_may_be_typed_small(database: Database, prepared: PreparedSitting) -> None:
    first = prepared.registered[0]
    async with database.write() as session:
        facts = await service.find_registration(session, first.registration_id)
        person = await session.get_one(Candidate, facts.candidate_id)
        person.identity_number = "AB12C4"
        session.add(person)
    facts = await log_in(database, prepared.access_code, first.candidate_number, "ab12c4")
    assert facts.registration_id == first.registration_id


async def test_the_facts_of_a_seat_hold_everything_delivery_needs(
    database: Database, prepared: PreparedSitting
) -> None:
    async with database.read() as session:
        facts = await service.find_registration(session, prepared.registered[1].registration_id)
        with pytest.raises(NotFoundError):
            await service.find_registration(session, new_id())
    person = prepared.registered[1].person
    assert (facts.full_name, facts.birth_date) == (person.full_name, f"{person.birth_date:%d/%m/%Y}")
    assert (facts.opens_at, facts.closes_at) == (NINE, NINE + timedelta(hours=2))
    assert (facts.duration, facts.grace, facts.extra_time) == (
        timedelta(minutes=45),
        timedelta(seconds=120),
        timedelta(0),
    )
    assert (facts.room_name, facts.seat_number, facts.candidate_number) == ("Phòng máy 1", 2, "0002")
    assert (facts.exam_name, facts.council_name, facts.sitting_name) == (
        "Ứng dụng CNTT cơ bản",
        "Hội đồng thi thử",
        "Ca thử",
    )
    assert facts.identity_number_masked.endswith("••••••")
    assert facts.form_id is not None


async def test_a_proctor_may_enter_the_rooms_they_are_assigned_to(
    database: Database, prepared: PreparedSitting
) -> None:
    async with database.read() as session:
        proctors = await queries.proctors_of_sitting(session, prepared.sitting_id)
        ((room_id, proctor_id),) = proctors
        assert await service.may_proctor(session, proctor_id, prepared.sitting_id, room_id)
        assert not await service.may_proctor(session, new_id(), prepared.sitting_id, room_id)
        assert not await service.may_proctor(session, proctor_id, new_id(), room_id)
        assert not await service.may_proctor(session, proctor_id, prepared.sitting_id, new_id())
        (room,) = await service.rooms_of_proctor(session, proctor_id)
        assert (room.room_id, room.room_name, room.sitting_name) == (room_id, "Phòng máy 1", "Ca thử")
        assert await service.rooms_of_proctor(session, new_id()) == []
        seats = await service.registrations_of_room(session, prepared.sitting_id, room_id)
        assert [facts.seat_number for facts in seats] == [1, 2, 3]
        assert await service.registrations_of_sitting(session, prepared.sitting_id) == seats
        assert await service.registrations_of_room(session, prepared.sitting_id, new_id()) == []


async def test_a_draft_lets_nobody_log_in_and_is_made_ready_once(board: Board) -> None:
    await board.prepare()
    actor, rng = make_actor("board_member"), random.Random(11)
    async with board.database.write() as session:
        plan = await service.paper_plan(session, board.sitting_uuid)
        ready = await service.mark_ready(
            session, board.sitting_uuid, actor=actor, now=NINE - timedelta(days=99), rng=rng
        )
    assert [str(paper.form_id) for paper in plan] == list(board.form_ids)
    assert ready.status == "ready"
    assert ready.access_code is not None
    assert len(ready.access_code) == 8
    assert not set(ready.access_code) & set("01OIL")
    async with board.database.write() as session:
        with pytest.raises(SittingNotDraftError):
            await service.mark_ready(session, board.sitting_uuid, actor=actor, now=NINE, rng=rng)
    row = (await board.rows(sort="candidate_number"))[0]
    suffix = await identity_number(board.database, UUID(row["id"]))
    facts = await log_in(board.database, ready.access_code, row["candidate_number"], suffix[-6:])
    assert facts.full_name == row["full_name"]
    async with board.database.write() as session:
        sitting = await session.get_one(Sitting, board.sitting_uuid)
        sitting.status = "draft"
        session.add(sitting)
    with pytest.raises(WrongCredentialsError):
        await log_in(board.database, ready.access_code, row["candidate_number"], suffix[-6:])


async def test_a_sitting_is_made_ready_before_it_closes_and_not_at_its_closing(board: Board) -> None:
    await board.prepare()
    actor, rng = make_actor("board_member"), random.Random(11)
    async with board.database.write() as session:
        closes_at = (await service.find_sitting(session, board.sitting_uuid)).closes_at
        with pytest.raises(SittingNotReadyError) as caught:
            await service.mark_ready(session, board.sitting_uuid, actor=actor, now=closes_at, rng=rng)
        assert [fault.code for fault in caught.value.faults] == ["sitting_window_over"]
        just_before = closes_at - timedelta(microseconds=1)
        ready = await service.mark_ready(session, board.sitting_uuid, actor=actor, now=just_before, rng=rng)
    assert ready.status == "ready"


async def test_an_access_code_is_never_given_twice(board: Board) -> None:
    await board.prepare()
    actor = make_actor("board_member")
    before = NINE - timedelta(days=99)
    async with board.database.write() as session:
        first = await service.mark_ready(session, board.sitting_uuid, actor=actor, now=before, rng=random.Random(4))
    await board.prepare(
        [["Võ An", "1990", "Nam", "Huế", "046090000007", ""]], name="Ca 2", opens_at=first.closes_at + timedelta(days=1)
    )
    async with board.database.write() as session:
        # The same source of chance draws the same code first.
        second = await service.mark_ready(session, board.sitting_uuid, actor=actor, now=before, rng=random.Random(4))
    assert second.access_code != first.access_code


async def test_a_rule_from_before_the_ladders_gets_what_came_later_and_no_other_does(database: Database) -> None:
    (basic, advanced) = default_rule_sets()
    without = {name: value for name, value in basic["rule"].items() if name not in {"violations", "lockdown"}}
    without_lockdown = {name: value for name, value in basic["rule"].items() if name != "lockdown"}
    stricter = [basic["rule"]["papers"][0] | {"minimum": "6.00"}]

    async def brought_up_to_date(rule: dict[str, Any]) -> dict[str, Any]:
        async with database.write() as session:
            await load_default_rule_sets(session)
            stored = await queries.rule_set_by_code(session, basic["code"])
            assert stored is not None
            stored.rule, stored.valid_to = rule, date(2027, 1, 1)
            session.add(stored)
            await session.flush()
            assert await load_default_rule_sets(session) == 0
        async with database.read() as session:
            stored = await queries.rule_set_by_code(session, basic["code"])
            assert stored is not None
            assert stored.valid_to == date(2027, 1, 1)
            return stored.rule

    assert await brought_up_to_date(without) == basic["rule"]
    assert await brought_up_to_date(without_lockdown) == basic["rule"]
    for set_by_a_board in (
        without | {"violations": None},
        without | {"papers": stricter},
        without_lockdown | {"lockdown": None},
        without_lockdown | {"papers": stricter},
        basic["rule"] | {"violations": advanced["rule"]["violations"] | {"legal_basis": "Quy chế của Sở"}},
    ):
        assert await brought_up_to_date(set_by_a_board) == set_by_a_board
    assert ladder_of(without | {"violations": None}) is None


async def test_default_rule_sets_are_stored_once_and_a_boards_change_stays(database: Database) -> None:
    async with database.write() as session:
        await load_default_rule_sets(session)
        stored = await queries.rule_set_by_code(session, "TTLT17-2016-basic")
        assert stored is not None
        assert stored.rule["papers"][0]["minimum"] == "5.00"
        stored.rule = {"papers": []}
        session.add(stored)
        assert await load_default_rule_sets(session) == 0
    async with database.read() as session:
        again = await queries.rule_set_by_code(session, "TTLT17-2016-basic")
        assert again is not None
        assert again.rule == {"papers": []}
