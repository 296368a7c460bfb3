"""Answers of every strange kind to every item, in a journal in order: they are kept, marked, shown, exported."""

import asyncio
import json
from uuid import UUID

import structlog

from exam_engine.accounts.permissions import Role
from exam_engine.core.time import utc_now
from exam_engine.delivery.closing import close_and_mark
from exam_engine.delivery.journal import chain_hash, genesis_hash
from exam_engine.delivery.models import Attempt
from load_tests.prepared_sitting import seat
from tests.faults.fuzzing.campaign import Findings
from tests.faults.fuzzing.installation import WAITING, Installation
from tests.faults.fuzzing.judge import faults_of

STRANGE: tuple[list[str], ...] = (
    ["\0"],
    ["\ud800"],
    ["\udfff\ud800"],
    [""],
    ["A", "A", "A"],
    ["A B", "B A", " "],
    ["=1+1", "@SUM(A1)", "+cmd|'/C calc'!A0"],
    ["x" * 10_000],
    ["\u202e\u0000\u0007\ufffe\uffff"],
    ["1e999", "-0", "NaN", "Infinity", "٣", "0x10", "1" * 400],
    ["<script>alert(1)</script>", "]]>", "&amp;", "\x1b[2J"],
    [str(number) for number in range(64)],
)


def answer_strangely(runner: asyncio.Runner, made: Installation) -> Findings:
    """Let the candidate who waits answer each item in each strange way, and look at what comes of it."""
    findings = Findings()
    with structlog.testing.capture_logs() as logged:
        runner.run(_exam(made, findings))
    findings.add_logged(logged)
    return findings


async def _exam(made: Installation, findings: Findings) -> None:
    person = made.people[WAITING]
    await made.log_in(person)
    login = person.login_session_id
    if person.registration_id is None or login is None:
        raise AssertionError("the candidate who waits is none")
    async with made.database.write() as session:
        await seat(session, person.registration_id, login, utc_now())
    started = (await person.client.post("/api/delivery/attempt", json={})).raise_for_status().json()
    attempt_id = UUID(started["attempt_id"])
    chain, operations = genesis_hash(attempt_id), list[dict[str, object]]()
    for number in range(1, 6):
        # What stands in the end is another strange value for each item.
        for value in (*STRANGE[number:], *STRANGE[:number]):
            said = {"seq": len(operations) + 1, "kind": "answer", "item": f"q{number:02d}", "value": value, "at_ms": 1}
            text = json.dumps(said)
            chain = chain_hash(chain, text)
            operations.append({"seq": said["seq"], "hash": chain, "body": text})
    url = f"/api/delivery/attempts/{attempt_id}"
    receipt: dict[str, object] = {}
    for start in range(0, len(operations), 20):
        body = {"epoch": started["epoch"], "ops": operations[start : start + 20], "confirmed": []}
        receipt = (await person.client.post(f"{url}/journal", json=body)).raise_for_status().json()
    if receipt["last_seq"] != len(operations):
        findings.add("not everything was stored", json.dumps(receipt)[:600])
    word = {"epoch": started["epoch"], "last_seq": receipt["last_seq"], "chain_head": receipt["chain_head"]}
    (await person.client.post(f"{url}/submission", json=word)).raise_for_status()
    await close_and_mark(made.database)
    async with made.database.read() as session:
        if (await session.get_one(Attempt, attempt_id)).marked_at is None:
            findings.add("an attempt with strange answers cannot be marked", str(attempt_id))
    inspector = made.people[Role.INSPECTOR]
    for path in (f"/api/results/{made.sitting.sitting_id}", f"/api/results/{made.sitting.sitting_id}/export.xlsx"):
        response = await inspector.client.get(path)
        findings.requests += 1
        for fault in faults_of(response, inspector, made):
            findings.add(f"GET {path}: {fault}", response.text[:600])
