"""Every word the bank shows exists in both languages."""

import re
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import item_bank
from exam_engine.core.errors import DomainError
from exam_engine.core.i18n import load_messages
from exam_engine.psychometrics.calibration.flags import ExclusionReason, ItemFlag, WarningCode

VI, EN = load_messages("item_bank", "vi"), load_messages("item_bank", "en")
ROOT = Path(item_bank.__file__).parent


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert VI.keys() == EN.keys()
    assert [code for code in VI if fields(VI[code]) != fields(EN[code])] == []
    assert [code for code, text in VI.items() if unicodedata.normalize("NFC", text) != text] == []


# How source names what is wrong: faults and notices of readers, each with its code.
CODES = re.compile(
    r'''Fault\("(\w+)"|_refuse\(\w+, "(\w+)"|_warn\(\w+, "(\w+)"|(?:Notice|\.note)\(\s*"\w+",\s*"(\w+)"'''
)


def test_every_fault_notice_and_error_has_words() -> None:
    used = {code for found in CODES.findall(all_source()) for code in found if code}
    used |= {error.code for error in errors(DomainError) if error.__module__.startswith("item_bank")}
    assert len(used) > 100
    # The bank speaks of some faults of items in the words of the package below it.
    assert used - VI.keys() - load_messages("exam_engine", "vi").keys() == set()


def errors(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in kind.__subclasses__():
        yield error
        yield from errors(error)


def test_every_flag_reason_and_warning_of_a_calibration_has_words() -> None:
    codes = {*get_args(ExclusionReason), *get_args(ItemFlag), *get_args(WarningCode)}
    assert "negative_slope" in codes
    assert codes - VI.keys() == set()


def all_source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
