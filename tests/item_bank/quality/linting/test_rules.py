"""All rules together: texts, order, the shipped sample bank, strange input."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import item_bank
from exam_engine.core.i18n import load_messages
from item_bank.quality.linting import RULES, Finding, LintedAnswer, LintedItem, LintedOption, LintedStatement, lint
from item_bank.sample.bank import sample_rows
from tests.item_bank.quality.linting.makers import choice, table

SET_RULES = {"flaw_cross_cue", "flaw_key_positions", "flaw_negative_share"}
DOCUMENTATION = Path(item_bank.__file__).parent.parent / "docs" / "item-quality.md"

BAD = (
    choice("Phát biểu nào không đúng?", "A. RAM nhanh", "B. ROM không ghi được", "C. Cả A và B", "Đáp án khác"),
    choice("Cách nào tất cả các máy ____ cùng dùng. " + "từ " * 90 + "là cách nào.", "8", "4", "16", key="A"),
    choice(
        "Trong mạng hòa bình  và hoà giải, kĩ thuật nào cần kỹ năng ?",
        "M\u0430y t\u00ednh",
        "may tinh.",
        "Máy in",
        "Máy in",
        "Tất cả đều đúng",
        "Loa",
        "Thiết bị dùng để đưa dữ liệu vào máy tính cá nhân ở nhà",
        explanation="Đáp án A đúng.",
        stem_html="Gì?<img src='a'>",
    ),
    choice("Trong mạng hòa bình  và hoà giải là ?", "hòa", "hoà", "x"),
    choice("Bao lâu?", "1-10 ngày", "5-20 ngày", key="A"),
    choice("Mật khẩu là gì?", "Để giữ mật khẩu cho thật an toàn", "Luôn mở", "Luôn đóng", "Luôn tắt", key="A"),
    choice("Thế nào?", "hoa, đứng, đậm", "thường, đứng, đậm", "hoa, nghiêng, đậm", "hoa, đứng, nhạt", key="A"),
    table("Về RAM:", ("Nhanh", True), ("Mất dữ liệu khi tắt máy", True)),
    LintedItem("text_entry", "Điền.", answers=(LintedAnswer("g1", ("hòa",)),)),
)


def all_findings() -> list[Finding]:
    return [finding for item in BAD for finding in lint(item)]


def test_every_rule_can_be_broken() -> None:
    assert {rule.code for rule in RULES} - {finding.rule for finding in all_findings()} == set()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_words_of_every_finding_take_just_its_values(language: str) -> None:
    texts = load_messages("item_bank", "vi" if language == "vi" else "en")
    for finding in all_findings():
        for code in (finding.rule, finding.fix_code):
            fields = {name for _, name, _, _ in string.Formatter().parse(texts[code]) if name}
            assert fields <= finding.params.keys(), (code, fields, finding.params)
        assert f"finding_severity.{finding.severity}" in texts


def test_every_text_of_a_flaw_belongs_to_a_rule() -> None:
    texts = load_messages("item_bank", "vi")
    flaws = {code.partition(".")[0] for code in texts if code.startswith("flaw_")}
    assert flaws == {rule.code for rule in RULES} | SET_RULES
    # A survey lists findings under the name of their rule; those of a whole set stand by themselves.
    assert {code.removesuffix(".title") for code in texts if code.endswith(".title") and code.startswith("flaw_")} == {
        rule.code for rule in RULES
    }


def test_every_rule_names_its_source_and_is_documented() -> None:
    documented = set(re.findall(r"`(flaw_\w+)`", DOCUMENTATION.read_text(encoding="utf-8")))
    assert documented == {rule.code for rule in RULES} | SET_RULES
    assert all(rule.source for rule in RULES)
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_errors_stand_before_warnings_and_these_before_hints() -> None:
    severities = [finding.severity for finding in lint(BAD[0])]
    assert severities == sorted(severities, key=["error", "warning", "hint"].index)
    assert {"error", "warning"} <= set(severities)


def test_a_well_written_item_has_no_findings() -> None:
    item = choice(
        "Trong Microsoft Excel, hàm nào đếm số ô có chứa giá trị số?",
        "COUNT",
        "SUM",
        "MAX",
        "ROUND",
        key="A",
        explanation="COUNT đếm các ô chứa số; SUM cộng chúng lại.",
    )
    assert lint(item) == []


def sample_items() -> list[LintedItem]:
    return [
        choice(
            row["stem"],
            *(row[f"option_{letter}"] for letter in "abcd"),
            key=row["key"].replace(",", "").replace(" ", ""),
            code=row["code"],
            explanation=row["explanation"],
        )
        for row in sample_rows()
    ]


def test_the_sample_bank_has_hints_only_and_few_of_them() -> None:
    findings = [(item.code, finding) for item in sample_items() for finding in lint(item)]
    assert {finding.severity for _, finding in findings} <= {"hint"}
    # Looked at one by one: cues that are there, and one word ("dữ liệu") that says nothing in this bank.
    assert len({code for code, _ in findings}) <= 14


TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ["Tất cả", "không", "½ cốc", "İstanbul", "<b>", "&#0;", "A. ", "____", "1-2-3", "٣", "ﬁ", "a\u0301"]
)


@settings(max_examples=150, deadline=None)
@given(
    stem=TEXT,
    options=st.lists(TEXT, max_size=8),
    statements=st.lists(st.tuples(TEXT, st.booleans() | st.none()), max_size=4),
    explanation=TEXT,
    keys=st.none() | st.sets(st.sampled_from("ABCDEFGH")),
    kind=st.sampled_from(["single_choice", "multiple_response", "order", "true_false_table", "text_entry"]),
    language=st.sampled_from(["vi", "en", "fr"]),
)
def test_any_text_whatever_can_be_linted(
    stem: str,
    options: list[str],
    statements: list[tuple[str, bool | None]],
    explanation: str,
    keys: set[str] | None,
    kind: str,
    language: str,
) -> None:
    item = LintedItem(
        kind,
        stem,
        stem_html=stem,
        language=language,
        options=tuple(LintedOption(letter, text, html=text) for letter, text in zip("ABCDEFGH", options, strict=False)),
        statements=tuple(LintedStatement(str(i), text, value) for i, (text, value) in enumerate(statements)),
        correct=None if keys is None else frozenset(keys),
        answers=() if keys is None else (LintedAnswer("g1", tuple(options)),),
        explanation=explanation,
    )
    places = {place for place, _ in item.texts} | {"item", "options", "statements", "gaps/g1"}
    for finding in lint(item):
        assert finding.place in places
        assert keys is not None or finding.rule not in {rule.code for rule in RULES if rule.needs_key} - {
            "flaw_statements_uniform"
        }
