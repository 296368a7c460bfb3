"""Media are stored once each, recorded with their act, and read in batches, on both databases."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from exam_engine.audit import service as audit
from exam_engine.audit.models import AuditEntry
from exam_engine.core.db import Database
from exam_engine.media import queries, service
from exam_engine.media.errors import MediaNotFoundError
from exam_engine.media.models import Media, MediaContent
from exam_engine.media.preparing import PreparedMedia
from tests.conftest import NINE, make_actor
from tests.exam_engine.media.makers import photograph, saved, taken, tone

LAN, MINH = make_actor("item_author", name="Lan"), make_actor("item_author", name="Minh")
UNKNOWN = "0" * 64


def text_file(text: str, name: str = "a.txt") -> PreparedMedia:
    return taken(text.encode(), "attachment", name)


async def stored(database: Database, *prepared: PreparedMedia, actor: Any = LAN) -> dict[str, service.StoredMedia]:
    async with database.write() as session:
        return await service.store_all(session, prepared=prepared, actor=actor, now=NINE)


async def recorded(database: Database) -> list[AuditEntry]:
    async with database.read() as session:
        assert (await audit.verify(session)).is_intact
        return list((await session.exec(select(AuditEntry).order_by(col(AuditEntry.seq)))).all())


async def test_a_picture_and_a_sound_are_read_back_as_they_were_prepared(database: Database) -> None:
    picture = taken(saved(photograph(40, 30), "PNG"), "picture", "Sơ đồ.png")
    sound = taken(tone("WAV", seconds=0.5), "sound", "nghe.wav")
    kept = await stored(database, picture, sound)
    assert {sha256: one.is_new for sha256, one in kept.items()} == {picture.sha256: True, sound.sha256: True}
    async with database.read() as session:
        media = await service.read(session, [picture.sha256, sound.sha256, UNKNOWN])
    assert media.keys() == {picture.sha256, sound.sha256}
    assert media[picture.sha256] == service.MediaBytes(
        picture.sha256, "image/png", picture.content, "Sơ đồ.png", width=40, height=30
    )
    assert media[sound.sha256] == service.MediaBytes(
        sound.sha256, "audio/mpeg", sound.content, "nghe.wav", duration_ms=500
    )


async def test_what_was_there_keeps_its_first_name_and_owner_and_is_not_recorded_again(database: Database) -> None:
    await stored(database, text_file("Nam", "de-1.txt"))
    again = await stored(database, text_file("Nam", "de-2.txt"), text_file("Mai"), actor=MINH)
    old, new = again[text_file("Nam").sha256], again[text_file("Mai").sha256]
    assert (old.is_new, old.media.original_name, old.media.created_by) == (False, "de-1.txt", LAN.id)
    assert (new.is_new, new.media.created_by, new.media.created_by_name) == (True, MINH.id, "Minh")
    assert [(entry.action, entry.object_id) for entry in await recorded(database)] == [
        ("media.stored", old.media.sha256),
        ("media.stored", new.media.sha256),
    ]


async def test_the_record_says_what_was_stored_and_holds_no_content(database: Database) -> None:
    (kept,) = (await stored(database, text_file("Nam"))).values()
    (entry,) = await recorded(database)
    assert entry.details == {"content_type": "text/plain", "size_bytes": 3, "purpose": "attachment"}
    assert (entry.object_type, entry.object_id, entry.actor_id) == ("media", kept.media.sha256, LAN.id)


async def test_the_same_file_twice_in_one_go_is_one_medium(database: Database) -> None:
    assert len(await stored(database, text_file("Nam", "a.txt"), text_file("Nam", "b.txt"))) == 1
    assert len(await recorded(database)) == 1
    assert await stored(database) == {}


async def test_two_uploads_that_become_the_same_medium_are_one(database: Database) -> None:
    pixels = photograph(12, 9)
    first, second = taken(saved(pixels, "BMP"), "picture", "a.bmp"), taken(saved(pixels, "PNG"), "picture", "b.png")
    assert first.sha256 == second.sha256
    await stored(database, first)
    (kept,) = (await stored(database, second)).values()
    assert not kept.is_new
    async with database.read() as session:
        known = await service.known_uploads(session, [first.original_sha256, second.original_sha256], "picture")
    assert {media.sha256 for media in known.values()} == {first.sha256}
    assert known.keys() == {first.original_sha256, second.original_sha256}


async def test_an_upload_is_known_for_its_purpose_only_and_so_is_what_it_became(database: Database) -> None:
    prepared = taken(saved(photograph(12, 9), "BMP"), "picture")
    await stored(database, prepared)
    hashes = [prepared.original_sha256, prepared.sha256, UNKNOWN]
    async with database.read() as session:
        as_picture = await service.known_uploads(session, hashes, "picture")
        as_file = await service.known_uploads(session, hashes, "attachment")
    assert as_picture.keys() == {prepared.original_sha256, prepared.sha256}
    assert as_file == {}


async def test_many_at_once_with_the_same_files_store_each_once(database: Database) -> None:
    files = [text_file(f"Bài {number}") for number in range(6)]

    async def bring(turn: int) -> list[bool]:
        # Each brings them in another order; waiting for each other crosswise would end in a deadlock.
        kept = await stored(database, *files[turn:], *files[:turn])
        return [kept[file.sha256].is_new for file in files]

    news = await asyncio.gather(*(bring(turn) for turn in range(6)))
    assert [sum(column) for column in zip(*news, strict=True)] == [1] * 6
    assert len(await recorded(database)) == 6


async def test_nothing_is_left_of_a_transaction_that_fails(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            await service.store(session, prepared=text_file("Nam"), actor=LAN, now=NINE)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as session:
        assert await service.exist(session, [text_file("Nam").sha256]) == set()
        assert await service.known_uploads(session, [text_file("Nam").original_sha256], "attachment") == {}
    assert await recorded(database) == []
    (kept,) = (await stored(database, text_file("Nam"))).values()
    assert kept.is_new


async def test_more_hashes_than_one_statement_takes_can_be_asked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_BATCH", 7)
    monkeypatch.setattr(queries, "_CONTENT_BATCH", 3)
    files = [text_file(f"Bài {number}") for number in range(20)]
    await stored(database, *files)
    wanted = {file.sha256 for file in files}
    asked = [*wanted, *(f"{number:064x}" for number in range(40)), *wanted]
    async with database.read() as session:
        assert await service.exist(session, asked) == wanted
        assert (await service.describe(session, asked)).keys() == wanted
        assert {sha256: one.content for sha256, one in (await service.read(session, asked)).items()} == {
            file.sha256: file.content for file in files
        }
        originals = await service.known_uploads(session, asked, "attachment")
        assert originals.keys() == wanted


async def test_asking_for_nothing_gives_nothing(database: Database) -> None:
    async with database.read() as session:
        assert await service.read(session, []) == {}
        assert await service.exist(session, []) == set()


async def test_what_is_known_of_media_is_told_without_loading_their_bytes(database: Database) -> None:
    file = text_file("Nam")
    await stored(database, file)
    statements: list[str] = []
    sa.event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    async with database.read() as session:
        assert (await service.find(session, file.sha256)).size_bytes == 3
        assert (await service.describe(session, [file.sha256]))[file.sha256].content_type == "text/plain"
        with pytest.raises(MediaNotFoundError):
            await service.find(session, UNKNOWN)
    assert statements
    assert not any(MediaContent.__tablename__ in statement for statement in statements)


async def test_every_medium_has_its_content(database: Database) -> None:
    await stored(database, text_file("Nam"), text_file("Mai"))
    async with database.read() as session:
        media = set((await session.exec(select(Media.sha256))).all())
        contents = set((await session.exec(select(MediaContent.sha256))).all())
    assert media == contents
    assert len(media) == 2
