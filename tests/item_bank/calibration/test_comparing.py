"""Two runs on one scale, acceptance item by item, and items with several score categories over HTTP."""

from typing import Any

import numpy as np
import pytest
from httpx import AsyncClient

from exam_engine.psychometrics import simulate_responses
from item_bank.items.response_functions import StoredParameters, response_table
from tests.conftest import ClientFactory, finish_jobs
from tests.item_bank.authoring.bodies import acted, created
from tests.item_bank.calibration.pilots import read
from tests.item_bank.calibration.test_anchors import ALL, CODES, A, B, answers, fill
from tests.item_bank.calibration.test_anchors import put_in_force as approve_first
from tests.item_bank.makers import approve_all, item_ids

STEPS = [(-1.2, 0.1, 0.6, 0.9), (-0.8, -0.1, 0.6, 1.2)]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def calibrated(client: AsyncClient, content: bytes, **form: Any) -> dict[str, Any]:
    files = {"file": ("tra-loi.csv", content, "text/csv")}
    started = await client.post("/api/calibrations", data={"name": "Thi thử", **form}, files=files)
    assert started.status_code == 202, started.text
    await finish_jobs(client, started.json()["job_id"])
    return await read(client, started.json()["calibration_id"])


async def test_a_run_on_its_own_scale_is_compared_on_the_banks_and_accepted_in_part(
    client_for: ClientFactory,
) -> None:
    one, other = await fill(client_for)
    before = await approve_first(one, other, ALL)
    harder = [*B[:2], 1.2, *B[3:]]
    view = await calibrated(one, answers(ALL, 3000, 61, harder, mean=0.6))
    path = f"/api/calibrations/{view['id']}"
    found = (await one.get(f"{path}/comparison")).json()
    assert found["scale"] == "linked"
    # An abler sample on a scale of its own: θ of the bank = θ + 0.6.
    assert found["intercept"] == pytest.approx(0.6, abs=0.15)
    assert found["slope"] == pytest.approx(1.0, abs=0.12)
    by_code = {item["code"]: item for item in found["items"]}
    assert list(by_code) == CODES
    assert [code for code, item in by_code.items() if item["flags"]] == [CODES[2]]
    moved = by_code[CODES[2]]
    assert moved["old"]["b"] == before[CODES[2]]["b"]
    assert moved["new"]["b"] == pytest.approx(1.2, abs=0.25)
    assert moved["difficulty_difference"] == pytest.approx(moved["new"]["b"] - moved["old"]["b"])
    assert moved["score_effect"] < -0.1
    assert all(abs(item["score_effect"]) < 0.06 for code, item in by_code.items() if code != CODES[2])
    earlier = (await one.get(f"{path}/comparison", params={"with": before[CODES[0]]["run"]})).json()
    assert earlier["items"] == found["items"]
    missing = await one.get(f"{path}/comparison", params={"with": "0" * 32})
    assert (missing.status_code, missing.json()["code"]) == (404, "calibration_not_found")

    ids = await item_ids(one)
    approve = f"{path}/approval"
    stranger = await other.post(approve, json={"items": ["0" * 32], "accepts_new_scale": True})
    assert stranger.json()["code"] == "accepted_item_unknown"
    nothing = await other.post(approve, json={"items": [], "accepts_new_scale": True})
    assert nothing.json()["code"] == "nothing_accepted"
    accepted = [str(ids[code]) for code in CODES[2:4]]
    # The others stay on the bank's scale, which these are not on: that must be said.
    assert (await other.post(approve, json={"items": accepted})).json()["code"] == "calibration_not_linked"
    done = (await other.post(approve, json={"items": accepted, "accepts_new_scale": True})).json()
    assert {item["code"]: item["is_accepted"] for item in done["items"]} == {code: code in CODES[2:4] for code in CODES}
    changed = (await one.get(f"/api/items/{ids[CODES[2]]}")).json()["calibration"]
    stayed = (await one.get(f"/api/items/{ids[CODES[0]]}")).json()["calibration"]
    assert changed["b"] == view["items"][2]["b"]
    assert stayed["b"] == before[CODES[0]]["b"]


async def add_tables(client_for: ClientFactory) -> list[str]:
    """Two items of four statements each, scored by the rule of 2025 in five categories."""
    author, codes = await client_for("item_author"), []
    for number in range(2):
        content = {
            "interaction": "true_false_table",
            "language": "vi",
            "stem": f"Xét các phát biểu về bảng tính {number}.",
            "statements": [{"id": letter, "content": f"Phát biểu {letter}{number}"} for letter in "abcd"],
        }
        key = {"form": "true_false", "values": {"a": True, "b": False, "c": True, "d": False}}
        item = await created(author, content=content, key=key)
        await acted(author, "submissions", item)
        codes.append((await author.get(f"/api/items/{item['id']}")).json()["code"])
    return codes


def scores(codes: list[str], n: int, seed: int) -> bytes:
    truth = [StoredParameters(a, b, None) for a, b in zip(A[:6], B[:6], strict=True)]
    truth += [StoredParameters(1.1, float(np.mean(steps)), None, "GPCM", steps) for steps in STEPS]
    rng = np.random.default_rng(seed)
    table = simulate_responses(rng, rng.standard_normal(n), response_table(codes, truth)).scores
    sex = rng.choice(["nam", "nữ"], n)
    lines = ["# mô phỏng", ",".join(["sbd", "giới tính", *codes])]
    lines += [",".join([f"P{row}", sex[row], *map(str, table[row])]) for row in range(n)]
    return "\n".join(lines).encode()


async def test_items_with_several_categories_come_into_force_but_into_no_form(client_for: ClientFactory) -> None:
    one, other = await fill(client_for)
    tables = await add_tables(client_for)
    await approve_all(await client_for("item_reviewer"))
    codes = [*CODES[:6], *tables]
    content = scores(codes, 2500, 62)
    files = {"file": ("diem.csv", content, "text/csv")}
    checked = (await one.post("/api/calibrations/check", files=files)).json()
    assert (checked["source"], checked["n_candidates"], checked["n_items"]) == ("scores", 2500, 8)
    assert (checked["n_polytomous"], checked["groupings"]) == (
        2,
        [{"name": "gender", "labels": ["nam", "nữ"], "unknown": 0}],
    )
    assert (await one.get("/api/calibrations")).json()["total"] == 0

    view = await calibrated(one, content)
    assert (view["source"], len(view["data_hash"]), view["settings"]["model"]) == ("scores", 64, "2PL")
    assert view["software"]["numpy"] == np.__version__
    for item, steps in zip(view["items"][6:], STEPS, strict=True):
        assert (item["model"], item["highest_score"]) == ("GPCM", 4)
        for step, error, true in zip(item["steps"], item["se_steps"], steps, strict=True):
            assert abs(step - true) < 4 * error
    assert (await other.post(f"/api/calibrations/{view['id']}/approval")).status_code == 200
    address = f"/api/items/{(await item_ids(one))[tables[0]]}"
    in_force = (await one.get(address)).json()["calibration"]
    assert (in_force["model"], in_force["steps"]) == ("GPCM", view["items"][6]["steps"])
    [past] = (await one.get(f"{address}/statistics")).json()["calibrations"]
    told = ("model", "steps", "se_steps")
    assert [past[name] for name in told] == [view["items"][6][name] for name in told]
    curves = (await one.get(f"/api/calibrations/{view['id']}/curves", params={"items": tables[0]})).json()
    # The expected score as a share of the highest rises from near 0 to near 1.
    expected = curves["items"][0]["p"]
    assert expected[0] < 0.1
    assert expected[-1] > 0.9
    assert expected == sorted(expected)
    supply = (await one.get("/api/blueprints/supply")).json()
    assert sum(cell["available"] for cell in supply["cells"]) == 6

    again = await calibrated(one, scores(codes, 1500, 63), holds_anchors=True)
    assert all(item["is_anchor"] for item in again["items"])
    assert [item["steps"] for item in again["items"]] == [item["steps"] for item in view["items"]]
    beside = (await one.get(f"/api/calibrations/{again['id']}/comparison")).json()
    assert (beside["scale"], beside["slope"], beside["intercept"]) == ("same", 1.0, 0.0)
    assert all(item["was_held"] and item["rmsd"] < 0.06 for item in beside["items"])
    assert len(beside["items"][6]["new"]["steps"]) == 4
