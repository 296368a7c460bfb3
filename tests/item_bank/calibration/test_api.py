"""From a file of answers to parameters in force, over HTTP."""

import numpy as np
import pytest

from tests.conftest import ClientFactory, computing, finish_jobs
from tests.item_bank.calibration.pilots import CODES, KEYS, A, B, calibrate, fill_bank
from tests.item_bank.makers import item_ids
from tests.item_bank.responses import response_csv

pytestmark = computing


async def test_the_parameters_behind_simulated_answers_are_recovered(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    view = await calibrate(board, response_csv(CODES, A, B, KEYS, n_candidates=4000, seed=3))
    assert (view["status"], view["converged"], view["is_simulated"]) == ("estimated", True, True)
    assert (view["n_candidates"], view["n_items"], view["n_responses"]) == (4000, 6, 24000)
    assert [item["code"] for item in view["items"]] == CODES
    for item, a, b in zip(view["items"], A, B, strict=True):
        # Four standard errors: a false alarm once in about 2,600 runs of these 12 estimates, and the seed is fixed.
        assert abs(item["a"] - a) < 4 * item["se_a"]
        assert abs(item["b"] - b) < 4 * item["se_b"]
        assert 0.02 < item["se_b"] < 0.12
    assert 0.4 < view["marginal_reliability"] < 0.8


async def test_a_wrong_key_shows_itself(client_for: ClientFactory) -> None:
    await fill_bank(client_for, ["B", *KEYS[1:]])
    board = await client_for("board_member")
    view = await calibrate(board, response_csv(CODES, A, B, KEYS, n_candidates=800, seed=4))
    first = view["items"][0]
    assert first["a"] < 0
    assert {"negative_slope", "distractor_above_key"} <= set(first["flags"])
    assert "đáp án" in view["flag_texts"]["negative_slope"]
    assert not {"negative_slope", "distractor_above_key"} & set(view["items"][1]["flags"])


async def test_the_report_of_a_calibration_holds_no_key(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    view = await calibrate(board, response_csv(CODES, A, B, KEYS, n_candidates=300, seed=5))
    assert not {"key", "correct", "options", "chosen"} & {name for item in view["items"] for name in item}


async def test_parameters_come_into_force_by_a_second_person(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    one, other = await client_for("board_member"), await client_for("board_member")
    view = await calibrate(one, response_csv(CODES, A, B, KEYS, n_candidates=400, seed=6))
    path = f"/api/calibrations/{view['id']}/approval"
    refused = await one.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person_needed")
    item_id = (await item_ids(one))[CODES[0]]
    assert (await one.get(f"/api/items/{item_id}")).json()["calibration"] is None
    approved = await other.post(path)
    assert (approved.status_code, approved.json()["status"], approved.json()["left_out"]) == (200, "approved", [])
    detail = (await one.get(f"/api/items/{item_id}")).json()
    estimate = view["items"][0]
    assert detail["calibration"] == {
        "p": estimate["p"],
        "item_rest": estimate["item_rest"],
        "a": estimate["a"],
        "b": estimate["b"],
        "se_a": estimate["se_a"],
        "se_b": estimate["se_b"],
        "c": None,
        "se_c": None,
        "model": "2PL",
        "steps": None,
        "calibration_id": view["id"],
        "is_simulated": True,
    }
    assert detail["statistics"] == {"p": estimate["p"], "item_rest": estimate["item_rest"], "n": 400}
    again = await other.post(path)
    assert again.json()["code"] == "calibration_already_approved"


async def test_an_item_that_everybody_gets_right_is_left_out_with_its_reason(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    rows = response_csv(CODES[:5], A[:5], B[:5], KEYS[:5], n_candidates=200, seed=7).decode()
    rows += "".join(f"\nP{number:04d},{CODES[5]},B" for number in range(1, 201))
    view = await calibrate(board, rows.encode())
    assert [(item["code"], item["reason_code"]) for item in view["excluded"]] == [(CODES[5], "all_correct")]
    assert view["excluded"][0]["reason"] == "Mọi thí sinh đều trả lời đúng"
    assert len(view["items"]) == 5


async def test_answers_that_cannot_be_calibrated_fail_with_a_reason(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board, other = await client_for("board_member"), await client_for("board_member")
    content = b"candidate,item,answer\nP1,IU04-001,A\nP2,IU04-001,B\nP1,IU04-002,B\n"
    started = await board.post(
        "/api/calibrations", data={"name": "Quá ít"}, files={"file": ("x.csv", content, "text/csv")}
    )
    job = await finish_jobs(board, started.json()["job_id"])
    error = job["error"]
    assert isinstance(error, dict)
    assert (job["status"], error["code"]) == ("failed", "calibration_failed")
    [fault] = error["errors"]
    assert (fault["code"], fault["message"]) == (
        "calibration_fault.too_few_candidates",
        "Chỉ có 2 thí sinh có trả lời; cần ít nhất 10",
    )
    path = f"/api/calibrations/{started.json()['calibration_id']}"
    assert (await board.get(path)).json()["status"] == "failed"
    assert (await other.post(f"{path}/approval")).json()["code"] == "calibration_not_ready"


async def test_curves_follow_the_model(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    view = await calibrate(board, response_csv(CODES, A, B, KEYS, n_candidates=500, seed=8))
    path = f"/api/calibrations/{view['id']}/curves"
    curves = (await board.get(path, params={"items": f"{CODES[2]},{CODES[0]}"})).json()
    theta = np.array(curves["theta"])
    assert (theta.size, theta[0], theta[-1]) == (61, -3.0, 3.0)
    assert [curve["code"] for curve in curves["items"]] == [CODES[2], CODES[0]]
    item = view["items"][2]
    p = 1 / (1 + np.exp(-item["a"] * (theta - item["b"])))
    assert curves["items"][0]["p"] == pytest.approx(p)
    assert curves["items"][0]["information"] == pytest.approx(item["a"] ** 2 * p * (1 - p))
    assert curves["standard_error"] == pytest.approx(1 / np.sqrt(curves["test_information"]))
    points = curves["items"][0]["empirical"]
    assert sum(point["n"] for point in points) == 500
    shares = sum(point["p"] * point["n"] for point in points) / 500
    assert shares == pytest.approx(item["p"])
    unknown = await board.get(path, params={"items": "IU04-999"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "curve_item_unknown")
    many = await board.get(path, params={"items": ",".join(f"X-{number}" for number in range(21))})
    assert many.json()["code"] == "too_many_curves"


async def test_a_file_with_faults_is_refused_and_nothing_is_queued(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    content = b"candidate,item,answer\nP1,IU04-001,A\nP1,IU99-001,B\n"
    refused = await board.post(
        "/api/calibrations", data={"name": "Sai"}, files={"file": ("x.csv", content, "text/csv")}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_response_file")
    [error] = refused.json()["errors"]
    assert (error["place"], error["message"]) == ("3:item", "Dòng 3: ngân hàng không có câu IU99-001")
    assert (await board.get("/api/calibrations")).json()["total"] == 0
