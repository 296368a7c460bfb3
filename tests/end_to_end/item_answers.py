"""How a person answers each sample item: with keys alone and with a pointer, and the response that must come of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import expect

from tests.end_to_end.item_bench import ItemBench

# SHA-256 of "abc": FIPS 180-4, example of appendix B.1.
_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
_FILE: Any = {"name": "bài làm.xlsx", "mimeType": "application/octet-stream", "buffer": b"abc"}

EXPECTED: dict[str, list[str]] = {
    "single_choice": ["B"],
    "multiple_response": ["A", "D"],
    "true_false_table": ["a true", "b false", "c true", "d false"],
    "match": ["s1 t3", "s2 t1", "s3 t2"],
    "order": ["B", "D", "A", "C"],
    "gap_match": ["A g1", "B g2"],
    "inline_choice": ["g1 C", "g2 A"],
    "text_entry": ["g1 Hà Nội", "g2 8"],
    "numeric_entry": ["12,5", "u1"],
    "hot_text": ["h1", "h4"],
    "hotspot": ["p2"],
    "select_point": ["90 60", "400 200"],
    "slider": ["0.7"],
    "extended_text": ["Sao lưu giúp khôi phục."],
    "file_upload": [f"{_ABC} bài làm.xlsx"],
}


async def _keys(bench: ItemBench, *keys: str) -> None:
    for key in keys:
        await bench.page.keyboard.press(key)


async def _single_choice_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("radio").first)
    await _keys(bench, "ArrowDown", "ArrowDown")
    return ["C"]


async def _multiple_response_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("checkbox", name="C Chuột"))
    await _keys(bench, "Space")
    await bench.page.keyboard.press("Shift+Tab")
    await bench.page.keyboard.press("Shift+Tab")
    await _keys(bench, "Space")
    return ["A", "C"]


async def _true_false_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("radio", name="Đúng").first)
    await _keys(bench, "Space", "Tab", "ArrowRight")
    return ["a true", "b false"]


async def _match_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("radio").first)
    await _keys(bench, "ArrowRight", "Tab", "Space")
    return ["s1 t2", "s2 t1"]


async def _order_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("button", name="Chuyển xuống: Mở văn bản"))
    await _keys(bench, "Enter", "Space")
    return ["A", "C", "D", "B"]


async def _gap_match_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("combobox", name="Chỗ trống 1"))
    await _keys(bench, "ArrowDown", "ArrowDown", "Tab", "ArrowDown")
    return ["B g1", "A g2"]


async def _inline_choice_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("combobox", name="Chỗ trống 1"))
    await _keys(bench, "ArrowDown", "Tab", "ArrowDown", "ArrowDown")
    return ["g1 A", "g2 B"]


async def _text_entry_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("textbox", name="Chỗ trống 1: Thủ đô của nước ta là ___"))
    await bench.page.keyboard.type("Huế")
    await _keys(bench, "Tab", "1", "6")
    return ["g1 Huế", "g2 16"]


async def _numeric_entry_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("textbox", name="Câu trả lời bằng số"))
    await bench.page.keyboard.type("0,2")
    await _keys(bench, "Tab", "ArrowDown", "ArrowDown")
    return ["0,2", "u2"]


async def _hot_text_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("button", name="lưu trữ"))
    await _keys(bench, "Space", "Tab", "Enter")
    return ["h2", "h3"]


async def _hotspot_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("button", name="Nút thứ nhất"))
    await _keys(bench, "Enter", "Tab", "Tab", "Space")
    return ["p3"]


async def _select_point_by_keys(bench: ItemBench) -> list[str]:
    # The picture is shown in its own size: a step is 4 pixels, a big one 40, from the middle at 320, 180.
    await bench.tab_to(bench.page.get_by_role("application"))
    await _keys(bench, "Enter", "Shift+ArrowRight", "ArrowDown", "Enter", "Delete", "ArrowLeft", "Space")
    return ["320 180", "356 184"]


async def _slider_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("slider"))
    await _keys(bench, "ArrowRight", "ArrowRight", "ArrowRight")
    return ["0.3"]


async def _extended_text_by_keys(bench: ItemBench) -> list[str]:
    await bench.tab_to(bench.page.get_by_role("textbox", name="Bài viết"))
    await bench.page.keyboard.type("Dòng một\nDòng hai")
    await _keys(bench, "Tab")
    return ["Dòng một\nDòng hai"]


async def _file_upload_by_keys(bench: ItemBench) -> list[str]:
    # The browser is told to listen before the way there: told together with the key, it may hear of it too late.
    async with bench.page.expect_file_chooser() as chooser:
        await bench.tab_to(bench.page.locator("input[type=file]"))
        await _keys(bench, "Space")
    await (await chooser.value).set_files(_FILE)
    await expect(bench.page.get_by_role("status")).to_have_text("Đã ghi nhận bài làm.xlsx.")
    return EXPECTED["file_upload"]


BY_KEYBOARD: dict[str, Callable[[ItemBench], Awaitable[list[str]]]] = {
    "single_choice": _single_choice_by_keys,
    "multiple_response": _multiple_response_by_keys,
    "true_false_table": _true_false_by_keys,
    "match": _match_by_keys,
    "order": _order_by_keys,
    "gap_match": _gap_match_by_keys,
    "inline_choice": _inline_choice_by_keys,
    "text_entry": _text_entry_by_keys,
    "numeric_entry": _numeric_entry_by_keys,
    "hot_text": _hot_text_by_keys,
    "hotspot": _hotspot_by_keys,
    "select_point": _select_point_by_keys,
    "slider": _slider_by_keys,
    "extended_text": _extended_text_by_keys,
    "file_upload": _file_upload_by_keys,
}
"""Answers with keys alone and returns the response that must come of it."""


def _clicks(*selectors: str) -> Callable[[ItemBench], Awaitable[None]]:
    async def click(bench: ItemBench) -> None:
        for selector in selectors:
            await bench.page.locator(selector).click()

    return click


async def _chosen_in_lists(bench: ItemBench) -> None:
    for number, value in ((1, "V"), (2, "V")):
        await bench.page.get_by_role("combobox", name=f"Chỗ trống {number}").select_option(label=value)


async def _typed_in_gaps(bench: ItemBench) -> None:
    await bench.page.get_by_role("textbox", name="Chỗ trống 1").fill("Hà Nội")
    await bench.page.get_by_role("textbox", name="Chỗ trống 2").fill("8")


async def _number_and_unit(bench: ItemBench) -> None:
    await bench.page.get_by_role("textbox").fill("12,5")
    await bench.page.get_by_role("combobox", name="Đơn vị").select_option(label="giây")


async def _marked(bench: ItemBench) -> None:
    picture = bench.page.get_by_role("application")
    await picture.click(position={"x": 90, "y": 60})
    await picture.click(position={"x": 400, "y": 200})


async def _slid(bench: ItemBench) -> None:
    slider = bench.page.get_by_role("slider")
    box = await slider.bounding_box()
    assert box is not None
    await slider.click(position={"x": box["width"] * 0.7, "y": box["height"] / 2})


async def _written(bench: ItemBench) -> None:
    await bench.page.get_by_role("textbox").fill("Sao lưu giúp khôi phục.")
    await bench.page.get_by_role("heading").click()


async def _ordered(bench: ItemBench) -> None:
    await bench.page.get_by_role("button", name="Chuyển lên: Mở văn bản").click()
    await bench.page.get_by_role("combobox", name="Vị trí: Mở hộp thoại In").select_option(label="2")


async def _handed_in(bench: ItemBench) -> None:
    async with bench.page.expect_file_chooser() as chooser:
        await bench.page.locator("label", has_text="Chọn tệp để nộp").click()
    await (await chooser.value).set_files(_FILE)
    await expect(bench.page.get_by_role("status")).to_have_text("Đã ghi nhận bài làm.xlsx.")


BY_POINTER: dict[str, Callable[[ItemBench], Awaitable[None]]] = {
    "single_choice": _clicks("label:has-text('=COUNT')"),
    "multiple_response": _clicks("label:has-text('Máy quét')", "label:has-text('Bàn phím')"),
    "true_false_table": _clicks(
        *(
            f"[role=radiogroup]:has-text('{statement}') >> label >> nth={column}"
            for statement, column in (("a)", 0), ("b)", 1), ("c)", 0), ("d)", 1))
        )
    ),
    "match": _clicks(
        *(
            f"tr:has-text('{source}') >> label >> nth={column}"
            for source, column in (("Firefox", 1), ("LibreOffice", 2), ("Ubuntu", 0))
        )
    ),
    "order": _ordered,
    "gap_match": _clicks(".bank button:has-text('RAM')", ".bank button:has-text('ổ cứng')"),
    "inline_choice": _chosen_in_lists,
    "text_entry": _typed_in_gaps,
    "numeric_entry": _number_and_unit,
    "hot_text": _clicks("[role=button]:has-text('chia xẻ')", "[role=button]:has-text('sử lý')"),
    "hotspot": _clicks("g[aria-label='Nút thứ hai'] >> .line"),
    "select_point": _marked,
    "slider": _slid,
    "extended_text": _written,
    "file_upload": _handed_in,
}
"""Answers with a pointer, so that the response is the one of ``EXPECTED``."""
