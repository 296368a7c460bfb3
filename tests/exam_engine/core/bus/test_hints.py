"""How hints travel: in frames of limited size, each unlike all others."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_engine.core.bus import Hint, hint_after_commit
from exam_engine.core.bus.hints import LARGEST_FRAME, Frames
from exam_engine.core.bus.outbox import LARGEST, Outbox
from exam_engine.core.db import Database, new_id

HINTS = st.builds(Hint, st.sampled_from(["seat", "instruction", "progress"]), st.uuids().map(lambda id_: id_.hex))


@given(st.lists(HINTS, unique=True, max_size=600))
def test_frames_say_what_was_written_and_are_never_too_large(hints: list[Hint]) -> None:
    frames = list(Frames("sender").write(hints))
    assert all(len(frame.encode()) <= LARGEST_FRAME for frame in frames)
    receiver = Frames("receiver")
    assert sorted(hint for frame in frames for hint in receiver.read(frame)) == sorted(hints)


def test_equal_hints_make_unlike_frames_because_postgresql_sends_equal_ones_once() -> None:
    frames = Frames("sender")
    [first], [second] = list(frames.write([Hint("seat", "01")])), list(frames.write([Hint("seat", "01")]))
    assert first != second


def test_own_frames_and_what_is_no_frame_say_nothing() -> None:
    frames = Frames("sender")
    [own] = frames.write([Hint("seat", "01")])
    assert frames.read(own) == []
    for strange in ("", "seat", "[]", "[1, 2]", '["other", 1, ["seat"]]', b"\xff"):
        assert frames.read(strange) == []


def test_an_outbox_has_an_end_and_keeps_the_newest() -> None:
    outbox = Outbox()
    outbox.add(Hint("seat", str(number)) for number in range(LARGEST + 5))
    kept = outbox.take()
    assert (len(kept), kept[0], kept[-1]) == (LARGEST, Hint("seat", "5"), Hint("seat", str(LARGEST + 4)))


def test_what_could_not_be_sent_goes_before_what_came_meanwhile() -> None:
    outbox = Outbox()
    outbox.add([Hint("seat", "01")])
    taken = outbox.take()
    outbox.add([Hint("seat", "02"), Hint("seat", "01")])
    outbox.put_back(taken)
    assert outbox.take() == [Hint("seat", "01"), Hint("seat", "02")]


async def test_hints_are_published_after_the_commit_each_once_and_never_after_a_rollback(database: Database) -> None:
    published: list[Hint] = []
    database.publish = published.extend
    one, two = new_id(), new_id()
    async with database.write() as session:
        hint_after_commit(session, "seat", [one, two])
        hint_after_commit(session, "seat", [one])
        assert published == []
    assert published == [Hint("seat", one.hex), Hint("seat", two.hex)]
    with pytest.raises(ZeroDivisionError):
        await rolled_back(database, one)
    assert len(published) == 2


async def rolled_back(database: Database, id_: UUID) -> None:
    async with database.write() as session:
        hint_after_commit(session, "seat", [id_])
        _ = 1 / 0
