"""The file formats that items are brought in, in the order in which their marks are looked for."""

from collections.abc import Callable
from dataclasses import dataclass

from item_bank.exchange.aiken import reading as aiken
from item_bank.exchange.gift import reading as gift
from item_bank.exchange.imported import FileReading
from item_bank.exchange.moodle_xml import reading as moodle_xml
from item_bank.exchange.package import reading as package
from item_bank.exchange.qti import reading as qti
from item_bank.exchange.question_text.reading import (
    begin_text_questions,
    begin_word_questions,
    looks_like_text_questions,
    looks_like_word_questions,
)
from item_bank.exchange.sheet_file import begin_sheet, looks_like_sheet


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how a file is known to be in it, and how it is read.

    ``looks_like`` takes name and content and looks at a small part of it. ``reading`` takes content and name and begins
    to read; for a file that it cannot take it raises a DomainError with faults, at once or while items are taken. The
    title is the message ``import_format.<code>``, help for those who bring a file is ``import_format.<code>.fix``.
    """

    code: str
    endings: tuple[str, ...]
    looks_like: Callable[[str, bytes], bool]
    reading: Callable[[bytes, str], FileReading]

    @property
    def title_code(self) -> str:
        """Message code of the name that people know the format by."""
        return f"import_format.{self.code}"


FORMATS: tuple[Format, ...] = (
    Format("word", (".docx",), looks_like_word_questions, begin_word_questions),
    Format("sheet", (".xlsx", ".csv", ".tsv"), looks_like_sheet, begin_sheet),
    Format("package", (".zip",), package.looks_like, package.begin),
    Format("qti", (".zip", ".xml"), qti.looks_like, qti.begin),
    Format("moodle_xml", (".xml",), moodle_xml.looks_like, moodle_xml.begin),
    Format("aiken", (".txt",), aiken.looks_like, aiken.begin),
    Format("gift", (".gift", ".txt"), gift.looks_like, gift.begin),
    Format("text", (".txt",), looks_like_text_questions, begin_text_questions),
)
"""Every format, those with the surest marks first."""


def format_of(code: str) -> Format | None:
    """Return the format of a code."""
    return next((one for one in FORMATS if one.code == code), None)


def recognise(name: str, content: bytes) -> Format | None:
    """Return the format that a file seems to be in, None when no format knows it."""
    return next((one for one in FORMATS if one.looks_like(name, content)), None)
