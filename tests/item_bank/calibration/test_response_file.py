"""Files of answers: what a missing pair and an empty answer mean, and every fault by its line."""

import numpy as np
import pytest

from exam_engine.core.errors import InvalidInputError
from item_bank.calibration.estimation import score
from item_bank.calibration.response_file import BLANK, NOT_SHOWN, Choices, encode, read_rows

KNOWN = {"Q1": 4, "Q2": 4, "Q3": 2}


def choices(text: str) -> Choices:
    return encode(read_rows(text.encode()).rows, KNOWN)


def faults(text: str | bytes) -> list[tuple[str, str]]:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(InvalidInputError) as refused:
        encode(read_rows(content).rows, KNOWN)
    return [(fault.place, fault.code) for fault in refused.value.faults]


def test_a_missing_pair_was_not_shown_and_an_empty_answer_was_left_blank() -> None:
    found = choices("candidate,item,answer\nP1,Q1,A\nP1,Q2,\nP2,Q2,d\nP2,Q3,2\n")
    assert found.item_codes == ("Q1", "Q2", "Q3")
    assert found.chosen.tolist() == [[0, BLANK, NOT_SHOWN], [NOT_SHOWN, 3, 1]]
    assert found.n_responses == 4


def test_a_blank_is_wrong_and_what_was_not_shown_is_no_answer() -> None:
    chosen = np.array([[0, BLANK, NOT_SHOWN], [1, 3, 1]], dtype=np.int8)
    assert score(chosen, [0, 3, 1]).tolist() == [[1, 0, -1], [0, 1, 1]]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_spreadsheets_of_any_locale_can_write_the_file(mark: str) -> None:
    text = "thí sinh,mã câu hỏi,trả lời\r\nP1,q1,a\r\n".replace(",", mark)
    for content in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        rows = read_rows(content).rows
        assert [(row.candidate, row.item, row.answer) for row in rows] == [("P1", "Q1", "A")]


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
    assert read_rows(f"{comment}candidate,item,answer\nP1,Q1,A\n".encode()).is_simulated is is_simulated


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("P2,Q9,A", ("3:item", "response_item_unknown")),
        ("P2,Q3,C", ("3:answer", "response_option_unknown")),
        ("P2,Q1,AB", ("3:answer", "response_option_unknown")),
        ("P2,Q1,x", ("3:answer", "response_option_unknown")),
        ("P1,Q1,B", ("3:candidate", "response_repeated")),
        (",Q1,A", ("3:candidate", "response_candidate_missing")),
        ("P2,,A", ("3:item", "response_item_missing")),
        ("P2,Q1", ("3:", "response_row_short")),
        (f"{'P' * 65},Q1,A", ("3:", "response_too_long")),
    ],
)
def test_a_fault_is_named_by_its_line(row: str, fault: tuple[str, str]) -> None:
    assert faults(f"candidate,item,answer\nP1,Q1,A\n{row}\n") == [fault]


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
        (b"PK\x03\x04\x00\x00", "response_file_not_text"),
        ("candidate,item,answer\nThí,Q1,A".encode("cp1258", "replace") + b"\xff", "response_file_not_text"),
    ],
)
def test_a_file_of_another_kind_is_refused(content: bytes, code: str) -> None:
    assert [fault for _, fault in faults(content)] == [code]


def test_a_table_too_large_for_memory_is_refused_before_it_is_made() -> None:
    rows = "".join(f"P{number},I{number},A\n" for number in range(2001))
    assert faults(f"candidate,item,answer\n{rows}") == [("", "response_file_too_large")]
