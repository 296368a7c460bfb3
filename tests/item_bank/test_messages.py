"""Every word the bank shows exists in both languages."""

import re
import string
import unicodedata
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


def test_every_fault_and_error_has_words() -> None:
    codes = set(re.findall(r'Fault\("(\w+)"|_refuse\(\w+, "(\w+)"|_warn\(\w+, "(\w+)"', all_source()))
    used = {code for found in codes for code in found if code}
    used |= {error.code for error in DomainError.__subclasses__() if error.__module__.startswith("item_bank")}
    assert len(used) > 25
    missing = used - VI.keys()
    assert missing == set()


def test_every_flag_reason_and_warning_of_a_calibration_has_words() -> None:
    codes = {*get_args(ExclusionReason), *get_args(ItemFlag), *get_args(WarningCode)}
    assert "negative_slope" in codes
    assert codes - VI.keys() == set()


def all_source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
