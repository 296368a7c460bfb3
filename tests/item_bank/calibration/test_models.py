"""Choice of the model: kept with the run, refused at the edge, and c carried to where items are used."""

import numpy as np
import pytest

from tests.conftest import ClientFactory, finish_jobs
from tests.item_bank.calibration.pilots import CODES, KEYS, A, B, calibrate, fill_bank
from tests.item_bank.makers import approve_all, item_ids
from tests.item_bank.responses import response_csv

GUESSING = 0.2

embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def guessed(n_candidates: int, seed: int) -> bytes:
    return response_csv(CODES, A, B, KEYS, n_candidates=n_candidates, seed=seed, c=GUESSING)


async def test_the_three_parameter_model_keeps_its_prior_and_carries_c_into_force_and_forms(
    client_for: ClientFactory,
) -> None:
    await fill_bank(client_for)
    one, other = await client_for("board_member"), await client_for("board_member")
    view = await calibrate(one, guessed(3000, 21), model="3PL")
    assert view["options"] == {
        "model": "3PL",
        "polytomous": "GPCM",
        "not_reached": "ignored",
        "guessing": {"alpha": 5.0, "beta": 17.0},
        "density": "normal",
        "standard_errors": "observed",
        "holds_anchors": False,
        "drops_drifted": False,
    }
    assert view["certificate"]["converged"]
    for item, a in zip(view["items"], A, strict=True):
        assert abs(item["c"] - GUESSING) < 4 * item["se_c"]
        assert abs(item["a"] - a) < 4 * item["se_a"]
    curves = (await one.get(f"/api/calibrations/{view['id']}/curves", params={"items": CODES[0]})).json()
    first, theta = view["items"][0], np.array(curves["theta"])
    logistic = 1 / (1 + np.exp(-first["a"] * (theta - first["b"])))
    p = first["c"] + (1 - first["c"]) * logistic
    assert curves["items"][0]["p"] == pytest.approx(p)
    # Birnbaum (1968): I = a² (1 − P)/P ((P − c)/(1 − c))².
    information = first["a"] ** 2 * (1 - p) / p * logistic**2
    assert curves["items"][0]["information"] == pytest.approx(information)

    await other.post(f"/api/calibrations/{view['id']}/approval")
    item_id = (await item_ids(one))[CODES[0]]
    in_force = (await one.get(f"/api/items/{item_id}")).json()["calibration"]
    assert (in_force["c"], in_force["se_c"]) == (first["c"], first["se_c"])

    await approve_all(await client_for("item_reviewer"))
    blueprint = await one.post(
        "/api/blueprints",
        json={
            "name": "Thử 3PL",
            "form_length": 6,
            "duration_minutes": 30,
            "cut_theta": 0.0,
            "cells": [{"module_code": "IU04", "cognitive_level": "NB", "minimum": 6, "maximum": 6}],
        },
    )
    assert blueprint.status_code == 201, blueprint.text
    started = (
        await one.post("/api/assemblies", json={"blueprint_id": blueprint.json()["id"], "form_count": 1, "seed": 1})
    ).json()
    await finish_jobs(one, started["job_id"])
    [form] = (await one.get(f"/api/assemblies/{started['assembly_id']}")).json()["forms"]
    assert {item["code"]: item["c"] for item in form["items"]} == {item["code"]: item["c"] for item in view["items"]}
    at_cut = 0.0
    for item in view["items"]:
        logistic_at_cut = 1 / (1 + np.exp(item["a"] * item["b"]))
        p_at_cut = item["c"] + (1 - item["c"]) * logistic_at_cut
        at_cut += item["a"] ** 2 * (1 - p_at_cut) / p_at_cut * logistic_at_cut**2
    assert form["information_at_cut"] == pytest.approx(at_cut)


@embedded
async def test_a_sharper_prior_holds_c_closer_to_its_mode(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    content = guessed(600, 22)
    loose = await calibrate(board, content, model="3PL", guessing_alpha="2", guessing_beta="5")
    sharp = await calibrate(board, content, model="3PL", guessing_alpha="101", guessing_beta="401")
    assert sharp["options"]["guessing"] == {"alpha": 101.0, "beta": 401.0}
    assert all(abs(item["c"] - 0.2) < 0.02 for item in sharp["items"])
    assert max(abs(item["c"] - 0.2) for item in loose["items"]) > 0.02


@embedded
async def test_the_one_parameter_model_gives_every_item_the_same_slope(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    view = await calibrate(board, response_csv(CODES, [1.0] * 6, B, KEYS, n_candidates=800, seed=23), model="1PL")
    assert view["options"]["guessing"] is None
    assert len({round(item["a"], 9) for item in view["items"]}) == 1
    assert {item["c"] for item in view["items"]} == {None}
    for item, b in zip(view["items"], B, strict=True):
        assert abs(item["b"] - b) < 4 * item["se_b"]


@embedded
@pytest.mark.parametrize(
    "form",
    [
        {"model": "4PL"},
        {"model": "3PL", "guessing_alpha": "0.9"},
        {"model": "3PL", "guessing_beta": "1001"},
        {"model": "3PL", "guessing_beta": "nan"},
        {"density": "uniform"},
        {"standard_errors": "none"},
    ],
)
async def test_options_that_cannot_work_are_refused_at_the_edge(
    form: dict[str, str], client_for: ClientFactory
) -> None:
    board = await client_for("board_member")
    refused = await board.post(
        "/api/calibrations", data={"name": "Sai", **form}, files={"file": ("x.csv", guessed(20, 1), "text/csv")}
    )
    assert refused.status_code == 422
    assert (await board.get("/api/calibrations")).json()["total"] == 0


@embedded
async def test_an_item_that_departs_from_the_model_is_flagged_by_its_fit(client_for: ClientFactory) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    lines = response_csv(CODES, [1.6] * 6, B, KEYS, n_candidates=1500, seed=24).decode().splitlines()
    answers = [line.split(",") for line in lines[2:]]
    right = [answer == KEYS[CODES.index(code)] for _, code, answer in answers]
    rest: dict[str, int] = {}
    for (candidate, code, _), is_right in zip(answers, right, strict=True):
        if code != CODES[5]:
            rest[candidate] = rest.get(candidate, 0) + is_right
    # The last item is right in the middle and wrong at both ends: no logistic curve does that.
    for row in answers:
        if row[1] == CODES[5]:
            row[2] = KEYS[5] if 2 <= rest[row[0]] <= 3 else "C"
    content = "\n".join(["candidate,item,answer", *(",".join(row) for row in answers)]).encode()
    view = await calibrate(board, content)
    last = view["items"][5]
    assert last["fit"]["p_adjusted"] < 1e-6
    assert "item_misfit" in last["flags"]
    assert view["flag_texts"]["item_misfit"] == "Đường cong mô hình lệch khỏi quan sát (S-X²)"
