"""The steps at which something can be struck: before a write, after it and before its commit, and after the commit.

Each wraps one function of the server for the length of a test process; nothing of the server knows of it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from exam_engine.core import db
from exam_engine.delivery import closing, log_rows, postgresql_store, sqlite_store
from exam_engine.delivery.handing_in import HandIns
from exam_engine.delivery.postgresql_store import PostgresqlJournalStore
from exam_engine.delivery.sqlite_store import SqliteJournalStore
from exam_engine.delivery.starting import Starter
from exam_engine.sites import completing, taking_in
from exam_engine.sitting_log import service as sitting_log

STEP_VARIABLE, TIMES_VARIABLE = "EXAM_TEST_CRASH_STEP", "EXAM_TEST_CRASH_TIMES"


class Fuse:
    """Strikes, once, when it has been lit a number of times."""

    def __init__(self, times: int, strike: Callable[[], None]) -> None:
        self._left = times
        self._strike = strike

    def burn(self) -> None:
        """Be lit once."""
        self._left -= 1
        if self._left == 0:
            self._strike()


def _before(owner: Any, name: str, fuse: Fuse) -> None:
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        fuse.burn()
        return await original(*args, **kwargs)

    setattr(owner, name, wrapped)


def _after(owner: Any, name: str, fuse: Fuse, *, when: Callable[[Any], bool] = lambda _: True) -> None:
    original: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = await original(*args, **kwargs)
        if when(result):
            fuse.burn()
        return result

    setattr(owner, name, wrapped)


def _after_plain(owner: Any, name: str, fuse: Fuse) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        fuse.burn()
        return result

    setattr(owner, name, wrapped)


def _save_before_write(fuse: Fuse) -> None:
    for store in (SqliteJournalStore, PostgresqlJournalStore):
        _before(store, "commit", fuse)


def _save_before_commit(fuse: Fuse) -> None:
    _after_plain(sqlite_store, "_write", fuse)
    _after(postgresql_store, "_write", fuse)


def _save_after_commit(fuse: Fuse) -> None:
    for store in (SqliteJournalStore, PostgresqlJournalStore):
        _after(store, "commit", fuse)


def _start_before_commit(fuse: Fuse) -> None:
    _after(log_rows, "attempts_started", fuse)


def _start_after_commit(fuse: Fuse) -> None:
    _after(Starter, "start", fuse)


def _close_before_commit(fuse: Fuse) -> None:
    _after(log_rows, "attempts_closed", fuse)


def _hand_in_after_commit(fuse: Fuse) -> None:
    _after(HandIns, "hand_in", fuse)


def _mark_before_commit(fuse: Fuse) -> None:
    _after(log_rows, "attempts_marked", fuse)


def _mark_after_commit(fuse: Fuse) -> None:
    _after(closing, "close_and_mark", fuse, when=lambda result: result[1] > 0)


def _log_before_commit(fuse: Fuse) -> None:
    _after(sitting_log, "close", fuse)


def _log_after_commit(fuse: Fuse) -> None:
    _after(closing, "settle_logs", fuse, when=lambda result: result[1] > 0)


def _portion_before_commit(fuse: Fuse) -> None:
    _after(taking_in, "take_portion", fuse)


def _portion_after_commit(fuse: Fuse) -> None:
    taken: list[bool] = []
    original = taking_in.take_portion

    async def noted(*args: Any, **kwargs: Any) -> Any:
        answer = await original(*args, **kwargs)
        taken.append(True)
        return answer

    setattr(taking_in, "take_portion", noted)  # noqa: B010 - as the others are
    _after(db, "_to_its_end", fuse, when=lambda _: bool(taken) and taken.pop())


def _home_before_commit(fuse: Fuse) -> None:
    _after(completing, "_take_over", fuse)


def _home_after_commit(fuse: Fuse) -> None:
    _after(completing, "complete", fuse)


STEPS: dict[str, tuple[Callable[[Fuse], None], int]] = {
    "start before the commit": (_start_before_commit, 1),
    "start after the commit": (_start_after_commit, 1),
    "save before the write": (_save_before_write, 12),
    "save before the commit": (_save_before_commit, 12),
    "save after the commit": (_save_after_commit, 12),
    "close before the commit": (_close_before_commit, 1),
    "hand in after the commit": (_hand_in_after_commit, 2),
    "marking before the commit": (_mark_before_commit, 1),
    "marking after the commit": (_mark_after_commit, 1),
    "log before the commit": (_log_before_commit, 1),
    "log after the commit": (_log_after_commit, 1),
}
"""What prepares a crash at each step, and at the how manieth time it comes."""

PUSH_STEPS: dict[str, tuple[Callable[[Fuse], None], int]] = {
    "portion before the commit": (_portion_before_commit, 4),
    "portion after the commit": (_portion_after_commit, 4),
    "home before the commit": (_home_before_commit, 1),
    "home after the commit": (_home_after_commit, 1),
    "marking of a push before the commit": (_mark_before_commit, 1),
}
"""The same at the central server while a site comes home."""
