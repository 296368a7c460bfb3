"""Stored items of every kind as the linter and the index read them."""

import pytest

from exam_engine.interactions.content import CONTENT, ItemContent
from exam_engine.interactions.keys import KEY, ItemKey
from item_bank.quality.reading import ReadableItem, findings_of, item_text


def content(interaction: str, **facts: object) -> ItemContent:
    return CONTENT.validate_python({"interaction": interaction, "stem": "Điền hoặc chọn cho đúng.", **facts})


def key(form: str, **facts: object) -> ItemKey:
    return KEY.validate_python({"form": form, **facts})


def options(*texts: str) -> list[dict[str, str]]:
    return [{"id": letter, "content": text} for letter, text in zip("ABCDEF", texts, strict=False)]


def rules(item: ReadableItem) -> set[tuple[str, str]]:
    return {(finding.rule.removeprefix("flaw_"), finding.place) for finding in findings_of(item)}


def test_emphasis_is_read_from_the_markup_of_the_stem() -> None:
    for word, is_flawed in (("không", True), ("<strong>không</strong>", False)):
        asked = content(
            "single_choice", stem=f"<p>Máy nào sau đây {word} phải là máy in?</p>", options=options("X1", "Y2", "Z3")
        )
        assert (("negative_unmarked", "stem") in rules(ReadableItem(asked))) is is_flawed


def test_a_key_opens_the_rules_about_keys() -> None:
    asked = content(
        "single_choice", stem="Bàn phím là gì?", options=options("Chuột", "Máy in", "Thiết bị đưa dữ liệu vào máy")
    )
    right = key("choice", correct=["C"])
    assert ("key_longest", "options/C") in rules(ReadableItem(asked, key=right))
    assert ("key_longest", "options/C") not in rules(ReadableItem(asked))


def test_the_explanation_is_read_as_text() -> None:
    asked = content("single_choice", stem="Máy nào in được?", options=options("X1", "Y2", "Z3"))
    item = ReadableItem(asked, explanation="<p>Đáp án <b>B</b> đúng.</p>")
    assert ("letter_cited", "explanation") in rules(item)


def test_a_table_of_statements_needs_both_verdicts() -> None:
    asked = content("true_false_table", statements=options("RAM nhanh", "RAM mất dữ liệu khi tắt máy"))
    assert ("statements_uniform", "statements") in rules(
        ReadableItem(asked, key=key("true_false", values={"A": True, "B": True}))
    )
    assert rules(ReadableItem(asked, key=key("true_false", values={"A": True, "B": False}))) == set()
    assert rules(ReadableItem(asked)) == set()


def test_each_list_of_an_inline_choice_is_looked_at_alone() -> None:
    gaps = [
        {"id": "g1", "options": options("8", "4", "16")},
        {"id": "g2", "options": options("giờ", "Giờ đồng hồ", "Tất cả đều đúng")},
        {"id": "g3", "options": options("giờ", "phút", "giây")},
    ]
    passage = "".join(f'<p>Chỗ <span data-gap="g{number}"></span></p>' for number in (1, 2, 3))
    asked = content("inline_choice", passage=passage, gaps=gaps)
    right = key("pairs", pairs=[["g1", "A"], ["g2", "A"], ["g3", "B"]])
    # The same text in two lists ("giờ") is no repetition; figures of a gap are no options on paper.
    assert rules(ReadableItem(asked, key=right)) == {("all_of_above", "gaps/g2/C")}


@pytest.mark.parametrize(("is_sensitive", "is_flawed"), [(True, True), (False, False)])
def test_accepted_texts_are_read_with_their_comparison(is_sensitive: bool, is_flawed: bool) -> None:
    asked = content("text_entry", passage='<p>Hai máy <span data-gap="g1"></span> mạng.</p>', gaps=[{"id": "g1"}])
    gap = {"accepted": [{"text": "hòa"}], "comparison": {"is_tone_placement_sensitive": is_sensitive}}
    found = rules(ReadableItem(asked, key=key("text", gaps={"g1": gap})))
    assert (("spelling_missing", "gaps/g1") in found) is is_flawed
    assert not {rule for rule, _ in found} - {"spelling_missing"}


@pytest.mark.parametrize(
    "asked",
    [
        content("match", sources=options("RAM"), targets=options("Nhanh", "Chậm")),
        content("order", options=options("Mở", "Sửa", "Lưu")),
        content(
            "gap_match",
            passage='<p>Ổ <span data-gap="g1"></span></p>',
            texts=options("cứng", "mềm"),
            gaps=[{"id": "g1"}],
        ),
        content("numeric_entry", unit="GB"),
        content(
            "hot_text",
            passage='<p><span data-hottext="h1">Một</span> <span data-hottext="h2">hai</span></p>',
            hottexts=["h1", "h2"],
        ),
        content("slider", lower="0", upper="10"),
        content("extended_text"),
        content("file_upload", file_types=["docx"]),
    ],
)
def test_every_kind_can_be_read_and_a_sound_item_has_no_findings(asked: ItemContent) -> None:
    assert findings_of(ReadableItem(asked)) == []
    assert item_text(asked).stem.startswith("Điền hoặc chọn cho đúng.")


def test_parts_of_any_kind_are_compared() -> None:
    asked = content("match", sources=options("<b>RAM</b>"), targets=options("Nhanh", "Chậm"))
    assert item_text(asked).options == ("RAM", "Nhanh", "Chậm")
    assert item_text(asked, "đã có").stem == "đã có"
