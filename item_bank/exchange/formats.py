"""The file formats that items are brought in, in the order in which their marks are looked for."""

from collections.abc import Callable
from dataclasses import dataclass

from item_bank.exchange.aiken import reading as aiken
from item_bank.exchange.gift import reading as gift
from item_bank.exchange.imported import FileReading, ImportedFile, reading_of
from item_bank.exchange.moodle_xml import reading as moodle_xml
from item_bank.exchange.package import reading as package
from item_bank.exchange.qti import reading as qti
from item_bank.exchange.question_text.reading import (
    begin_text_questions,
    begin_word_questions,
    looks_like_text_questions,
    looks_like_word_questions,
    read_text_questions,
    read_word_questions,
)
from item_bank.exchange.sheet_file import begin_sheet, looks_like_sheet, read_sheet


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how a file is known to be in it, and how it is read.

    ``looks_like`` takes name and content and looks at a small part of it. ``read`` takes content and name and raises a
    DomainError with faults for a file that it cannot take; ``begin`` does so item by item, where the format allows
    forgetting an item once it is read. The title is the message ``import_format.<code>``, help for
    those who bring a file is ``import_format.<code>.fix``.
    """

    code: str
    endings: tuple[str, ...]
    looks_like: Callable[[str, bytes], bool]
    read: Callable[[bytes, str], ImportedFile]
    begin: Callable[[bytes, str], FileReading] | None = None

    @property
    def title_code(self) -> str:
        """Message code of the name that people know the format by."""
        return f"import_format.{self.code}"

    def reading(self, content: bytes, name: str) -> FileReading:
        """Begin to read a file; raises as ``read`` does, at once or while items are taken."""
        return self.begin(content, name) if self.begin is not None else reading_of(self.read(content, name))


FORMATS: tuple[Format, ...] = (
    Format("word", (".docx",), looks_like_word_questions, read_word_questions, begin_word_questions),
    Format("sheet", (".xlsx", ".csv", ".tsv"), looks_like_sheet, read_sheet, begin_sheet),
    Format("package", (".zip",), package.looks_like, package.read),
    Format("qti", (".zip", ".xml"), qti.looks_like, qti.read, qti.begin),
    Format("moodle_xml", (".xml",), moodle_xml.looks_like, moodle_xml.read, moodle_xml.begin),
    Format("aiken", (".txt",), aiken.looks_like, aiken.read, aiken.begin),
    Format("gift", (".gift", ".txt"), gift.looks_like, gift.read, gift.begin),
    Format("text", (".txt",), looks_like_text_questions, read_text_questions, begin_text_questions),
)
"""Every format, those with the surest marks first."""


def format_of(code: str) -> Format | None:
    """Return the format of a code."""
    return next((one for one in FORMATS if one.code == code), None)


def recognise(name: str, content: bytes) -> Format | None:
    """Return the format that a file seems to be in, None when no format knows it."""
    return next((one for one in FORMATS if one.looks_like(name, content)), None)
