"""The lines of a plain text file."""

import codecs
from collections.abc import Iterator

from exam_engine.core.errors import Fault, InvalidInputError
from exam_engine.core.text import nfc, without_invisible
from item_bank.exchange.question_text.findings import Findings
from item_bank.exchange.question_text.lines import Line, Piece, line_of
from item_bank.exchange.word.blocks import Place, first_words
from item_bank.exchange.word.legacy_detection import suspected_encoding

MAX_BYTES = 20_000_000
MAX_LINE = 100_000

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class InvalidTextFileError(InvalidInputError):
    """The file is not plain text that can be read; its one fault says why and what to do."""

    code = "invalid_text_file"


def decoded(content: bytes) -> str:
    """Return a plain text file as NFC text: UTF-8, or UTF-16 with its mark.

    Raises
    ------
    InvalidTextFileError
        Larger than 20 MB, empty, in another encoding, or no text at all.
    """
    if len(content) > MAX_BYTES:
        raise InvalidTextFileError(faults=[Fault("text_too_large", "", {"megabytes": MAX_BYTES // 1_000_000})])
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidTextFileError(faults=[Fault("text_encoding", f"¶ {line}")]) from error
    if "\0" in text:
        raise InvalidTextFileError(faults=[Fault("text_binary", f"¶ {text.count(chr(10), 0, text.find(chr(0))) + 1}")])
    if not text.strip():
        raise InvalidTextFileError(faults=[Fault("text_empty", "")])
    return without_invisible(nfc(text)).replace("\r\n", "\n").replace("\r", "\n")


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a text, one at a time; there is one more than line breaks."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def text_lines(text: str, findings: Findings) -> Iterator[Line]:
    """Yield the lines of a text; each counts as a paragraph.

    Raises
    ------
    InvalidTextFileError
        A line is longer than any question.
    """
    for number, line in enumerate(lines_of(text), 1):
        place = Place(number, first_words(line))
        if len(line) > MAX_LINE:
            raise InvalidTextFileError(faults=[Fault("text_line_too_long", str(place), {"most": MAX_LINE})])
        if encoding := suspected_encoding(line):
            findings.add("warning", "word_legacy_text_suspected", place, encoding=encoding.upper())
        yield line_of(place, [Piece(line)] if line else [])
