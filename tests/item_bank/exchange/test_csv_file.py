"""Comma-separated text as spreadsheets and people write it."""

import csv
import io

import pytest

from exam_engine.core.errors import InvalidInputError
from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.imported import ImportedFile
from item_bank.exchange.sheet_file import read_sheet
from tests.choice_items import choice_key, plain_options
from tests.item_bank.makers import HEADINGS, item_row

ROW = item_row(stem="Ô “A1”; dấu phẩy, hay chấm?\nDòng hai", a="=1+1", b="+2", c="-3", d="@x")


def written(delimiter: str = ",", rows: list[dict[str, object]] | None = None) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, HEADINGS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows([ROW] if rows is None else rows)
    return buffer.getvalue()


def read(content: bytes) -> ImportedFile:
    return read_sheet(content, "cau-hoi.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_row_reads_the_same_in_every_encoding_and_with_every_separator(encoding: str, delimiter: str) -> None:
    [item] = read(written(delimiter).encode(encoding)).items
    assert item.content is not None
    assert plain_text(item.content.stem) == "Ô “A1”; dấu phẩy, hay chấm?\nDòng hai"
    assert plain_options(item.content) == ("=1+1", "+2", "-3", "@x")
    assert (item.code, item.key, item.notices) == ("IU04-001", choice_key(1), ())


def refusal(content: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        read(content)
    [fault] = refused.value.faults
    return fault.code, fault.place


def test_another_encoding_is_refused_rather_than_guessed() -> None:
    text = "Mã câu hỏi,Câu hỏi\n".encode() + "Máy tính".encode("cp1258")
    assert refusal(text) == ("csv_encoding", "2")


def test_a_quotation_mark_that_is_not_closed_is_refused() -> None:
    assert refusal((written() + '"không đóng').encode())[0] == "csv_damaged"


@pytest.mark.parametrize("content", [b"", b" \n\t", b"\xff\xfe"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content)[0] in {"csv_empty", "workbook_empty"}


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal(b"abc" + bytes(300) + b"x")[0] in {"csv_not_text", "csv_encoding", "workbook_header_missing"}


def test_a_file_without_the_needed_headings_is_refused() -> None:
    assert refusal("Tên,Tuổi\nAn,20\n".encode())[0] == "workbook_header_missing"


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    rows = [item_row(stem="Dòng một\nDòng hai"), {}, item_row("IU04-002", key="?")]
    found = read(written(rows=rows).encode())
    assert [item.place for item in found.items] == ["2", "4"]
    assert [(notice.place, notice.code) for notice in found.items[1].notices] == [("I4", "key_unreadable")]
