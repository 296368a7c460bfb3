"""Items of every kind in a real browser: answered by keys and by pointer, restored, cleared, closed, accessible."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from exam_engine.interactions.responses import response_flag
from tests.end_to_end.browsing import visits
from tests.end_to_end.item_answers import BY_KEYBOARD, BY_POINTER, EXPECTED
from tests.end_to_end.item_bench import ORIGIN, ItemBench, build
from tests.end_to_end.item_samples import INTERACTIONS, PICTURE_HASH, sample
from tests.end_to_end.soundness import complaints

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Answer = Callable[[ItemBench], Awaitable[None]]


@pytest.fixture(scope="session")
def built_bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built page."""
    folder = tmp_path_factory.mktemp("items")
    build(folder)
    return folder


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def window(browser_process: Browser, built_bench: Path) -> AsyncIterator[ItemBench]:
    """Return one window for all tests in here: opening one takes longer than most of them."""
    async with visits(browser_process, ORIGIN) as open_visit:
        opened = ItemBench(await open_visit(), built_bench)
        await opened.serve()
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def bench(window: ItemBench) -> AsyncIterator[ItemBench]:
    """Return the page loaded anew; at the test's end it must have kept to what no page may ever do."""
    await window.open()
    yield window
    faults = window.visit.faults()
    window.visit.forget()
    assert faults == []


async def test_every_interaction_has_a_sample_and_its_answers() -> None:
    assert set(INTERACTIONS) == set(BY_KEYBOARD) == set(BY_POINTER) == set(EXPECTED)


@pytest.mark.parametrize("interaction", INTERACTIONS)
async def test_an_item_is_answered_with_the_keyboard_alone(bench: ItemBench, interaction: str) -> None:
    item = sample(interaction)
    await bench.show(item)
    expected = await BY_KEYBOARD[interaction](bench)
    assert await bench.response() == expected
    assert response_flag(item, expected) is None


@pytest.mark.parametrize("interaction", INTERACTIONS)
async def test_an_answer_given_by_pointer_is_restored_and_cleared(bench: ItemBench, interaction: str) -> None:
    item, expected = sample(interaction), EXPECTED[interaction]
    assert response_flag(item, expected) is None
    await bench.show(item)
    untouched = await bench.shown()
    assert await bench.state() == "none"
    await BY_POINTER[interaction](bench)
    assert await bench.response() == expected
    assert await bench.state() == "complete"
    answered = await bench.shown()
    assert answered != untouched

    await bench.show(item, expected)
    assert await bench.shown() == answered
    assert await bench.reported() == []

    await bench.clear()
    assert await bench.shown() == untouched


@pytest.mark.parametrize("interaction", INTERACTIONS)
async def test_a_closed_item_shows_its_answer_and_takes_no_other(bench: ItemBench, interaction: str) -> None:
    item, expected = sample(interaction), EXPECTED[interaction]
    await bench.show(item, expected, read_only=True)
    shown = await bench.shown()
    open_controls = await bench.page.evaluate(
        """() => [...document.querySelectorAll("main :is(input, select, textarea, button, [role=button])")]
          .filter((part) => !part.disabled && part.ariaDisabled !== "true" && part.tabIndex >= 0)
          .map((part) => part.outerHTML)"""
    )
    assert open_controls == []
    await bench.page.evaluate(
        """() => {
          for (const part of document.querySelectorAll("main :is(input, button, label)")) part.click();
          for (const part of document.querySelectorAll("main [role=button]"))
            part.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        }"""
    )
    for part in await bench.page.locator("main :is(.picture svg, ol .handle)").all():
        if await part.is_visible():
            await part.click(position={"x": 8, "y": 8}, force=True)
    assert await bench.reported() == []
    assert await bench.shown() == shown


@pytest.mark.parametrize("interaction", INTERACTIONS)
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.extended), 320])
async def test_an_item_is_accessible_at_every_width(bench: ItemBench, interaction: str, width: int) -> None:
    await bench.page.set_viewport_size({"width": width, "height": 800})
    await bench.show(sample(interaction), EXPECTED[interaction])
    assert await complaints(bench.visit) == []


async def test_more_choices_than_allowed_are_closed_with_words(bench: ItemBench) -> None:
    await bench.show(sample("multiple_response"), ["A", "B"])
    await expect(bench.page.get_by_text("Chọn nhiều nhất 3.")).to_be_visible()
    await bench.page.get_by_role("checkbox", name="C Chuột").check()
    await expect(bench.page.get_by_role("status")).to_contain_text("Đã chọn đủ 3")
    await expect(bench.page.get_by_role("checkbox", name="D Máy quét")).to_be_disabled()
    await bench.page.get_by_role("checkbox", name="A Bàn phím").uncheck()
    await expect(bench.page.get_by_role("checkbox", name="D Máy quét")).to_be_enabled()


async def test_an_order_nobody_touched_is_no_answer_until_it_is_confirmed(bench: ItemBench) -> None:
    await bench.show(sample("order"))
    await expect(bench.page.get_by_text("Chưa trả lời")).to_be_visible()
    assert await bench.response() == []
    await bench.page.get_by_role("button", name="Giữ thứ tự này").click()
    assert await bench.response() == ["A", "B", "C", "D"]
    await expect(bench.page.get_by_text("là câu trả lời của bạn")).to_be_visible()


async def test_an_entry_is_dragged_to_its_place_and_reported_once(bench: ItemBench) -> None:
    await bench.show(sample("order"))
    rows = bench.page.locator("ol > li")
    start, end = await rows.nth(0).locator(".handle").bounding_box(), await rows.nth(2).bounding_box()
    assert start is not None
    assert end is not None
    mouse = bench.page.mouse
    await mouse.move(start["x"] + 10, start["y"] + 10)
    await mouse.down()
    await mouse.move(start["x"] + 10, end["y"] + end["height"] - 4, steps=6)
    assert await bench.reported() == []
    await mouse.up()
    assert await bench.reported() == [("q01", ["B", "C", "A", "D"])]


async def test_the_new_place_of_an_entry_is_said_and_the_focus_stays(bench: ItemBench) -> None:
    await bench.show(sample("order"))
    down = bench.page.get_by_role("button", name="Chuyển xuống: Chọn máy in")
    await down.focus()
    await bench.page.keyboard.press("Enter")
    await expect(bench.page.get_by_role("status")).to_have_text("“Chọn máy in” nay ở vị trí 2 trên 4.")
    await bench.page.keyboard.press("Enter")
    await expect(down).to_be_focused()
    assert await bench.response() == ["B", "C", "A", "D"]


async def test_a_target_for_one_source_moves_from_row_to_row(bench: ItemBench) -> None:
    await bench.show(sample("match"), ["s1 t3", "s2 t1"])
    await bench.page.get_by_role("radio", name="Ubuntu Soạn thảo văn bản").check()
    assert await bench.response() == ["s2 t3"]
    await expect(bench.page.get_by_role("status")).to_contain_text("“Soạn thảo văn bản” đã chuyển khỏi")


async def test_pairs_are_chosen_from_lists_where_the_window_is_narrow(bench: ItemBench) -> None:
    await bench.page.set_viewport_size({"width": 360, "height": 800})
    await bench.show(sample("match"), ["s1 t3"])
    row = bench.page.get_by_role("combobox", name="LibreOffice Writer")
    await expect(row).to_have_value("t3")
    await row.select_option("")
    assert await bench.response() == []
    await bench.page.get_by_role("combobox", name="Firefox").select_option(label="Trình duyệt")
    assert await bench.response() == ["s3 t2"]


async def test_several_targets_for_a_source_are_boxes_within_the_bounds(bench: ItemBench) -> None:
    item = sample("match", max_per_source=2, max_per_target=2)
    await bench.show(item, ["s1 t1", "s2 t1"])
    await expect(bench.page.get_by_role("checkbox", name="Firefox Hệ điều hành")).to_be_disabled()
    await bench.page.get_by_role("checkbox", name="LibreOffice Writer Trình duyệt").check()
    await expect(bench.page.get_by_role("checkbox", name="LibreOffice Writer Soạn thảo văn bản")).to_be_disabled()
    assert response_flag(item, await bench.response()) is None
    assert await bench.response() == ["s1 t1", "s1 t2", "s2 t1"]


async def test_a_text_for_one_gap_leaves_the_gap_it_was_in(bench: ItemBench) -> None:
    await bench.show(sample("gap_match"), ["A g1"])
    # The words around a gap are part of its name.
    around = "dữ liệu khi tắt máy, còn ___ giữ dữ liệu lâu"
    second = bench.page.get_by_role("combobox", name=f"Chỗ trống 2: {around}", exact=True)
    await expect(second.locator("option", has_text="RAM")).to_have_text("A. RAM (ở chỗ trống 1)")
    await second.select_option("A")
    assert await bench.response() == ["A g2"]
    # From the bank, a word goes to the gap that was visited last.
    await bench.page.get_by_role("combobox", name="Chỗ trống 1").focus()
    await bench.page.get_by_role("button", name="C bộ xử lý").click()
    assert await bench.response() == ["C g1", "A g2"]
    await expect(bench.page.get_by_role("status")).to_have_text("Đã điền “bộ xử lý” vào chỗ trống 1.")
    await expect(bench.page.get_by_role("button", name="C bộ xử lý (đã dùng)")).to_be_disabled()


async def test_words_composed_by_an_input_method_are_reported_whole(bench: ItemBench) -> None:
    keyboard = await bench.page.context.new_cdp_session(bench.page)
    for interaction, expected in (("text_entry", ["g1 việt"]), ("extended_text", ["việt"])):
        await bench.show(sample(interaction))
        await bench.page.get_by_role("textbox").first.focus()
        for composed in ("v", "vi", "viê", "việ"):
            await keyboard.send(
                "Input.imeSetComposition",
                {"text": composed, "selectionStart": len(composed), "selectionEnd": len(composed)},
            )
        assert await bench.reported() == []
        await keyboard.send("Input.insertText", {"text": "việt"})
        await bench.page.keyboard.press("Tab")
        assert await bench.reported() == [("q01", expected)]


async def test_a_text_still_held_back_goes_to_its_own_item(bench: ItemBench) -> None:
    await bench.show(sample("extended_text", ref="q01"))
    await bench.page.get_by_role("textbox").fill("Sao lưu")
    await bench.go_to(sample("extended_text", ref="q02"))
    await expect(bench.page.get_by_role("textbox")).to_have_value("")
    assert await bench.reported() == [("q01", ["Sao lưu"])]


async def test_the_same_number_can_be_typed_again_after_clearing(bench: ItemBench) -> None:
    await bench.show(sample("numeric_entry"))
    field = bench.page.get_by_role("textbox", name="Câu trả lời bằng số")
    await field.press_sequentially("5")
    await bench.clear()
    await expect(field).to_have_value("")
    await field.press_sequentially("5")
    assert await bench.response() == ["5"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12,5", "Được hiểu là 12,5"),
        ("1.234", "Được hiểu là 1,234 hoặc 1.234"),
        ("mười", "Chưa phải là một số. Viết như 12,5 hoặc −3."),
    ],
)
async def test_a_typed_number_is_shown_as_it_is_understood(bench: ItemBench, typed: str, said: str) -> None:
    await bench.show(sample("numeric_entry"))
    await bench.page.get_by_role("textbox").press_sequentially(typed)
    await expect(bench.page.get_by_role("status")).to_have_text(said)


async def test_a_slider_nobody_touched_is_no_answer(bench: ItemBench) -> None:
    await bench.show(sample("slider"))
    await expect(bench.page.get_by_role("status")).to_contain_text("Chưa chọn giá trị")
    await bench.page.get_by_role("slider").press("Enter")
    assert await bench.response() == ["0"]
    field = bench.page.get_by_role("textbox")
    await field.fill("0,34")
    await field.press("Enter")
    assert await bench.response() == ["0.3"]
    await expect(bench.page.get_by_role("status")).to_have_text("Giá trị gần nhất trên thang là 0,3 kWh.")


async def test_no_more_points_are_set_than_asked_for(bench: ItemBench) -> None:
    await bench.show(sample("select_point"), ["10 10", "20 20"])
    await bench.page.get_by_role("application").click(position={"x": 300, "y": 200})
    assert await bench.response() == ["10 10", "20 20"]
    await expect(bench.page.get_by_role("status")).to_contain_text("Đã đủ 2 điểm")
    await bench.page.get_by_role("button", name="Xoá điểm 1").click()
    assert await bench.response() == ["20 20"]


async def test_an_area_of_a_picture_can_be_chosen_from_a_list(bench: ItemBench) -> None:
    await bench.page.set_viewport_size({"width": 320, "height": 640})
    await bench.show(sample("hotspot"))
    await bench.page.get_by_text("Chọn theo danh sách").click()
    await bench.page.get_by_role("radio", name="Nút thứ ba").check()
    assert await bench.response() == ["p3"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bài làm.docx", b"x", "không thuộc loại được nộp. Hãy lưu thành .xlsx, .ods."),
        ("bài làm.xlsx", b"", "không có nội dung"),
        ("bài làm.xlsx", b"x" * 1_000_001, "quá lớn. Mỗi tệp không quá 1 MB."),
    ],
)
async def test_a_file_that_cannot_be_handed_in_is_refused_with_words(
    bench: ItemBench, name: str, content: bytes, said: str
) -> None:
    await bench.show(sample("file_upload"))
    file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    await bench.page.locator("input[type=file]").set_input_files(file)
    await expect(bench.page.get_by_role("alert")).to_contain_text(said)
    assert await bench.reported() == []


async def test_a_new_version_of_a_file_takes_the_place_of_the_old(bench: ItemBench) -> None:
    await bench.show(sample("file_upload", max_files=1), [f"{'0' * 64} bài làm.xlsx"])
    file: Any = {"name": "bài làm.xlsx", "mimeType": "application/octet-stream", "buffer": b"abc"}
    await bench.page.locator("input[type=file]").set_input_files(file)
    await expect(bench.page.get_by_role("status")).to_have_text("Đã ghi nhận bài làm.xlsx.")
    # SHA-256 of "abc": FIPS 180-4, example of appendix B.1.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert await bench.response() == [f"{digest} bài làm.xlsx"]


async def test_pictures_formulas_and_wide_tables_of_a_stem_are_shown(bench: ItemBench) -> None:
    cells = "".join(f"<td>cột {number}</td>" for number in range(1, 21))
    stem = (
        f'<p>Xem hình <img src="media:{PICTURE_HASH}" alt="Thanh công cụ"> và tính '
        "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>.</p>"
        f"<table><caption>Các cột</caption><tbody><tr><th>Tên</th>{cells}</tr></tbody></table>"
    )
    await bench.page.set_viewport_size({"width": 320, "height": 640})
    await bench.show(sample("single_choice", stem=stem))
    image = bench.page.get_by_role("img", name="Thanh công cụ")
    await expect(image).to_have_js_property("naturalWidth", 640)
    fraction, whole = await bench.page.locator("mn").all()
    top, bottom = await fraction.bounding_box(), await whole.bounding_box()
    assert top is not None
    assert bottom is not None
    assert top["y"] + top["height"] <= bottom["y"]
    table = bench.page.get_by_role("group", name="Bảng rộng")
    await expect(table).to_have_attribute("tabindex", "0")
    assert await complaints(bench.visit) == []


async def test_items_of_one_stimulus_keep_its_scroll_position(bench: ItemBench) -> None:
    def about(ref: str, stimulus: str) -> Any:
        text = "<p>" + "Sao lưu là tạo bản sao của dữ liệu. " * 120 + "</p>"
        passage = {"ref": stimulus, "title": f"Đoạn văn {stimulus}", "language": "vi", "content": text}
        return sample("single_choice", ref=ref, stimulus=passage)

    await bench.show(about("q01", "s01"))
    text = bench.page.locator("section .text")
    await text.evaluate("(element) => element.scrollTo(0, 150)")
    await bench.go_to(about("q02", "s01"))
    assert await text.evaluate("(element) => element.scrollTop") == 150
    assert await complaints(bench.visit) == []
    await bench.go_to(about("q03", "s02"))
    assert await text.evaluate("(element) => element.scrollTop") == 0

    passage, question = await text.bounding_box(), await bench.page.get_by_role("radiogroup").bounding_box()
    assert passage is not None
    assert question is not None
    assert passage["x"] + passage["width"] <= question["x"]
    await bench.page.set_viewport_size({"width": 360, "height": 800})
    passage, question = await text.bounding_box(), await bench.page.get_by_role("radiogroup").bounding_box()
    assert passage is not None
    assert question is not None
    assert passage["y"] + passage["height"] <= question["y"]
    await bench.page.get_by_role("button", name="Ẩn ngữ liệu").click()
    await expect(text).to_be_hidden()
    await bench.page.get_by_role("button", name="Hiện ngữ liệu").click()
    await expect(text).to_be_visible()
