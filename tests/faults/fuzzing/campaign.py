"""Sends made-up requests in the name of everybody and gathers what was wrong with the answers."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from exam_engine.accounts.access import CSRF_HEADER
from exam_engine.accounts.permissions import Permission
from exam_engine.openapi import openapi_document
from tests.faults.fuzzing.installation import NOBODY, Installation, Person
from tests.faults.fuzzing.judge import code_of, faults_of, permission_of
from tests.faults.fuzzing.requests import Case, Operation, cases_of, operations_of, request_of

_MOST_SECONDS = 20.0
_LOGGED_OUT = "not_authenticated"


@dataclass(slots=True)
class Findings:
    """What a campaign came to; ``faults`` counts each kind of fault and must be empty."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    """The request of the first fault of each kind."""

    def add(self, what: str, example: str) -> None:
        """Note a fault."""
        self.faults[what] += 1
        self.examples.setdefault(what, example)

    def add_logged(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Note what the server itself called an error."""
        for event in events:
            if event["log_level"] in {"error", "critical"}:
                self.add(f"log: {event['event']}", repr(event)[:2000])

    def add_all(self, other: "Findings") -> None:
        """Add what another part of the same attack came to."""
        self.requests += other.requests
        self.statuses += other.statuses
        self.faults += other.faults
        self.examples = other.examples | self.examples

    def __str__(self) -> str:
        return "\n".join(f"{count} × {what}\n    {self.examples[what]}" for what, count in self.faults.most_common())


class Campaign:
    """Requests to one installation; each goes out in several names."""

    def __init__(self, made: Installation, findings: Findings, rng: random.Random) -> None:
        self.made = made
        self.findings = findings
        self.operations = operations_of(openapi_document(made.app))
        self._rng = rng

    async def attack(self, operation: Operation, case: Case, *, everybody: bool) -> None:
        """Send a case in the name of one who may, of one who may not, and without the proof of the own page."""
        permission = permission_of(operation.definition.raw)
        people = list(self.made.people.values())
        may = [person for person in people if permission is None or permission in person.permissions]
        may_not = [person for person in people if person not in may]
        if not everybody:
            may = [self._rng.choice(may)] if may else []
        for person in may_not if everybody else self._some(may_not):
            await self._refused(case, person, {401} if person.name == NOBODY else {403})
        if permission is not None and case.method not in {"GET", "HEAD", "OPTIONS"}:
            for person in may:
                await self._refused(case, person, {403}, csrf=self._rng.choice(["", "x", "ÿ", "a" * 43]))
        for person in may:
            await self._served(case, person, permission)

    def _some(self, people: Sequence[Person]) -> list[Person]:
        return [self._rng.choice(people)] if people else []

    async def _refused(self, case: Case, person: Person, statuses: set[int], csrf: str | None = None) -> None:
        response = await self._send_logged_in(case, person, csrf)
        faults = faults_of(response, person, self.made)
        if response.status_code not in statuses:
            faults.append(f"let in: {response.status_code} instead of {statuses}, csrf {csrf!r}")
        self._note(faults, case, person, response)

    async def _served(self, case: Case, person: Person, permission: Permission | None) -> None:
        response = await self._send_logged_in(case, person, None)
        faults = faults_of(response, person, self.made, case=case)
        if permission is not None and code_of(response) == _LOGGED_OUT:
            faults.append("refuses a fresh login")
        self._note(faults, case, person, response)

    async def _send_logged_in(self, case: Case, person: Person, csrf: str | None) -> httpx.Response:
        response = await self._send(case, person, csrf)
        if person.name != NOBODY and code_of(response) == _LOGGED_OUT:
            # Something before ended the login.
            await self.made.log_in(person)
            response = await self._send(case, person, csrf)
        return response

    async def _send(self, case: Case, person: Person, csrf: str | None) -> httpx.Response:
        request = request_of(case)
        # Any byte may stand in a header.
        request.headers.encoding = "latin-1"
        for name, value in person.client.headers.items():
            request.headers.setdefault(name, value)
        if csrf is not None:
            request.headers[CSRF_HEADER] = csrf
        person.client.cookies.set_cookie_header(request)
        self.findings.requests += 1
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                response = await person.client.send(request)
        except TimeoutError:
            response = httpx.Response(599, request=request)
        self.findings.statuses[response.status_code] += 1
        return response

    def _note(self, faults: Sequence[str], case: Case, person: Person, response: httpx.Response) -> None:
        for fault in faults:
            request = response.request
            shown = f"{person.name}: {request.method} {request.url} {request.content[:600]!r} -> {response.text[:600]}"
            self.findings.add(f"{case.method} {case.path}: {fault}", shown)


def some_of(share: float, seed: int) -> Callable[[Operation], bool]:
    """Return what chooses all that is public or a candidate's, and a share of everything else."""

    def is_chosen(operation: Operation) -> bool:
        is_open = permission_of(operation.definition.raw) in {None, Permission.ATTEMPT_TAKE}
        return is_open or random.Random(f"{seed} {operation.label}").random() < share

    return is_chosen


def run_campaign(
    runner: asyncio.Runner,
    made: Installation,
    *,
    is_chosen: Callable[[Operation], bool],
    examples: int,
    seed: int,
    everybody: bool,
) -> Findings:
    """Let the chosen operations be tried with so many examples in their form and against it.

    Parameters
    ----------
    everybody : whether each example goes out in the name of each person, or of one who may and one who may not.
    """
    findings = Findings()
    with structlog.testing.capture_logs() as logged:
        campaign = Campaign(made, findings, random.Random(seed))
        for operation in filter(is_chosen, campaign.operations):
            for is_valid in (True, False):
                _try(runner, campaign, operation, examples=examples, is_valid=is_valid, everybody=everybody)
    findings.add_logged(logged)
    return findings


def _try(
    runner: asyncio.Runner,
    campaign: Campaign,
    operation: Operation,
    *,
    examples: int,
    is_valid: bool,
    everybody: bool,
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases_of(operation, campaign.made.known, is_valid=is_valid))
    def one(case: Case) -> None:
        runner.run(campaign.attack(operation, case, everybody=everybody))

    # An operation that takes nothing cannot be asked against its description.
    with contextlib.suppress(Unsatisfiable):
        one()
