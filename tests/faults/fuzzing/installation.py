"""An application with something of everything in it, somebody of each kind before it, and marks in all its keys."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import SQLModel, col, select

from certificates.issuing.service import Office, issue_for_sitting
from certificates.registry import authorities
from exam_engine.accounts import service as accounts
from exam_engine.accounts.access import CSRF_HEADER, SESSION_COOKIE
from exam_engine.accounts.models import User
from exam_engine.accounts.permissions import PERMISSIONS, Permission, Role
from exam_engine.app import create_app
from exam_engine.core.config import Settings
from exam_engine.core.db import Database, new_id
from exam_engine.core.extension import load_extensions
from exam_engine.core.security import hash_password
from exam_engine.core.time import VIETNAM, utc_now
from exam_engine.delivery.engine import master_key
from exam_engine.delivery.models import Attempt, SealedPaper
from exam_engine.delivery.papers import unwrap_key
from exam_engine.forms.schemas import FormSpec, PublishedItem
from exam_engine.interactions.content import ExtendedText, TextEntry, TextGap
from exam_engine.interactions.keys import AcceptedText, Criterion, RubricKey, TextGapKey, TextKey
from exam_engine.sittings.models import ProctorAssignment, Registration, Sitting
from load_tests.prepared_sitting import PreparedSitting, make_form, prepare_sitting, seat
from tests.certificates.register import OFFICER, add_blanks, add_passes, add_sitting, make_terms
from tests.exam_engine.media.makers import photograph, saved
from tests.faults.fuzzing.app_transport import AppTransport
from tests.faults.fuzzing.secrets import MARK, Secret, key_secret, text_secret
from tests.item_bank.assembly.banks import small_bank, store_items
from tests.item_bank.authoring.bodies import created, item_body, stimulus_body

NOBODY = "nobody"
WAITING, FINISHED = "candidate waiting", "candidate finished"
_CANDIDATES = {Role.CANDIDATE.value: 0, WAITING: 1, FINISHED: 2}
_PASSWORD = "mat khau cua nguoi thu"


@dataclass(slots=True)
class Person:
    """Somebody with a browser; ``permissions`` is what their role allows."""

    name: str
    client: httpx.AsyncClient
    permissions: frozenset[Permission]
    user_id: UUID | None = None
    registration_id: UUID | None = None
    login_session_id: UUID | None = None
    own_keys: tuple[str, ...] = ()
    """Names of secrets that this person is given: the key of the own paper."""


@dataclass(slots=True)
class Installation:
    """What requests are sent to.

    Attributes
    ----------
    known : identities that are stored, by the name of the parameter that takes them.
    """

    app: FastAPI
    sitting: PreparedSitting
    people: dict[str, Person] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    known: dict[str, list[str]] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The application's database."""
        database: Database = self.app.state.database
        return database

    def secrets_from(self, person: Person) -> tuple[Secret, ...]:
        """Return what this person must not see."""
        reads_keys = Permission.ITEM_KEY_READ in person.permissions
        return tuple(
            secret
            for secret in self.secrets
            if not (secret.is_for_key_readers and reads_keys) and secret.name not in person.own_keys
        )

    async def log_in(self, person: Person) -> None:
        """Give a person a fresh login session, as their own login would."""
        if person.user_id is None and person.registration_id is None:
            return
        now = utc_now()
        async with self.database.write() as session:
            opened = accounts.open_session(
                session,
                user_id=person.user_id,
                registration_id=person.registration_id,
                display_name=person.name,
                lifetime=timedelta(hours=10),
                now=now,
            )
            if person.registration_id is not None:
                # The seat moves with the browser, or all that follows would only be told that it has none.
                statement = sa.update(Attempt).where(col(Attempt.registration_id) == person.registration_id)
                await session.exec(statement.values(holder_session_id=opened.login_session.id))
        person.login_session_id = opened.login_session.id
        person.client.cookies.clear()
        person.client.cookies.set(SESSION_COOKIE, opened.token)
        person.client.headers[CSRF_HEADER] = opened.login_session.csrf_token

    def browser(self) -> httpx.AsyncClient:
        """Return a browser of nobody."""
        return httpx.AsyncClient(transport=AppTransport(self.app), base_url="http://exam.test")


@asynccontextmanager
async def filled_installation(settings: Settings) -> AsyncIterator[Installation]:
    """Yield a running application on a migrated, empty database, filled."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        for extension in load_extensions(settings.packages):
            for bring in extension.seeds:
                async with app.state.database.write() as session:
                    await bring(session, utc_now())
        # Two forms, of which each candidate has one; what they ask for is marked.
        sitting = await prepare_sitting(
            app.state.database,
            settings,
            candidates=3,
            now=utc_now(),
            rng=random.Random(11),
            specs=[_marked_form(code) for code in ("101", "102")],
        )
        made = Installation(app, sitting)
        await _bring_people(made)
        await _let_sit(made)
        await _fill_bank(made)
        await _issue_certificates(made, settings)
        async with app.state.database.write() as session:
            draft_id = await add_sitting(session)
        made.secrets = await _secrets(made, settings)
        made.known = await _known(made) | {"draft_sitting_id": [str(draft_id)]}
        try:
            yield made
        finally:
            for person in made.people.values():
                await person.client.aclose()


def _marked_form(code: str) -> FormSpec:
    plain = make_form(code, 3, 45)
    asked: list[tuple[Any, Any]] = [
        (
            TextEntry(
                stem="<p>Điền vào chỗ trống.</p>",
                passage='<p>Thủ đô là <span data-gap="g1"></span>.</p>',
                gaps=(TextGap(id="g1"),),
            ),
            TextKey(gaps={"g1": TextGapKey(accepted=(AcceptedText(text=f"{MARK}formtext{code}"),))}),
        ),
        (
            ExtendedText(stem="<p>Viết về sao lưu.</p>"),
            RubricKey(
                criteria=(
                    Criterion(
                        id="c1",
                        title=f"{MARK}formcriterion{code}",
                        description=f"{MARK}formdescription{code}",
                        points="2",
                    ),
                ),
                model_answer=f"<p>{MARK}formmodel{code}</p>",
            ),
        ),
    ]
    marked = [
        PublishedItem(
            item_code=f"{code}-9{number:02d}",
            item_version_id=new_id(),
            module_code="IU01",
            module_name="Hiểu biết về CNTT cơ bản",
            cognitive_level="NB",
            content=content,
            key=key,
        )
        for number, (content, key) in enumerate(asked)
    ]
    return plain.model_copy(update={"items": [*plain.items, *marked]})


async def _bring_people(made: Installation) -> None:
    made.people[NOBODY] = Person(NOBODY, made.browser(), frozenset())
    now = utc_now()
    hashed = hash_password(_PASSWORD)
    for role in Role:
        if role is Role.CANDIDATE:
            continue
        user = User(
            username=f"{role.value}.thu", display_name=role.value, password_hash=hashed, roles=[role], created_at=now
        )
        async with made.database.write() as session:
            session.add(user)
            await session.flush()
            if role is Role.PROCTOR:
                place = {"sitting_id": made.sitting.sitting_id, "room_id": made.sitting.room_id}
                session.add(ProctorAssignment(user_id=user.id, **place))
        made.people[role.value] = Person(role.value, made.browser(), PERMISSIONS[role], user_id=user.id)
    for name, seat_number in _CANDIDATES.items():
        registration_id = made.sitting.registered[seat_number].registration_id
        made.people[name] = Person(name, made.browser(), PERMISSIONS[Role.CANDIDATE], registration_id=registration_id)
    for person in made.people.values():
        await made.log_in(person)


async def _let_sit(made: Installation) -> None:
    for name in (Role.CANDIDATE.value, FINISHED):
        person = made.people[name]
        if person.registration_id is None or person.login_session_id is None:
            raise AssertionError(f"{name} is no candidate")
        async with made.database.write() as session:
            await seat(session, person.registration_id, person.login_session_id, utc_now())
        started = (await person.client.post("/api/delivery/attempt", json={})).raise_for_status().json()
        if name == FINISHED:
            word = {"epoch": started["epoch"], "last_seq": 0, "chain_head": started["chain_head"]}
            url = f"/api/delivery/attempts/{started['attempt_id']}/submission"
            (await person.client.post(url, json=word)).raise_for_status()


async def _fill_bank(made: Installation) -> None:
    await store_items(made.app, small_bank())
    author, board = made.people[Role.ITEM_AUTHOR].client, made.people[Role.BOARD_MEMBER].client
    text = await created(
        author,
        content={
            "interaction": "text_entry",
            "stem": "<p>Điền vào chỗ trống.</p>",
            "passage": '<p>Một byte có <span data-gap="g1"></span> bit.</p>',
            "gaps": [{"id": "g1"}],
        },
        key={"form": "text", "gaps": {"g1": {"accepted": [{"text": f"{MARK}banktext"}]}}},
        explanation=f"<p>{MARK}bankexplanation</p>",
    )
    essay = await created(
        author,
        content={"interaction": "extended_text", "stem": "<p>Viết về an toàn thông tin.</p>"},
        key={
            "form": "rubric",
            "criteria": [{"id": "c1", "title": f"{MARK}bankcriterion", "points": "2"}],
            "model_answer": f"<p>{MARK}bankmodel</p>",
        },
    )
    picture = ("hinh.png", saved(photograph(32, 24), "PNG"), "image/png")
    for client, url, how in (
        (author, "/api/media", {"data": {"purpose": "picture"}, "files": {"file": picture}}),
        (author, "/api/stimuli", {"json": stimulus_body()}),
        (author, f"/api/items/{text['id']}/comments", {"json": {"text": "Xem lại giúp.", "version_number": 1}}),
        (author, f"/api/items/{text['id']}/enemies", {"json": {"code": essay["code"], "reason": "Cùng ý."}}),
        (author, "/api/saved-views", {"json": {"name": "Của tôi", "query": "status=draft", "columns": ["code"]}}),
        (author, "/api/items", {"json": item_body(reference_code="IU04", explanation=f"{MARK}bankreason")}),
        (
            board,
            "/api/blueprints",
            {
                "json": {
                    "name": "CNTT cơ bản",
                    "form_length": 4,
                    "duration_minutes": 45,
                    "cut_theta": 0.0,
                    "cells": [
                        {"module_code": module, "cognitive_level": "NB", "minimum": 2, "maximum": 2}
                        for module in ("IU03", "IU04")
                    ],
                }
            },
        ),
    ):
        made_there = await client.post(url, **how)
        assert made_there.status_code < 300, f"{url}: {made_there.text}"
    blueprint_id = (await board.get("/api/blueprints")).json()["items"][0]["id"]
    started = await board.post("/api/assemblies", json={"blueprint_id": blueprint_id, "form_count": 1, "seed": 1})
    assert started.status_code == 202, started.text


async def _issue_certificates(made: Installation, settings: Settings) -> None:
    today = utc_now().astimezone(VIETNAM).date()
    async with made.database.write() as session:
        sitting_id = await add_sitting(session)
        (await session.get_one(Sitting, sitting_id)).status = "approved"
        passes = await add_passes(
            session, sitting_id, ["Nguyễn Văn Ân"], exam_date=today - timedelta(days=9), decision_date=today
        )
        terms = make_terms(valid_from=today.replace(month=1, day=1))
        await authorities.add_authority(session, terms=terms, actor=OFFICER, now=utc_now())
        await add_blanks(session, 1, 20)
        await issue_for_sitting(
            session,
            passes=passes,
            issued_on=today,
            office=Office(settings.data_dir, settings.public_url),
            actor=OFFICER,
            now=utc_now(),
            rng=random.Random(3),
        )


async def _secrets(made: Installation, settings: Settings) -> tuple[Secret, ...]:
    found = [
        *(
            text_secret(f"key of form {code}: {part}", f"{MARK}form{part}{code}")
            for code in ("101", "102")
            for part in ("text", "criterion", "description", "model")
        ),
        *(
            text_secret(f"key of the bank: {part}", f"{MARK}bank{part}", is_for_key_readers=True)
            for part in ("text", "explanation", "criterion", "model", "reason")
        ),
    ]
    found += _key_files(settings.data_dir)
    master = master_key(settings)
    found.append(key_secret("master key of papers", master))
    async with made.database.read() as session:
        papers = (await session.exec(select(SealedPaper))).all()
        for paper in papers:
            name = f"key of sealed paper {paper.id}"
            found.append(key_secret(name, unwrap_key(master, paper.wrapped_key, paper.id)))
        users = (await session.exec(select(User))).all()
        found += [text_secret(f"password of {user.username}", user.password_hash) for user in users]
        for person in made.people.values():
            if person.registration_id is not None:
                registration = await session.get_one(Registration, person.registration_id)
                person.own_keys = tuple(
                    f"key of sealed paper {paper.id}"
                    for paper in papers
                    if (paper.form_id, paper.variant) == (registration.form_id, registration.variant)
                )
    return tuple(found)


def _key_files(folder: Path) -> list[Secret]:
    files = sorted(path for path in folder.rglob("*") if "keys" in path.parts and path.is_file())
    return [Secret(f"key file {file.name}", (file.read_bytes().strip(),)) for file in files]


# The parameters whose name says less than where they stand.
_TABLES = {
    "view_id": ("saved_view", "id"),
    "import_id": ("item_import", "id"),
    "calibration_id": ("calibration_run", "id"),
    "enemy_id": ("item", "id"),
    "sha256": ("media", "sha256"),
    "public_id": ("certificate", "public_id"),
    "credit_id": ("time_credit", "id"),
    "comment_id": ("item_comment", "id"),
}


async def _known(made: Installation) -> dict[str, list[str]]:
    """Read the identities of everything that is stored: ``item_id`` from the table ``item``, and so on."""
    known: dict[str, list[str]] = defaultdict(list)
    tables = SQLModel.metadata.tables
    async with made.database.read() as session:
        connection = await session.connection()
        for name, table in tables.items():
            if "id" in table.columns:
                rows = (await connection.execute(sa.select(table.c.id).limit(20))).scalars()
                known[f"{name}_id"] += [str(value) for value in rows]
        for parameter, (name, column) in _TABLES.items():
            if name in tables and column in tables[name].columns:
                rows = (await connection.execute(sa.select(tables[name].c[column]).limit(20))).scalars()
                known[parameter] = [str(value) for value in rows]
        running = select(Attempt.id).where(Attempt.registration_id == made.people[Role.CANDIDATE].registration_id)
        known["running_attempt_id"] = [str((await session.exec(running)).one())]
    known["paper_id"] = [*known["sealed_paper_id"], *known["tailored_paper_id"]]
    # Whoever loses the own account can try nothing more.
    ours = {str(person.user_id) for person in made.people.values()}
    known["user_id"] = [id_ for id_ in known["user_id"] if id_ not in ours]
    known["code"] = ["IU04", "IU04.5", "aiken", "IU04-NB1"]
    for parameter in ("number", "position", "form_number", "version_number", "epoch"):
        known[parameter] = ["1", "2"]
    known["ending"] = ["docx", "xlsx"]
    return {name: values for name, values in known.items() if values}
