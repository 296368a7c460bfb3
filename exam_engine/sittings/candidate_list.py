"""Reading a list of candidates from a spreadsheet: every row a person or a named fault."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from openpyxl.utils import get_column_letter

from exam_engine.core.errors import Fault
from exam_engine.core.text import clean_line, look_alikes, search_key
from exam_engine.core.workbook import (
    Cell,
    Column,
    Header,
    InvalidWorkbookError,
    Row,
    Sheet,
    WorkbookLimits,
    find_table,
    read_workbook,
)
from exam_engine.sittings.birth_dates import birth_year, parse_birth_date
from exam_engine.sittings.identity_papers import (
    OLD_CARDS_ENDED,
    citizen_card_facts,
    clean_number,
    paper_kind,
    with_lost_zeros,
)

LIMITS = WorkbookLimits(rows=5_100)
MOST_CANDIDATES = 5_000
LONGEST = {"full_name": 120, "sort_name": 120, "birth_place": 200, "organisation": 200}

FULL_NAME = Column(
    "full_name",
    ("Họ và tên", "Họ tên", "Họ và tên thí sinh", "Họ tên thí sinh", "Tên thí sinh", "Thí sinh", "Full name", "Name"),
)
FAMILY_NAME = Column(
    "family_name",
    (
        "Họ đệm",
        "Họ và đệm",
        "Họ và tên đệm",
        "Họ tên đệm",
        "Họ và chữ đệm",
        "Họ lót",
        "Họ và chữ lót",
        "Họ",
        "Family and middle names",
        "Family name",
        "Last name",
    ),
)
GIVEN_NAME = Column("given_name", ("Tên", "Tên gọi", "Given name", "First name"))
COLUMNS = (
    FULL_NAME,
    FAMILY_NAME,
    GIVEN_NAME,
    Column(
        "birth_date",
        ("Ngày sinh", "Ngày, tháng, năm sinh", "Ngày tháng năm sinh", "Năm sinh", "Date of birth", "Birth date", "DOB"),
        is_required=True,
    ),
    Column("sex", ("Giới tính", "Phái", "Nam/Nữ", "Sex", "Gender"), is_required=True),
    Column("birth_place", ("Nơi sinh", "Place of birth", "Birth place"), is_required=True),
    Column(
        "identity_number",
        (
            "Số CCCD",
            "CCCD",
            "Số CCCD/CMND",
            "CCCD/CMND",
            "Số CMND/CCCD",
            "CMND/CCCD",
            "Số căn cước",
            "Căn cước",
            "Số căn cước công dân",
            "Căn cước công dân",
            "Số định danh cá nhân",
            "Số định danh",
            "Số CMND",
            "CMND",
            "Số giấy tờ tùy thân",
            "Số giấy tờ tuỳ thân",
            "CCCD/CMND/Hộ chiếu",
            "Số CCCD/CMND/Hộ chiếu",
            "Identity number",
            "ID number",
            "Identity card number",
        ),
        is_required=True,
    ),
    Column("organisation", ("Đơn vị", "Đơn vị công tác", "Cơ quan", "Trường", "Lớp", "Organisation", "School", "Unit")),
    Column("sort_name", ("Tên xếp danh sách", "Tên sắp xếp", "Sort name")),
)
_SEXES: Mapping[str, str] = {
    **dict.fromkeys(("nam", "male", "m"), "male"),
    **dict.fromkeys(("nu", "female", "f"), "female"),
}
_NAME_SIGNS = frozenset(" '\u2018\u2019\u02bc-.")
_VALUE_KINDS = frozenset({"text", "number", "date"})
_DIGITS_AND_SIGNS = re.compile(r"[\W\d_]*")


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One person of the list, every value in stored form; ``row`` is the spreadsheet's row."""

    row: int
    full_name: str
    sort_name: str | None
    birth_date: str
    sex: str
    birth_place: str
    identity_number: str
    organisation: str

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ListFault:
    """A fault or a doubt about one row; ``column`` is the spreadsheet's letter, empty when it concerns the row."""

    row: int
    column: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class CandidateList:
    """What was read: the people of all rows without errors, and what is wrong or doubtful."""

    sheet_name: str
    rows_read: int
    rows: Sequence[CandidateRow]
    errors: Sequence[ListFault]
    warnings: Sequence[ListFault]


def read_candidate_list(content: bytes, exam_day: date) -> CandidateList:
    """Read an .xlsx list; takes CPU time, so keep it off the event loop.

    A leading zero that a spreadsheet ate is reported with the number it probably was and is never put back by
    itself: the number is the person's identity. Rows with fewer than two known cells (totals, signatures) are
    passed over with a warning.

    Raises
    ------
    InvalidWorkbookError
        The file as a whole cannot be read, lacks columns or holds more than ``MOST_CANDIDATES`` people.
    """
    table = find_table(read_workbook(content, LIMITS), COLUMNS)
    fields = table.header.columns
    if "full_name" not in fields and not {"family_name", "given_name"} <= fields.keys():
        raise InvalidWorkbookError(
            faults=[Fault("workbook_header_missing", table.header.place, {"columns": FULL_NAME.names[0]})]
        )
    reader = _Reader(table.sheet, table.header, exam_day)
    for row in table.rows:
        reader.read(row)
    if reader.rows_read > MOST_CANDIDATES:
        raise InvalidWorkbookError(
            faults=[Fault("workbook_too_many_rows", table.sheet.name, {"rows": MOST_CANDIDATES})]
        )
    return CandidateList(table.sheet.name, reader.rows_read, reader.rows, reader.errors, reader.warnings)


def name_faults(name: str) -> list[Fault]:
    """Return what stands in a name that no name holds, with its place counted from 1."""
    if found := look_alikes(name):
        first = found[0]
        return [
            Fault("name_look_alike", "", {"position": first.position, "letter": first.letter, "script": first.script})
        ]
    for position, sign in enumerate(name, start=1):
        is_latin = sign.isalpha() and unicodedata.name(sign, "").startswith(("LATIN", "MODIFIER LETTER"))
        if not (is_latin or sign in _NAME_SIGNS or unicodedata.combining(sign)):
            return [Fault("name_bad_character", "", {"position": position, "letter": sign})]
    return []


class _Reader:
    """Goes through the rows once, remembering which identity numbers it has met."""

    def __init__(self, sheet: Sheet, header: Header, exam_day: date) -> None:
        self._sheet = sheet
        self._header = header
        self._exam_day = exam_day
        self._row_by_identity: dict[str, int] = {}
        self._row_by_person: dict[tuple[str, str], int] = {}
        self.rows_read = 0
        self.rows: list[CandidateRow] = []
        self.errors: list[ListFault] = []
        self.warnings: list[ListFault] = []

    def read(self, row: Row) -> None:
        """Read one row into a person or into faults."""
        filled = [field for field, column in self._header.columns.items() if row.cell(column).kind != "empty"]
        if not filled:
            return
        if len(filled) < 2:
            text = clean_line(next(iter(row.cells.values())).text)[:60]
            self._warn(row, None, "row_passed_over", text=text)
            return
        self.rows_read += 1
        errors_before = len(self.errors)
        if row.is_hidden:
            self._warn(row, None, "row_hidden")
        self._check_merged(row)
        full_name = self._name(row)
        birth_date = self._birth_date(row)
        sex = self._sex(row)
        birth_place = self._text(row, "birth_place", is_required=True)
        identity_number = self._identity_number(row)
        organisation = self._text(row, "organisation")
        sort_name = self._text(row, "sort_name") or None
        if sort_name is not None:
            self._check_name(row, "sort_name", sort_name)
        if len(self.errors) > errors_before:
            return
        self._check_against_number(row, identity_number, sex, birth_date)
        self._note_person(row, full_name, birth_date)
        self.rows.append(
            CandidateRow(row.number, full_name, sort_name, birth_date, sex, birth_place, identity_number, organisation)
        )

    # --- single values ---

    def _value(self, row: Row, field: str, offset: int = 0) -> Cell | None:
        """Return the cell of a field; None when it holds no plain value, which is then reported."""
        column = self._header.columns.get(field)
        if column is None:
            return Cell(row.number, 0, "empty")
        cell = row.cell(column + offset)
        if cell.kind == "empty" or cell.kind in _VALUE_KINDS:
            return cell
        code = {"formula": "cell_formula", "error": "cell_error"}.get(cell.kind, "cell_not_text")
        self._fail(row, field, code, text=cell.text[:40])
        return None

    def _text(self, row: Row, field: str, *, is_required: bool = False) -> str:
        cell = self._value(row, field)
        if cell is None:
            return ""
        text = clean_line(cell.text)
        if is_required and not _has_words(text):
            self._fail(row, field, "value_missing")
        if len(text) > LONGEST[field]:
            self._fail(row, field, "value_too_long", most=LONGEST[field])
        return text

    def _name(self, row: Row) -> str:
        if "full_name" in self._header.columns:
            field = "full_name"
            width = self._header.widths[field]
            # One heading merged over two columns: family and middle names stand in the first, the given name next.
            cells = [self._value(row, field, offset) for offset in range(width)]
        else:
            field = "family_name"
            cells = [self._value(row, "family_name"), self._value(row, "given_name")]
        known = [cell for cell in cells if cell is not None]
        if len(known) < len(cells):
            return ""
        name = clean_line(" ".join(cell.text for cell in known))
        if not name:
            self._fail(row, field, "value_missing")
        elif len(name) > LONGEST["full_name"]:
            self._fail(row, field, "value_too_long", most=LONGEST["full_name"])
        else:
            self._check_name(row, field, name)
            if name.isupper() or name[0].islower():
                self._warn(row, field, "name_case", name=name)
        return name

    def _check_name(self, row: Row, field: str, name: str) -> None:
        for fault in name_faults(name):
            self._fail(row, field, fault.code, **fault.params)

    def _birth_date(self, row: Row) -> str:
        cell = self._value(row, "birth_date")
        if cell is None:
            return ""
        if cell.kind == "empty":
            self._fail(row, "birth_date", "value_missing")
            return ""
        parsed = parse_birth_date(cell.value)
        if parsed is None:
            self._fail(row, "birth_date", "birth_date_unclear", text=cell.text[:40])
            return ""
        if parsed > self._exam_day.isoformat():
            self._fail(row, "birth_date", "birth_date_in_future", text=cell.text[:40])
        return parsed

    def _sex(self, row: Row) -> str:
        cell = self._value(row, "sex")
        if cell is None:
            return ""
        if cell.kind == "empty":
            self._fail(row, "sex", "value_missing")
            return ""
        sex = _SEXES.get(search_key(cell.text))
        if sex is None:
            self._fail(row, "sex", "sex_unknown", text=cell.text[:40])
        return sex or ""

    def _identity_number(self, row: Row) -> str:
        cell = self._value(row, "identity_number")
        if cell is None:
            return ""
        number = clean_number(cell.text)
        if not number:
            self._fail(row, "identity_number", "value_missing")
            return ""
        kind = paper_kind(number)
        if kind is None:
            proposal = with_lost_zeros(number)
            if proposal is not None:
                self._fail(row, "identity_number", "identity_lost_zeros", digits=len(number), proposal=proposal)
            else:
                self._fail(row, "identity_number", "identity_malformed", text=number[:40])
        elif number in self._row_by_identity:
            self._fail(row, "identity_number", "identity_repeated", first_row=self._row_by_identity[number])
        else:
            self._row_by_identity[number] = row.number
            if kind == "old_card" and self._exam_day >= OLD_CARDS_ENDED:
                self._warn(row, "identity_number", "identity_card_expired")
        return number

    # --- values against each other ---

    def _check_against_number(self, row: Row, number: str, sex: str, birth_date: str) -> None:
        facts = citizen_card_facts(number)
        if facts is None:
            return
        if facts.sex != sex:
            self._warn(row, "identity_number", "identity_sex_differs")
        if facts.birth_year != birth_year(birth_date):
            self._warn(row, "identity_number", "identity_year_differs", year=facts.birth_year)

    def _note_person(self, row: Row, full_name: str, birth_date: str) -> None:
        person = (search_key(full_name), birth_date)
        first = self._row_by_person.setdefault(person, row.number)
        if first != row.number:
            self._warn(row, "full_name", "person_resembles", first_row=first)

    def _check_merged(self, row: Row) -> None:
        for field, column in self._header.columns.items():
            merged = self._sheet.merged_at(row.number, column)
            if merged is not None and merged.first_row != merged.last_row:
                self._fail(row, field, "cell_merged", range=merged.place)

    # --- report ---

    def _at(self, row: Row, field: str | None) -> tuple[int, str]:
        column = self._header.columns.get(field or "")
        return row.number, get_column_letter(column) if column else ""

    def _fail(self, row: Row, field: str | None, code: str, **params: Any) -> None:
        number, column = self._at(row, field)
        self.errors.append(ListFault(number, column, Fault(code, f"{column}{number}", params)))

    def _warn(self, row: Row, field: str | None, code: str, **params: Any) -> None:
        number, column = self._at(row, field)
        self.warnings.append(ListFault(number, column, Fault(code, f"{column}{number}", params)))


def _has_words(text: str) -> bool:
    return _DIGITS_AND_SIGNS.fullmatch(text) is None
