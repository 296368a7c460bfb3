"""Preparing a sitting over HTTP: from the exam to posted lists and sealed seats."""

import asyncio
import io
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from httpx import AsyncClient
from openpyxl import load_workbook

from exam_engine.core.time import VIETNAM
from tests.conftest import ClientFactory
from tests.exam_engine.sittings.board import IN_LIST_ORDER, OPENS, PEOPLE, Board, created

VO_AN = ["Võ An", "1990", "Nam", "Huế", "046090000007", ""]


def codes(problem: Any) -> list[str]:
    return [fault["code"] for fault in problem["errors"]]


async def refused(client: AsyncClient, method: str, url: str, body: Any = None) -> tuple[int, str, list[str]]:
    response = await client.request(method, url, json=body)
    problem = response.json()
    return response.status_code, problem["code"], codes(problem)


async def test_candidates_are_numbered_and_seated_in_vietnamese_order(board: Board) -> None:
    await board.prepare()
    rows = await board.rows(sort="candidate_number")
    assert [row["full_name"] for row in rows] == IN_LIST_ORDER
    assert [row["candidate_number"] for row in rows] == [f"LD01000{n}" for n in range(1, 6)]
    assert [(row["room_name"], row["seat_number"]) for row in rows] == [
        ("Phòng 1", 1),
        ("Phòng 1", 2),
        ("Phòng 1", 3),
        ("Phòng 2", 1),
        ("Phòng 2", 2),
    ]
    for left, right in pairwise(rows):
        assert left["room_name"] != right["room_name"] or left["form_code"] != right["form_code"]


async def test_a_registration_shows_the_person_without_the_end_of_the_identity_number(board: Board) -> None:
    await board.prepare()
    (row,) = await board.rows(q="binh")
    assert row | {"id": "", "form_code": ""} == {
        "id": "",
        "candidate_number": "LD010004",
        "full_name": "Nguyễn Thị Bình",
        "birth_date": "1985",
        "sex": "female",
        "birth_place": "Hà Tây",
        "identity_number_masked": "001185••••••",
        "organisation": "THPT Bảo Lộc",
        "room_name": "Phòng 2",
        "seat_number": 1,
        "form_code": "",
        "extra_minutes": 0,
        "extra_percent": 0,
    }


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("đức", ["Đặng Minh Đức"]),
        ("DUC", ["Đặng Minh Đức"]),
        ("ld010002", ["Lê Ánh"]),
        ("067087000003", ["Trần Văn Ân"]),
        ("067087", []),
        ("%", []),
        ("", IN_LIST_ORDER),
    ],
)
async def test_people_are_found_with_and_without_marks(board: Board, q: str, names: list[str]) -> None:
    await board.prepare()
    assert [row["full_name"] for row in await board.rows(q=q)] == names


async def test_lists_are_sorted_both_ways_and_paged(board: Board) -> None:
    await board.prepare()
    assert [row["full_name"] for row in await board.rows(sort="-full_name", limit=2)] == IN_LIST_ORDER[:-3:-1]
    assert [row["full_name"] for row in await board.rows(offset=4)] == IN_LIST_ORDER[4:]
    assert (await board.client.get(f"{board.url}/registrations?sort=identity_number")).status_code == 422


async def test_reading_a_list_registers_nobody_and_applying_it_everybody_once(board: Board) -> None:
    await board.found()
    await board.plan()
    report = await board.upload(PEOPLE)
    assert (report["rows_read"], report["new"], report["errors"]) == (5, 5, [])
    assert await board.rows() == []
    assert created(await board.apply(report)) == {"registered": 5}
    again = await board.apply(report)
    assert (again.status_code, again.json()["code"]) == (409, "candidate_import_applied")
    repeated = await board.upload([*PEOPLE, ["Lê Mới", "2000", "Nam", "Huế", "046200000006", ""]])
    assert (repeated["new"], repeated["already_registered"]) == (1, 5)
    assert created(await board.apply(repeated)) == {"registered": 1}
    assert len(await board.rows()) == 6


async def test_a_list_with_one_fault_registers_nobody(board: Board) -> None:
    await board.found()
    await board.plan()
    report = await board.upload([*PEOPLE, ["Lê Mới", "2000", "Nam", "Huế", "46200000006", ""]])
    (fault,) = report["errors"]
    assert (fault["row"], fault["column"], fault["code"]) == (7, "F", "identity_lost_zeros")
    assert "046200000006" in fault["fix"]
    response = await board.apply(report)
    assert (response.status_code, response.json()["code"]) == (409, "candidate_import_has_errors")
    assert await board.rows() == []


async def test_a_known_number_under_another_name_is_a_fault_until_people_mend_it(board: Board) -> None:
    await board.prepare()
    await board.plan(name="Ca 2", opens_at=OPENS + timedelta(days=1))
    other = ["Đặng Minh Đước", *PEOPLE[0][1:]]
    report = await board.upload([other])
    (fault,) = report["errors"]
    assert (fault["code"], "Đặng Minh Đức" in fault["message"]) == ("candidate_differs", True)


async def test_nobody_sits_twice_in_one_administration(board: Board) -> None:
    await board.prepare()
    await board.plan(name="Ca 2", opens_at=OPENS + timedelta(days=1))
    report = await board.upload(PEOPLE[:1])
    assert [fault["code"] for fault in report["errors"]] == ["candidate_in_other_sitting"]


async def test_a_list_that_was_overtaken_is_not_applied(board: Board) -> None:
    await board.found()
    first = await board.plan()
    report = await board.upload(PEOPLE)
    await board.plan(name="Ca 2", opens_at=OPENS + timedelta(days=1))
    await board.register(PEOPLE[:1])
    board.sitting_id = first
    response = await board.apply(report)
    assert (response.status_code, response.json()["code"]) == (409, "candidate_import_outdated")
    assert codes(response.json()) == ["candidate_in_other_sitting"]
    assert await board.rows() == []


async def test_what_is_no_workbook_is_refused_with_the_reason(board: Board) -> None:
    await board.found()
    await board.plan()
    response = await board.client.post(f"{board.url}/candidate-imports", files={"file": ("a.xlsx", b"STT,Ten\n1,An\n")})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_workbook")
    assert codes(response.json()) == ["workbook_is_text"]


async def test_numbers_go_on_in_the_next_sitting_and_rearranging_gives_the_same_ones(board: Board) -> None:
    await board.prepare()
    first = await board.rows(sort="candidate_number")
    created(await board.arrange())
    assert await board.rows(sort="candidate_number") == first
    await board.prepare(
        [["Võ An", "1990", "Nam", "Huế", "046090000007", ""]], name="Ca 2", opens_at=OPENS + timedelta(days=1)
    )
    assert [row["candidate_number"] for row in await board.rows()] == ["LD010006"]


async def test_two_sittings_arranged_at_once_give_different_numbers(board: Board) -> None:
    await board.prepare()
    first = board.url
    await board.prepare([VO_AN], name="Ca 2", opens_at=OPENS + timedelta(days=1))
    responses = await asyncio.gather(*(board.client.post(f"{url}/arrangement") for url in (first, board.url) * 2))
    assert {response.status_code for response in responses} == {200}
    numbers = [
        row["candidate_number"]
        for url in (first, board.url)
        for row in created(await board.client.get(f"{url}/registrations"))["items"]
    ]
    assert len(set(numbers)) == 6


async def test_an_arrangement_needs_people_forms_and_seats(board: Board) -> None:
    await board.found(2, 2)
    await board.plan()
    assert await refused(board.client, "POST", f"{board.url}/arrangement") == (
        409,
        "cannot_arrange",
        ["sitting_without_candidates", "sitting_without_forms"],
    )
    await board.register()
    await board.use_forms()
    await board.use_rooms()
    assert await refused(board.client, "POST", f"{board.url}/arrangement") == (409, "cannot_arrange", ["too_few_seats"])


async def test_a_failed_arrangement_leaves_the_one_before(board: Board) -> None:
    await board.prepare()
    before = await board.rows(sort="candidate_number")
    await board.register(
        [["Võ An", "1990", "Nam", "Huế", "046090000007", ""], ["Võ Bá", "1990", "Nam", "Huế", "046090000008", ""]]
    )
    assert (await board.arrange()).status_code == 409
    after = [row for row in await board.rows(sort="candidate_number") if row["candidate_number"]]
    assert after == before


async def test_what_is_missing_is_listed_until_nothing_is(board: Board) -> None:
    await board.found()
    await board.plan()

    async def missing() -> list[str]:
        view = created(await board.client.get(f"{board.url}/readiness"))
        return [fault["code"] for fault in view["missing"]]

    assert await missing() == ["sitting_without_rooms", "sitting_without_forms", "sitting_without_candidates"]
    created(await board.client.post(f"{board.url}/rooms", json={"room_id": board.room_ids[0], "proctor_ids": []}))
    await board.use_forms()
    await board.register(PEOPLE[:2])
    assert await missing() == ["room_without_proctor", "candidates_without_seat"]
    await board.use_rooms()
    created(await board.arrange())
    assert await missing() == []
    created(await board.client.put(f"{board.url}/forms", json={"form_ids": [board.form_ids[0]]}))
    assert await missing() == ["arrangement_outdated"]


@pytest.mark.parametrize(("day", "code"), [(9, None), (10, "TTLT17-2016-basic")])
async def test_a_sitting_follows_the_rule_in_force_on_its_day(board: Board, day: int, code: str | None) -> None:
    await board.prepare()
    # Half past midnight in Vietnam is still the day before in UTC: the day that counts is Vietnam's.
    opens_at = datetime(2016, 8, day, 0, 30, tzinfo=VIETNAM)
    change = {"opens_at": opens_at.isoformat(), "closes_at": (opens_at + timedelta(hours=2)).isoformat()}
    assert created(await board.client.patch(board.url, json=change))["rule_set_code"] == code
    view = created(await board.client.get(f"{board.url}/readiness"))
    assert [fault["code"] for fault in view["missing"]] == ([] if code else ["sitting_without_rule_set"])


async def test_a_room_is_used_by_one_sitting_at_a_time(board: Board) -> None:
    await board.found()
    await board.plan()
    await board.use_rooms()
    body = {"room_id": board.room_ids[0], "proctor_ids": []}
    await board.plan(name="Ca chen", opens_at=OPENS + timedelta(hours=1))
    assert await refused(board.client, "POST", f"{board.url}/rooms", body) == (422, "invalid_input", ["room_busy"])
    await board.plan(name="Ca sau", opens_at=OPENS + timedelta(hours=2))
    created(await board.client.post(f"{board.url}/rooms", json=body))
    moved = {"opens_at": (OPENS + timedelta(minutes=90)).isoformat()}
    assert await refused(board.client, "PATCH", board.url, moved) == (422, "invalid_input", ["room_busy"])


async def test_only_proctors_invigilate(board: Board, client_for: ClientFactory) -> None:
    await board.found()
    await board.plan()
    marker = await client_for("marker")
    marker_id = (await marker.get("/api/session")).json()["actor"]["id"]
    body = {"room_id": board.room_ids[0], "proctor_ids": [board.proctor_id, marker_id]}
    assert await refused(board.client, "POST", f"{board.url}/rooms", body) == (422, "invalid_input", ["not_a_proctor"])


async def test_a_form_of_another_length_or_twice_or_unknown_is_refused(board: Board) -> None:
    await board.found()
    await board.plan(duration_minutes=30)
    body = {"form_ids": [board.form_ids[0], board.administration_id]}
    assert await refused(board.client, "PUT", f"{board.url}/forms", body) == (
        422,
        "invalid_input",
        ["form_duration_differs", "unknown_reference"],
    )
    await board.plan()
    body = {"form_ids": [board.form_ids[0]] * 2}
    assert await refused(board.client, "PUT", f"{board.url}/forms", body) == (
        422,
        "invalid_input",
        ["form_chosen_twice"],
    )


@pytest.mark.parametrize(("minutes", "status"), [(44, 422), (45, 201)])
async def test_the_window_is_at_least_as_long_as_the_exam(board: Board, minutes: int, status: int) -> None:
    await board.found()
    body = {
        "administration_id": board.administration_id,
        "name": "Ca 1",
        "opens_at": OPENS.isoformat(),
        "closes_at": (OPENS + timedelta(minutes=minutes)).isoformat(),
    }
    assert (await board.client.post("/api/sittings", json=body)).status_code == status


async def test_taking_a_room_out_takes_the_seats_in_it(board: Board) -> None:
    await board.prepare()
    view = created(await board.client.delete(f"{board.url}/rooms/{board.room_ids[1]}"))
    assert view["counts"] == {"registered": 5, "arranged": 3}
    assert [room["name"] for room in view["rooms"]] == ["Phòng 1"]
    assert sum(row["candidate_number"] is None for row in await board.rows()) == 2


async def test_a_sealed_sitting_keeps_its_people_rooms_forms_and_seats(board: Board) -> None:
    await board.prepare()
    report = await board.upload([VO_AN])
    view = created(await board.client.post(f"{board.url}/readiness"))
    assert len(view["access_code"]) == 8
    registration = (await board.rows())[0]
    refusals = [
        await refused(board.client, "PATCH", board.url, {"name": "Ca khác"}),
        await refused(board.client, "POST", f"{board.url}/arrangement"),
        await refused(board.client, "PUT", f"{board.url}/forms", {"form_ids": list(board.form_ids)}),
        await refused(board.client, "DELETE", f"{board.url}/rooms/{board.room_ids[0]}"),
        await refused(board.client, "DELETE", f"/api/registrations/{registration['id']}"),
        await refused(board.client, "POST", f"{board.url}/candidate-imports/{report['id']}/apply"),
    ]
    assert refusals == [(409, "sitting_not_draft", [])] * 6
    changed = await board.client.patch(f"/api/registrations/{registration['id']}", json={"extra_minutes": 15})
    assert created(changed)["extra_minutes"] == 15
    body = {"room_id": board.room_ids[0], "proctor_ids": []}
    view = created(await board.client.post(f"{board.url}/rooms", json=body))
    assert view["rooms"][0]["proctors"] == []


async def test_a_correction_changes_the_person_and_their_place_in_the_list(board: Board) -> None:
    await board.prepare()
    (row,) = await board.rows(q="bình")
    change = {
        "full_name": "Nguyễn  Thị Xuân",
        "birth_date": "02/09/1985",
        "birth_place": "Hà Nội",
        "organisation": "Sở",
    }
    view = created(await board.client.patch(f"/api/registrations/{row['id']}", json=change))
    assert (view["full_name"], view["birth_date"], view["birth_place"]) == ("Nguyễn Thị Xuân", "02/09/1985", "Hà Nội")
    assert (await board.rows())[-1]["full_name"] == "Nguyễn Thị Xuân"
    sorted_first = {"sort_name": "Xuân Thị A"}
    created(await board.client.patch(f"/api/registrations/{row['id']}", json=sorted_first))
    assert (await board.rows())[0]["full_name"] == "Nguyễn Thị Xuân"
    created(await board.client.patch(f"/api/registrations/{row['id']}", json={"sort_name": None}))
    assert (await board.rows())[-1]["full_name"] == "Nguyễn Thị Xuân"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"full_name": "Lê 9"}, "name_bad_character"),
        ({"full_name": "  "}, "value_missing"),
        ({"birth_date": "1/1/85"}, "birth_date_unclear"),
        ({"identity_number": "123"}, "identity_malformed"),
        ({"identity_number": "068090000001"}, "identity_taken"),
    ],
)
async def test_an_impossible_correction_changes_nothing(board: Board, change: dict[str, Any], code: str) -> None:
    await board.prepare()
    before = await board.rows()
    (row,) = await board.rows(q="bình")
    assert await refused(board.client, "PATCH", f"/api/registrations/{row['id']}", change) == (
        422,
        "invalid_input",
        [code],
    )
    assert await board.rows() == before


@pytest.mark.parametrize(("minutes", "status"), [(-1, 422), (0, 200), (240, 200), (241, 422)])
async def test_extra_time_has_bounds(board: Board, minutes: int, status: int) -> None:
    await board.prepare()
    row = (await board.rows())[0]
    response = await board.client.patch(f"/api/registrations/{row['id']}", json={"extra_minutes": minutes})
    assert response.status_code == status


async def test_who_is_taken_out_is_forgotten_and_can_be_entered_again(board: Board) -> None:
    await board.prepare()
    (row,) = await board.rows(q="bình")
    assert (await board.client.delete(f"/api/registrations/{row['id']}")).status_code == 204
    assert len(await board.rows()) == 4
    report = await board.upload([["Nguyễn Thị Bính", *PEOPLE[1][1:]]])
    assert (report["new"], report["errors"]) == (1, [])


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_posted_list_has_a_sheet_for_each_room_and_no_identity_numbers(board: Board, language: str) -> None:
    await board.prepare()
    response = await board.client.get(f"{board.url}/registrations.xlsx", headers={"accept-language": language})
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''Ca%201.xlsx"
    workbook = load_workbook(io.BytesIO(response.content))
    assert workbook.sheetnames == ["Phòng 1 (LD01)", "Phòng 2 (LD01)"]
    cells = [
        str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]
    assert [text for text in cells if text in IN_LIST_ORDER] == IN_LIST_ORDER
    assert ("Số báo danh" if language == "vi" else "Candidate number") in cells
    for person in PEOPLE:
        assert not any(person[4][-6:] in text for text in cells)


async def test_the_template_can_be_read_by_the_importer(board: Board) -> None:
    await board.found()
    await board.plan()
    template = await board.client.get("/api/candidate-import-template")
    workbook = load_workbook(io.BytesIO(template.content))
    sheet = workbook.worksheets[0]
    for column, value in enumerate(["1", *PEOPLE[0]], start=1):
        sheet.cell(row=2, column=column, value=value)
    buffer = io.BytesIO()
    workbook.save(buffer)
    files = {"file": ("mau.xlsx", buffer.getvalue())}
    report = created(await board.client.post(f"{board.url}/candidate-imports", files=files))
    assert (report["new"], report["errors"], report["warnings"]) == (1, [], [])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number_template", "LD", "bad_number_template"),
        ("rule_set_code", "khong-co", "unknown_rule_set"),
        ("rule_set_code", "TTLT17-2016-advanced", "unknown_rule_set"),
        ("exam_id", "00000000-0000-0000-0000-000000000000", "unknown_reference"),
    ],
)
async def test_an_administration_that_cannot_work_is_refused(board: Board, field: str, value: str, code: str) -> None:
    await board.found()
    (known,) = created(await board.client.get("/api/administrations"))["items"]
    body = {key: known[key] for key in ("exam_id", "name", "council_name", "place", "number_template")} | {field: value}
    assert await refused(board.client, "POST", "/api/administrations", body) == (422, "invalid_input", [code])


async def test_codes_and_room_names_are_taken_once(board: Board) -> None:
    await board.found()
    exam = {"code": "CB", "name": "Khác", "standard_level": "basic", "duration_minutes": 45}
    assert await refused(board.client, "POST", "/api/exams", exam) == (409, "code_taken", [])
    (centre,) = created(await board.client.get("/api/centres"))["items"]
    room = {"name": "Phòng 1", "seat_count": 10}
    assert await refused(board.client, "POST", f"/api/centres/{centre['id']}/rooms", room) == (409, "code_taken", [])
    assert created(await board.client.post(f"/api/centres/{centre['id']}/rooms", json=room | {"name": "Phòng 3"}))[
        "name"
    ]


async def test_every_act_is_on_record_and_no_candidate_is_named_there(board: Board, client_for: ClientFactory) -> None:
    await board.prepare()
    inspector = await client_for("inspector")
    entries = created(await inspector.get("/api/audit", params={"limit": 100}))["items"]
    acts = {entry["action"] for entry in entries}
    assert acts >= {
        "exam.created",
        "administration.created",
        "centre.created",
        "sitting.created",
        "sitting.room_assigned",
        "sitting.forms_chosen",
        "candidate_import.read",
        "candidate_import.applied",
        "sitting.arranged",
    }
    text = str(entries)
    assert not any(person[0] in text or person[4] in text for person in PEOPLE)
