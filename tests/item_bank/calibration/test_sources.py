"""Files of responses in their three forms: what an empty cell means, groups, and every fault by its place."""

import io

import numpy as np
import pytest
from openpyxl import Workbook

from exam_engine.core.errors import InvalidInputError
from item_bank.calibration.categories import categorised
from item_bank.calibration.response_matrix import NOT_PRESENTED, NOT_REACHED, OMITTED, ResponseMatrix
from item_bank.calibration.sources.collected import Collected, KnownItem
from item_bank.calibration.sources.files import encode
from item_bank.calibration.sources.table import read_table

NO, NR, NP = OMITTED, NOT_REACHED, NOT_PRESENTED
# Q1 to Q3 are of single choice; T1 has four parts that earn points each, R1 is marked by people.
KNOWN = {
    "Q1": KnownItem(4, 0, 1),
    "Q2": KnownItem(4, 3, 1),
    "Q3": KnownItem(2, 1, 1),
    "T1": KnownItem(0, -1, 4),
    "R1": KnownItem(0, -1, None),
}


def read(content: str | bytes) -> Collected:
    return encode(read_table(content.encode() if isinstance(content, str) else content), KNOWN)


def faults(content: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInputError) as refused:
        read(content)
    return [(fault.place, fault.code) for fault in refused.value.faults]


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_missing_pair_was_not_presented_and_an_empty_answer_was_omitted() -> None:
    found = read("candidate,item,answer\nP1,Q1,A\nP1,Q2,\nP2,Q2,d\nP2,Q3,2\nP2,Q1,NR\n")
    assert (found.item_codes, found.source, found.highest_scores) == (("Q1", "Q2", "Q3"), "choices", (1, 1, 1))
    assert found.matrix.scores.tolist() == [[1, NO, NP], [NR, 1, 1]]
    assert found.matrix.chosen is not None
    assert found.matrix.chosen.tolist() == [[0, -1, -1], [-1, 3, 1]]


def test_a_long_file_of_scores_has_no_chosen_options() -> None:
    found = read("thí sinh;câu hỏi;điểm\nP1;Q1;1\nP1;T1;3\nP2;Q1;\nP2;R1;7\n")
    assert (found.item_codes, found.source, found.matrix.chosen) == (("Q1", "T1", "R1"), "scores", None)
    assert found.matrix.scores.tolist() == [[1, 3, NP], [NO, NP, 7]]
    # What people mark has as many categories as there are scores; the key tells of the others.
    assert found.highest_scores == (1, 4, 7)


def test_answers_and_scores_stand_beside_each_other_where_each_item_has_its_own() -> None:
    found = read("candidate,item,response,score\nP1,Q1,B,0\nP1,T1,1 true; 2 false,2\nP2,Q1,A,\nP2,T1,,\n")
    assert found.matrix.scores.tolist() == [[0, 2], [1, NO]]
    assert found.matrix.chosen is not None
    assert found.matrix.chosen.tolist() == [[1, -1], [0, -1]]
    assert faults("candidate,item,answer,score\nP1,Q1,B,1\n") == [("2:score", "response_score_disagrees")]


def test_a_table_with_a_column_for_each_item_holds_scores_or_letters() -> None:
    found = read("SBD,Giới tính,q1,T1,Q2,Nhóm: hệ\n001,nữ,1,4,D,A\n002,nam,0,.,,B\n003,,NR,0,b,\n")
    assert found.item_codes == ("Q1", "T1", "Q2")
    assert found.matrix.scores.tolist() == [[1, 4, 1], [0, NO, NP], [NR, 0, 0]]
    assert found.matrix.chosen is not None
    assert found.matrix.chosen.tolist() == [[-1, -1, 3], [-1, -1, -1], [-1, -1, 1]]
    groups = {name: (group.labels, group.codes.tolist()) for name, group in found.matrix.groups.items()}
    assert groups == {"gender": (("nam", "nữ"), [1, 0, -1]), "hệ": (("A", "B"), [0, 1, -1])}


def test_a_workbook_says_the_same_as_text() -> None:
    rows: list[list[object]] = [
        ["# mô phỏng"],
        ["candidate", "class", "Q1", "T1"],
        ["P1", "12A", 1, 3],
        ["P2", "12B", 0],
    ]
    found = read(workbook(*rows))
    assert found.is_simulated
    assert found.matrix.scores.tolist() == [[1, 3], [0, NP]]
    assert found.matrix.groups["class"].labels == ("12A", "12B")
    long = read(workbook(["Mã thí sinh", "Mã câu", "Trả lời"], ["P1", "Q1", "A"], ["P1", "Q2", None]))
    assert long.matrix.scores.tolist() == [[1, NO]]


def test_a_formula_in_a_workbook_is_no_response() -> None:
    content = workbook(["candidate", "Q1"], ["P1", "=1+0"])
    assert faults(content) == [("B2", "response_cell_formula")]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_spreadsheets_of_any_locale_can_write_the_file(mark: str) -> None:
    text = "thí sinh,mã câu hỏi,trả lời\r\nP1,q1,a\r\n".replace(",", mark)
    for content in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert read(content).matrix.scores.tolist() == [[1]]


@pytest.mark.parametrize(
    ("comment", "is_simulated"),
    [
        ("# mô phỏng / simulated\n", True),
        ('"# dữ liệu MÔ PHỎNG, 2PL"\n', True),
        ("# thi thử 12/3\n", False),
        ("", False),
    ],
)
def test_a_comment_at_the_top_says_that_the_answers_are_simulated(comment: str, is_simulated: bool) -> None:
    assert read(f"{comment}candidate,item,answer\nP1,Q1,A\n").is_simulated is is_simulated


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("P2,Q9,A", ("3:item", "response_item_unknown")),
        ("P2,Q3,C", ("3:answer", "response_option_unknown")),
        ("P2,Q1,AB", ("3:answer", "response_option_unknown")),
        ("P2,Q1,x", ("3:answer", "response_option_unknown")),
        ("P2,T1,A", ("3:answer", "response_needs_score")),
        ("P1,Q1,B", ("3:candidate", "response_repeated")),
        (",Q1,A", ("3:candidate", "response_candidate_missing")),
        ("P2,,A", ("3:item", "response_item_missing")),
        ("P2,Q1", ("3:", "response_row_short")),
        (f"{'P' * 65},Q1,A", ("3:", "response_too_long")),
    ],
)
def test_a_fault_of_an_answer_is_named_by_its_line(row: str, fault: tuple[str, str]) -> None:
    assert faults(f"candidate,item,answer\nP1,Q1,A\n{row}\n") == [fault]


@pytest.mark.parametrize(
    ("score", "code"),
    [("5", "response_score_too_high"), ("1.5", "response_score_unknown"), ("²", "response_score_unknown")],
)
def test_a_score_that_the_item_has_not_is_refused(score: str, code: str) -> None:
    assert faults(f"candidate,item,score\nP1,T1,{score}\n") == [("2:score", code)]
    assert faults(f"candidate,T1\nP1,{score}\n") == [("2:T1", code)]
    assert faults("candidate,R1\nP1,21\n") == [("2:R1", "response_score_too_high")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("candidate,Q1,Q9\nP1,1,1\n", ("1:Q9", "response_item_unknown")),
        ("candidate,Q1,q1\nP1,1,1\n", ("1:Q1", "response_item_repeated")),
        ("candidate,Q1\nP1,1\nP1,0\n", ("3:candidate", "response_candidate_repeated")),
        ("candidate,Q1\n,1\n", ("2:candidate", "response_candidate_missing")),
        ("candidate,Q1\nP1,E\n", ("2:Q1", "response_option_unknown")),
        ("candidate,item,score,unit\nP1,Q1,1,a\nP1,Q2,1,b\n", ("3:unit", "response_group_disagrees")),
        (
            "candidate,unit,Q1\n" + "".join(f"P{n},U{n},1\n" for n in range(101)),
            ("1:unit", "response_too_many_groups"),
        ),
        (
            "candidate,Q1," + ",".join(f"group: {n}" for n in range(9)) + "\nP1,1\n",
            ("1", "response_too_many_groupings"),
        ),
    ],
)
def test_a_fault_of_a_table_is_named_by_row_and_column(text: str, fault: tuple[str, str]) -> None:
    assert faults(text) == [fault]


def test_a_long_list_of_faults_is_cut_and_counted() -> None:
    rows = "".join(f"P{number},Q9,A\n" for number in range(150))
    found = faults(f"candidate,item,answer\n{rows}")
    assert len(found) == 101
    assert found[-1] == ("", "response_more_faults")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "response_file_empty"),
        (b"candidate,item,answer\n", "response_file_empty"),
        (b"candidate,item\nP1,Q1\n", "response_header_missing"),
        (b"candidate,gender\nP1,nam\n", "response_header_missing"),
        (b"item,answer\nQ1,A\n", "response_header_missing"),
        (b"PK\x03\x04\x00\x00", "workbook_damaged"),
        ("candidate,item,answer\nThí,Q1,A".encode("cp1258", "replace") + b"\xff", "response_file_not_text"),
    ],
)
def test_a_file_of_another_kind_is_refused(content: bytes, code: str) -> None:
    assert [fault for _, fault in faults(content)] == [code]


def test_a_table_too_large_for_memory_is_refused_before_it_is_made() -> None:
    rows = "".join(f"P{number},I{number},A\n" for number in range(2001))
    assert faults(f"candidate,item,answer\n{rows}") == [("", "response_file_too_large")]


def scored(*columns: list[int], highest: tuple[int, ...]) -> Collected:
    matrix = ResponseMatrix(np.array(columns, dtype=np.int8).T)
    return Collected(matrix, tuple(f"I{n}" for n in range(len(columns))), highest, "scores")


def test_categories_that_nobody_has_are_closed_up_and_said() -> None:
    found = categorised(scored([0, 1, 4, 4, NO], [1, 0, 0, 1, NP], [2, 1, 0, 2, NR], highest=(4, 1, 2)), "GPCM")
    assert found.matrix.scores.T.tolist() == [[0, 1, 2, 2, NO], [1, 0, 0, 1, NP], [2, 1, 0, 2, NR]]
    assert found.highest_scores == (2, 1, 2)
    assert found.warnings == ({"code": "categories_merged", "data": {"items": 1}},)


def test_with_full_credit_only_all_of_the_points_count() -> None:
    found = categorised(scored([0, 3, 4, NO], [1, 0, NP, NR], highest=(4, 1)), "full_credit")
    assert found.matrix.scores.T.tolist() == [[0, 0, 1, NO], [1, 0, NP, NR]]
    assert (found.highest_scores, found.warnings) == ((1, 1), ())
