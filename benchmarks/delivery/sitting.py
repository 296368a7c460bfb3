"""Candidates at work, written straight into a database, and the bytes of their saves."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.core.actor import SYSTEM
from exam_engine.core.config import Settings
from exam_engine.core.db import Database
from exam_engine.core.time import utc_now
from exam_engine.delivery import service as delivery
from exam_engine.delivery.engine import master_key
from exam_engine.delivery.journal import chain_hash, genesis_hash
from load_tests.prepared_sitting import prepare_sitting

_STARTED_AT_ONCE = 100


@dataclass(slots=True)
class Working:
    """A candidate whose attempt runs, and the end of the chain of what was sent."""

    attempt_id: UUID
    token: str
    csrf: str
    seq: int
    chain: str

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


async def working_candidates(settings: Settings, count: int, *, seed: str) -> list[Working]:
    """Store a sitting whose candidates have all started."""
    database = Database(settings.database_url)
    now = utc_now()
    sitting = await prepare_sitting(
        database, settings, candidates=count, now=now, rng=random.Random(seed), duration=timedelta(minutes=110)
    )
    ids = [registered.registration_id for registered in sitting.registered]
    working: list[Working] = []
    for start in range(0, count, _STARTED_AT_ONCE):
        working += await _started(database, settings, ids[start : start + _STARTED_AT_ONCE])
    await database.close()
    return working


async def _started(database: Database, settings: Settings, registration_ids: Sequence[UUID]) -> list[Working]:
    working, now = [], utc_now()
    async with database.write() as session:
        for registration_id in registration_ids:
            opened = accounts.open_session(
                session,
                user_id=None,
                registration_id=registration_id,
                display_name="Người đo",
                lifetime=timedelta(hours=6),
                now=now,
            )
            login = opened.login_session
            await delivery.take_seat(session, registration_id=registration_id, login_session_id=login.id, now=now)
            await delivery.check_own_data(session, registration_id=registration_id, is_correct=True, note="", now=now)
            await session.flush()
            await delivery.unlock(session, registration_ids=[registration_id], actor=SYSTEM, now=now)
            started = await delivery.start(
                session,
                registration_id=registration_id,
                login_session_id=login.id,
                master_key=master_key(settings),
                now=now,
            )
            attempt = started.attempt
            working.append(Working(attempt.id, opened.token, login.csrf_token, 0, genesis_hash(attempt.id)))
    return working
