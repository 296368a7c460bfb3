"""What a survey finds in a set of items."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from exam_engine.core.db import new_id
from item_bank.quality.duplicates import ItemText
from item_bank.quality.survey import computing
from item_bank.quality.survey.computing import SurveyedItem, survey
from tests.item_bank.authoring.bodies import item_body

OPTIONS = ("Máy in", "Bàn phím", "Màn hình", "Chuột")


def item(
    code: str, stem: str, *, key: str | None = "A", options: Sequence[str] = OPTIONS, module: str = "IU01"
) -> SurveyedItem:
    content = item_body()["content"] | {
        "stem": f"<p>{stem}</p>",
        "options": [{"id": id_, "content": text} for id_, text in zip("ABCD", options, strict=True)],
    }
    return SurveyedItem(
        id=new_id(),
        code=code,
        module_code=module,
        cognitive_level="NB",
        stem_text=stem,
        content=content,
        key=None if key is None else item_body()["key"] | {"correct": [key]},
        explanation="",
        has_stimulus=False,
    )


def surveyed(items: Sequence[SurveyedItem], besides: Sequence[SurveyedItem] = ()) -> dict[str, Any]:
    texts = {one.code: ItemText(one.stem_text, tuple(OPTIONS)) for one in (*items, *besides)}
    found = survey(items, texts, tell=lambda _: None)
    # It is kept as JSON.
    assert json.loads(json.dumps(found)) == found
    return found


SOUND = item("IU01-001", "Thiết bị nào đưa dữ liệu từ máy tính ra giấy?")


def test_a_sound_set_has_no_findings() -> None:
    found = surveyed([SOUND])
    assert (found["items"], found["flawed"], found["rules"], found["pairs"]) == (1, 0, [], [])


def test_findings_stand_by_rule_with_the_items_that_break_it() -> None:
    negative = [item(f"IU01-00{n}", f"Thiết bị nào không phải là thiết bị vào số {n}?") for n in (2, 3)]
    found = surveyed([SOUND, *negative])
    [rule] = [rule for rule in found["rules"] if rule["rule"] == "flaw_negative_unmarked"]
    assert (rule["severity"], rule["total"]) == ("warning", 2)
    assert [(one["code"], one["place"]) for one in rule["found"]] == [("IU01-002", "stem"), ("IU01-003", "stem")]
    assert found["flawed"] == 2


def test_no_more_findings_of_a_rule_are_kept_than_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "MOST_SHOWN", 3)
    found = surveyed([item(f"IU01-{n:03}", f"Thiết bị nào không phải là thiết bị vào số {n}?") for n in range(5)])
    [rule] = [rule for rule in found["rules"] if rule["rule"] == "flaw_negative_unmarked"]
    assert (rule["total"], len(rule["found"])) == (5, 3)


@pytest.mark.parametrize("most_queries", [0, 5_000])
def test_pairs_are_found_within_the_set_and_with_the_rest_of_the_bank(
    monkeypatch: pytest.MonkeyPatch, most_queries: int
) -> None:
    monkeypatch.setattr(computing, "_MOST_QUERIES", most_queries)
    twin = item("IU01-002", "Thiết bị nào đưa dữ liệu từ máy tính ra GIẤY?")
    elsewhere = item("IU02-001", "Thiết bị nào đưa dữ liệu từ máy tính ra giấy ?", module="IU02")
    stranger = item("IU03-001", "Tổ hợp phím nào lưu văn bản đang soạn thảo trong Word?", module="IU03")
    found = surveyed([SOUND, twin], besides=[elsewhere, stranger])
    assert {(pair["first"], pair["second"]) for pair in found["pairs"]} == {
        ("IU01-001", "IU01-002"),
        ("IU01-001", "IU02-001"),
        ("IU01-002", "IU02-001"),
    }
    assert found["pairs_total"] == 3
    # Two items outside the set that resemble each other are none of its business.
    assert surveyed([stranger], besides=[SOUND, twin])["pairs"] == []


def test_the_places_of_keys_are_judged_module_by_module() -> None:
    skewed = [item(f"IU01-{n:03}", f"Câu hỏi thứ {n} về phần cứng là gì?", key="A") for n in range(40)]
    even = [item(f"IU02-{n:03}", f"Câu hỏi thứ {n} về tệp là gì?", key="ABCD"[n % 4], module="IU02") for n in range(40)]
    first, second = surveyed([*skewed, *even])["modules"]
    assert (first["module_code"], first["key_positions"]) == ("IU01", [40, 0, 0, 0])
    assert [one["rule"] for one in first["findings"]] == ["flaw_key_positions"]
    assert (second["key_positions"], second["findings"]) == ([10, 10, 10, 10], [])


def test_without_keys_nothing_is_said_of_them() -> None:
    blind = [item(f"IU01-{n:03}", f"Câu hỏi thứ {n} về phần cứng là gì?", key=None) for n in range(40)]
    [module] = surveyed(blind)["modules"]
    assert (module["key_positions"], module["p_value"], module["findings"]) == ([], None, [])
