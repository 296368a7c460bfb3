"""Files that nobody's Moodle wrote: refused with a reason, or read without a guess and without an error."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.core.errors import InvalidInputError
from item_bank.exchange.moodle_xml.errors import InvalidMoodleFileError
from item_bank.exchange.moodle_xml.reading import read
from tests.item_bank.exchange.moodle_xml.quizzes import answer, question, quiz, whole

LAUGHS = '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def refused(content: bytes) -> str:
    with pytest.raises(InvalidMoodleFileError) as caught:
        read(content, "a.xml")
    return caught.value.faults[0].code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "moodle_damaged"),
        (b"<quiz><question>", "moodle_damaged"),
        (b"khong phai xml", "moodle_damaged"),
        (b"<html/>", "moodle_not_moodle"),
        (f"{LAUGHS}<quiz>&b;</quiz>".encode(), "moodle_suspicious"),
        (f'{LAUGHS}<quiz x="&b;"/>'.encode(), "moodle_suspicious"),
        (f"{LAUGHS}<quiz>&b;</quiz>".encode("utf-16"), "moodle_suspicious"),
        (b'<!-- <quiz> --><!DOCTYPE quiz SYSTEM "http://example.org/a.dtd"><quiz/>', "moodle_suspicious"),
        (b"<quiz>&unknown;</quiz>", "moodle_damaged"),
        (b"<quiz>" + b"<a>" * 50 + b"</a>" * 50 + b"</quiz>", "moodle_suspicious"),
        (b"<quiz>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</quiz>", "moodle_damaged"),
        (b" " * 70_000 + b"<quiz/>", "moodle_damaged"),
    ],
)
def test_files_are_refused_with_their_reason(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_question_may_speak_of_document_types() -> None:
    [item] = whole(
        question("shortanswer", "&lt;!DOCTYPE html&gt; là gì? <!-- <!DOCTYPE html> -->", answer("100", "x"))
    ).items
    assert item.content is not None
    assert "&lt;!DOCTYPE html&gt;" in item.content.stem


def test_files_in_utf16_are_read() -> None:
    text = quiz(question("shortanswer", "Máy tính?", answer("100", "x"))).decode().replace("UTF-8", "UTF-16")
    [item] = read(text.encode("utf-16"), "a.xml").items
    assert item.content is not None
    assert item.content.stem == "Máy tính?"


@pytest.mark.parametrize(
    "text",
    [
        "{1:SA:=a" * 20_000,
        r"\(" * 60_000,
        "$$" * 60_000,
        "<img " * 30_000,
        "[[1]]" * 5000,
        '<div class="item-bank-stem">' * 5000,
        '<p class="item-bank-files">' * 5000,
        "{1:MC:" + "~" * 100_000 + "}",
        "{1:SA:" + "\\" * 100_000,
    ],
)
@pytest.mark.parametrize("kind", ["cloze", "ddwtos", "essay", "shortanswer"])
def test_texts_made_to_take_long_are_read_or_refused(kind: str, text: str) -> None:
    found = whole(question(kind, text, "<responseformat>noinline</responseformat><filetypeslist>docx</filetypeslist>"))
    assert len(found.items) <= 1


pieces = st.sampled_from(
    ["{1:SA:=a}", "{2:MC:=a~b}", "{1:NM:=1:0.1}", "[[1]]", "\\(x^2\\)", "<p>", "</p>", "=", "~", "#", "%50%", "}", "{",
     "\\", "&#39;", "a", "*", "<img src='@@PLUGINFILE@@/a'>", "-1e9", "100", "0", "true", "1.5"]
)  # fmt: skip
texts = st.lists(pieces, max_size=8).map("".join)
elements = st.sampled_from(
    ["answer", "subquestion", "dragbox", "selectoption", "single", "units", "tolerance", "defaultgrade", "hidden",
     "usecase", "responseformat", "filetypeslist", "graderinfo", "generalfeedback", "idnumber", "file", "tags"]
)  # fmt: skip
kinds = st.sampled_from(
    ["multichoice", "truefalse", "shortanswer", "numerical", "essay", "matching", "ordering", "ddwtos", "gapselect",
     "cloze", "description", "category", "", "x"]
)  # fmt: skip


@st.composite
def any_question(draw: st.DrawFn) -> str:
    """A question of elements that may not belong together."""
    inner = ""
    for name in draw(st.lists(elements, max_size=6)):
        text = draw(texts).replace("]]>", "")
        fraction = draw(st.sampled_from(["", 'fraction="100"', 'fraction="x"', 'fraction="50"', 'fraction="-1e5"']))
        inner += f"<{name} {fraction}><text><![CDATA[{text}]]></text><answer><text>b</text></answer></{name}>"
    return question(draw(kinds), draw(texts).replace("]]>", ""), inner)


@given(questions=st.lists(any_question(), max_size=3))
@settings(max_examples=300, deadline=None)
def test_nothing_but_the_typed_error_is_ever_raised(questions: list[str]) -> None:
    for item in whole(*questions).items:
        assert item.key is not None or item.notices, "no key without a word about it"


@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<quiz>{text}</quiz>".encode()))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(InvalidInputError):
        assert read(content, "a.xml").items == ()
