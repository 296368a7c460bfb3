"""Wide files: one candidate a line and one item a column, with scores or the letters of chosen options.

An empty cell was not presented; ``.`` was omitted and ``NR`` not reached.
"""

from collections.abc import Mapping

from exam_engine.core.text import clean_line
from item_bank.calibration.response_matrix import NOT_PRESENTED
from item_bank.calibration.sources.cells import Response, UnreadableCellError, read_either
from item_bank.calibration.sources.collected import (
    Collected,
    Faults,
    KnownItem,
    collected,
    empty_tables,
    grouped,
    refuse_size,
)
from item_bank.calibration.sources.table import LONGEST_VALUE, FileTable

_ABSENT = Response(NOT_PRESENTED)


def item_codes(table: FileTable) -> list[str]:
    """Return the item codes of the headings in their order."""
    return list(dict.fromkeys(heading.upper() for _, heading in table.others))


def encode(table: FileTable, known: Mapping[str, KnownItem]) -> Collected:
    """Turn the lines into responses; ``known`` holds the items of the bank by code.

    Raises
    ------
    InvalidResponseFileError
        Naming each unknown or repeated item, each cell that is no response, and each repeated candidate.
    """
    faults = Faults()
    columns = _columns(table, known, faults)
    faults.raise_any()
    refuse_size(len(table.lines), len(columns))
    scores, chosen = empty_tables(len(table.lines), len(columns))
    # Few different texts stand in a column, so each is read once.
    read: list[dict[str, Response]] = [{"": _ABSENT} for _ in columns]
    seen: dict[str, int] = {}
    for number, line in enumerate(table.lines):
        candidate = line.cell(table.fields["candidate"])
        if not candidate or len(candidate) > LONGEST_VALUE:
            code = "response_too_long" if candidate else "response_candidate_missing"
            faults.add(code, line.number, "candidate", longest=LONGEST_VALUE)
        elif candidate in seen:
            faults.add(
                "response_candidate_repeated", line.number, "candidate", candidate=candidate, other=seen[candidate]
            )
        seen.setdefault(candidate, line.number)
        cells = [line.cells[place] if place < len(line.cells) else "" for place, _ in columns]
        responses = [
            read[column].get(cell) or _read(cell, read[column], known[code], line.number, code, faults)
            for column, (cell, (_, code)) in enumerate(zip(cells, columns, strict=True))
        ]
        scores[number], chosen[number] = zip(*responses, strict=True)
    groups = {
        name: group
        for name, place in table.groupings.items()
        if (group := grouped(name, [line.cell(place) for line in table.lines], faults, table.header_line))
    }
    faults.raise_any()
    codes = tuple(code for _, code in columns)
    return collected(scores, chosen, codes, known, groups, is_simulated=table.is_simulated)


def _read(cell: str, read: dict[str, Response], item: KnownItem, line: int, code: str, faults: Faults) -> Response:
    text = clean_line(cell).upper()
    if not text:
        return _ABSENT
    try:
        read[cell] = read_either(text, item)
    except UnreadableCellError as error:
        faults.add(error.code, line, code, value=text[:LONGEST_VALUE], item=code, **error.params)
        return _ABSENT
    return read[cell]


def _columns(table: FileTable, known: Mapping[str, KnownItem], faults: Faults) -> list[tuple[int, str]]:
    columns: dict[str, int] = {}
    for place, heading in table.others:
        code = heading.upper()
        if code not in known:
            faults.add("response_item_unknown", table.header_line, heading[:LONGEST_VALUE], value=code[:LONGEST_VALUE])
        elif code in columns:
            faults.add("response_item_repeated", table.header_line, code, item=code)
        else:
            columns[code] = place
    return [(place, code) for code, place in columns.items()]
