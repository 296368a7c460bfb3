"""The field in which authors write: typing, tools, keyboard, clipboard and input methods in a real browser."""

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, expect

from exam_engine.interactions.rich_text import check, sanitise, set_formulas
from proctor_client.web import PAGES, page_headers
from tests.end_to_end.browsing import Visit, visits
from tests.end_to_end.editor_page import EditorHouse, EditorPage, editor_house
from tests.end_to_end.soundness import complaints

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PNG = io.BytesIO()
Image.new("RGB", (40, 30), "#0f4c9c").save(PNG, "PNG")

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><style>p.MsoNormal{margin:0cm;font-size:13.0pt}</style>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings></o:OfficeDocumentSettings></xml><![endif]--></head>
<body lang=VI><!--StartFragment-->
<p class=MsoNormal><b><span lang=VI style='font-size:13.0pt;font-family:"Times New Roman"'>Thiết bị nào
là thiết bị ra?<o:p></o:p></span></b></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Màn hình</p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>a.<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>cảm ứng</p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Máy in</p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr><td width=300 style='width:225pt'>
<p class=MsoNormal>Ô một</p></td><td><p class=MsoNormal><i>Ô hai</i></p></td></tr></table>
<p class=MsoNormal><img width=5 src="file:///C:/Users/TEMP/msohtmlclip1/01/clip_image001.png"></p>
<!--EndFragment--></body></html>"""


@pytest.fixture(scope="session")
def editors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EditorHouse]:
    """Return a server of the page with the fields."""
    with editor_house(tmp_path_factory.mktemp("editor")) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def window(editors: EditorHouse, browser_process: Browser) -> AsyncIterator[Visit]:
    """Return one window for all tests in here: opening one takes longer than most of them."""
    async with visits(browser_process, editors.url) as open_visit:
        yield await open_visit()


@pytest_asyncio.fixture(loop_scope="session")
async def editor(window: Visit) -> AsyncIterator[EditorPage]:
    """Return the page, which each test loads anew; whatever breaks the content security policy fails the test."""
    yield EditorPage(window.page)
    faults = window.faults()
    window.forget()
    assert faults == []


def is_canonical(html: str) -> bool:
    """Tell whether the server keeps a text as the field gave it, and finds nothing to mend in it."""
    if "data-latex" in html:
        html = sanitise(set_formulas(html)).html
    return sanitise(html).html == html and [fault for fault in check(html) if not fault.is_warning] == []


async def test_only_the_page_of_the_board_may_read_the_clipboard_through_the_policy_of_the_editor() -> None:
    with_policy = {route for route in PAGES if "ProseMirror" in page_headers(route).get("Content-Security-Policy", "")}
    assert with_policy == {"/board"}


async def test_typing_and_shortcuts_give_the_canonical_html_of_the_server(editor: EditorPage) -> None:
    await editor.open()
    await editor.field("stem").click()
    keys = editor.page.keyboard
    await keys.type("Chọn ")
    await keys.press("Control+b")
    await keys.type("đúng")
    await keys.press("Control+b")
    await keys.type(" a < b & H")
    await keys.press("Control+,")
    await keys.type("2")
    await keys.press("Control+,")
    await keys.type("O")
    assert await editor.value("stem") == "Chọn <strong>đúng</strong> a &lt; b &amp; H<sub>2</sub>O"
    await keys.press("Enter")
    await keys.press("Control+Shift+Digit8")
    await keys.type("một")
    await keys.press("Enter")
    await keys.type("hai")
    await keys.press("Control+]")
    html = await editor.value("stem")
    assert html == (
        "<p>Chọn <strong>đúng</strong> a &lt; b &amp; H<sub>2</sub>O</p><ul><li>một<ul><li>hai</li></ul></li></ul>"
    )
    assert is_canonical(html)
    for _ in range(9):
        await keys.press("Control+z")
    assert await editor.value("stem") == ""


async def test_enter_in_an_option_breaks_the_line_and_makes_no_paragraph(editor: EditorPage) -> None:
    await editor.open()
    await editor.field("option").click()
    await editor.page.keyboard.type("một")
    await editor.page.keyboard.press("Enter")
    await editor.page.keyboard.type("hai")
    assert await editor.value("option") == "một<br>hai"
    assert await editor.tool("table").count() == 0


async def test_a_field_keeps_a_value_as_it_came_until_somebody_writes(editor: EditorPage) -> None:
    given = '<p lang="en">Two</p><table><tbody><tr><td>1</td></tr></tbody></table>'
    await editor.open(option=given)
    await editor.field("option").click()
    assert await editor.value("option") == given
    await expect(editor.field("option").locator("td")).to_have_text("1")
    # Blocks that come from elsewhere are shown even where none can be made.
    await editor.page.evaluate("setField('plain', '<p>một</p><p>hai</p>')")
    await expect(editor.field("plain").locator("p")).to_have_text(["một", "hai"])
    await editor.page.evaluate("setField('plain', 'ba')")
    await expect(editor.field("plain")).to_have_text("ba")


async def test_a_vietnamese_input_method_composes_letters_without_being_disturbed(editor: EditorPage) -> None:
    await editor.open(stem="Hà")
    await editor.field("stem").click()
    await editor.page.keyboard.press("End")
    await editor.page.keyboard.type(" ")
    browser = await editor.page.context.new_cdp_session(editor.page)
    # Telex: n o ooj i; each step replaces what is being composed.
    for composed in ("n", "no", "nô", "nộ", "nội"):
        await browser.send(
            "Input.imeSetComposition",
            {"text": composed, "selectionStart": len(composed), "selectionEnd": len(composed)},
        )
        await expect(editor.field("stem")).to_have_text(f"Hà {composed}")
    await browser.send("Input.insertText", {"text": "nội"})
    assert await editor.value("stem") == "Hà nội"
    # In the middle of a bold word, and again after a gap.
    await editor.open(gaps='<strong>Vit</strong> <span data-gap="g1"></span>')
    await editor.field("gaps").click()
    await editor.page.keyboard.press("End")
    await browser.send("Input.imeSetComposition", {"text": "ơ", "selectionStart": 1, "selectionEnd": 1})
    await browser.send("Input.insertText", {"text": "ở"})
    assert await editor.value("gaps") == '<strong>Vit</strong> <span data-gap="g1"></span>ở'


async def test_text_of_word_comes_in_with_its_lists_and_tables_and_without_its_markup(editor: EditorPage) -> None:
    await editor.open()
    await editor.paste("stem", html=WORD, text="…")
    html = await editor.value("stem")
    assert html == (
        "<p><strong>Thiết bị nào là thiết bị ra?</strong></p>"
        '<ol><li>Màn hình<ol type="a"><li>cảm ứng</li></ol></li><li>Máy in</li></ol>'
        "<table><tbody><tr><td>Ô một</td><td><em>Ô hai</em></td></tr></tbody></table>"
    )
    assert is_canonical(html)
    await expect(editor.page.get_by_role("alert")).to_contain_text("Không dán được 1 hình")


@pytest.mark.parametrize("hostile", [
    "<img src=x onerror=globalThis.struck=1>một",
    "<script>globalThis.struck=1</script>một",
    "<svg onload=globalThis.struck=1></svg>một",
    "<math><mtext><table><mglyph><style><img src=x onerror=globalThis.struck=1></style></table></mtext></math>một",
    '<p data-pm-slice="0 0 []"><iframe srcdoc="<script>parent.struck=1</script>"></iframe>một</p>',
    "<details open ontoggle=globalThis.struck=1>một</details>",
])  # fmt: skip
async def test_a_hostile_clipboard_brings_nothing_but_words(hostile: str, editor: EditorPage) -> None:
    await editor.open()
    await editor.paste("stem", html=hostile)
    await expect(editor.field("stem")).to_contain_text("một")
    html = await editor.value("stem")
    assert sanitise(html).removed == ()
    assert sanitise(html).html == html
    assert await editor.page.evaluate("globalThis.struck") is None


async def test_a_pasted_picture_is_described_before_it_is_stored_and_stands_in_the_text(
    editor: EditorPage, editors: EditorHouse
) -> None:
    await editor.open()
    await editor.paste("stem", picture=PNG.getvalue())
    dialog = editor.page.get_by_role("dialog", name="Chèn hình")
    description = dialog.get_by_label("Nội dung thay hình")
    await expect(description).to_be_focused()
    insert = dialog.get_by_role("button", name="Chèn", exact=True)
    already = len(editors.stored)
    for refused in ("", "   ", "image1.png", "Hình 2"):
        await description.fill(refused)
        await insert.click()
        await expect(dialog).to_be_visible()
    assert len(editors.stored) == already
    await description.fill("Một ô màu xanh")
    await insert.click()
    await expect(dialog).to_have_count(0)
    stored = list(editors.stored)[-1]
    html = await editor.value("stem")
    assert html == f'<img src="media:{stored}" alt="Một ô màu xanh" width="40" height="30">'
    assert is_canonical(html)
    await expect(editor.field("stem")).to_be_focused()
    is_shown = "(image) => image.decode().then(() => image.naturalWidth)"
    assert await editor.field("stem").get_by_role("img", name="Một ô màu xanh").evaluate(is_shown) == 40


async def test_a_field_without_media_refuses_a_picture_with_words(editor: EditorPage) -> None:
    await editor.open()
    await editor.paste("plain", picture=PNG.getvalue())
    await expect(editor.page.get_by_role("alert")).to_contain_text("không nhận hình")
    assert await editor.value("plain") == ""


async def test_a_formula_is_typed_by_keyboard_seen_and_changed_again(editor: EditorPage) -> None:
    await editor.open(stem="Cho")
    await editor.field("stem").click()
    keys = editor.page.keyboard
    await keys.press("End")
    await keys.type(" ")
    await keys.press("Control+Alt+m")
    dialog = editor.page.get_by_role("dialog", name="Công thức")
    await expect(dialog.get_by_label("LaTeX")).to_be_focused()
    await keys.type(r"\frac{a}")
    await expect(dialog.get_by_text("Sai cú pháp. Sửa lại.")).to_be_visible()
    await dialog.get_by_role("button", name="Chèn", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Sai cú pháp.")
    assert await editor.value("stem") == "Cho "
    await dialog.get_by_label("LaTeX").press("End")
    await keys.type("{b}")
    await expect(dialog.locator("mfrac")).to_be_visible()
    await dialog.get_by_role("button", name="Chèn", exact=True).click()
    await expect(dialog).to_have_count(0)
    html = await editor.value("stem")
    assert html == r'Cho <span data-latex="\frac{a}{b}"></span>'
    assert is_canonical(html)
    await expect(editor.field("stem").locator("mfrac")).to_be_visible()
    # With the cursor behind it, the arrow selects the formula and Enter opens it.
    await expect(editor.field("stem")).to_be_focused()
    await keys.press("ArrowLeft")
    await keys.press("Enter")
    await expect(dialog.get_by_label("LaTeX")).to_have_value(r"\frac{a}{b}")
    await dialog.get_by_label("LaTeX").fill("x^2")
    await dialog.get_by_role("button", name="Áp dụng").click()
    await expect(dialog).to_have_count(0)
    assert await editor.value("stem") == 'Cho <span data-latex="x^2"></span>'


async def test_a_gap_takes_the_place_of_words_and_what_is_typed_next_stands_behind_it(editor: EditorPage) -> None:
    await editor.open(gaps='CPU <span data-gap="g4"></span> RAM')
    field = editor.field("gaps")
    await field.click()
    keys = editor.page.keyboard
    await keys.press("End")
    for _ in "RAM":
        await keys.press("Shift+ArrowLeft")
    await editor.tool("gap").click()
    await keys.type("!")
    assert await editor.value("gaps") == 'CPU <span data-gap="g4"></span> <span data-gap="g5"></span>!'
    assert await editor.new_gaps() == [{"id": "g5", "words": "RAM"}]
    await expect(field.get_by_role("img", name="Chỗ trống 2")).to_be_visible()


async def test_a_copied_gap_gets_an_id_that_no_gap_of_the_text_ever_had(editor: EditorPage) -> None:
    first = '<strong>CPU</strong> <span data-gap="g4"></span> và <span data-gap="a"></span>.'
    await editor.open(gaps=first)
    await editor.field("gaps").click()
    keys = editor.page.keyboard
    await keys.press("End")
    await keys.press("Shift+Home")
    # The editor has taken notice of the selection.
    await expect(editor.tool("strong")).to_have_attribute("aria-pressed", "true")
    await keys.press("Control+c")
    await keys.press("ArrowRight")
    await expect(editor.tool("strong")).to_have_attribute("aria-pressed", "false")
    await keys.press("Control+v")
    second = '<strong>CPU</strong> <span data-gap="g5"></span> và <span data-gap="g6"></span>.'
    assert await editor.value("gaps") == first + second
    # One step takes back the copy and its new ids.
    await keys.press("Control+z")
    assert await editor.value("gaps") == first
    # The ids are not given out again: their keys would fit the wrong gap.
    await keys.press("Control+Alt+g")
    assert await editor.value("gaps") == f'{first}<span data-gap="g7"></span>'


async def test_hot_text_is_marked_around_the_word_at_the_cursor_and_taken_away_again(editor: EditorPage) -> None:
    await editor.open(hottext="Một hai ba")
    await editor.field("hottext").click()
    await editor.page.keyboard.press("Home")
    await editor.tool("hottext").click()
    assert await editor.value("hottext") == '<span data-hottext="h1">Một</span> hai ba'
    await expect(editor.tool("hottext")).to_have_attribute("aria-pressed", "true")
    await editor.tool("hottext").click()
    assert await editor.value("hottext") == "Một hai ba"


async def test_a_table_is_made_and_changed_from_the_keyboard(editor: EditorPage) -> None:
    await editor.open()
    await editor.field("stem").click()
    keys = editor.page.keyboard
    await keys.press("Alt+F10")
    await expect(editor.tool("strong")).to_be_focused()
    for _ in range(12):
        await keys.press("ArrowRight")
    await expect(editor.tool("table")).to_be_focused()
    await keys.press("Enter")
    dialog = editor.page.get_by_role("dialog", name="Chèn bảng")
    await expect(dialog.get_by_label("Số dòng")).to_be_focused()
    await dialog.get_by_label("Số dòng").fill("2")
    await dialog.get_by_label("Số cột").fill("2")
    await keys.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(editor.field("stem")).to_be_focused()
    for word in ("A", "B", "1", "2"):
        await keys.type(word)
        if word != "2":
            await keys.press("Tab")
    html = await editor.value("stem")
    assert html == (
        '<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )
    assert is_canonical(html)
    await editor.tool("table").click()
    await editor.page.get_by_role("menuitem", name="Xoá cột").click()
    await editor.tool("table").click()
    await editor.page.get_by_role("menuitem", name="Thêm dòng phía dưới").click()
    await editor.tool("table").click()
    await editor.page.get_by_role("menuitem", name="Chú thích bảng").click()
    await keys.type("Bảng 1")
    assert await editor.value("stem") == (
        '<table><caption>Bảng 1</caption><thead><tr><th scope="col">A</th></tr></thead>'
        "<tbody><tr><td>1</td></tr><tr><td></td></tr></tbody></table>"
    )


async def test_a_passage_gets_its_language_by_name_or_by_code(editor: EditorPage) -> None:
    await editor.open(stem="hello")
    await editor.field("stem").click()
    await editor.page.keyboard.press("Control+a")
    await editor.tool("language").click()
    await editor.page.get_by_role("menuitemradio", name="Tiếng Anh").click()
    assert await editor.value("stem") == '<span lang="en">hello</span>'
    await editor.tool("language").click()
    await expect(editor.page.get_by_role("menuitemradio", name="Tiếng Anh")).to_be_focused()
    await editor.page.get_by_role("menuitem", name="Ngôn ngữ khác…").click()
    dialog = editor.page.get_by_role("dialog", name="Ngôn ngữ khác")
    await expect(dialog.get_by_label("Mã ngôn ngữ")).to_be_focused()
    await editor.page.keyboard.type("ko")
    await editor.page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    assert await editor.value("stem") == '<span lang="ko">hello</span>'


async def test_tab_leaves_the_field_and_the_toolbar_is_one_stop_before_it(editor: EditorPage) -> None:
    await editor.open()
    keys = editor.page.keyboard
    await editor.field("stem").click()
    await expect(editor.page.get_by_role("toolbar")).to_have_count(1)
    await keys.press("Tab")
    await expect(editor.field("option")).to_be_focused()
    await expect(editor.page.get_by_role("toolbar")).to_have_count(1)
    await keys.press("Shift+Tab")
    await expect(editor.tool("strong")).to_be_focused()
    await keys.press("End")
    await expect(editor.tool("redo")).to_be_focused()
    await keys.press("Escape")
    await expect(editor.field("option")).to_be_focused()


async def test_a_disabled_field_is_read_only_and_has_no_tools(editor: EditorPage) -> None:
    await editor.open(stem="một", disabled="stem")
    await editor.field("stem").click()
    await editor.page.keyboard.type("hai")
    await expect(editor.field("stem")).to_have_text("một")
    await expect(editor.field("stem")).to_have_attribute("aria-readonly", "true")
    await expect(editor.page.get_by_role("toolbar")).to_have_count(0)


@pytest.mark.parametrize("state", [{}, {"language": "en"}])
async def test_the_fields_are_accessible_and_reflow(
    state: dict[str, str], editors: EditorHouse, browser_process: Browser
) -> None:
    content: dict[str, Any] = {
        "stem": '<p>Bảng <span lang="en">table</span></p><table><caption>Giá</caption><thead><tr>'
        '<th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table><pre><code>print(1)</code></pre>',
        "gaps": 'Hà <span data-gap="g1"></span>',
        "hottext": '<span data-hottext="h1">một</span> hai',
        "error": "option",
    }
    async with visits(browser_process, editors.url) as open_visit:
        visit = await open_visit()
        editor = EditorPage(visit.page)
        await editor.open(**content, **state)
        await editor.field("gaps").click()
        assert await complaints(visit) == []
        small = "(tools) => tools.filter((tool) => { const { width, height } = tool.getBoundingClientRect();"
        small += " return Math.min(width, height) < 32; }).length"
        assert await editor.page.get_by_role("toolbar").locator("button").evaluate_all(small) == 0
