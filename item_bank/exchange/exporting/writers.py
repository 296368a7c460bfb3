"""The file formats that items leave the bank in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from item_bank.exchange.exported import ExportedItem, ExportedMedia, WrittenFile
from item_bank.exchange.exporting.sheet import write_sheet
from item_bank.exchange.moodle_xml.writing.file import write_moodle_xml
from item_bank.exchange.package.writing import write_package
from item_bank.exchange.paper.document import PaperHeading, write_paper
from item_bank.exchange.qti.writing.package import write_qti3, write_qti21

Write = Callable[[Sequence[ExportedItem], Mapping[str, ExportedMedia]], WrittenFile]
_ZIP = "application/zip"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Writer:
    """A format: the ending and type of its files, how they are written, and whether they say what is right.

    The title is the message ``export_format.<code>``, help for those who choose is ``export_format.<code>.help``.
    """

    code: str
    ending: str
    media_type: str
    write: Write
    holds_keys: bool = True

    @property
    def title_code(self) -> str:
        """Message code of the name that people know the format by."""
        return f"export_format.{self.code}"


WRITERS: tuple[Writer, ...] = (
    Writer("package", "zip", _ZIP, write_package),
    Writer("sheet", "xlsx", _XLSX, write_sheet),
    Writer("qti3", "zip", _ZIP, write_qti3),
    Writer("qti21", "zip", _ZIP, write_qti21),
    Writer("moodle_xml", "xml", "application/xml", write_moodle_xml),
    Writer("paper", "docx", _DOCX, write_paper, holds_keys=False),
    Writer("paper_with_answers", "docx", _DOCX, partial(write_paper, has_answers=True)),
)
"""Every format, those that lose nothing first."""


def writer_of(code: str) -> Writer | None:
    """Return the writer of a format."""
    return next((one for one in WRITERS if one.code == code), None)


def with_heading(writer: Writer, heading: PaperHeading) -> Writer:
    """Return a writer of papers that sets a heading; other formats have none and stay as they are."""
    if writer.ending != "docx":
        return writer
    return replace(writer, write=partial(write_paper, heading=heading, has_answers=writer.holds_keys))
