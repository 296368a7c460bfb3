"""Certificates over HTTP: who may do what, a whole issue as a job, and what the public is told."""

import base64
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel.ext.asyncio.session import AsyncSession

from certificates.qr_payload import read_payload
from exam_engine.accounts.permissions import STAFF_ROLES
from exam_engine.core.db import Database, new_id
from exam_engine.core.time import VIETNAM, utc_now
from exam_engine.results import service as results
from exam_engine.results.models import Result, ResultRound
from tests.certificates.register import add_passes, add_sitting
from tests.conftest import finish_jobs

ClientFactory = Callable[..., Awaitable[AsyncClient]]

RULE_SET = {
    "code": "TTLT17-basic",
    "legal_basis": "Thông tư liên tịch 17/2016/TTLT-BGDĐT-BTTTT",
    "standard_level": "basic",
    "valid_from": "2016-08-10",
    "valid_to": None,
    "rule": {
        "papers": [
            {"code": "multiple_choice", "name": {"vi": "Trắc nghiệm", "en": "Multiple choice"}, "minimum": "5.00"}
        ]
    },
}


@pytest.fixture
async def sitting_id(app: FastAPI) -> UUID:
    """Return a sitting with approved results: two candidates passed, one failed."""
    database: Database = app.state.database
    async with database.write() as session:
        sitting_id = await add_sitting(session)
        await approve_results(
            session, sitting_id, {"Nguyễn Thị Thuỳ Dương": "pass", "K' Brếp": "pass", "Lê An": "fail"}
        )
    return sitting_id


async def approve_results(session: AsyncSession, sitting_id: UUID, decisions: dict[str, str]) -> None:
    now = utc_now()
    found = ResultRound(
        sitting_id=sitting_id,
        status="approved",
        rule_set=RULE_SET,
        snapshot_hash="",
        proposed_by=new_id(),
        proposed_by_name="Người đề nghị",
        proposed_at=now,
        approved_by=new_id(),
        approved_by_name="Người duyệt",
        approved_at=now,
        decision_number="05/QĐ-TTSH",
        decided_on=now.astimezone(VIETNAM).date(),
    )
    session.add(found)
    await session.flush()
    passes = await add_passes(session, sitting_id, list(decisions))
    rows = [
        Result(
            sitting_id=sitting_id,
            registration_id=entry.registration_id,
            position=position,
            candidate_number=entry.candidate_number,
            full_name=entry.full_name,
            birth_date=entry.birth_date,
            sex=entry.sex,
            birth_place=entry.birth_place,
            identity_number_masked="*********123",
            organisation="",
            raw="29",
            max_points="40",
            mark="7.25",
            marks_by_paper={"multiple_choice": "7.25"},
            decision=decisions[entry.full_name],
            finish_kind="submitted",
        )
        for position, entry in enumerate(passes, start=1)
    ]
    found.snapshot_hash = results._snapshot_hash(found.rule_set, rows)
    session.add_all((found, *rows))


async def make_ready(client_for: ClientFactory) -> AsyncClient:
    """Enter an authority and blanks; return the officer's client."""
    board = await client_for("board_member")
    authority = {
        "board_code": "LD",
        "issuer_title": "GIÁM ĐỐC TRUNG TÂM SÁT HẠCH CNTT TỈNH LÂM ĐỒNG",
        "place": "Lâm Đồng",
        "signatory_title": ["GIÁM ĐỐC"],
        "signatory_name": "Trần Quốc Bảo",
        "legal_basis": "Điều 17 Thông tư liên tịch 17/2016",
        "valid_from": "2020-01-01",
    }
    assert (await board.post("/api/certificates/authorities", json=authority)).status_code == 201
    officer = await client_for("certificate_officer")
    blanks = {
        "standard_level": "basic",
        "prefix": "CB ",
        "first_number": 1,
        "last_number": 10,
        "received_on": "2026-11-01",
    }
    assert (await officer.post("/api/certificates/blanks", json=blanks)).status_code == 201
    return officer


async def issue(officer: AsyncClient, sitting_id: UUID) -> dict[str, object]:
    answer = await officer.post("/api/certificates/issues", json={"sitting_id": str(sitting_id)})
    assert answer.status_code == 202, answer.text
    return await finish_jobs(officer, answer.json()["job_id"])


async def test_a_sitting_is_issued_downloaded_and_verified(client_for: ClientFactory, sitting_id: UUID) -> None:
    officer = await make_ready(client_for)
    issuable = (await officer.get("/api/certificates/issuable")).json()["items"]
    assert [(row["sitting_id"], row["passed"], row["issued"]) for row in issuable] == [(str(sitting_id), 2, 0)]

    job = await issue(officer, sitting_id)
    assert (job["status"], job["result"]) == ("succeeded", {"sitting_id": str(sitting_id), "issued": 2}), job

    rows = (await officer.get("/api/certificates", params={"sort": "register_number"})).json()
    assert rows["total"] == 2
    assert [row["holder_name"] for row in rows["items"]] == ["Nguyễn Thị Thuỳ Dương", "K' Brếp"]
    detail = (await officer.get(f"/api/certificates/{rows['items'][0]['id']}")).json()
    assert detail["marks"] == [{"paper": "Trắc nghiệm", "mark": "7.25"}]
    assert [event["kind"] for event in detail["events"]] == ["issued"]

    pdf = await officer.get(f"/api/certificates/{detail['id']}/pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(pdf.content).hexdigest() == detail["pdf_sha256"]

    public = await client_for()
    keys = (await public.get("/api/verification/keys")).json()["keys"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(keys[0]["public_key"]))
    facts = read_payload(detail["verification_url"].split("#")[1]).verify(key)
    assert (facts.name, facts.serial_number, facts.kid.hex()) == (detail["holder_name"], "CB 0000001", keys[0]["kid"])
    answer = (await public.get(f"/api/verification/certificates/{detail['public_id']}")).json()
    assert (answer["state"], answer["holder_name"]) == ("valid", "Nguyễn Thị Thuỳ Dương")
    assert (await officer.get("/api/certificates/issuable")).json()["items"][0]["issued"] == 2


async def test_a_second_issue_of_the_same_sitting_says_that_nothing_is_left(
    client_for: ClientFactory, sitting_id: UUID
) -> None:
    officer = await make_ready(client_for)
    await issue(officer, sitting_id)
    job = await issue(officer, sitting_id)
    assert job["status"] == "failed"
    error = job["error"]
    assert isinstance(error, dict)
    assert (error["code"], error["title"]) == ("nothing_to_issue", "Không còn ai để cấp chứng chỉ ở ca thi này")


async def test_without_approved_results_nothing_is_queued(client_for: ClientFactory, app: FastAPI) -> None:
    async with app.state.database.write() as session:
        sitting_id = await add_sitting(session)
    officer = await client_for("certificate_officer")
    answer = await officer.post("/api/certificates/issues", json={"sitting_id": str(sitting_id)})
    assert (answer.status_code, answer.json()["code"]) == (409, "results_not_approved")


async def test_revocation_reaches_the_public_with_its_decision(client_for: ClientFactory, sitting_id: UUID) -> None:
    officer = await make_ready(client_for)
    await issue(officer, sitting_id)
    row = (await officer.get("/api/certificates", params={"q": "thuy duong"})).json()["items"][0]
    body = {"reason_code": "fraud", "decision_number": "12/QĐ-TTSH", "note": "Thi hộ"}
    revoked = (await officer.post(f"/api/certificates/{row['id']}/revocation", json=body)).json()
    assert revoked["status"] == "revoked"
    assert revoked["events"][-1]["reason"] == "Có hành vi gian lận"
    again = await officer.post(f"/api/certificates/{row['id']}/revocation", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "certificate_not_valid")

    public = await client_for()
    answer = (await public.get(f"/api/verification/certificates/{row['public_id']}")).json()
    assert (answer["state"], answer["decision_number"]) == ("revoked", "12/QĐ-TTSH")
    statuses = (await public.get("/api/verification/statuses")).json()
    number = int.from_bytes(gzip.decompress(base64.b64decode(statuses["bits"])), "little")
    index = read_payload(revoked["verification_url"].split("#")[1]).facts.status_index
    assert number == 1 << (2 * index)


async def test_a_replacement_supersedes_the_old_certificate(client_for: ClientFactory, sitting_id: UUID) -> None:
    officer = await make_ready(client_for)
    await issue(officer, sitting_id)
    row = (await officer.get("/api/certificates", params={"q": "K' Brep"})).json()["items"][0]
    body = {"decision_number": "13/QĐ-TTSH", "holder_name": "K' Brếp Sơn", "note": "Thiếu tên"}
    answer = await officer.post(f"/api/certificates/{row['id']}/replacement", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["holder_name"] == "K' Brếp Sơn"
    old = (await officer.get(f"/api/certificates/{row['id']}")).json()
    assert (old["status"], old["replaced_by"]) == ("superseded", answer.json()["id"])
    pdf = await officer.get(f"/api/certificates/{answer.json()['id']}/pdf")
    assert pdf.content.startswith(b"%PDF-")


READERS = {"certificate_officer", "board_member", "inspector"}
ROUTES: list[tuple[str, str, set[str]]] = [
    ("GET", "/api/certificates", READERS),
    ("GET", "/api/certificates/issuable", READERS),
    ("GET", "/api/certificates/blanks", READERS),
    ("GET", "/api/certificates/authorities", READERS),
    ("GET", f"/api/certificates/{UUID(int=1)}/pdf", READERS),
    ("POST", "/api/certificates/issues", {"certificate_officer"}),
    ("POST", "/api/certificates/blanks", {"certificate_officer"}),
    ("POST", "/api/certificates/blanks/write-offs", {"certificate_officer"}),
    ("POST", "/api/certificates/authorities", {"board_member"}),
    ("POST", f"/api/certificates/{UUID(int=1)}/revocation", {"certificate_officer"}),
    ("POST", f"/api/certificates/{UUID(int=1)}/replacement", {"certificate_officer"}),
]


async def test_each_act_is_for_its_roles_alone(client_for: ClientFactory) -> None:
    nobody = await client_for()
    for method, path, _ in ROUTES:
        assert (await nobody.request(method, path)).status_code == 401, path
    for role in sorted(STAFF_ROLES):
        client = await client_for(role)
        for method, path, allowed in ROUTES:
            answer = await client.request(method, path, json={} if method == "POST" else None)
            assert (answer.status_code == 403) == (role not in allowed), (role, method, path)


async def test_the_public_is_answered_alike_for_unknown_and_malformed_ids(client_for: ClientFactory) -> None:
    public = await client_for()
    texts = []
    for typed in ("00000000000000", "0000000000000Z", "xyz", "%F0%9F%8E%93", "1" * 300):
        answer = await public.get(f"/api/verification/certificates/{typed}")
        assert answer.status_code == 200
        texts.append(answer.text)
    assert len(set(texts)) == 1
    assert '"state":"unknown"' in texts[0]


async def test_too_many_look_ups_are_told_when_to_come_back(client_for: ClientFactory) -> None:
    public = await client_for()
    statuses = [(await public.get("/api/verification/certificates/00000000000000")).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    page = await public.get("/c/00000000000000")
    assert page.status_code == 429
    assert 1 <= int(page.headers["retry-after"]) <= 60
    assert "Bạn tra cứu quá nhanh" in page.text


async def test_the_page_without_script_shows_three_states_in_words(client_for: ClientFactory, sitting_id: UUID) -> None:
    officer = await make_ready(client_for)
    await issue(officer, sitting_id)
    first, second = (await officer.get("/api/certificates", params={"sort": "register_number"})).json()["items"]
    body = {"reason_code": "fraud", "decision_number": "12/QĐ-TTSH"}
    await officer.post(f"/api/certificates/{second['id']}/revocation", json=body)
    public = await client_for()

    valid = await public.get("/c", params={"id": first["public_id"].lower()})
    assert "Chứng chỉ hợp lệ" in valid.text
    assert "Nguyễn Thị Thuỳ Dương" in valid.text
    assert first["serial_number"] in valid.text
    assert "05/03/1990" not in valid.text
    revoked = await public.get(f"/c/{second['public_id']}")
    assert "Chứng chỉ đã bị thu hồi" in revoked.text
    assert "12/QĐ-TTSH" in revoked.text
    unknown = await public.get("/c/00000000000000")
    assert "Không tìm thấy trong sổ" in unknown.text
    english = await public.get(f"/c/{first['public_id']}", headers={"Accept-Language": "en"})
    assert "The certificate is valid" in english.text
    for page in (valid, revoked, unknown, english):
        assert page.status_code == 200
        assert "<script" not in page.text
        assert page.headers["cache-control"] == "no-store"


async def test_what_is_typed_is_shown_as_text_only(client_for: ClientFactory) -> None:
    page = await (await client_for()).get("/c", params={"id": '"><script>alert(1)</script>'})
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_faults_of_candidates_data_reach_the_officer_by_candidate_number(
    client_for: ClientFactory, app: FastAPI
) -> None:
    async with app.state.database.write() as session:
        sitting_id = await add_sitting(session)
        await approve_results(session, sitting_id, {"Lê \u0421hi": "pass"})
    officer = await make_ready(client_for)
    job = await issue(officer, sitting_id)
    error = job["error"]
    assert isinstance(error, dict)
    [fault] = error["errors"]
    assert (error["code"], fault["place"], fault["code"]) == ("certificate_data_invalid", "0001", "name_foreign_script")
    assert fault["fix"]
    assert (await officer.get("/api/certificates")).json()["total"] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"last_number": 0}, "blank_range_empty"),
        ({"last_number": 50_001}, "blank_range_empty"),
        ({"first_number": 5, "last_number": 12}, "blank_range_overlap"),
    ],
)
async def test_a_wrong_delivery_of_blanks_is_refused(
    client_for: ClientFactory, change: dict[str, int], code: str
) -> None:
    officer = await make_ready(client_for)
    body = {
        "standard_level": "basic",
        "prefix": "CB ",
        "first_number": 1,
        "last_number": 10,
        "received_on": "2026-11-02",
    }
    answer = await officer.post("/api/certificates/blanks", json=body | change)
    assert answer.json()["code"] == code


async def test_the_ledger_accounts_for_every_blank(client_for: ClientFactory, sitting_id: UUID) -> None:
    officer = await make_ready(client_for)
    body = {"serial_number": "CB 0000001", "outcome": "spoiled", "note": "Kẹt giấy"}
    assert (await officer.post("/api/certificates/blanks/write-offs", json=body)).status_code == 200
    await issue(officer, sitting_id)
    [delivery] = (await officer.get("/api/certificates/blanks")).json()["items"]
    counts = {name: delivery[name] for name in ("available", "used", "spoiled", "lost")}
    assert counts == {"available": 7, "used": 2, "spoiled": 1, "lost": 0}


async def test_the_register_is_searched_filtered_and_sorted(client_for: ClientFactory, sitting_id: UUID) -> None:
    officer = await make_ready(client_for)
    await issue(officer, sitting_id)

    async def names(**params: str) -> list[str]:
        return [row["holder_name"] for row in (await officer.get("/api/certificates", params=params)).json()["items"]]

    assert await names(q="nguyen thi") == ["Nguyễn Thị Thuỳ Dương"]
    assert await names(q="0002/") == ["K' Brếp"]
    assert await names(q="cb 0000001") == ["Nguyễn Thị Thuỳ Dương"]
    assert await names(status="revoked") == []
    assert await names(sitting_id=str(new_id())) == []
    assert await names(sort="holder_name") == ["K' Brếp", "Nguyễn Thị Thuỳ Dương"]
    wrong = await officer.get("/api/certificates", params={"sort": "pdf_sha256"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_certificate_sort")


async def test_an_issue_date_in_the_future_is_refused(client_for: ClientFactory, sitting_id: UUID) -> None:
    officer = await make_ready(client_for)
    tomorrow: date = utc_now().astimezone(VIETNAM).date() + timedelta(days=1)
    body = {"sitting_id": str(sitting_id), "issued_on": tomorrow.isoformat()}
    job = await finish_jobs(officer, (await officer.post("/api/certificates/issues", json=body)).json()["job_id"])
    error = job["error"]
    assert isinstance(error, dict)
    assert error["code"] == "issue_date_invalid"
