"""A board's day in Chromium: a dirty Word file mended, items of every kind, two persons, a blueprint made feasible."""

import re
import unicodedata
from collections import Counter
from typing import Any, get_args

import httpx
import pytest
from playwright.async_api import ViewportSize, expect

from exam_engine.interactions.content import Interaction
from tests.end_to_end.authoring_desk import AuthoringDesk
from tests.end_to_end.browsing import Visit
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.dirty_word import BOLD_KEY, NO_KEY, PASSAGE, STEMS, TWO_KEYS, dirty_word_file
from tests.end_to_end.house import House
from tests.end_to_end.import_desk import ImportDesk
from tests.end_to_end.item_writing import ITEMS
from tests.end_to_end.soundness import complaints
from tests.end_to_end.test_every_page import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

# People and codes of this day's own: other tests count what the demo's author has.
AUTHOR, AUTHOR_NAME = "soanngay", "Tạ Minh Nguyệt"
REVIEWER, REVIEWER_NAME = "phanbien", "Lê Quang Vinh"
BOARD, INSPECTOR = "hoidong1", "thanhtra"
PREFIX, SECTION, BLUEPRINT = "SAOLUU-", "IU06.2", "Sao lưu, một ngày"
WINDOW = ViewportSize(width=1280, height=900)
PHONE_WINDOW = ViewportSize(width=360, height=740)


async def hire_author(house: House) -> None:
    """Let the administrator take on somebody who writes items and may review those of others."""
    house.passwords[AUTHOR] = "mật khẩu dài của ngày hôm nay"
    person = {"username": AUTHOR, "display_name": AUTHOR_NAME, "password": house.passwords[AUTHOR]}
    async with house.staff("quantri") as administrator:
        body = person | {"roles": ["item_author", "item_reviewer"]}
        (await administrator.post("/api/users", json=body)).raise_for_status()


async def at_work(house: House, open_visit: OpenVisit, username: str) -> Visit:
    visit: Visit = await open_visit(viewport=WINDOW)
    await sign_in(visit, house, username)
    return visit


async def go(visit: Visit, address: str) -> None:
    """Load a page of the board anew, also when it is the one that is open."""
    await visit.page.goto("about:blank")
    await visit.page.goto(f"/board#/{address}")


async def items_of_the_day(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Return the author's items by code."""
    found = await client.get("/api/items", params={"q": f'author:"{AUTHOR_NAME}"', "limit": 100})
    rows: list[dict[str, Any]] = found.raise_for_status().json()["items"]
    return rows


async def stored(client: httpx.AsyncClient, item_id: str) -> dict[str, Any]:
    item: dict[str, Any] = (await client.get(f"/api/items/{item_id}")).raise_for_status().json()
    return item


async def import_and_mend(house: House, visit: Visit) -> None:
    """The author brings the file, says what it lacks, answers three items and saves all seven."""
    desk = ImportDesk(visit.page)
    await desk.bring("sao lưu (bản nháp).docx", dirty_word_file())
    await expect(desk.count_of("Có lỗi")).to_contain_text("7")
    assert await complaints(visit) == []
    await desk.fill_for_all(reference=SECTION, level="Thông hiểu", prefix=PREFIX)
    await expect(desk.count_of("Có lỗi")).to_contain_text("3")
    # Nothing is guessed: bold among underlined keys, no mark at all, two marks.
    for number, right in ((BOLD_KEY, "Ở một nơi khác"), (NO_KEY, "Khôi phục thử"), (TWO_KEYS, "Trước khi nâng cấp")):
        await desk.answer_as_key(STEMS[number - 1], right)
    await expect(desk.count_of("Có lỗi")).to_have_count(0)
    await expect(desk.count_of("Câu mới")).to_contain_text("7")
    assert await complaints(visit) == []
    await desk.save()
    assert await complaints(visit) == []

    async with house.staff(AUTHOR) as client:
        rows = await items_of_the_day(client)
        assert [row["code"] for row in rows] == [f"{PREFIX}{number:03d}" for number in range(1, 8)]
        items = [await stored(client, row["id"]) for row in rows]
    assert [item["key"]["correct"] for item in items] == [["B"], ["C"], ["A"], ["D"], ["B"], ["A"], ["B"]]
    for item, stem in zip(items, STEMS, strict=True):
        assert item["content"]["stem"].startswith(stem)
        assert (item["status"], item["version_number"]) == ("in_review", 1)
        assert (item["reference_code"], item["cognitive_level"]) == (SECTION, "TH")
        assert not re.search(r"<u>|<strong>", str(item["content"]))
    # The old font, the loose accents and the formula came over as what they show.
    assert PASSAGE in items[0]["stimulus"]["content"]
    assert items[0]["stimulus"]["code"] == items[1]["stimulus"]["code"]
    assert items[2]["content"] == _composed(items[2]["content"])
    assert "<mfrac>" in items[3]["content"]["stem"]


def _composed(value: Any) -> Any:
    """Return content with all texts in composed letters."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [_composed(one) for one in value]
        case dict():
            return {name: _composed(one) for name, one in value.items()}
        case _:
            return value


async def write_every_kind(house: House, visit: Visit) -> None:
    """The author writes one item of each kind and hands all in at once."""
    desk = AuthoringDesk(visit.page)
    for item in ITEMS:
        await (desk.open_new if item is ITEMS[0] else desk.open_another)(item.kind)
        await desk.write("Lời dẫn", f"Sao lưu và khôi phục: {item.kind.lower()}?")
        await item.write(desk)
        if item is ITEMS[0]:
            # Each further one begins where the last one stood.
            await desk.place(SECTION)
        await desk.checked()
        await desk.save()
    page = visit.page
    await go(visit, "items?q=author:me&status=draft")
    await expect(page.get_by_role("heading", name=f"1–{len(ITEMS)} trong {len(ITEMS)}")).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_label("Chọn cả trang").check()
    await page.get_by_role("button", name="Gửi duyệt").click()
    await page.get_by_role("dialog").get_by_role("button", name="Gửi duyệt").click()
    await expect(page.get_by_text(f"Đã gửi duyệt {len(ITEMS)} câu.")).to_be_visible()
    async with house.staff(AUTHOR) as client:
        rows = await items_of_the_day(client)
    assert Counter(row["status"] for row in rows) == {"in_review": 7 + len(ITEMS)}
    assert {row["interaction"] for row in rows} == set(get_args(Interaction))


async def be_refused(house: House, visit: Visit, item_id: str) -> None:
    """Who wrote an item may not approve it, reviewer or not: neither on the page nor past it."""
    page = visit.page
    await go(visit, f"items/{item_id}?view=review")
    await expect(page.get_by_text("Bạn đã viết hoặc sửa câu này")).to_be_visible()
    await expect(page.get_by_role("button", name="Duyệt câu này")).to_have_count(0)
    assert await complaints(visit) == []
    async with house.staff(AUTHOR) as client:
        asked = {"all_matching": {"q": f'author:"{AUTHOR_NAME}"'}}
        outcome = (await client.post("/api/items/approvals", json=asked)).raise_for_status().json()
    assert outcome["done"] == 0
    assert {refusal["reason_code"] for refusal in outcome["refused"]} == {"own_item"}


async def review(house: House, visit: Visit, rejected: str) -> None:
    """The second person sends one item back by the checklist, on a phone, and approves the rest from the list."""
    page = visit.page
    await page.set_viewport_size(PHONE_WINDOW)
    await go(visit, f"items/{rejected}?view=review")
    await page.get_by_role("radiogroup", name="Câu dẫn nêu trọn vấn đề").get_by_label("Không đạt").check()
    await page.get_by_label("Nói rõ chỗ chưa đạt").fill("Thêm: bản sao của thư mục nào.")
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Trả lại tác giả").click()
    await expect(page.get_by_text("Trả lại để sửa", exact=True)).to_be_visible()
    await page.set_viewport_size(WINDOW)

    rest = 6 + len(ITEMS)
    await go(visit, f'items?q=author:"{AUTHOR_NAME}"&status=in_review')
    await expect(page.get_by_role("heading", name=f"1–{rest} trong {rest}")).to_be_visible()
    await page.get_by_label("Chọn cả trang").check()
    await page.get_by_role("button", name="Duyệt", exact=True).click()
    dialog = page.get_by_role("dialog")
    assert await complaints(visit) == []
    await dialog.get_by_role("button", name="Duyệt", exact=True).click()
    await expect(page.get_by_text(f"Đã duyệt {rest} câu.")).to_be_visible()


async def revise(house: House, visit: Visit, item_id: str) -> None:
    """The author reads why and saves a second version, which is with the reviewers again by itself."""
    page = visit.page
    await go(visit, f"items/{item_id}?view=review")
    await expect(page.get_by_text("Thêm: bản sao của thư mục nào.")).to_be_visible()
    desk = AuthoringDesk(page)
    await desk.open(item_id)
    await desk.write("Lời dẫn", "Ổ còn trống 500 GB, mỗi bản sao của thư mục ảnh cần 20 GB. Ổ chứa được bao nhiêu bản?")
    await desk.checked()
    await desk.save()


async def approve_by_checklist(visit: Visit, item_id: str) -> None:
    """The reviewer looks at the second version on a phone, answers the whole checklist and approves."""
    page = visit.page
    await page.set_viewport_size(PHONE_WINDOW)
    await go(visit, f"items/{item_id}?view=review")
    await expect(page.get_by_text("Phiên bản 2", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name="Phiếu phản biện")).to_be_visible()
    questions = page.get_by_role("radiogroup").filter(has=page.get_by_text("Không áp dụng"))
    for question in await questions.all():
        await question.get_by_label("Đạt", exact=True).check()
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Duyệt câu này").click()
    await expect(page.get_by_text("Đã duyệt", exact=True)).to_be_visible()


async def state_the_blueprint(house: House, visit: Visit) -> None:
    """The board states a blueprint that the bank cannot fill, reads what is missing where, and makes it possible."""
    page = visit.page
    await go(visit, "assembly/blueprints/new")
    await page.get_by_label("Tên ma trận").fill(BLUEPRINT)
    first = page.get_by_label("IU06, Nhận biết: số câu")
    async with house.staff(BOARD) as client:
        supply = (await client.get("/api/blueprints/supply")).raise_for_status().json()["cells"]
    there = {(cell["module_code"], cell["cognitive_level"]): cell["available"] for cell in supply}
    most = there["IU06", "VDC"]
    await first.focus()
    for text in ("3", "3", "2", str(most + 2)):
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.get_by_label("Số câu mỗi đề").fill(str(8 + most + 2))
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Chưa đáp ứng được ở")).to_be_visible()
    lack = page.get_by_label("Thiếu gì, ở đâu").get_by_role("listitem").filter(has_text="IU06 · VDC")
    await expect(lack).to_contain_text(f"cần {most + 2}, ngân hàng có {most}")
    assert await complaints(visit) == []

    # The day's items are approved, but nobody has answered them yet: without parameters they are no supply.
    await lack.get_by_role("link", name="Xem câu hiện có").click()
    await page.get_by_role("dialog").get_by_role("button", name="Ở lại").click()
    await page.get_by_label("IU06, Vận dụng cao: số câu").fill("1")
    await page.get_by_label("Số câu mỗi đề").fill("9")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Ngân hàng đủ câu: ghép được một đề")).to_be_visible()
    assert await complaints(visit) == []
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await expect(page.get_by_role("heading", name=BLUEPRINT)).to_be_visible()


async def assemble(house: House, visit: Visit) -> None:
    """The board has two forms made of the blueprint, which now can be."""
    page = visit.page
    await page.get_by_role("button", name="Tổ hợp đề").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Tổ hợp đề").click()
    await page.wait_for_url("**/board#/assembly/runs/*")
    assembly = page.url.rsplit("/", 1)[1]
    async with house.staff(BOARD) as client:
        await house.until(client, f"/api/assemblies/{assembly}", "status", "assembled")
        listed = (await client.get("/api/blueprints", params={"limit": 200})).raise_for_status().json()["items"]
        made = (await client.get(f"/api/assemblies/{assembly}")).raise_for_status().json()
    [stored_blueprint] = [one for one in listed if one["name"] == BLUEPRINT]
    assert made["blueprint"]["cells"] == stored_blueprint["cells"]


async def audited(house: House, rejected: str) -> None:
    """The record names who did what to an item, and its chain is whole."""
    async with house.staff(REVIEWER) as client:
        rows = await items_of_the_day(client)
    assert Counter(row["status"] for row in rows) == {"approved": 7 + len(ITEMS)}
    assert Counter(row["version_number"] for row in rows) == {1: 6 + len(ITEMS), 2: 1}
    async with house.staff(INSPECTOR) as client:
        events = (await client.get(f"/api/items/{rejected}/whereabouts")).raise_for_status().json()["events"]
        applied = await client.get("/api/audit", params={"action": "item_import.applied", "q": AUTHOR_NAME})
        chain = (await client.get("/api/audit/verification")).raise_for_status().json()
    told = {(event["act"], event["version_number"], event["actor_name"]) for event in events}
    assert told == {("submit", 1, AUTHOR_NAME), ("return", 1, REVIEWER_NAME), ("approve", 2, REVIEWER_NAME)}
    assert applied.raise_for_status().json()["total"] == 1
    assert chain["intact"]


async def test_a_day_of_the_board(house: House, open_visit: OpenVisit) -> None:
    await hire_author(house)
    author = await at_work(house, open_visit, AUTHOR)
    await import_and_mend(house, author)
    await write_every_kind(house, author)
    async with house.staff(AUTHOR) as client:
        rejected = str(next(row["id"] for row in await items_of_the_day(client) if row["code"] == f"{PREFIX}004"))
    await be_refused(house, author, rejected)
    reviewer = await at_work(house, open_visit, REVIEWER)
    await review(house, reviewer, rejected)
    await revise(house, author, rejected)
    await approve_by_checklist(reviewer, rejected)
    await audited(house, rejected)
    board = await at_work(house, open_visit, BOARD)
    await state_the_blueprint(house, board)
    await assemble(house, board)
