"""What people must mend in a rich text."""

import pytest

from exam_engine.core.i18n import LANGUAGES, load_messages
from exam_engine.interactions.rich_text import RichTextFault, check

SOURCE = f'src="media:{"a" * 64}"'


def codes(html: str) -> list[str]:
    return [fault.code for fault in check(html)]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "a &lt; b",
        f'<p><img {SOURCE} alt="Ba máy nối với một bộ chuyển mạch"></p>',
        f'<audio {SOURCE} controls=""></audio>',
        "<table><tbody><tr><th>A</th><td>1</td></tr></tbody></table>",
        "<math><mi>x</mi></math>",
        '<span data-gap="g1"></span><span data-gap="g2"></span><span data-hottext="g1">a</span>',
        f'<span data-hottext="h1"><img {SOURCE} alt="con mèo"></span>',
    ],
)
def test_sound_texts_have_no_faults(html: str) -> None:
    assert check(html) == []


@pytest.mark.parametrize("attributes", ["", ' alt=""', ' alt=" "'])
def test_a_picture_needs_words_for_those_who_cannot_see_it(attributes: str) -> None:
    html = f'<img {SOURCE} alt="con mèo"><img {SOURCE}{attributes}>'
    assert check(html) == [RichTextFault("rich_text_image_without_text", {"number": 2})]


@pytest.mark.parametrize(
    "name", ["sodo.png", "Hình 1", "IMG_2031.JPG", "image (3)", "ảnh1", "so do mang.jpeg", "DSC-12"]
)
def test_the_name_of_a_file_says_nothing(name: str) -> None:
    assert check(f'<img {SOURCE} alt="{name}">') == [
        RichTextFault("rich_text_image_named_by_file", {"number": 1, "text": name})
    ]


@pytest.mark.parametrize("text", ["Hình tam giác", "Ảnh màn hình Excel", "Tệp .png trong thư mục", "image of a cat"])
def test_words_that_begin_like_a_file_name_are_words(text: str) -> None:
    assert check(f'<img {SOURCE} alt="{text}">') == []


def test_a_table_without_headers_is_a_warning() -> None:
    html = "<table><tbody><tr><td>A</td></tr></tbody></table>"
    assert check(html) == [RichTextFault("rich_text_table_without_headers", {"number": 1}, is_warning=True)]


@pytest.mark.parametrize(
    "inside", ["", "<mrow></mrow>", "<msqrt><mrow></mrow></msqrt>", '<mspace width="1em"></mspace>']
)
def test_an_empty_formula_is_a_fault(inside: str) -> None:
    source = '<annotation encoding="application/x-tex">\\,</annotation>'
    assert codes(f"<math><semantics><mrow>{inside}</mrow>{source}</semantics></math>") == ["rich_text_formula_empty"]


def test_media_of_another_form_are_unknown() -> None:
    assert check('<img src="a.png" alt="con mèo">') == [
        RichTextFault("rich_text_media_unknown", {"number": 1, "source": "a.png"})
    ]
    assert codes('<audio controls=""></audio>') == ["rich_text_media_unknown"]


def test_gaps_and_hot_texts_lie_side_by_side() -> None:
    html = '<span data-hottext="h1">a <em><span data-gap="g1"></span></em></span>'
    assert check(html) == [RichTextFault("rich_text_gap_nested", {"identifier": "g1", "outer": "h1"})]


def test_an_identifier_used_again_is_named_once() -> None:
    gap, hot_text = '<span data-gap="g1"></span>', '<span data-hottext="h1">a</span>'
    assert [(fault.code, fault.params["identifier"]) for fault in check(gap * 3 + hot_text * 2)] == [
        ("rich_text_gap_repeated", "g1"),
        ("rich_text_hottext_repeated", "h1"),
    ]


def test_a_hot_text_needs_words() -> None:
    assert codes('<span data-hottext="h1"> </span>') == ["rich_text_hottext_empty"]


def test_every_fault_has_words_and_a_remedy_in_both_languages() -> None:
    html = (
        f'<img><img {SOURCE} alt="a.png"><table></table><math></math>'
        '<span data-hottext="h1"><span data-gap="g1"></span></span>'
        '<span data-gap="g1"></span><span data-hottext="h1"></span>'
    )
    found = set(codes(html))
    assert len(found) == 9
    for language in LANGUAGES:
        texts = load_messages("exam_engine", language)
        for fault in check(html):
            assert "{" not in texts[fault.code].format(**fault.params)
            assert texts[f"{fault.code}.fix"]
