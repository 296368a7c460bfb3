"""Candidates' sessions are remembered for seconds and no longer; staff's never."""

from datetime import timedelta

import pytest

from exam_engine.accounts import login_cache
from exam_engine.accounts.login_cache import LIFETIME, LoginCache
from exam_engine.accounts.models import LoginSession
from exam_engine.accounts.service import actor_of_registration
from exam_engine.core.actor import Actor
from exam_engine.core.db import new_id
from tests.conftest import NINE, make_actor

MOMENT = timedelta(microseconds=1)


def make_login(lifetime: timedelta = timedelta(hours=24)) -> tuple[Actor, LoginSession]:
    registration_id = new_id()
    login_session = LoginSession(
        token_digest="d",
        csrf_token="c",
        registration_id=registration_id,
        display_name="K' Brếp",
        created_at=NINE,
        expires_at=NINE + lifetime,
    )
    return actor_of_registration(registration_id, "K' Brếp", login_session.id), login_session


def test_a_session_is_believed_for_five_seconds_and_not_a_moment_longer() -> None:
    cache, login = LoginCache(), make_login()
    cache.keep("d", *login, NINE)
    assert timedelta(minutes=1) == LIFETIME
    assert cache.find("d", NINE + LIFETIME) == login
    assert cache.find("d", NINE + LIFETIME + MOMENT) is None
    # Once too old it is forgotten, even for a clock that was set back.
    assert cache.find("d", NINE) is None


def test_a_session_that_expires_meanwhile_is_not_believed() -> None:
    cache, login = LoginCache(), make_login(lifetime=timedelta(seconds=2))
    cache.keep("d", *login, NINE)
    assert cache.find("d", NINE + timedelta(seconds=2) - MOMENT) == login
    assert cache.find("d", NINE + timedelta(seconds=2)) is None


def test_a_session_that_ended_here_is_forgotten_at_once() -> None:
    cache = LoginCache()
    cache.keep("d", *make_login(), NINE)
    cache.forget("d")
    cache.forget("never seen")
    assert cache.find("d", NINE) is None


def test_staff_are_looked_up_every_time() -> None:
    cache = LoginCache()
    cache.keep("d", make_actor("board_member"), make_login()[1], NINE)
    assert cache.find("d", NINE) is None


def test_a_full_memory_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_cache, "LARGEST", 2)
    cache = LoginCache()
    for digest in ("first", "second", "first", "third"):
        cache.keep(digest, *make_login(), NINE)
    assert [digest for digest in ("first", "second", "third") if cache.find(digest, NINE)] == ["first", "third"]
