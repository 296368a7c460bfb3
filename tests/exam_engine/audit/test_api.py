"""The record as an inspector reads it; secrets are never part of it."""

import json

import pytest
from fastapi import FastAPI
from sqlmodel import select

from exam_engine.accounts import service as accounts
from exam_engine.accounts.models import User
from exam_engine.audit.models import AuditEntry
from exam_engine.core.time import utc_now
from tests.conftest import ClientFactory, make_actor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PASSWORD = "ngan hang cau hoi"
NEXT_PASSWORD = "de thi va dap an"


async def test_acts_on_accounts_are_recorded_without_any_secret(app: FastAPI, client_for: ClientFactory) -> None:
    administrator, client = await client_for("administrator"), await client_for()
    person = {"username": "thuy", "display_name": "Lê Thị Thuỷ", "password": PASSWORD, "roles": ["proctor"]}
    user_id = (await administrator.post("/api/users", json=person)).json()["id"]
    view = (await client.post("/api/session", json={"username": "thuy", "password": PASSWORD})).json()
    client.headers["x-csrf-token"] = view["csrf_token"]
    token = client.cookies["exam_session"]
    change = {"current_password": PASSWORD, "new_password": NEXT_PASSWORD}
    assert (await client.post("/api/account/password", json=change)).status_code == 204
    await administrator.patch(f"/api/users/{user_id}", json={"password": PASSWORD, "display_name": "Lê Thuỷ"})
    async with app.state.database.read() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.object_id == user_id))).all()
        user = (await session.exec(select(User).where(User.username == "thuy"))).one()
    actions = sorted(entry.action for entry in entries)
    assert actions == ["session.opened", "user.changed", "user.created", "user.password_changed"]
    recorded = json.dumps([entry.model_dump(mode="json") for entry in entries], ensure_ascii=False)
    for secret in (PASSWORD, NEXT_PASSWORD, user.password_hash, token, view["csrf_token"]):
        assert secret not in recorded


async def test_an_inspector_filters_the_record_and_turns_its_pages(app: FastAPI, client_for: ClientFactory) -> None:
    administrator = make_actor("administrator", name="Quản trị 100%")
    for number in range(5):
        async with app.state.database.write() as session:
            await accounts.create_user(
                session,
                username=f"nguoi-{number}",
                display_name="Người thử",
                password=PASSWORD,
                roles=["proctor"],
                actor=administrator,
                now=utc_now(),
            )
    inspector = await client_for("inspector")
    first = (await inspector.get("/api/audit", params={"limit": 2})).json()
    second = (await inspector.get("/api/audit", params={"limit": 2, "offset": 2})).json()
    assert (first["total"], [row["seq"] for row in first["items"]]) == (5, [5, 4])
    assert [row["seq"] for row in second["items"]] == [3, 2]
    one = first["items"][0]
    of_one = (await inspector.get("/api/audit", params={"object_id": one["object_id"]})).json()
    assert [row["seq"] for row in of_one["items"]] == [5]
    assert (await inspector.get("/api/audit", params={"action": "user."})).json()["total"] == 5
    assert (await inspector.get("/api/audit", params={"action": "item."})).json()["total"] == 0
    # A percent sign is a letter to search for, not a wildcard.
    assert (await inspector.get("/api/audit", params={"q": "100%"})).json()["total"] == 5
    assert (await inspector.get("/api/audit", params={"q": "1%0"})).json()["total"] == 0


async def test_an_inspector_sees_whether_the_chain_is_whole(app: FastAPI, client_for: ClientFactory) -> None:
    await (await client_for("administrator")).post(
        "/api/users",
        json={"username": "thuy", "display_name": "Thuỷ", "password": PASSWORD, "roles": ["proctor"]},
    )
    inspector = await client_for("inspector")
    whole = (await inspector.get("/api/audit/verification")).json()
    assert whole == {"rows": 1, "intact": True, "first_broken_seq": None}
    async with app.state.database.write() as session:
        entry = (await session.exec(select(AuditEntry))).one()
        entry.actor_name = "Người khác"
        session.add(entry)
    broken = (await inspector.get("/api/audit/verification")).json()
    assert broken == {"rows": 0, "intact": False, "first_broken_seq": 1}
