"""The way of a room's minutes: read, signed by each proctor with their own password, sealed, added to, reopened."""

import hashlib
import io
from typing import Any

import pypdf
from fastapi import FastAPI
from httpx import AsyncClient
from sqlmodel import col, select

from exam_engine.accounts.models import User
from exam_engine.core.security import hash_password
from exam_engine.core.time import utc_now
from exam_engine.minutes.models import RoomMinutes
from exam_engine.sitting_log.models import SittingLogRow
from exam_engine.sitting_log.rows import read_body
from exam_engine.sittings.models import ProctorAssignment, Sitting
from load_tests.prepared_sitting import PROCTOR_PASSWORD, PreparedSitting
from tests.conftest import ClientFactory
from tests.exam_engine.delivery.conftest import CandidateFactory
from tests.exam_engine.proctoring.test_api import embedded, room_url, started

SECOND_PASSWORD = "mat khau cua nguoi thu hai"


async def second_proctor(app: FastAPI, sitting: PreparedSitting) -> User:
    async with app.state.database.write() as session:
        user = User(
            username="thu-hai",
            display_name="Đặng Mỹ Hằng",
            password_hash=hash_password(SECOND_PASSWORD),
            roles=["proctor"],
            created_at=utc_now(),
        )
        session.add(user)
        await session.flush()
        session.add(ProctorAssignment(sitting_id=sitting.sitting_id, room_id=sitting.room_id, user_id=user.id))
    return user


async def over(app: FastAPI, sitting: PreparedSitting) -> None:
    """Let the sitting have closed a while ago."""
    async with app.state.database.write() as session:
        stored = await session.get_one(Sitting, sitting.sitting_id)
        stored.opens_at, stored.closes_at = stored.opens_at.replace(year=2020), stored.closes_at.replace(year=2020)
        session.add(stored)


async def minutes_of(proctor: AsyncClient, sitting: PreparedSitting) -> dict[str, Any]:
    answer = await proctor.get(room_url(sitting, "/minutes"))
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def sign(
    proctor: AsyncClient, sitting: PreparedSitting, view: dict[str, Any], name: str, password: str, **how: Any
) -> Any:
    signer = next(one for one in view["signers"] if one["name"] == name)
    body = {"user_id": signer["user_id"], "password": password, "content_sha256": view["content_sha256"]}
    return await proctor.post(room_url(sitting, "/minutes/signatures"), json=body | (how or {"typed_name": name}))


async def test_two_sign_and_the_last_signature_seals_for_good(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    second = await second_proctor(app, sitting)
    await over(app, sitting)
    remarked = await proctor.put(room_url(sitting, "/minutes/remarks"), json={"remarks": "Phòng thi nghiêm túc."})
    assert remarked.status_code == 200
    view = await minutes_of(proctor, sitting)
    first = next(one["name"] for one in view["signers"] if one["is_self"])
    assert (view["status"], len(view["signers"]), len(view["content"]["absent"])) == ("draft", 2, 6)

    for password, how, status, code in (
        ("sai mat khau", {}, 401, "wrong_credentials"),
        (PROCTOR_PASSWORD, {"typed_name": second.display_name}, 422, "minutes_name_differs"),
        (PROCTOR_PASSWORD, {"strokes": [[[1, 1]]]}, 422, "invalid_request"),
        (PROCTOR_PASSWORD, {"typed_name": first, "strokes": [[[1, 1]] * 9]}, 422, "invalid_request"),
    ):
        refused = await sign(proctor, sitting, view, first, password, **how)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    stale = view | {"content_sha256": "0" * 64}
    refused = await sign(proctor, sitting, stale, first, PROCTOR_PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (409, "minutes_changed")

    signed = await sign(proctor, sitting, view, first, PROCTOR_PASSWORD)
    assert (signed.status_code, signed.json()["status"]) == (201, "signing")
    frozen = await proctor.put(room_url(sitting, "/minutes/remarks"), json={"remarks": "Thêm"})
    assert (frozen.status_code, frozen.json()["code"]) == (409, "minutes_signed")
    twice = await sign(proctor, sitting, view, first, PROCTOR_PASSWORD)
    assert (twice.status_code, twice.json()["code"]) == (409, "minutes_already_signed")
    # What happens after the first signature is not in the text that the others sign.
    report = {"category": "other", "occurred_at": view["content"]["opens_at"], "description": "Sau khi ký"}
    assert (await proctor.post(room_url(sitting, "/incidents"), json=report)).status_code == 201
    # The colleague signs on the same browser, drawing, with a password of their own.
    drawn = [[[x * 10, 200] for x in range(20)]]
    sealed = await sign(proctor, sitting, view, second.display_name, SECOND_PASSWORD, strokes=drawn)
    assert (sealed.status_code, sealed.json()["status"]) == (201, "sealed")
    assert sealed.json()["content"]["incidents"] == []

    pdf = (await proctor.get(room_url(sitting, "/minutes/file.pdf"))).content
    assert hashlib.sha256(pdf).hexdigest() == sealed.json()["pdf_sha256"]
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "Phòng thi nghiêm túc." in text
    for method, path, body in (
        ("PUT", "/minutes/remarks", {"remarks": "x"}),
        ("DELETE", "/minutes/signatures", None),
    ):
        refused = await proctor.request(method, room_url(sitting, path), json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "minutes_sealed")
    late = {"text": "Tìm thấy điện thoại bỏ quên.", "password": "sai mat khau"}
    unsigned = await proctor.post(room_url(sitting, "/minutes/addenda"), json=late)
    assert (unsigned.status_code, unsigned.json()["code"]) == (401, "wrong_credentials")
    signed_late = late | {"password": PROCTOR_PASSWORD}
    added = await proctor.post(room_url(sitting, "/minutes/addenda"), json=signed_late)
    assert (added.status_code, len(added.json()["addenda"])) == (201, 1)
    # On a page of its own behind the sealed bytes, which can still be had alone.
    longer = (await proctor.get(room_url(sitting, "/minutes/file.pdf"))).content
    assert longer.startswith(pdf)
    last = pypdf.PdfReader(io.BytesIO(longer)).pages[-1].extract_text()
    assert ("PHỤ LỤC" in last, "Tìm thấy điện thoại bỏ quên." in last) == (True, True)
    alone = room_url(sitting, "/minutes/file.pdf?with_addenda=false")
    assert (await proctor.get(alone)).content == pdf

    async with app.state.database.read() as session:
        rows = (await session.exec(select(SittingLogRow).order_by(col(SittingLogRow.id)))).all()
    told = [(row.kind, read_body(row.body)["details"]) for row in rows if row.kind.startswith("minutes.")]
    assert [kind for kind, _ in told] == [
        *("minutes.remarked", "minutes.signed", "minutes.signed", "minutes.sealed", "minutes.addendum"),
    ]
    assert [said["signature"] for kind, said in told if kind == "minutes.signed"] == ["typed", "drawn"]
    assert told[3][1]["pdf_sha256"] == sealed.json()["pdf_sha256"]

    board = await client_for("board_member")
    of_sitting = f"/api/sittings/{sitting.sitting_id}/minutes"
    (row,) = (await board.get(of_sitting)).json()["items"]
    assert (row["status"], row["signed"], row["is_unaltered"]) == ("sealed", 2, True)
    assert (await board.get(f"{of_sitting}/{row['id']}/file.pdf")).content == longer
    assert (await board.get(f"{of_sitting}/{row['id']}/file.pdf?with_addenda=false")).content == pdf
    assert (await board.post(f"{of_sitting}/{row['id']}/reopening", json={"reason": " "})).status_code == 422
    inspector = await client_for("inspector")
    assert (await inspector.get(of_sitting)).status_code == 200
    reopening = f"{of_sitting}/{row['id']}/reopening"
    assert (await inspector.post(reopening, json={"reason": "x"})).status_code == 403
    reopened = (await board.post(reopening, json={"reason": "Thiếu một sự cố"})).json()["items"]
    assert [(one["version"], one["status"]) for one in reopened] == [(2, "draft"), (1, "reopened")]
    again = await board.post(reopening, json={"reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "minutes_not_sealed")
    # The first version is kept byte by byte; the new one knows what came since.
    assert (await board.get(f"{of_sitting}/{row['id']}/file.pdf?with_addenda=false")).content == pdf
    anew = await minutes_of(proctor, sitting)
    assert (anew["status"], anew["content"]["version"], len(anew["content"]["incidents"])) == ("draft", 2, 1)


@embedded
async def test_nobody_signs_while_somebody_works_or_may_still_start(
    app: FastAPI, sitting: PreparedSitting, candidate_at: CandidateFactory, proctor: AsyncClient
) -> None:
    await started(candidate_at(0), proctor, sitting)
    view = await minutes_of(proctor, sitting)
    assert [one["code"] for one in view["open_points"]] == ["minutes_too_early.working", "minutes_too_early.may_start"]
    name = view["signers"][0]["name"]
    refused = await sign(proctor, sitting, view, name, PROCTOR_PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (409, "minutes_too_early")
    await over(app, sitting)
    assert [one["code"] for one in (await minutes_of(proctor, sitting))["open_points"]] == ["minutes_too_early.working"]


@embedded
async def test_signatures_are_struck_before_the_last_and_a_changed_file_is_seen(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    second = await second_proctor(app, sitting)
    await over(app, sitting)
    view = await minutes_of(proctor, sitting)
    first = next(one["name"] for one in view["signers"] if one["is_self"])
    assert (await sign(proctor, sitting, view, first, PROCTOR_PASSWORD)).status_code == 201
    struck = await proctor.delete(room_url(sitting, "/minutes/signatures"))
    assert (struck.status_code, struck.json()["status"]) == (200, "draft")
    early = await proctor.post(room_url(sitting, "/minutes/addenda"), json={"text": "x", "password": PROCTOR_PASSWORD})
    assert (early.status_code, early.json()["code"]) == (409, "minutes_not_sealed")
    view = await minutes_of(proctor, sitting)
    for name, password in ((first, PROCTOR_PASSWORD), (second.display_name, SECOND_PASSWORD)):
        assert (await sign(proctor, sitting, view, name, password)).status_code == 201
    async with app.state.database.write() as session:
        stored = (await session.exec(select(RoomMinutes))).one()
        stored.pdf = (stored.pdf or b"") + b" "
        session.add(stored)
    board = await client_for("board_member")
    (row,) = (await board.get(f"/api/sittings/{sitting.sitting_id}/minutes")).json()["items"]
    assert (row["status"], row["is_unaltered"]) == ("sealed", False)
    late = {"text": "Thêm", "password": PROCTOR_PASSWORD}
    assert (await proctor.post(room_url(sitting, "/minutes/addenda"), json=late)).status_code == 201
    # What somebody changed is shown as it is, with nothing behind it that would make it look whole.
    changed = (await proctor.get(room_url(sitting, "/minutes/file.pdf"))).content
    assert (changed.endswith(b" "), changed.count(b"%%EOF")) == (True, 1)


@embedded
async def test_only_proctors_of_the_room_sign(
    app: FastAPI, sitting: PreparedSitting, proctor: AsyncClient, client_for: ClientFactory
) -> None:
    await over(app, sitting)
    view = await minutes_of(proctor, sitting)
    stranger = await client_for("proctor")
    me = (await stranger.get("/api/session")).json()["actor"]["id"]
    body = {"user_id": me, "password": "x", "typed_name": "x", "content_sha256": view["content_sha256"]}
    assert (await proctor.post(room_url(sitting, "/minutes/signatures"), json=body)).status_code == 404
