"""The evidence over HTTP: what a board member reads of a run and an item, and what only readers of keys do."""

import io
from typing import Any

import openpyxl
import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.calibration.pilots import CODES, KEYS, A, B, calibrate, fill_bank, read, start
from tests.item_bank.responses import response_csv

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def with_gender(content: bytes) -> bytes:
    """Answers with a column that says that every second candidate is a woman."""
    out = []
    for line in content.decode().splitlines():
        if line.startswith("#"):
            out.append(line)
        elif line.startswith("P"):
            out.append(f"{line},{'Nữ' if int(line.split(',')[0].lstrip('P')) % 2 else 'Nam'}")
        else:
            out.append(f"{line},giới tính")
    return "\n".join(out).encode()


async def run_with_groups(client_for: ClientFactory, keys: list[str] = KEYS) -> tuple[AsyncClient, dict[str, Any]]:
    await fill_bank(client_for, keys)
    board = await client_for("board_member")
    answers = response_csv(CODES, A, B, KEYS, n_candidates=500, seed=21)
    return board, await calibrate(board, with_gender(answers))


async def test_a_run_tells_of_its_map_its_reliability_and_its_groups_also_in_a_spreadsheet(
    client_for: ClientFactory,
) -> None:
    board, view = await run_with_groups(client_for)
    found = (await board.get(f"/api/calibrations/{view['id']}/evidence")).json()
    assert (found["n_candidates"], found["n_looked_at"]) == (500, 500)
    assert sum(found["map"]["shares"]) + found["map"]["below"] + found["map"]["above"] == pytest.approx(1.0)
    # Of a 2PL item the threshold is its difficulty.
    places = {item["code"]: item["thresholds"] for item in found["map"]["items"]}
    for item in view["items"]:
        assert places[item["code"]] == [pytest.approx(item["b"], abs=1e-4)]
    assert found["reliability"]["marginal"] == view["marginal_reliability"]
    assert found["reliability"]["alpha_lower"] < found["reliability"]["alpha"] < found["reliability"]["alpha_upper"]
    assert [(size["label"], size["n"], size["role"]) for size in found["group_sizes"]] == [
        ("Nam", 250, "reference"),
        ("Nữ", 250, "focal"),
    ]
    [comparison] = found["comparisons"]
    assert sum(comparison["counts"].values()) == 6
    assert [item["code"] for item in found["items"]] == CODES
    # Of six items abilities are known so badly that mean squares say nothing: they are given, not judged.
    assert all(item["infit"]["value"] > 0.0 for item in found["items"])
    codes = {finding["code"] for item in found["items"] for finding in item["findings"]}
    assert not codes & {"noisy", "too_regular"}

    answer = await board.get(f"/api/calibrations/{view['id']}/evidence.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    table, run = book.worksheets
    rows = list(table.iter_rows(values_only=True))
    assert rows[0][:7] == ("Mã câu", "Mô đun", "Mức độ", "Câu neo", "Mô hình", "a", "SE(a)")
    assert [row[0] for row in rows[1:]] == CODES
    assert rows[1][5] == pytest.approx(view["items"][0]["a"])
    facts = {row[0]: row[1] for row in run.iter_rows(values_only=True)}
    assert facts["SHA-256 của dữ liệu"] == view["data_hash"]
    assert "numpy" in str(facts["Phiên bản phần mềm"])


async def test_an_item_tells_of_its_curve_and_its_neighbours_but_not_of_its_key(client_for: ClientFactory) -> None:
    wrong = ["B", *KEYS[1:]]
    board, view = await run_with_groups(client_for, wrong)
    path = f"/api/calibrations/{view['id']}/items/{CODES[0]}/evidence"
    found = (await board.get(path)).json()
    assert (found["place"], found["total"], found["previous"], found["following"]) == (1, 6, None, CODES[1])
    assert len(found["theta"]) == len(found["expected"]) == len(found["information"]) == 81
    assert sum(point["n"] for point in found["points"]) == pytest.approx(500)
    assert (found["has_options"], found["options"]) == (True, None)
    told = {finding["code"]: finding["data"] for finding in found["findings"]}
    assert told["distractor_above_key"] == {}
    assert "negative_discrimination" in told
    [comparison] = found["comparisons"]
    assert sum(point["n_reference"] + point["n_focal"] for point in comparison["curve"]) == 500

    unknown = await board.get(f"/api/calibrations/{view['id']}/items/IU99-001/evidence")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "calibration_item_not_found")

    reader = await client_for("board_member", "item_reviewer")
    seen = (await reader.get(path)).json()
    assert seen["options"]["suspected"] == "A"
    assert [option["label"] for option in seen["options"]["options"] if option["is_key"]] == ["B"]
    assert next(one for one in seen["findings"] if one["code"] == "distractor_above_key")["data"] == {"option": "A"}


async def test_without_estimates_there_is_no_evidence(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    ids = await start(board, response_csv(CODES, A, B, KEYS, n_candidates=100, seed=22), name="Huỷ")
    await board.post(f"/api/calibrations/{ids['calibration_id']}/cancellation")
    assert (await read(board, ids["calibration_id"]))["status"] == "cancelled"
    refused = await board.get(f"/api/calibrations/{ids['calibration_id']}/evidence")
    assert (refused.status_code, refused.json()["code"]) == (409, "calibration_without_estimates")
