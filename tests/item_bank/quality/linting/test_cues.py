"""Cues that give the key away; all of them are silent for those who may not see keys."""

from dataclasses import replace

import pytest

from item_bank.quality.linting import RULES, LintedItem, lint
from tests.item_bank.quality.linting.makers import choice, found, places


def test_a_key_far_longer_than_every_distractor_is_found() -> None:
    options = ("Chuột", "Máy quét ảnh", "Thiết bị đưa dữ liệu vào", "Loa")
    (finding,) = found(choice("Bàn phím là gì?", *options, key="C"), "key_longest")
    assert (finding.place, finding.params) == ("options/C", {"length": 24, "next": 12})
    # A distractor may be as long as it likes.
    assert places(choice("Bàn phím là gì?", *options, key="A"), "key_longest") == []


@pytest.mark.parametrize(("key", "distractor", "is_flawed"), [(42, 30, True), (41, 30, False), (27, 16, False)])
def test_forty_per_cent_and_twelve_characters_more_make_a_key_longest(
    key: int, distractor: int, is_flawed: bool
) -> None:
    item = choice("Gì?", "k" * key, "d" * distractor, "e" * distractor, "f" * distractor, key="A")
    assert bool(places(item, "key_longest")) is is_flawed


def test_absolute_words_in_most_distractors_and_not_in_the_key_are_found() -> None:
    options = ("Luôn mở mọi tệp đính kèm", "Hỏi lại người gửi", "Không bao giờ trả lời thư", "Chỉ xem tiêu đề thư")
    (finding,) = found(choice("Nhận thư lạ nên làm gì?", *options, key="B"), "absolute_distractors")
    assert finding.place == "options"
    assert finding.params["count"] == 3
    assert places(choice("Nhận thư lạ nên làm gì?", *options, key="A"), "absolute_distractors") == []


@pytest.mark.parametrize("word", ["địa chỉ", "chứng chỉ", "chỉ số", "chỉ mục", "chỉ dẫn"])
def test_chi_inside_another_word_is_not_absolute(word: str) -> None:
    item = choice("Gì?", f"Một {word} của máy", f"Hai {word} của máy", f"Ba {word} của máy", "Bàn phím", key="D")
    assert places(item, "absolute_distractors") == []


def test_a_single_absolute_word_is_no_pattern() -> None:
    item = choice("Gì?", "Luôn tắt máy", "Hỏi lại", "Khởi động lại", "Rút điện", key="B")
    assert places(item, "absolute_distractors") == []


def test_english_absolutes_are_found() -> None:
    item = choice("What?", "Always reply", "Never reply", "Ask first", "Reply", key="C", language="en")
    assert places(item, "absolute_distractors") == ["options"]


def test_a_telling_word_of_the_stem_in_the_key_alone_is_a_clang() -> None:
    stem = "Đặt mật khẩu cho văn bản nhằm mục đích gì?"
    options = ("Để tệp không bị xóa", "Để người biết mật khẩu mới mở được", "Để in nhanh hơn", "Để chia sẻ dễ hơn")
    (finding,) = found(choice(stem, *options, key="B"), "clang")
    assert (finding.place, finding.params) == ("options/B", {"words": "mật khẩu"})
    assert places(choice(stem, *options, key="A"), "clang") == []
    shared = (*options[:2], "Để mật khẩu in ra được", options[3])
    assert places(choice(stem, *shared, key="B"), "clang") == []


def test_words_of_no_topic_may_come_back() -> None:
    stem = "Thao tác nào được thực hiện khi nhấn phím Delete?"
    item = choice(stem, "Chép tệp", "Được thực hiện lại lệnh trước", "Mở thư mục", "Tắt máy", key="B")
    assert places(item, "clang") == []


def test_a_foreign_word_counts_alone() -> None:
    stem = "Trong Excel, công thức dài được chia thế nào?"
    assert places(choice(stem, "Bằng Excel", "Bằng tay", "Bằng bút", "Bằng loa", key="A"), "clang") == ["options/A"]


def test_what_the_stem_quotes_must_be_named_again() -> None:
    stem = "Trang https://dangnhap.example/vao của ai?"
    options = ("Của chủ dangnhap.example", "Của nhà nước", "Của trường", "Của bạn")
    assert places(choice(stem, *options, key="A"), "clang") == []
    quoted = choice("Trong thư có dòng “Router hỏng”. Nên làm gì?", "Thay router", "Tắt loa", "In", "Đọc", key="A")
    assert places(quoted, "clang") == []


def test_a_key_that_alone_begins_otherwise_stands_out() -> None:
    options = ("Vì máy cũ", "Để máy chạy lâu", "Vì máy nặng", "Vì máy ồn")
    assert places(choice("Sao lại tắt máy?", *options, key="B"), "grammar_cue") == ["options/B"]
    assert places(choice("Sao lại tắt máy?", *options, key="A"), "grammar_cue") == []
    alone = ("Máy cũ quá rồi", "Để máy chạy lâu", "Chuột bị hỏng", "Loa kêu to")
    assert places(choice("Sao lại tắt máy?", *alone, key="B"), "grammar_cue") == ["options/B"]


@pytest.mark.parametrize(("article", "is_flawed"), [("an", True), ("a", False), ("a/an", False)])
def test_an_english_article_fits_the_key_alone(article: str, is_flawed: bool) -> None:
    options = ("operating system", "browser", "driver", "compiler")
    item = choice(f"Linux is {article}", *options, key="A", language="en")
    assert bool(places(item, "grammar_cue")) is is_flawed


def test_an_article_that_a_distractor_fits_too_tells_nothing() -> None:
    item = choice("Linux is an", "operating system", "app", "driver", "compiler", key="A", language="en")
    assert places(item, "grammar_cue") == []


def test_the_key_put_together_from_the_commonest_elements_converges() -> None:
    # "đậm" and "đứng" and "hoa" stand in three options each; only the key has all three.
    options = ("hoa, đứng, đậm", "thường, đứng, đậm", "hoa, nghiêng, đậm", "hoa, đứng, nhạt")
    assert places(choice("Viết thế nào?", *options, key="A"), "convergence") == ["options/A"]
    assert places(choice("Viết thế nào?", *options, key="B"), "convergence") == []


def test_a_plain_two_by_two_does_not_converge() -> None:
    options = ("hoa và đậm", "hoa và nhạt", "thường và đậm", "thường và nhạt")
    for key in "ABCD":
        assert places(choice("Viết thế nào?", *options, key=key), "convergence") == []


FLAWED: tuple[LintedItem, ...] = (
    choice("Gì?", "Thiết bị đưa dữ liệu vào máy tính", "Chuột", "Loa", "Mic", key="A"),
    choice("Gì?", "Luôn mở", "Hỏi lại", "Không bao giờ mở", "Chỉ xem thư", key="B"),
    choice("Mật khẩu dùng làm gì?", "Giữ mật khẩu riêng", "In bài", "Vẽ tranh", "Nghe nhạc", key="A"),
    choice("Sao lại tắt máy?", "Để máy nghỉ", "Vì cũ", "Vì nặng", "Vì ồn", key="A"),
    choice("Thế nào?", "hoa, đứng, đậm", "thường, đứng, đậm", "hoa, nghiêng, đậm", "hoa, đứng, nhạt", key="A"),
)


@pytest.mark.parametrize("item", FLAWED)
def test_nothing_about_the_key_is_said_to_those_who_may_not_see_it(item: LintedItem) -> None:
    about_keys = {rule.code for rule in RULES if rule.needs_key}
    assert about_keys & {finding.rule for finding in lint(item)}
    assert not about_keys & {finding.rule for finding in lint(replace(item, correct=None))}
