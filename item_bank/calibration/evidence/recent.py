"""Evidence computed lately, so that going from item to item does not compute the whole run again."""

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import UUID

from fastapi import Request

from item_bank.calibration.evidence.observed import Observed
from item_bank.calibration.evidence.run_evidence import RunEvidence, gather

MOST_KEPT: Final = 8
"""Runs; each holds at most as many bytes as answers are looked at, and some figures."""


class RecentEvidence:
    """The evidence of the runs that were read last; one is computed at a time.

    A run is told by the job that estimated it: starting it again makes another one.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, RunEvidence] = OrderedDict()
        self._turn = asyncio.Lock()

    def find(self, job_id: UUID) -> RunEvidence | None:
        """Return what is kept of a run, None when it must be computed."""
        found = self._kept.get(job_id)
        if found is not None:
            self._kept.move_to_end(job_id)
        return found

    async def compute(self, job_id: UUID, observed: Observed) -> RunEvidence:
        """Compute the evidence beside the event loop, unless somebody else did so meanwhile."""
        async with self._turn:
            found = self.find(job_id)
            if found is None:
                found = self._kept[job_id] = await asyncio.to_thread(gather, observed)
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return found


def recent_evidence(request: Request) -> RecentEvidence:
    """Return the one of this server."""
    state = request.app.state
    if not hasattr(state, "calibration_evidence"):
        state.calibration_evidence = RecentEvidence()
    kept: RecentEvidence = state.calibration_evidence
    return kept
