import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.psychometrics_cli.errors import CommandError
from exam_engine.psychometrics_cli.response_files import Columns, read_responses, sha256_of
from tests.exam_engine.psychometrics_cli.files import text_file

ITEMS_ONLY = Columns()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_delimiters_and_byte_order_marks_are_recognised(delimiter: str, encoding: str, tmp_path: Path) -> None:
    lines = [delimiter.join(row) for row in (('"Câu, 1"', "Câu 2"), ("1", ""), ("0", "3"))]
    table = read_responses(text_file(tmp_path / "r.csv", lines, encoding), ITEMS_ONLY)
    assert table.responses.item_names == ("Câu, 1", "Câu 2")
    assert table.responses.scores.tolist() == [[1, -1], [0, 3]]
    assert table.groups is None


def test_columns_named_by_options_are_no_items(tmp_path: Path) -> None:
    lines = ["SBD;Giới;x;hệ số;Ghi chú;y", "TS1;Nữ;1;2,5;vắng;0", "TS2;Nam; ;1;;1.0"]
    columns = Columns(identity="SBD", group="Giới", weight="hệ số", skipped=("Ghi chú",))
    table = read_responses(text_file(tmp_path / "r.csv", lines), columns)
    assert table.responses.item_names == ("x", "y")
    assert table.responses.scores.tolist() == [[1, 0], [-1, 1]]
    assert table.responses.weights.tolist() == [2.5, 1.0]
    assert table.responses.candidate_ids == ("TS1", "TS2")
    assert table.groups is not None
    assert table.groups.tolist() == ["Nữ", "Nam"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_empty_lines_are_no_candidates_but_a_row_of_empty_cells_is_one(newline: str, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(newline.join(["x,y", "1,0", "", ",", "0,1", "", ""]).encode())
    assert read_responses(path, ITEMS_ONLY).responses.scores.tolist() == [[1, 0], [-1, -1], [0, 1]]


@given(
    rows=st.lists(st.lists(st.integers(-1, 126), min_size=3, max_size=3), min_size=1, max_size=20),
    names=st.lists(st.text("aâbc 1_,;\"'", min_size=1, max_size=6), min_size=3, max_size=3),
)
def test_what_a_spreadsheet_writes_is_read_back(
    rows: list[list[int]], names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    stripped = [f"q{number}{name}".strip() for number, name in enumerate(names)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(stripped)
    writer.writerows([["" if score < 0 else score for score in row] for row in rows])
    path = tmp_path_factory.mktemp("csv") / "r.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    found = read_responses(path, ITEMS_ONLY).responses
    assert found.item_names == tuple(stripped)
    assert found.scores.tolist() == rows


@pytest.mark.parametrize(
    ("lines", "code", "params"),
    [
        (["x,y", "1,0", "0,sai"], "bad_cell", {"row": 3, "column": "y", "value": "sai"}),
        (["x,y", "1,0.5"], "bad_cell", {"row": 2, "column": "y", "value": "0.5"}),
        (["x,y", "1,-1"], "bad_cell", {"row": 2, "column": "y"}),
        (["x,y", "1,NA"], "bad_cell", {"row": 2, "column": "y"}),
        (["x,y", "nan,1"], "bad_cell", {"row": 2, "column": "x"}),
        (["x,y", "inf,1"], "bad_cell", {"row": 2, "column": "x"}),
        (["x,y", "127,1"], "bad_cell", {"row": 2, "column": "x", "value": "127"}),
        (["x,y", "1,0,1"], "row_length", {"row": 2, "found": 3, "expected": 2}),
        (["x,y", "1,0", "1"], "row_length", {"row": 3, "found": 1, "expected": 2}),
        (["x,x", "1,0"], "repeated_column", {"column": "x"}),
        (["1,0,1", "1,0,0"], "repeated_column", {"column": "1"}),
        (["x,,y", "1,0,1"], "column_without_name", {"number": 2}),
        ([""], "empty_file", {}),
        (['x,"y', "1,0"], "bad_csv", {}),
    ],
)
def test_what_is_no_table_of_scores_is_refused_at_its_place(
    lines: list[str], code: str, params: dict[str, object], tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as refused:
        read_responses(text_file(tmp_path / "r.csv", lines), ITEMS_ONLY)
    assert refused.value.code == f"command.{code}"
    assert refused.value.params["file"] == "r.csv"
    assert {name: refused.value.params[name] for name in params} == params


@pytest.mark.parametrize("score", ["126", "0", "126.0", " 7 "])
def test_scores_up_to_the_highest_are_taken(score: str, tmp_path: Path) -> None:
    path = text_file(tmp_path / "r.csv", ["x,y", f"{score},1"])
    assert read_responses(path, ITEMS_ONLY).responses.scores[0, 0] == int(float(score))


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "", "hai"])
def test_a_weight_that_is_no_positive_number_is_refused(weight: str, tmp_path: Path) -> None:
    path = text_file(tmp_path / "r.csv", ["x,w", "1,1", f"0,{weight}"])
    with pytest.raises(CommandError) as refused:
        read_responses(path, Columns(weight="w"))
    assert (refused.value.code, refused.value.params["row"]) == ("command.bad_weight", 3)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        (Columns(group="g"), "no_group"),
        (Columns(group="nhóm"), "unknown_column"),
        (Columns(group="g", skipped=("x",)), "no_items"),
    ],
)
def test_columns_that_do_not_serve_are_refused(columns: Columns, code: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        read_responses(text_file(tmp_path / "r.csv", ["x,g", "1,A", "0, "]), columns)
    assert refused.value.code == f"command.{code}"


def test_text_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("Câu 1,Câu 2\n1,0\n".encode("cp1258", errors="replace").replace(b"?", b"\xe2"))
    with pytest.raises(CommandError) as refused:
        read_responses(path, ITEMS_ONLY)
    assert refused.value.code == "command.not_utf8"


def test_parquet_files_hold_the_same_responses(tmp_path: Path) -> None:
    columns = {"x": [1, None, 0], "y": [2, 0, None], "g": ["A", "B", "A"], "id": ["1", "2", "3"]}
    pq.write_table(pa.table(columns), tmp_path / "r.parquet")
    table = read_responses(tmp_path / "r.parquet", Columns(group="g", identity="id"))
    assert table.responses.item_names == ("x", "y")
    assert table.responses.scores.tolist() == [[1, 2], [-1, 0], [0, -1]]
    assert table.groups is not None
    assert table.groups.tolist() == ["A", "B", "A"]
    assert table.responses.candidate_ids == ("1", "2", "3")
    with pytest.raises(CommandError) as refused:
        read_responses(tmp_path / "r.parquet", Columns(group="g", identity="SBD", skipped=("id",)))
    assert refused.value.code == "command.unknown_column"


def test_memory_stays_near_one_byte_a_response(tmp_path: Path) -> None:
    import tracemalloc

    n_rows, n_items = 20_000, 40
    rng = np.random.default_rng(5)
    lines = [",".join(f"i{number}" for number in range(n_items))]
    lines += [",".join(row) for row in rng.integers(0, 2, (n_rows, n_items)).astype(str)]
    path = text_file(tmp_path / "r.csv", lines)
    tracemalloc.start()
    read_responses(path, ITEMS_ONLY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * n_rows * n_items + 8 * n_rows + 500_000


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
