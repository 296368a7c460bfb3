"""Responses of runs that earlier versions stored are read as they were meant."""

import zlib
from uuid import UUID

import numpy as np
import pytest
from fastapi import FastAPI

from item_bank.calibration import service
from item_bank.calibration.models import CalibrationChoices
from item_bank.calibration.response_matrix import NOT_PRESENTED, OMITTED
from item_bank.calibration.responses import responses_of
from tests.conftest import ClientFactory
from tests.item_bank.calibration.pilots import CODES, fill_bank, start


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_chosen_options_of_an_earlier_version_are_scored_by_the_keys(
    app: FastAPI, client_for: ClientFactory
) -> None:
    await fill_bank(client_for)
    board = await client_for("board_member")
    # Keys A, B, C: the first candidate is right, left blank and was not shown; the second chose A throughout.
    rows = [f"P1,{CODES[0]},A", f"P1,{CODES[1]},", *(f"P2,{code},A" for code in CODES[:3])]
    ids = await start(board, "\n".join(["candidate,item,answer", *rows]).encode())
    run_id = UUID(ids["calibration_id"])
    before = np.array([[0, -1, -2], [0, 0, 0]], dtype=np.int8)
    async with app.state.database.write() as session:
        stored = await session.get_one(CalibrationChoices, run_id)
        now = await responses_of(session, (await service.find_run(session, run_id)).record.run)
        stored.packed = zlib.compress(before.tobytes())
        session.add(stored)
    async with app.state.database.read() as session:
        earlier = await responses_of(session, (await service.find_run(session, run_id)).record.run)
    expected = [[1, OMITTED, NOT_PRESENTED], [1, 0, 0]]
    assert now.scores.tolist() == earlier.scores.tolist() == expected
    assert earlier.chosen is not None
    assert earlier.chosen.tolist() == [[0, -1, -1], [0, 0, 0]]
