"""One paper with every kind of item: its media, a lost network, a reload, and the points in the end."""

import io
import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

from exam_engine.core.actor import SYSTEM
from exam_engine.core.db import new_id
from exam_engine.core.time import utc_now
from exam_engine.forms import service as forms
from exam_engine.forms.schemas import FormSpec, PublishedItem, PublishedStimulus
from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.keys import KEY
from exam_engine.interactions.rich_text import latex_to_mathml
from exam_engine.media import service as media
from exam_engine.media.preparing import PreparedMedia, prepare
from load_tests.prepared_sitting import PreparedSitting
from tests.end_to_end.attempts import marked
from tests.end_to_end.conftest import OpenVisit
from tests.end_to_end.exam_desk import ExamDesk
from tests.end_to_end.house import House
from tests.end_to_end.item_samples import PICTURE_SIZE, sample
from tests.end_to_end.soundness import complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

Answer = Callable[[Page], Awaitable[None]]


def _picture() -> PreparedMedia:
    image = Image.new("RGB", PICTURE_SIZE, "#cfd8e4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 30, 140, 90), fill="#667788")
    draw.ellipse((204, 24, 276, 96), fill="#335577")
    file = io.BytesIO()
    image.save(file, "PNG")
    return prepare(file.getvalue(), "cửa sổ.png", "picture")


def _sound() -> PreparedMedia:
    file = io.BytesIO()
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(8_000) / 16_000)
    soundfile.write(file, tone, 16_000, format="WAV")
    return prepare(file.getvalue(), "chuông.wav", "sound")


PICTURE, SOUND = _picture(), _sound()


async def _choose_one(page: Page) -> None:
    await page.get_by_role("radio", name=re.compile("SUM")).check()


async def _choose_several(page: Page) -> None:
    for name in ("Bàn phím", "Chuột", "Máy quét"):
        await page.get_by_role("checkbox", name=re.compile(name)).check()


async def _judge(page: Page) -> None:
    """Three statements right, one wrong: half of the points by the rule of 2025."""
    said = (("MAX trả về", "Đúng"), ("Ô trống", "Đúng"), ("không đổi khi", "Đúng"), ("tự cập nhật", "Đúng"))
    for statement, word in said:
        row = page.get_by_role("radiogroup").filter(has_text=statement)
        await row.get_by_role("radio", name=word, exact=True).check()


async def _pair(page: Page) -> None:
    pairs = (("Writer", "Soạn thảo văn bản"), ("Ubuntu", "Hệ điều hành"), ("Firefox", "Trình duyệt"))
    for source, target in pairs:
        chosen_from_list = page.get_by_role("combobox", name=source)
        if await chosen_from_list.count():
            await chosen_from_list.select_option(label=target)
        else:
            await page.get_by_role("row").filter(has_text=source).get_by_role("radio", name=re.compile(target)).check()


async def _order(page: Page) -> None:
    for place, text in enumerate(("Mở văn bản", "Mở hộp thoại In", "Chọn máy in", "Bấm nút In"), start=1):
        await page.get_by_role("combobox", name=f"Vị trí: {text}").select_option(label=str(place))
    # Whoever finds the order right as it stands says so.
    confirm = page.get_by_role("button", name="Giữ thứ tự này làm câu trả lời")
    if await confirm.count():
        await confirm.click()


async def _fill_from_bank(page: Page) -> None:
    for gap, text in ((1, "RAM"), (2, "ổ cứng")):
        choices = page.get_by_role("combobox", name=f"Chỗ trống {gap}")
        await choices.select_option(await choices.locator("option", has_text=text).get_attribute("value"))


async def _choose_inline(page: Page) -> None:
    """The first gap right, the second wrong: half of the points part by part."""
    for gap, text in ((1, "C"), (2, "Z")):
        await page.get_by_role("combobox", name=f"Chỗ trống {gap}").select_option(label=text)


async def _type_words(page: Page) -> None:
    await page.get_by_role("textbox", name="Chỗ trống 1").press_sequentially("hà nội")
    await page.get_by_role("textbox", name="Chỗ trống 2").press_sequentially("8")


async def _type_number(page: Page) -> None:
    await page.get_by_role("textbox").press_sequentially("12,5")
    await page.get_by_role("combobox", name="Đơn vị").select_option(label="giây")


async def _choose_words(page: Page) -> None:
    for word in ("sử lý", "chia xẻ"):
        await page.get_by_role("button", name=word).click()


async def _choose_spot(page: Page) -> None:
    await page.get_by_role("button", name="Nút thứ hai").press("Enter")


async def _mark_points(page: Page) -> None:
    picture = page.get_by_role("application")
    box = await picture.bounding_box()
    assert box is not None
    scale = box["width"] / PICTURE_SIZE[0]
    for x, y in ((90, 60), (240, 60)):
        await picture.click(position={"x": x * scale, "y": y * scale})


async def _set_value(page: Page) -> None:
    for _ in range(7):
        await page.get_by_role("slider").press("ArrowRight")


async def _write(page: Page) -> None:
    await page.get_by_role("textbox").press_sequentially("Sao lưu giúp khôi phục dữ liệu.")


ITEMS: dict[str, tuple[dict[str, Any], Answer, str]] = {
    "single_choice": ({"form": "choice", "correct": ["A"]}, _choose_one, "1"),
    "multiple_response": ({"form": "choice", "correct": ["A", "C", "D"]}, _choose_several, "1"),
    "true_false_table": (
        {
            "form": "true_false",
            "values": {"a": True, "b": False, "c": True, "d": True},
            "scoring": {"rule": "by_count", "shares": ["0", "0.1", "0.25", "0.5", "1"]},
        },
        _judge,
        "0.5",
    ),
    "match": ({"form": "pairs", "pairs": [["s1", "t3"], ["s2", "t1"], ["s3", "t2"]]}, _pair, "1"),
    "order": ({"form": "order", "order": ["B", "D", "A", "C"]}, _order, "1"),
    "gap_match": ({"form": "pairs", "pairs": [["A", "g1"], ["B", "g2"]]}, _fill_from_bank, "1"),
    "inline_choice": (
        {"form": "pairs", "pairs": [["g1", "A"], ["g2", "A"]], "scoring": {"rule": "per_part"}},
        _choose_inline,
        "0.5",
    ),
    "text_entry": (
        {"form": "text", "gaps": {"g1": {"accepted": [{"text": "Hà Nội"}]}, "g2": {"accepted": [{"text": "8"}]}}},
        _type_words,
        "1",
    ),
    "numeric_entry": ({"form": "number", "value": "12.5", "unit": "u1"}, _type_number, "1"),
    "hot_text": ({"form": "choice", "correct": ["h1", "h4"]}, _choose_words, "1"),
    "hotspot": ({"form": "choice", "correct": ["p2"]}, _choose_spot, "1"),
    "select_point": (
        {
            "form": "areas",
            "areas": [
                {"shape": "rectangle", "coordinates": [40, 30, 140, 90], "share": "0.5"},
                {"shape": "circle", "coordinates": [240, 60, 36], "share": "0.5"},
            ],
        },
        _mark_points,
        "1",
    ),
    "slider": ({"form": "number", "value": "0.7"}, _set_value, "1"),
    "extended_text": ({"form": "rubric", "criteria": [{"id": "a", "title": "Đủ ý", "points": "1"}]}, _write, "0"),
}
"""By interaction: the key, how a candidate answers, and the points which that earns."""


def paper(code: str) -> FormSpec:
    """Return a form of one item of every kind; the first three share a stimulus with picture, sound and formula."""
    stimulus = PublishedStimulus(
        stimulus_version_id=new_id(),
        title="Cửa sổ soạn thảo",
        content=f'<p><img src="media:{PICTURE.sha256}" alt="Cửa sổ soạn thảo có hai nút"></p>'
        f'<p><audio src="media:{SOUND.sha256}" controls=""></audio></p><p>{latex_to_mathml("x^2")}</p>',
    )
    items = []
    for number, (interaction, (key, _, _)) in enumerate(ITEMS.items()):
        content = sample(interaction).model_dump(mode="json", exclude={"ref", "module", "points", "stimulus"})
        if "picture" in content:
            content["picture"] |= {"media": PICTURE.sha256}
        items.append(
            PublishedItem(
                item_code=f"{code}-{interaction}",
                item_version_id=new_id(),
                module_code="IU01",
                module_name="Hiểu biết về công nghệ thông tin cơ bản",
                cognitive_level="NB",
                content=CONTENT.validate_python(content),
                key=KEY.validate_python(key),
                stimulus=stimulus if number < 3 else None,
            )
        )
    return FormSpec(form_code=code, title="Đề đủ các kiểu câu", duration_minutes=45, items=items)


async def prepared_paper(house: House, code: str, seed: int) -> PreparedSitting:
    """Store the media and a ready sitting with the paper."""
    async with house.database() as database, database.write() as session:
        await media.store_all(session, prepared=(PICTURE, SOUND), actor=SYSTEM, now=utc_now())
    return await house.prepare(candidates=1, seed=seed, specs=[paper(code)])


async def interaction_of(page: Page) -> str:
    """Return the kind of the item on the screen: each sample asks in words of its own."""
    asked = await page.get_by_role("article").inner_text()
    stems = {kind: re.sub(r"<[^>]+>", "", sample(kind).stem) for kind in ITEMS}
    (kind,) = [kind for kind, stem in stems.items() if stem in asked]
    return kind


async def shown_answers(page: Page) -> list[Any]:
    """Return what the controls of the item on the screen hold."""
    found: list[Any] = await page.evaluate(
        """() => [...document.querySelectorAll("article :is(input, select, textarea, [aria-pressed], svg circle)")]
            .filter((part) => !part.matches("[data-strike]"))
            .map((part) => [part.value, part.checked, part.getAttribute("aria-pressed"), part.getAttribute("cx")])"""
    )
    return found


@pytest.mark.parametrize("width", [1280, pytest.param(360, marks=pytest.mark.extended)])
async def test_every_kind_of_item_is_answered_kept_through_a_lost_network_and_a_reload_and_marked(
    house: House, open_visit: OpenVisit, width: int
) -> None:
    prepared = await prepared_paper(house, f"K{width}", seed=width)
    visit = await open_visit("/exam", viewport={"width": width, "height": 900})
    page, taker = visit.page, prepared.registered[0]
    desk = ExamDesk(page)
    await desk.sign_in(prepared.access_code, taker.candidate_number, taker.person.identity_suffix)
    await desk.confirm_data()
    await house.unlock(prepared)
    await desk.start()

    kinds: list[str] = []
    answered: list[list[Any]] = []
    for number in range(1, len(ITEMS) + 1):
        await expect(desk.item_heading(number)).to_be_visible()
        kind = await interaction_of(page)
        await ITEMS[kind][1](page)
        assert await complaints(visit) == [], kind
        kinds.append(kind)
        answered.append(await shown_answers(page))
        if number < len(ITEMS):
            await desk.next(number + 1)
    assert set(kinds) == set(ITEMS)
    # Items of one stimulus follow one another, wherever the shuffle has put them.
    first = min(kinds.index(kind) for kind in list(ITEMS)[:3])
    assert set(kinds[first : first + 3]) == set(list(ITEMS)[:3])
    await desk.everything_saved()

    # With the cable out an answer is taken back and given anew; the page is loaded again once it is back.
    await visit.context.set_offline(True)
    await desk.go_to(kinds.index("single_choice") + 1)
    await desk.clear()
    await _choose_one(page)
    await visit.context.set_offline(False)
    await desk.everything_saved()
    await page.reload()
    for number, kind in enumerate(kinds, start=1):
        await desk.go_to(number)
        assert await shown_answers(page) == answered[number - 1], kind
        shown = page.locator("article img, article image")
        for place in range(await shown.count()):
            loaded = "(image) => image.tagName === 'IMG' ? image.naturalWidth : 1"
            assert await shown.nth(place).evaluate(loaded) > 0, kind
    await desk.submit()

    found = await marked(house, taker)
    async with house.database() as database, database.read() as session:
        codes = {item.ref: item.item_code for item in await forms.items_of_form(session, found.form_id)}
    earned = {codes[item.ref].partition("-")[2]: item.points for item in found.items}
    assert earned == {kind: Decimal(points) for kind, (_, _, points) in ITEMS.items()}
    assert found.raw == Decimal(12)
    assert [item.flag for item in found.items if item.flag] == ["awaiting_marker"]
