"""Every notice of the reader of questions has words and a fix in both languages, with the values that it gives."""

import re
from pathlib import Path

import pytest

from exam_engine.core.i18n import Language, load_messages
from item_bank.exchange import question_text
from item_bank.exchange.question_text.marks import MARK_KINDS

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(question_text.__path__[0]).glob("*.py"))
FAMILIES = ("lettered", "mcmix", "three_parts", "aztest", "correct_first", "emp")


def codes() -> set[str]:
    found = re.findall(
        r'(?:Problem\(|_error\(|_warn\(|Notice\("\w+", |\.add\("\w+", |Fault\(|\(\(|return \(?)"([a-z]+(?:_[a-z]+)+)"',
        SOURCE,
    )
    made = {f"{start}_{kind}" for start in ("key_by", "key_mark_unsure") for kind in MARK_KINDS}
    made |= {f"family_{family}" for family in FAMILIES}
    made |= {f"{name}_stated_twice" for name in ("cognitive_level", "reference_code")}
    return ({*found} | made) - {"true_false", "no_options"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_notice_has_words_and_a_fix(language: Language) -> None:
    messages = load_messages("item_bank", language)
    assert len(codes()) > 50
    assert [code for code in sorted(codes()) if code not in messages or f"{code}.fix" not in messages] == []
