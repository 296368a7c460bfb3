"""Every page in its main states: accessible, no sideways scrolling at 320 px, silent console, nothing from outside."""

import re
from string import Formatter

import pytest
from playwright.async_api import expect

from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.soundness import complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

BOARD_PAGES = [
    ("hoidong1", ""),
    ("hoidong1", "syllabus"),
    ("soancau", "syllabus?node=IU08"),
    ("hoidong1", "items"),
    ("hoidong1", "items/{item}"),
    ("soancau", "items/new"),
    ("soancau", "items/{item}/edit"),
    ("soancau", "items/imports"),
    ("soancau", "items/quality"),
    ("hoidong1", "items/checklist"),
    ("soancau", "items/stimuli"),
    ("soancau", "items/stimuli/new"),
    ("hoidong1", "calibrations"),
    ("hoidong1", "calibrations/{calibration}"),
    ("hoidong1", "assembly"),
    ("hoidong1", "assembly/blueprints/{blueprint}"),
    ("hoidong1", "assembly/blueprints/new"),
    ("hoidong1", "assembly/runs/{assembly}"),
    ("hoidong1", "assembly/runs/{assembly}?view=figures"),
    ("hoidong1", "assembly/runs/{assembly}?view=sharing"),
    ("hoidong1", "assembly/runs/{assembly}?view=items"),
    ("hoidong1", "assembly/runs/{assembly}/compare"),
    ("hoidong1", "assembly/forms/{form}"),
    ("hoidong1", "sittings"),
    ("hoidong1", "sittings/setup"),
    ("hoidong1", "sittings/{sitting}"),
    ("hoidong1", "results"),
    ("hoidong1", "results/{result}"),
    ("hoidong1", "results/{result}/forensics"),
    ("capphat", "certificates"),
    ("capphat", "certificates/{certificate}"),
    ("capphat", "certificates/offices"),
    ("quantri", "users"),
    ("thanhtra", "audit"),
    ("chamthi", "users"),
    ("chamthi", "nowhere"),
]
BOARD_DIALOGS = [
    ("hoidong1", "syllabus", "Chuẩn mới"),
    ("hoidong1", "calibrations", "Hiệu chuẩn mới"),
    ("hoidong1", "assembly/blueprints/{blueprint}", "Tổ hợp đề"),
    ("hoidong1", "assembly/runs/{assembly}", "Biên bản"),
    ("hoidong1", "sittings", "Ca thi mới"),
    ("hoidong1", "sittings/setup", "Cửa sổ thi theo bộ quy tắc TTLT17-2016-basic"),
    ("capphat", "certificates/{certificate}", "Thu hồi"),
    ("quantri", "users", "Tài khoản mới"),
    ("quantri", "", "Đổi mật khẩu"),
]


async def sign_in(visit: Visit, house: House, username: str) -> None:
    """Take the login session over HTTP; the login form is looked at on its own."""
    credentials = {"username": username, "password": house.passwords[username]}
    response = await visit.context.request.post("/api/session", data=credentials, headers={"Origin": house.url})
    assert response.ok


def address_of(house: House, template: str) -> str:
    """Return the address with the id of what the demo made of its kind."""
    for _, kind, _, _ in Formatter().parse(template):
        if kind:
            made = house.made_by_demo[kind]
            return template.format(**{kind: made["sitting_id" if kind == "result" else "id"]})
    return template


async def test_a_page_with_every_fault_is_found_out(open_visit: OpenVisit) -> None:
    visit = await open_visit()
    faulty = """<!doctype html><html><title>Faults</title><body style="margin: 0"><h1>Faults</h1>
        <button style="all: unset"></button><p style="width: 500px">wide</p>
        <div style="width: 90px; overflow: hidden"><p style="width: 99px">cut</p></div>
        <script>console.error("broken")</script>"""
    await visit.context.route("**/faulty", lambda route: route.fulfill(body=faulty, content_type="text/html"))
    await visit.page.goto("/faulty")
    kinds = {complaint.split(" ")[0] for complaint in await complaints(visit)}
    assert kinds == {"console:", "axe", "a", "500", "content", "no"}


@pytest.mark.parametrize(
    "address", ["/", "/check", "/exam", "/proctor", "/board", "/v", "/v#123", "/c", "/c/0000000000000"]
)
async def test_a_page_that_anybody_may_open_is_sound(open_visit: OpenVisit, address: str) -> None:
    assert await complaints(await open_visit(address)) == []


@pytest.mark.parametrize("status", ["valid", "revoked"])
async def test_both_answers_to_a_certificate_are_sound_on_a_phone(
    house: House, open_visit: OpenVisit, status: str
) -> None:
    async with house.staff("capphat") as officer:
        listed = (await officer.get("/api/certificates", params={"status": status})).raise_for_status().json()
    assert await complaints(await open_visit(f"/c/{listed['items'][0]['public_id']}", **PHONE)) == []


@pytest.mark.parametrize(("username", "address"), BOARD_PAGES)
async def test_a_page_of_the_board_is_sound(house: House, open_visit: OpenVisit, username: str, address: str) -> None:
    visit = await open_visit()
    await sign_in(visit, house, username)
    await visit.page.goto(f"/board#/{address_of(house, address)}")
    assert await complaints(visit) == []


@pytest.mark.parametrize(("username", "address", "button"), BOARD_DIALOGS)
async def test_a_dialog_of_the_board_is_sound(
    house: House, open_visit: OpenVisit, username: str, address: str, button: str
) -> None:
    visit = await open_visit()
    await sign_in(visit, house, username)
    await visit.page.goto(f"/board#/{address_of(house, address)}")
    await visit.page.get_by_role("button", name=button, exact=True).first.click()
    await expect(visit.page.get_by_role("dialog")).to_be_visible()
    assert await complaints(visit) == []


async def test_the_proctors_pages_are_sound(house: House, open_visit: OpenVisit) -> None:
    visit = await open_visit()
    await sign_in(visit, house, "giamthi")
    await visit.page.goto("/proctor")
    assert await complaints(visit) == []
    await visit.page.get_by_role("link", name="Phòng máy 3").click()
    await expect(visit.page.get_by_label("Chọn máy 20")).to_be_visible()
    assert await complaints(visit) == []
    await visit.page.get_by_role("button", name="Gửi thông báo").click()
    assert await complaints(visit) == []
    await visit.page.keyboard.press("Escape")
    await visit.page.get_by_role("link", name="Biên bản coi thi").click()
    await expect(visit.page.get_by_role("heading", name="Chữ ký")).to_be_visible()
    assert await complaints(visit) == []


async def test_the_candidates_pages_are_sound_from_login_to_result(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, item_count=6, seed=31)
    [taker] = prepared.registered
    visit = await open_visit("/exam")
    desk, page = ExamDesk(visit.page), visit.page
    found: dict[str, list[str]] = {}

    await desk.sign_in(prepared.access_code, taker.candidate_number, "000000x")
    await expect(page.get_by_role("alert")).to_be_visible()
    # The browser itself reports the refused login in its console.
    visit.console_errors.clear()
    found["refused login"] = await complaints(visit)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await expect(page.get_by_role("button", name="Thông tin đúng")).to_be_visible()
    # Words of the language, not those of the database.
    await expect(page.get_by_text("Giới tính").locator("..")).to_contain_text(re.compile("Nam|Nữ"))
    found["own data"] = await complaints(visit)
    await desk.confirm_data()
    found["waiting"] = await complaints(visit)
    await house.unlock(prepared)
    await expect(page.get_by_role("button", name="Bắt đầu làm bài")).to_be_visible(timeout=15_000)
    found["ready"] = await complaints(visit)
    await desk.start()
    found["question"] = await complaints(visit)
    await desk.answer("Phương án thứ nhất")
    await desk.flag()
    await desk.everything_saved()
    found["answered"] = await complaints(visit)
    await page.get_by_role("button", name="Xem lại và nộp").click()
    found["review"] = await complaints(visit)
    await page.get_by_role("button", name="Nộp bài").click()
    found["question before the end"] = await complaints(visit)
    await page.get_by_role("dialog").get_by_role("button", name="Nộp bài").click()
    await expect(page.get_by_role("heading", name="Đã nộp bài")).to_be_visible()
    found["handed in"] = await complaints(visit)

    url = f"/api/results/{prepared.sitting_id}"
    async with house.staff("hoidong1") as first, house.staff("hoidong2") as second:
        await house.until(first, url, "status", "ready")
        (await first.post(f"{url}/proposal")).raise_for_status()
        (await second.post(f"{url}/approval", json={"decision_number": "9/QĐ-HĐT"})).raise_for_status()
    await page.reload()
    await expect(page.get_by_role("heading", name="Kết quả thi")).to_be_visible()
    found["result"] = await complaints(visit)
    assert {state: faults for state, faults in found.items() if faults} == {}


async def test_the_page_without_a_network_is_sound(house: House, open_visit: OpenVisit) -> None:
    prepared = await house.prepare(candidates=1, item_count=6, seed=32)
    [taker] = prepared.registered
    visit = await open_visit("/exam")
    desk = ExamDesk(visit.page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()
    await visit.context.set_offline(True)
    await desk.answer("Phương án thứ nhất")
    await expect(visit.page.get_by_text("Mất kết nối. Bài làm vẫn được lưu trên máy này; cứ làm tiếp.")).to_be_visible()
    # The browser reports each request that finds no network.
    visit.console_errors.clear()
    assert await complaints(visit) == []
