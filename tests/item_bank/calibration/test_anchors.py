"""New items come onto the bank's scale by items that are held at their parameters in force."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import ClientFactory
from tests.item_bank.calibration.pilots import calibrate
from tests.item_bank.makers import import_items, item_ids, item_row
from tests.item_bank.responses import response_csv

A = [1.2, 0.9, 1.5, 1.1, 1.3, 1.0, 1.4, 0.8]
B = [-1.0, -0.5, 0.0, 0.4, 0.9, -0.2, 0.6, 1.2]
KEYS = ["A", "B", "C", "D", "A", "B", "C", "D"]
CODES = [f"IU04-{number:03d}" for number in range(1, 9)]
OLD, ALL = slice(0, 6), slice(0, 8)

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def fill(client_for: ClientFactory) -> tuple[AsyncClient, AsyncClient]:
    rows = [item_row(code, key=key) for code, key in zip(CODES, KEYS, strict=True)]
    await import_items(await client_for("item_author"), rows)
    return await client_for("board_member"), await client_for("board_member")


def answers(part: slice, n_candidates: int, seed: int, b: list[float] = B, **ability: float) -> bytes:
    return response_csv(CODES[part], A[part], b[part], KEYS[part], n_candidates=n_candidates, seed=seed, **ability)


async def put_in_force(one: AsyncClient, other: AsyncClient, part: slice = OLD) -> dict[str, Any]:
    view = await calibrate(one, answers(part, 4000, 31))
    approved = await other.post(f"/api/calibrations/{view['id']}/approval")
    assert approved.status_code == 200, approved.text
    return {item["code"]: item | {"run": view["id"]} for item in view["items"]}


def codes_of(view: dict[str, Any]) -> list[str]:
    """Codes of the warnings; a finer grid is no doubt about the result."""
    return [warning["code"] for warning in view["warnings"] if warning["code"] != "quadrature_refined"]


async def test_an_abler_sample_lands_on_the_banks_scale_and_only_new_items_come_into_force(
    client_for: ClientFactory,
) -> None:
    one, other = await fill(client_for)
    before = await put_in_force(one, other)
    view = await calibrate(one, answers(ALL, 3000, 32, mean=0.8, sd=1.2), holds_anchors=True)
    assert view["options"]["holds_anchors"]
    held = [item for item in view["items"] if item["is_anchor"]]
    assert [item["code"] for item in held] == CODES[OLD]
    assert [(item["a"], item["b"], item["se_a"]) for item in held] == [
        (before[code]["a"], before[code]["b"], None) for code in CODES[OLD]
    ]
    sample = view["sample"]
    assert sample["n_anchors"] == 6
    # The sample's own error, and that of the scale, which 4,000 candidates and six items carry.
    assert sample["mean"] == pytest.approx(0.8, abs=0.12)
    assert sample["sd"] == pytest.approx(1.2, abs=0.15)
    assert 0.0 < sample["se_mean"] < 0.1
    for item, a, b in zip(view["items"][6:], A[6:], B[6:], strict=True):
        assert abs(item["a"] - a) < 4 * item["se_a"] + 0.1
        assert abs(item["b"] - b) < 4 * item["se_b"] + 0.1
    assert all(item["drift"]["rmsd"] < 0.05 for item in held)
    assert not any("anchor_drifted" in item["flags"] for item in held)
    assert codes_of(view) == []

    approved = await other.post(f"/api/calibrations/{view['id']}/approval")
    assert (approved.status_code, approved.json()["left_out"]) == (200, [])
    ids = await item_ids(one)
    old = (await one.get(f"/api/items/{ids[CODES[0]]}")).json()
    new = (await one.get(f"/api/items/{ids[CODES[7]]}")).json()
    assert old["calibration"]["calibration_id"] != view["id"]
    assert new["calibration"]["b"] == view["items"][7]["b"]


@embedded
async def test_a_held_item_that_became_harder_shows_its_drift(client_for: ClientFactory) -> None:
    one, other = await fill(client_for)
    await put_in_force(one, other)
    view = await calibrate(one, answers(ALL, 3000, 33, [*B[:2], 1.5, *B[3:]]), holds_anchors=True)
    drifted = [item["code"] for item in view["items"] if "anchor_drifted" in item["flags"]]
    assert drifted == [CODES[2]]
    drift = view["items"][2]["drift"]
    assert drift["difficulty_difference"] > 0.8
    assert abs(drift["difficulty_z"]) > 2.7


@embedded
async def test_too_few_or_no_held_items_are_said_aloud(client_for: ClientFactory) -> None:
    one, other = await fill(client_for)
    await put_in_force(one, other)
    few = await calibrate(one, answers(slice(2, 8), 500, 34), holds_anchors=True)
    assert (few["sample"]["n_anchors"], codes_of(few)) == (4, ["few_anchors"])
    assert "4 câu neo" in few["warnings"][0]["message"]
    lone = answers(slice(5, 8), 500, 35)
    apart = await calibrate(one, lone)
    assert "scale_not_linked" in codes_of(apart)
    assert apart["sample"] == {"mean": 0.0, "sd": 1.0, "se_mean": None, "se_sd": None, "n_anchors": 0}


@embedded
async def test_holding_without_any_item_in_force_is_said_aloud(client_for: ClientFactory) -> None:
    one, _ = await fill(client_for)
    view = await calibrate(one, answers(OLD, 400, 36), holds_anchors=True)
    assert codes_of(view) == ["no_anchors"]


@embedded
async def test_parameters_on_another_scale_come_into_force_only_knowingly(client_for: ClientFactory) -> None:
    one, other = await fill(client_for)
    await put_in_force(one, other)
    view = await calibrate(one, answers(slice(4, 8), 600, 37))
    path = f"/api/calibrations/{view['id']}/approval"
    refused = await other.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "calibration_not_linked")
    assert "4 câu khác" in refused.json()["title"]
    accepted = await other.post(path, json={"accepts_new_scale": True})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "approved")


async def test_a_link_to_parameters_that_are_no_more_in_force_is_refused(client_for: ClientFactory) -> None:
    one, other = await fill(client_for)
    await put_in_force(one, other)
    linked = await calibrate(one, answers(ALL, 500, 38), holds_anchors=True)
    anew = await calibrate(one, answers(OLD, 500, 39))
    assert (await other.post(f"/api/calibrations/{anew['id']}/approval")).status_code == 200
    refused = await other.post(f"/api/calibrations/{linked['id']}/approval")
    assert (refused.status_code, refused.json()["code"]) == (409, "calibration_anchors_changed")
    assert CODES[0] in refused.json()["title"]


@embedded
async def test_people_linked_to_a_simulated_scale_are_told(client_for: ClientFactory) -> None:
    one, other = await fill(client_for)
    await put_in_force(one, other)
    real = answers(ALL, 500, 40).split(b"\n", 1)[1]
    view = await calibrate(one, real, holds_anchors=True)
    assert (view["is_simulated"], codes_of(view)) == (False, ["anchors_simulated"])
