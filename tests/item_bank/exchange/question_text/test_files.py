"""Which files are taken at all, and what is said of the others."""

import io
import zipfile

import pytest

from exam_engine.core.errors import DomainError
from item_bank.exchange.question_text.reading import (
    looks_like_text_questions,
    looks_like_word_questions,
    read_text_questions,
)
from item_bank.exchange.question_text.text_source import MAX_BYTES, MAX_LINE, InvalidTextFileError
from tests.item_bank.exchange.question_text.documents import codes, correct, only, question
from tests.item_bank.exchange.word.word_files import word_file

TEXT = "Câu 1. Đường nào?\nA. một\nB. hai\nĐáp án: B"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
)
def test_unicode_texts_are_read_in_their_usual_forms(content: bytes) -> None:
    item = only(read_text_questions(content, "a.txt"))
    assert correct(item) == "B"
    assert item.content.stem == "Đường nào?"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "text_empty"),
        (b" \n\n", "text_empty"),
        ("Câu 1. Đường".encode("cp1258", errors="replace"), "text_encoding"),
        (b"PK\x03\x04\x00\x00", "text_binary"),
        (b"x" * (MAX_LINE + 1), "text_line_too_long"),
        (b"\n" * (MAX_BYTES + 1), "text_too_large"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(InvalidTextFileError) as error:
        read_text_questions(content, "a.txt")
    assert [fault.code for fault in error.value.faults] == [code]
    assert isinstance(error.value, DomainError)


def test_a_text_in_an_old_encoding_is_told() -> None:
    file = read_text_questions("C©u hái thø nhÊt lµ g×? Hµ Néi lµ thñ ®« cña n−íc".encode(), "a.txt")
    assert "word_legacy_text_suspected" in codes(file)


def packed(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


def test_word_files_are_known_by_what_is_in_them() -> None:
    content = word_file(question(1))
    assert looks_like_word_questions("de-thi.docx", content)
    assert looks_like_word_questions("không đuôi", content)
    assert not looks_like_word_questions("de-thi.docx", packed("xl/workbook.xml"))
    assert not looks_like_word_questions("goi.zip", packed("imsmanifest.xml"))
    assert looks_like_word_questions("cu.doc", b"\xd0\xcf\x11\xe0")
    assert not looks_like_word_questions("a.txt", TEXT.encode())


def test_text_files_are_known_by_their_ending_and_the_lack_of_nul() -> None:
    assert looks_like_text_questions("a.TXT", TEXT.encode())
    assert looks_like_text_questions("a.txt", TEXT.encode("utf-16"))
    assert not looks_like_text_questions("a.txt", b"PK\x03\x04")
    assert not looks_like_text_questions("a.csv", TEXT.encode())
