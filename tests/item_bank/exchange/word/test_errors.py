"""Every refusal and every note says in both languages what is wrong and what to do."""

import re

import pytest

from exam_engine.core.i18n import LANGUAGES, Language, load_messages
from item_bank.exchange.word.errors import NoteCode, Refusal

CODES = [*Refusal, *NoteCode]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_and_a_remedy(language: Language) -> None:
    messages = load_messages("item_bank", language)
    wanted = {name for code in CODES for name in (code.value, f"{code.value}.fix")}
    assert wanted - messages.keys() == set()


@pytest.mark.parametrize("code", ["word_is_doc", "word_is_encrypted", "word_has_macros", "word_damaged"])
def test_refusals_tell_to_save_as_docx(code: str) -> None:
    assert re.search(r"lưu lại dạng \.docx", load_messages("item_bank", "vi")[f"{code}.fix"].lower())


def test_no_words_are_kept_for_codes_that_are_gone() -> None:
    kept = {name.removesuffix(".fix") for name in load_messages("item_bank", "vi") if name.startswith("word_")}
    assert kept == {code.value for code in CODES}
