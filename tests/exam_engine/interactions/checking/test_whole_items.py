"""Items that are whole, and what is said of each fault in both languages."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given

from exam_engine.core.errors import Fault
from exam_engine.interactions import checking
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.keys import KEY_FORMS
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.checking.finding import MESSAGES
from tests.exam_engine.interactions.makers import key
from tests.exam_engine.interactions.strategies import Item, items


@given(items())
def test_in_a_whole_item_nothing_is_found(item: Item) -> None:
    assert check_item(*item) == []


@given(items())
def test_an_item_without_a_key_lacks_nothing_else(item: Item) -> None:
    content, _ = item
    assert check_item(content, None) == [Fault("item_key_missing", "key")]


@given(items(), items())
def test_a_key_of_another_interaction_is_told_and_never_scored(item: Item, other: Item) -> None:
    content, key_of_other = item[0], other[1]
    fits = isinstance(key_of_other, KEY_FORMS[content.interaction])
    codes = [fault.code for fault in check_item(content, key_of_other)]
    assert ("item_key_form" in codes) == (not fits)


def test_faults_of_content_and_key_are_told_together() -> None:
    content = makers.content("single_choice", options=[{"id": "A", "content": "x"}, {"id": "B", "content": " "}])
    faults = check_item(content, key("choice", correct=["C"]))
    assert [(fault.code, fault.place) for fault in faults] == [
        ("item_text_empty", "options/B"),
        ("item_key_unknown_part", "key/correct/C"),
    ]


def codes_of_checks() -> set[str]:
    """The codes named in the package; those made up of a kind of gap, both of them."""
    found = set()
    for file in Path(checking.__file__).parent.glob("*.py"):
        for code in re.findall(r'Fault\(\s*f?"([^"]+)"', file.read_text(encoding="utf-8")):
            found |= {code.replace("{kind}", kind) for kind in ("gap", "hottext")}
    return found


@pytest.mark.parametrize("messages", MESSAGES)
def test_every_fault_says_what_is_wrong_and_what_to_do(messages: Mapping[str, str]) -> None:
    codes = codes_of_checks()
    assert len(codes) > 30
    assert {code for code in codes if code not in messages or f"{code}.fix" not in messages} == set()
