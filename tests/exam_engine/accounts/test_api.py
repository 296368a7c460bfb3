"""Logging in, staying logged in, and what is refused."""

import asyncio

from fastapi import FastAPI
from httpx import AsyncClient

from exam_engine.accounts import service
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from tests.conftest import ClientFactory, make_actor

PASSWORD = "ngan hang cau hoi"


async def add_user(app: FastAPI, username: str, *roles: str) -> None:
    database: Database = app.state.database
    async with database.write() as session:
        await service.create_user(
            session,
            username=username,
            display_name="Lê Thị Thuỷ",
            password=PASSWORD,
            roles=list(roles),
            actor=make_actor("administrator"),
            now=utc_now(),
        )


async def log_in(client: AsyncClient, username: str, password: str = PASSWORD) -> int:
    response = await client.post("/api/session", json={"username": username, "password": password})
    return response.status_code


async def test_a_login_opens_a_session_and_logging_out_ends_it(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    client = await client_for()
    assert (await client.get("/api/session")).json()["actor"] is None
    assert await log_in(client, "Thuy") == 200
    view = (await client.get("/api/session")).json()
    assert view["actor"]["display_name"] == "Lê Thị Thuỷ"
    assert "result.approve" in view["actor"]["permissions"]
    assert (await client.delete("/api/session")).status_code == 204
    assert (await client.get("/api/session")).json()["actor"] is None


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    response = await (await client_for()).post("/api/session", json={"username": "thuy", "password": PASSWORD})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_unknown_name_and_wrong_password_get_the_same_answer(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    client = await client_for()
    unknown = await client.post("/api/session", json={"username": "ai-do", "password": PASSWORD})
    wrong = await client.post("/api/session", json={"username": "thuy", "password": "sai mat khau"})
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()
    assert unknown.json()["code"] == "wrong_credentials"


async def test_the_sixth_wrong_password_is_refused_even_if_right(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    client = await client_for()
    for _ in range(5):
        assert await log_in(client, "thuy", "sai mat khau") == 401
    response = await client.post("/api/session", json={"username": "thuy", "password": PASSWORD})
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0


async def test_guesses_sent_at_the_same_instant_are_counted_one_by_one(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    client = await client_for()
    statuses = await asyncio.gather(*(log_in(client, "thuy", f"sai mat khau {n}") for n in range(8)))
    assert sorted(statuses) == [401] * 5 + [429] * 3


async def test_four_wrong_passwords_do_not_lock_anybody_out(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    client = await client_for()
    for _ in range(4):
        assert await log_in(client, "thuy", "sai mat khau") == 401
    assert await log_in(client, "thuy") == 200


async def test_an_unsafe_request_without_the_csrf_token_is_refused(client_for: ClientFactory) -> None:
    administrator = await client_for("administrator")
    body = {"username": "moi", "display_name": "Mới", "password": PASSWORD, "roles": ["proctor"]}
    del administrator.headers["x-csrf-token"]
    refused = await administrator.post("/api/users", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")


async def test_a_login_form_on_another_site_is_refused(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    client = await client_for()
    body = {"username": "thuy", "password": PASSWORD}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.test"}):
        assert (await client.post("/api/session", json=body, headers=headers)).status_code == 403


async def test_losing_a_role_ends_the_sessions_of_that_user(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "chu", "administrator")
    await add_user(app, "thuy", "board_member")
    administrator, client = await client_for("administrator"), await client_for()
    assert await log_in(client, "thuy") == 200
    users = (await administrator.get("/api/users")).json()["items"]
    user_id = next(user["id"] for user in users if user["username"] == "thuy")
    assert (await administrator.patch(f"/api/users/{user_id}", json={"roles": ["proctor"]})).status_code == 200
    assert (await client.get("/api/session")).json()["actor"] is None


async def test_the_last_administrator_stays(app: FastAPI, client_for: ClientFactory) -> None:
    administrator = await client_for("administrator")
    users = (await administrator.get("/api/users")).json()["items"]
    response = await administrator.patch(f"/api/users/{users[0]['id']}", json={"is_active": False})
    assert (response.status_code, response.json()["code"]) == (409, "last_administrator")


async def test_a_short_password_and_an_unknown_role_are_refused(client_for: ClientFactory) -> None:
    administrator = await client_for("administrator")
    person = {"username": "moi", "display_name": "Mới", "password": PASSWORD, "roles": ["proctor"]}
    short = await administrator.post("/api/users", json=person | {"password": "123456789"})
    assert short.json()["code"] == "weak_password"
    role = await administrator.post("/api/users", json=person | {"roles": ["candidate"]})
    assert role.json()["code"] == "unknown_role"
    assert (await administrator.post("/api/users", json=person)).status_code == 201
    assert (await administrator.post("/api/users", json=person)).json()["code"] == "username_taken"


async def test_errors_speak_the_language_asked_for(client_for: ClientFactory) -> None:
    client = await client_for()
    vietnamese = await client.get("/api/users", headers={"accept-language": "vi"})
    english = await client.get("/api/users", headers={"accept-language": "en-US,en;q=0.9"})
    assert vietnamese.headers["content-type"].startswith("application/problem+json")
    assert vietnamese.json()["title"] == "Bạn chưa đăng nhập hoặc phiên đã hết hạn"
    assert english.json()["title"] == "You are not logged in, or the session has ended"


async def test_a_changed_password_logs_the_other_devices_out(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    here, elsewhere = await client_for(), await client_for()
    for client in (here, elsewhere):
        assert await log_in(client, "thuy") == 200
    here.headers["x-csrf-token"] = (await here.get("/api/session")).json()["csrf_token"]
    change = {"current_password": PASSWORD, "new_password": "de thi va dap an"}
    assert (await here.post("/api/account/password", json=change)).status_code == 204
    assert (await here.get("/api/session")).json()["actor"] is not None
    assert (await elsewhere.get("/api/session")).json()["actor"] is None
    assert (await here.post("/api/account/password", json=change)).json()["code"] == "wrong_credentials"


async def test_a_cookie_of_an_ended_session_opens_nothing(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "thuy", "board_member")
    client, thief = await client_for(), await client_for()
    assert await log_in(client, "thuy") == 200
    thief.cookies.set("exam_session", client.cookies["exam_session"])
    assert (await thief.get("/api/items")).status_code == 200
    assert (await client.delete("/api/session")).status_code == 204
    assert (await thief.get("/api/items")).status_code == 401


async def test_a_candidate_who_logs_out_is_out_at_once(client_for: ClientFactory) -> None:
    candidate, same_cookie = await client_for("candidate"), await client_for()
    same_cookie.cookies.set("exam_session", candidate.cookies["exam_session"])
    for client in (candidate, same_cookie):
        assert (await client.get("/api/session")).json()["actor"]["kind"] == "candidate"
    await candidate.delete("/api/session")
    # Remembered sessions are believed for seconds, but not after an end that this server knows of.
    assert (await same_cookie.get("/api/session")).json()["actor"] is None


async def test_only_active_proctors_are_offered_for_rooms(app: FastAPI, client_for: ClientFactory) -> None:
    await add_user(app, "giamthi1", "proctor")
    await add_user(app, "giamthi2", "proctor", "marker")
    await add_user(app, "nghi", "proctor")
    await add_user(app, "cham", "marker")
    administrator, board = await client_for("administrator"), await client_for("board_member")
    users = {user["username"]: user["id"] for user in (await administrator.get("/api/users")).json()["items"]}
    await administrator.patch(f"/api/users/{users['nghi']}", json={"is_active": False})
    offered = (await board.get("/api/proctors")).json()
    assert [proctor["id"] for proctor in offered["items"]] == [users["giamthi1"], users["giamthi2"]]
    assert set(offered["items"][0]) == {"id", "display_name"}
