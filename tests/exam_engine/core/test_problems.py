"""Every error leaves as a problem document, in the reader's language, with the places of the faults."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from fastapi import FastAPI, HTTPException
from httpx import ASGITransport, AsyncClient, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from exam_engine.core.errors import DomainError, Fault, InvalidInputError, NotFoundError
from exam_engine.core.pagination import LARGEST_PAGE, PageDep
from tests.exam_engine.core.small_app import small_app


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="a", min_length=1, max_length=3)
    code: str = Field(default="AB", pattern="^[A-Z]{2}$")
    count: int = Field(default=1, ge=1, le=9)
    share: float = Field(default=0.5, gt=0, lt=1)
    points: Decimal = Decimal(1)
    kind: Literal["basic", "advanced"] = "basic"
    is_open: bool = True
    id: UUID | None = None
    day: date | None = None
    at: AwareDatetime | None = None
    moment: datetime | None = None
    tags: list[str] = Field(default=["x"], min_length=1, max_length=2)
    needed: str


class BusyCounterError(DomainError):
    status = 503
    code = "busy"


def app_with_errors() -> FastAPI:
    app = small_app()

    @app.post("/parts")
    async def parts(body: Part) -> None: ...

    @app.get("/pages")
    async def pages(page: PageDep) -> dict[str, int]:
        return {"offset": page.offset, "limit": page.limit}

    @app.get("/absent")
    async def absent() -> None:
        raise NotFoundError

    @app.get("/faulty")
    async def faulty() -> None:
        faults = [Fault("form_item_twice", "101/7", {"item": "IU04-017"}), Fault("unnamed_fault")]
        raise InvalidInputError(faults=faults)

    @app.get("/busy")
    async def busy() -> None:
        raise BusyCounterError(retry_after=5, want_from=12, secret_object=object())

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout")

    return app


async def ask(method: str, path: str, *, language: str = "vi", **how: Any) -> Response:
    headers = {"accept-language": language, "content-type": "application/json"}
    async with AsyncClient(transport=ASGITransport(app_with_errors()), base_url="http://exam.test") as client:
        response = await client.request(method, path, headers=headers, **how)
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code
        assert response.json()["type"] == f"/errors/{response.json()['code']}"
    return response


async def test_a_domain_error_has_its_status_code_title_and_fix() -> None:
    problem = (await ask("GET", "/absent")).json()
    assert (problem["status"], problem["code"]) == (404, "not_found")
    assert problem["title"] == "Không tìm thấy"
    assert problem["detail"] == "Có thể mục này đã bị xoá hoặc đường dẫn sai."


async def test_an_unknown_address_reads_like_a_missing_thing() -> None:
    assert (await ask("GET", "/nowhere")).json()["title"] == "Không tìm thấy"


async def test_a_wrong_method_names_the_ones_allowed() -> None:
    response = await ask("DELETE", "/absent")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET"


async def test_another_http_error_keeps_its_status() -> None:
    assert (await ask("GET", "/teapot")).json()["code"] == "http_418"


async def test_faults_name_their_places_and_what_to_do() -> None:
    problem = (await ask("GET", "/faulty")).json()
    assert problem["status"] == 422
    assert problem["errors"] == [
        {
            "place": "101/7",
            "code": "form_item_twice",
            "message": "Câu IU04-017 xuất hiện hai lần trong đề",
            "fix": "Bỏ một lần rồi lắp lại đề.",
        },
        # A code without text is shown as it is: a fault is never hidden.
        {"place": "", "code": "unnamed_fault", "message": "unnamed_fault", "fix": ""},
    ]


async def test_a_refusal_for_now_says_when_to_come_back_and_passes_plain_values_only() -> None:
    response = await ask("GET", "/busy")
    assert response.headers["retry-after"] == "5"
    assert response.json()["params"] == {"want_from": 12}


FAULTY_VALUES: dict[str, tuple[Any, str, str, str]] = {
    "name": ("abcd", "string_too_long", "Dài quá 3 ký tự", "Longer than 3 characters"),
    "code": ("ab", "string_pattern_mismatch", "Không đúng dạng quy định", "Does not have the required form"),
    "count": (10, "less_than_equal", "Không được quá 9", "Must be at most 9"),
    "share": (1, "less_than", "Phải nhỏ hơn 1.0", "Must be less than 1.0"),
    "points": ("một", "decimal_parsing", "Phải là số thập phân", "Must be a decimal number"),
    "kind": (
        "medium",
        "literal_error",
        "Phải là một trong các giá trị: 'basic' or 'advanced'",
        "Must be one of: 'basic' or 'advanced'",
    ),
    "is_open": ("có", "bool_parsing", "Phải là đúng hoặc sai (true, false)", "Must be true or false"),
    "id": ("17", "uuid_parsing", "Mã định danh không đúng dạng", "The identity does not have the right form"),
    "day": (
        "12/12/2026",
        "date_from_datetime_parsing",
        "Ngày không đúng dạng; ví dụ 2026-12-12",
        "Not a valid date; for example 2026-12-12",
    ),
    "at": (
        "2026-12-12T08:00:00",
        "timezone_aware",
        "Thời điểm thiếu múi giờ; ví dụ 2026-12-12T01:00:00Z",
        "The instant lacks a time zone; for example 2026-12-12T01:00:00Z",
    ),
    "moment": (
        "sáng mai",
        "datetime_from_date_parsing",
        "Thời điểm không đúng dạng; ví dụ 2026-12-12T01:00:00Z",
        "Not a valid instant; for example 2026-12-12T01:00:00Z",
    ),
    "tags": (["a", "b", "c"], "too_long", "Nhiều hơn 2 mục", "More than 2 entries"),
    "colour": ("đỏ", "extra_forbidden", "Trường này không được phép", "This field is not allowed"),
    "needed": (None, "string_type", "Phải là văn bản", "Must be text"),
}


@pytest.mark.parametrize("name", FAULTY_VALUES)
async def test_a_faulty_value_is_named_in_the_readers_language(name: str) -> None:
    value, kind, vietnamese, english = FAULTY_VALUES[name]
    for language, text in (("vi", vietnamese), ("en", english)):
        problem = (await ask("POST", "/parts", language=language, json={"needed": "x"} | {name: value})).json()
        assert (problem["status"], problem["code"]) == (422, "invalid_request")
        [fault] = problem["errors"]
        assert (fault["place"], fault["code"]) == (f"body.{name}", f"invalid_value.{kind}")
        assert fault["message"] == text


async def test_several_faults_are_told_at_once() -> None:
    problem = (await ask("POST", "/parts", json={"count": 0})).json()
    assert {fault["place"] for fault in problem["errors"]} == {"body.count", "body.needed"}
    assert "body.needed: Thiếu giá trị bắt buộc" in problem["detail"]


async def test_a_body_that_is_not_json_is_said_to_be_none() -> None:
    problem = (await ask("POST", "/parts", content=b"{")).json()
    assert problem["errors"][0]["message"] == "Nội dung không phải JSON hợp lệ"


async def test_a_faulty_secret_is_not_sent_back() -> None:
    response = await ask("POST", "/parts", json={"needed": "x", "name": "mat-khau-bi-mat"})
    assert "mat-khau-bi-mat" not in response.text


@pytest.mark.parametrize(
    ("query", "is_allowed"),
    [
        ("", True),
        (f"?limit={LARGEST_PAGE}", True),
        (f"?limit={LARGEST_PAGE + 1}", False),
        ("?limit=1", True),
        ("?limit=0", False),
        ("?offset=0", True),
        ("?offset=-1", False),
        ("?offset=10000000", True),
        ("?offset=10000001", False),
        ("?limit=mười", False),
    ],
)
async def test_pages_have_bounds(query: str, is_allowed: bool) -> None:
    assert (await ask("GET", f"/pages{query}")).status_code == (200 if is_allowed else 422)


async def test_a_list_starts_with_fifty_rows() -> None:
    assert (await ask("GET", "/pages")).json() == {"offset": 0, "limit": 50}
