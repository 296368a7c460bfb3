"""Long files: one (candidate, item, answer or score) a line.

A pair that does not occur was not presented and says nothing about the candidate; a line whose answer and score are
empty was presented and left blank, which counts as wrong.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from item_bank.calibration.sources.cells import Response, UnreadableCellError, read_answer, read_score
from item_bank.calibration.sources.collected import (
    Collected,
    Faults,
    KnownItem,
    collected,
    empty_tables,
    grouped,
    refuse_size,
)
from item_bank.calibration.sources.table import LONGEST_VALUE, FileTable, Line


class _Row(NamedTuple):
    line: int
    candidate: str
    item: str
    answer: str
    score: str
    groups: tuple[str, ...]


def item_codes(table: FileTable) -> list[str]:
    """Return the distinct item codes in the order of their first line."""
    place = table.fields["item"]
    return [code for code in dict.fromkeys(line.cell(place).upper() for line in table.lines) if code]


def encode(table: FileTable, known: Mapping[str, KnownItem]) -> Collected:
    """Turn the lines into responses; ``known`` holds the items of the bank by code.

    Raises
    ------
    InvalidResponseFileError
        Naming each line that is short, lacks its candidate or item, names an unknown item or option, or repeats a pair.
    """
    rows = _rows(table)
    candidates = {name: number for number, name in enumerate(dict.fromkeys(row.candidate for row in rows))}
    items = {code: number for number, code in enumerate(dict.fromkeys(row.item for row in rows))}
    refuse_size(len(candidates), len(items))
    faults = Faults()
    scores, chosen = empty_tables(len(candidates), len(items))
    lines: dict[tuple[int, int], int] = {}
    responses: list[Response] = []
    # The same few answers come to an item again and again, so each is read once.
    read: dict[tuple[str, str, str], Response] = {}
    for row in rows:
        item = known.get(row.item)
        if item is None:
            faults.add("response_item_unknown", row.line, "item", value=row.item)
            continue
        said = (row.item, row.answer, row.score)
        response = read.get(said) or _response(row, item, faults)
        if response is None:
            continue
        read[said] = response
        cell = (candidates[row.candidate], items[row.item])
        if cell in lines:
            params = {"candidate": row.candidate, "item": row.item, "other": lines[cell]}
            faults.add("response_repeated", row.line, "candidate", **params)
            continue
        lines[cell] = row.line
        responses.append(response)
    if lines:
        cells = np.array(list(lines), dtype=np.intp)
        filled = np.array(responses, dtype=np.int8)
        scores[cells[:, 0], cells[:, 1]], chosen[cells[:, 0], cells[:, 1]] = filled[:, 0], filled[:, 1]
    groups = {
        name: group
        for place, name in enumerate(table.groupings)
        if (group := grouped(name, _values(rows, candidates, place, name, faults), faults, table.header_line))
    }
    faults.raise_any()
    return collected(scores, chosen, tuple(items), known, groups, is_simulated=table.is_simulated)


def _rows(table: FileTable) -> list[_Row]:
    faults, rows = Faults(), []
    needed = max(table.fields[name] for name in ("candidate", "item")) + 1
    if len(set(table.fields) & {"answer", "score"}) == 1:
        # Where answer and score have a column each, the last one may well be missing at the end of a line.
        needed = max(table.fields.values()) + 1
    for line in table.lines:
        row = _row(line, table)
        if len(line.cells) < needed:
            faults.add("response_row_short", line.number, "", found=len(line.cells), needed=needed)
        elif max(map(len, (row.candidate, row.item, row.answer, row.score))) > LONGEST_VALUE:
            faults.add("response_too_long", line.number, "", longest=LONGEST_VALUE)
        elif not row.candidate:
            faults.add("response_candidate_missing", line.number, "candidate")
        elif not row.item:
            faults.add("response_item_missing", line.number, "item")
        else:
            rows.append(row)
    faults.raise_any()
    return rows


def _row(line: Line, table: FileTable) -> _Row:
    texts = {name: line.cell(place) for name, place in table.fields.items()}
    return _Row(
        line.number,
        texts["candidate"],
        texts["item"].upper(),
        texts.get("answer", "").upper(),
        texts.get("score", "").upper(),
        tuple(line.cell(place) for place in table.groupings.values()),
    )


def _response(row: _Row, item: KnownItem, faults: Faults) -> Response | None:
    column, text = ("score", row.score) if row.score and not row.answer else ("answer", row.answer)
    try:
        if not (row.answer and row.score):
            return read_score(text, item) if column == "score" else read_answer(text, item)
        if not item.option_count:
            # What was typed into an item of another kind is not read; its score is.
            return read_score(row.score, item)
        answered, scored = read_answer(row.answer, item), read_score(row.score, item)
    except UnreadableCellError as error:
        faults.add(error.code, row.line, column, value=text, item=row.item, **error.params)
        return None
    if max(answered.score, 0) != max(scored.score, 0):
        faults.add("response_score_disagrees", row.line, "score", value=row.score, answer=row.answer, item=row.item)
        return None
    return answered


def _values(rows: list[_Row], candidates: Mapping[str, int], place: int, name: str, faults: Faults) -> list[str]:
    values = [""] * len(candidates)
    for row in rows:
        number, value = candidates[row.candidate], row.groups[place]
        if value and values[number] and values[number] != value:
            faults.add("response_group_disagrees", row.line, name, candidate=row.candidate, value=value)
        elif value:
            values[number] = value
    return values
