"""Flaws of stems."""

import pytest

from item_bank.quality.linting import LintedItem
from tests.item_bank.quality.linting.makers import choice, found, places, table


@pytest.mark.parametrize(
    ("stem", "word"),
    [
        ("Thiết bị nào sau đây không phải là thiết bị vào?", "không phải"),
        ("Phát biểu nào sau đây sai khi nói về RAM?", "sai"),
        ("Phát biểu sau đây về RAM là không đúng:", "không đúng"),
        ("Các thiết bị sau đều là thiết bị vào, ngoại trừ:", "ngoại trừ"),
        ("Tất cả các thiết bị sau đều là thiết bị vào, trừ:", "trừ"),
        ("Đâu không phải là hệ điều hành?", "không phải"),
        ("Khi soạn thảo trong Word, thao tác nào sau đây không thể hoàn tác?", "không thể"),
    ],
)
def test_a_negation_in_small_plain_letters_is_found(stem: str, word: str) -> None:
    (finding,) = found(choice(stem), "negative_unmarked")
    assert (finding.place, finding.params["word"]) == ("stem", word)


@pytest.mark.parametrize(
    "html",
    [
        "Thiết bị nào sau đây KHÔNG phải là thiết bị vào?",
        "Thiết bị nào sau đây <strong>không phải</strong> là thiết bị vào?",
        "Thiết bị nào sau đây <u>không</u> phải là thiết bị vào?",
        "<p>Thiết bị nào sau đây <b><em>không</em></b> phải là thiết bị vào?</p>",
    ],
)
def test_capitals_bold_or_underlining_make_it_plain(html: str) -> None:
    stem = "Thiết bị nào sau đây không phải là thiết bị vào?"
    item = choice(stem.replace("không", "KHÔNG") if "KHÔNG" in html else stem, stem_html=html)
    assert places(item, "negative_unmarked") == []


def test_bold_on_another_word_does_not_emphasise_the_negation() -> None:
    stem = "Thiết bị nào sau đây không phải là thiết bị vào?"
    item = choice(stem, stem_html=stem.replace("thiết bị vào", "<b>thiết bị vào</b>"))
    assert places(item, "negative_unmarked") == ["stem"]


@pytest.mark.parametrize(
    "stem",
    [
        "Máy tính không khởi động được. Nên kiểm tra gì trước tiên?",
        "Vì sao không nên mở tệp đính kèm của người lạ?",
        "Chuẩn mạng không dây nào nhanh nhất?",
        "Giá trị nào là số không?",
        "Ô A1 có chứa công thức không?",
        "Để xóa dòng trống, nên chọn lệnh nào?",
        "Phép trừ trong bảng tính dùng kí hiệu nào?",
        "Khi Lan gõ sai mật khẩu ba lần, hệ thống làm gì?",
    ],
)
def test_a_negation_inside_the_situation_turns_nothing_round(stem: str) -> None:
    assert places(choice(stem), "negative_unmarked") == []


@pytest.mark.parametrize(
    ("stem", "is_flawed"),
    [
        ("Which of the following is not an input device?", True),
        ("Which of the following is NOT an input device?", False),
        ("All of these are input devices except:", True),
        ("The printer is not responding. What should you check first?", False),
    ],
)
def test_english_negations_follow_the_same_rule(stem: str, is_flawed: bool) -> None:
    assert bool(places(choice(stem, language="en"), "negative_unmarked")) is is_flawed


def test_a_negative_stem_over_a_negative_option_is_a_double_negative() -> None:
    options = ("RAM mất dữ liệu khi tắt máy", "ROM không ghi lại được", "RAM nhanh hơn ổ đĩa", "ROM chứa BIOS")
    assert places(choice("Phát biểu nào KHÔNG đúng về bộ nhớ?", *options), "double_negative") == ["options/B"]
    assert places(choice("Phát biểu nào đúng về bộ nhớ?", *options), "double_negative") == []
    plain = tuple(option.replace("không ghi lại được", "chỉ đọc") for option in options)
    assert places(choice("Phát biểu nào KHÔNG đúng về bộ nhớ?", *plain), "double_negative") == []


def test_a_wireless_network_denies_nothing() -> None:
    options = ("Mạng không dây", "Mạng có dây", "Mạng quang", "Mạng vệ tinh")
    assert places(choice("Loại mạng nào KHÔNG dùng trong phòng thi?", *options), "double_negative") == []


@pytest.mark.parametrize(
    "stem",
    [
        "Phát biểu nào sau đây đúng?",
        "Chọn câu trả lời đúng nhất:",
        "Hãy chọn phát biểu đúng.",
        "Khẳng định nào sau đây là sai?",
        "Câu nào đúng?",
        "…",
    ],
)
def test_a_stem_without_a_topic_is_unfocused(stem: str) -> None:
    assert places(choice(stem), "stem_unfocused") == ["stem"]


@pytest.mark.parametrize(
    "stem",
    [
        "Phát biểu nào sau đây đúng về bộ nhớ RAM?",
        "Câu lệnh nào sau đây tạo bảng mới?",
        "Đâu là thiết bị vào?",
        "Ý nghĩa của biểu tượng này là gì?",
    ],
)
def test_a_stem_with_a_topic_is_focused(stem: str) -> None:
    assert places(choice(stem), "stem_unfocused") == []


def test_a_picture_a_stimulus_or_another_interaction_may_hold_the_topic() -> None:
    stem = "Phát biểu nào sau đây đúng?"
    assert places(choice(stem, has_stimulus=True), "stem_unfocused") == []
    assert places(choice(stem, stem_html=f'{stem}<img src="x" alt="Sơ đồ mạng hình sao">'), "stem_unfocused") == []
    assert places(table(stem, ("CPU xử lý dữ liệu", True), ("RAM giữ lâu dài", False)), "stem_unfocused") == []


@pytest.mark.parametrize(("stem", "is_flawed"), [("Which is correct?", True), ("Which device is correct?", False)])
def test_english_stems_need_a_topic_too(stem: str, is_flawed: bool) -> None:
    assert bool(places(choice(stem, language="en"), "stem_unfocused")) is is_flawed


@pytest.mark.parametrize(("words", "is_long"), [(90, False), (91, True)])
def test_a_stem_of_more_than_ninety_words_is_long(words: int, is_long: bool) -> None:
    stem = " ".join(["từ"] * (words - 1)) + " gì?"
    assert bool(places(choice(stem), "stem_long")) is is_long


def test_a_practical_task_may_list_what_is_to_be_done() -> None:
    steps = " ".join(["bước"] * 200)
    assert places(LintedItem(interaction="file_upload", stem=steps), "stem_long") == []
    assert places(LintedItem(interaction="extended_text", stem=steps), "stem_long") == ["stem"]


@pytest.mark.parametrize(
    ("stem", "is_flawed"),
    [
        ("Bộ phận ____ thực hiện các lệnh của chương trình.", True),
        ("Bộ phận (...) thực hiện các lệnh của chương trình.", True),
        ("Bộ phận thực hiện các lệnh của chương trình là ____.", False),
        ("Bộ phận thực hiện các lệnh của chương trình là …", False),
        ("Tệp a_b dùng để làm gì?", False),
    ],
)
def test_a_blank_belongs_to_the_end_of_the_stem(stem: str, is_flawed: bool) -> None:
    assert bool(places(choice(stem), "blank_inside")) is is_flawed


def test_a_text_entry_has_its_blanks_where_they_are_needed() -> None:
    item = LintedItem("text_entry", "Phím ____ xóa ký tự bên trái.", stem_html="Phím ____ xóa ký tự bên trái.")
    assert places(item, "blank_inside") == []


@pytest.mark.parametrize(
    ("stem", "is_flawed"),
    [
        ("Thiết bị nào là thiết bị vào", True),
        ("Bộ nhớ nào mất dữ liệu khi tắt máy.", True),
        ("Thiết bị nào là thiết bị vào?", False),
        ("Hãy cho biết thiết bị nào là thiết bị vào.", False),
        ("Bộ phận thực hiện các lệnh của chương trình là", False),
        ("Sắp xếp các bước sau theo đúng thứ tự.", False),
        ("Không thiết bị nào được nối mạng. Ghép mỗi thiết bị với cổng của nó.", False),
    ],
)
def test_a_question_ends_in_a_question_mark(stem: str, is_flawed: bool) -> None:
    assert bool(places(choice(stem), "question_mark_missing")) is is_flawed


@pytest.mark.parametrize(
    ("explanation", "is_flawed"),
    [
        ("Đáp án B đúng vì RAM mất dữ liệu khi tắt máy.", True),
        ("Phương án A và C sai.", True),
        ("Chọn C.", True),
        ("RAM mất dữ liệu khi tắt máy.", False),
        ("Chọn Chart rồi nhấn OK.", False),
        ("Chọn A4 trong hộp Size.", False),
        ("Chọn A1:B3 rồi nhấn Ctrl+C.", False),
        ("Câu Đúng là câu có nghĩa.", False),
    ],
)
def test_an_explanation_names_no_letters_since_options_are_shuffled(explanation: str, is_flawed: bool) -> None:
    item = choice("Bộ nhớ nào mất dữ liệu khi tắt máy?", explanation=explanation)
    assert bool(places(item, "letter_cited")) is is_flawed


def test_a_stem_that_names_an_option_by_letter_is_found() -> None:
    assert places(choice("Nếu chọn phương án A thì máy làm gì?"), "letter_cited") == ["stem"]


def test_an_item_without_options_has_no_letters_to_cite() -> None:
    item = LintedItem("extended_text", "Vì sao đáp án A đúng?", stem_html="Vì sao đáp án A đúng?")
    assert places(item, "letter_cited") == []
