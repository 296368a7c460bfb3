"""Candidates at work, written straight into a database, and the bytes of their saves."""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery import service as delivery
from exam_engine.delivery.engine import master_key
from exam_engine.delivery.journal import chain_hash, genesis_hash
from load_tests.prepared_sitting import prepare_sitting, seat

_AT_ONCE = 100


@dataclass(slots=True)
class Working:
    """A candidate, and once the attempt runs the end of the chain of what was sent."""

    registration_id: UUID
    session_id: UUID
    token: str
    csrf: str
    attempt_id: UUID
    seq: int = 0
    chain: str = ""

    def saves(self, count: int, *, path: str = "/api/delivery/attempts") -> list[bytes]:
        """Return the bytes of the next ``count`` requests, one chained operation each."""
        requests = []
        for _ in range(count):
            self.seq += 1
            operation = {
                "seq": self.seq,
                "kind": "answer",
                "item": "q0001",
                "value": ["ABCD"[self.seq % 4]],
                "at_ms": self.seq * 700,
            }
            text = json.dumps(operation, separators=(",", ":"))
            self.chain = chain_hash(self.chain, text)
            operations = [{"seq": self.seq, "hash": self.chain, "body": text}]
            body = json.dumps({"epoch": 1, "ops": operations, "confirmed": []}).encode()
            head = (
                f"POST {path}/{self.attempt_id}/journal HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                f"Cookie: {SESSION_COOKIE}={self.token}\r\n{CSRF_HEADER}: {self.csrf}\r\n\r\n"
            )
            requests.append(head.encode() + body)
        return requests


async def working_candidates(settings: Settings, count: int, *, seed: str, **sitting: Any) -> list[Working]:
    """Store a sitting whose candidates have all started; ``sitting`` as of ``prepare_sitting``."""
    _, people = await seated_candidates(settings, count, seed=seed, **sitting)
    database, now = Database(settings.database_url), utc_now()
    for start in range(0, count, _AT_ONCE):
        async with database.write() as session:
            for person in people[start : start + _AT_ONCE]:
                started = await delivery.start(
                    session,
                    registration_id=person.registration_id,
                    login_session_id=person.session_id,
                    master_key=master_key(settings),
                    now=now,
                )
                person.attempt_id, person.chain = started.attempt.id, genesis_hash(started.attempt.id)
    await database.close()
    return people


async def seated_candidates(settings: Settings, count: int, *, seed: str, **sitting: Any) -> tuple[UUID, list[Working]]:
    """Store a sitting whose candidates are logged in, confirmed and unlocked; return its id and them."""
    database, now = Database(settings.database_url), utc_now()
    facts = {"duration": timedelta(minutes=110)} | sitting
    prepared = await prepare_sitting(database, settings, candidates=count, now=now, rng=random.Random(seed), **facts)
    ids = [registered.registration_id for registered in prepared.registered]
    people: list[Working] = []
    for start in range(0, count, _AT_ONCE):
        async with database.write() as session:
            people += [
                await _seated(session, registration_id, now) for registration_id in ids[start : start + _AT_ONCE]
            ]
    await database.close()
    return prepared.sitting_id, people


async def _seated(session: AsyncSession, registration_id: UUID, now: datetime) -> Working:
    opened = accounts.open_session(
        session,
        user_id=None,
        registration_id=registration_id,
        display_name="Người đo",
        lifetime=timedelta(hours=6),
        now=now,
    )
    login = opened.login_session
    await seat(session, registration_id, login.id, now)
    return Working(registration_id, login.id, opened.token, login.csrf_token, attempt_id=UUID(int=0))
