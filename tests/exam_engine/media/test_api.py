"""Staff upload media and get them back; browsers cannot be made to run what they get."""

import asyncio
import threading
from typing import Any

import pytest
from httpx import AsyncClient, Headers, Response

from exam_engine.core.config import Settings
from exam_engine.media import api
from exam_engine.media.preparing import prepare
from tests.conftest import ClientFactory
from tests.exam_engine.media.makers import archive, photograph, pixels_of, saved, tone, word_file

# What differs between the databases is tested at the service.
embedded = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PNG = saved(photograph(60, 40), "PNG")


async def upload(client: AsyncClient, content: bytes, purpose: str = "picture", name: str = "hinh.png") -> Response:
    # The declared type is a lie on purpose: it is never believed.
    return await client.post("/api/media", files={"file": (name, content, "text/html")}, data={"purpose": purpose})


async def stored(client: AsyncClient, content: bytes, purpose: str = "picture", name: str = "hinh.png") -> Any:
    response = await upload(client, content, purpose, name)
    assert response.status_code == 201, response.text
    return response.json()


def faults(response: Response) -> list[str]:
    return [fault["code"] for fault in response.json()["errors"]]


async def test_an_uploaded_picture_is_described_and_shown(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    view = await stored(author, PNG, name="Sơ đồ mạng.png")
    assert view == {
        "sha256": view["sha256"],
        "content_type": "image/png",
        "size_bytes": view["size_bytes"],
        "width": 60,
        "height": 40,
        "duration_ms": None,
        "original_name": "Sơ đồ mạng.png",
        "was_there": False,
        "changes": [],
    }
    shown = await author.get(f"/api/media/{view['sha256']}")
    assert (shown.status_code, shown.headers["content-type"], len(shown.content)) == (
        200,
        "image/png",
        view["size_bytes"],
    )
    assert (pixels_of(shown.content) == pixels_of(PNG)).all()


async def test_the_same_upload_again_is_known_without_decoding_it(
    client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, other = await client_for("item_author"), await client_for("item_author")
    first = await stored(author, PNG)

    def never(*_: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(api, "prepare", never)
    assert await stored(other, PNG, name="khac.png") == first | {"was_there": True}


@embedded
async def test_another_upload_with_the_same_content_says_so(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    first = await stored(author, PNG)
    again = await stored(author, saved(photograph(60, 40), "BMP"))
    assert (again["sha256"], again["was_there"]) == (first["sha256"], True)


@embedded
async def test_what_was_left_out_is_told_in_the_readers_language(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    frames = [photograph(20, 10), photograph(20, 10).rotate(180)]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    view = await stored(author, moving)
    assert view["changes"] == [{"code": "first_frame_only", "message": "Chỉ giữ lại khung hình đầu tiên của ảnh động"}]
    author.headers["Accept-Language"] = "en"
    (change,) = (await stored(author, saved(photograph(2500, 10), "PNG")))["changes"]
    assert change == {"code": "scaled_down", "message": "The picture was larger than needed and was scaled down"}


@embedded
@pytest.mark.parametrize(
    ("content", "purpose", "name", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture", "hinh.png", "picture_is_vector"),
        (PNG[:100], "picture", "hinh.png", "picture_damaged"),
        (b"", "picture", "hinh.png", "media_empty"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "sound", "nghe.m4a", "sound_type_unsupported"),
        (PNG, "sound", "nghe.mp3", "media_not_sound"),
        (archive({"../a.txt": b"x"}), "attachment", "a.zip", "attachment_archive_path"),
    ],
)
async def test_a_refused_file_is_answered_with_reason_and_remedy_and_leaves_nothing(
    client_for: ClientFactory, content: bytes, purpose: str, name: str, code: str
) -> None:
    author = await client_for("item_author")
    response = await upload(author, content, purpose, name)
    assert (response.status_code, response.json()["code"], faults(response)) == (422, "invalid_media", [code])
    (fault,) = response.json()["errors"]
    assert fault["message"]
    assert fault["fix"]
    assert "{" not in fault["message"] + fault["fix"]
    inspector = await client_for("inspector")
    assert (await inspector.get("/api/audit", params={"action": "media."})).json()["total"] == 0


@embedded
async def test_a_purpose_that_there_is_not_and_a_missing_file_are_named(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    assert (await upload(author, PNG, "film")).status_code == 422
    assert (await author.post("/api/media", data={"purpose": "picture"})).status_code == 422


@embedded
@pytest.mark.parametrize("sha256", ["0" * 64, "0" * 63, "A" * 64, "%00" * 64, "..%2f..%2fetc"])
async def test_a_hash_under_which_nothing_lies_is_not_found(client_for: ClientFactory, sha256: str) -> None:
    author = await client_for("item_author")
    response = await author.get(f"/api/media/{sha256}", headers={"If-None-Match": f'"{sha256}"'})
    assert response.status_code == (404 if sha256 in {"0" * 64, "..%2f..%2fetc"} else 422)


@embedded
async def test_browsers_may_show_media_but_never_run_them(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    picture = (await stored(author, PNG))["sha256"]
    text = b"<b>Nam</b> hello"
    page = (await stored(author, text, "attachment", "Bài 1; x.txt"))["sha256"]
    headers = Headers()
    for sha256, disposition in ((picture, "inline"), (page, "attachment")):
        headers = (await author.get(f"/api/media/{sha256}")).headers
        assert headers.get_list("content-security-policy") == ["default-src 'none'; sandbox"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers.get_list("cache-control") == ["private, max-age=31536000, immutable"]
        assert headers["etag"] == f'"{sha256}"'
        assert headers["content-disposition"].partition(";")[0] == disposition
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''B%C3%A0i%201%3B%20x.txt"
    # A file that reads as a page keeps the type of a text.
    assert headers["content-type"].startswith("text/plain")


@embedded
async def test_a_browser_that_holds_the_medium_gets_no_second_copy(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    sha256 = (await stored(author, PNG))["sha256"]
    for tags in (f'"{sha256}"', f'W/"{sha256}", "x"'):
        response = await author.get(f"/api/media/{sha256}", headers={"If-None-Match": tags})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", f'"{sha256}"')
    assert (await author.get(f"/api/media/{sha256}", headers={"If-None-Match": '"x"'})).status_code == 200


@embedded
async def test_players_may_ask_for_parts_of_a_sound(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    view = await stored(author, tone("WAV", channels=2), "sound", "nghe.wav")
    path, size = f"/api/media/{view['sha256']}", view["size_bytes"]
    assert (view["content_type"], view["duration_ms"], view["width"]) == ("audio/mpeg", 1000, None)
    # Browsers accept compressed answers; a range must count the bytes as they are stored all the same.
    whole = await author.get(path, headers={"Accept-Encoding": "gzip"})
    assert len(whole.content) == int(whole.headers["content-length"]) == size
    assert whole.headers["accept-ranges"] == "bytes"

    async def part(asked: str, **headers: str) -> Response:
        return await author.get(path, headers={"Range": asked, **headers})

    middle = await part("bytes=1000-1999")
    assert (middle.status_code, middle.headers["content-range"]) == (206, f"bytes 1000-1999/{size}")
    assert (middle.content, middle.headers["content-type"]) == (whole.content[1000:2000], "audio/mpeg")
    assert (await part("bytes=-100")).content == whole.content[-100:]
    assert (await part("bytes=5-1")).status_code == 200
    behind = await part(f"bytes={size}-")
    assert (behind.status_code, behind.headers["content-range"], behind.content) == (416, f"bytes */{size}", b"")
    same = await part("bytes=0-9", **{"If-Range": f'"{view["sha256"]}"'})
    changed = await part("bytes=0-9", **{"If-Range": '"other"'})
    assert (same.status_code, changed.status_code) == (206, 200)


@embedded
async def test_files_travel_as_they_are_stored(client_for: ClientFactory) -> None:
    author = await client_for("item_author")
    text = "Tiếng Việt\n".encode() * 500
    path = f"/api/media/{(await stored(author, text, 'attachment', 'a.txt'))['sha256']}"
    whole = await author.get(path, headers={"Accept-Encoding": "gzip"})
    part = await author.get(path, headers={"Accept-Encoding": "gzip", "Range": "bytes=100-4099"})
    # Packed on the way, the bytes of a range would not be those that Content-Range names.
    for answer, expected in ((whole, text), (part, text[100:4100])):
        assert answer.headers["content-encoding"] == "identity"
        assert answer.headers["content-length"] == str(len(expected))
        assert answer.content == expected


@embedded
@pytest.mark.parametrize("role", ["candidate", "proctor", "administrator", "item_reviewer", "board_member"])
async def test_only_authors_upload_and_only_readers_of_items_look(client_for: ClientFactory, role: str) -> None:
    sha256 = (await stored(await client_for("item_author"), PNG))["sha256"]
    other = await client_for(role)
    assert (await upload(other, PNG)).status_code == 403
    may_look = role in {"item_reviewer", "board_member"}
    assert (await other.get(f"/api/media/{sha256}")).status_code == (200 if may_look else 403)
    assert (await (await client_for()).get(f"/api/media/{sha256}")).status_code == 401


@embedded
async def test_an_upload_is_in_the_record_with_who_brought_it(client_for: ClientFactory) -> None:
    view = await stored(await client_for("item_author"), word_file(), "attachment", "bai.docx")
    inspector = await client_for("inspector")
    (entry,) = (await inspector.get("/api/audit", params={"action": "media."})).json()["items"]
    assert (entry["action"], entry["object_id"], entry["actor_name"]) == ("media.stored", view["sha256"], "Người thử")


@embedded
async def test_decoding_stops_neither_other_requests_nor_the_writer(
    client_for: ClientFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = await client_for("item_author")
    go_on, started = threading.Event(), threading.Event()
    really = prepare

    def slowly(*arguments: Any) -> Any:
        started.set()
        assert go_on.wait(30)
        return really(*arguments)

    monkeypatch.setattr(api, "prepare", slowly)
    waiting = asyncio.create_task(upload(author, PNG))
    await asyncio.to_thread(started.wait, 30)
    monkeypatch.setattr(api, "prepare", really)
    # A second upload decodes and writes while the first is being decoded.
    assert (await upload(author, saved(photograph(9, 9), "PNG"))).status_code == 201
    assert not waiting.done()
    go_on.set()
    assert (await waiting).status_code == 201


class TestLimitsOfAnInstallation:
    """Its own limits hold for media, and the limit of other uploads stays what it was."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        small = {"max_upload_bytes": 1024, "max_picture_bytes": 2000, "max_attachment_bytes": 100_000}
        return settings.model_copy(update=small | {"max_sound_bytes": 3000})

    @embedded
    async def test_each_purpose_has_its_own(self, client_for: ClientFactory) -> None:
        author = await client_for("item_author")
        noise = photograph(300, 300).effect_spread(40)
        assert faults(await upload(author, saved(noise, "PNG"))) == ["media_too_large"]
        kept = await stored(author, word_file(), "attachment", "bai.docx")
        assert 1024 + 64 * 1024 > kept["size_bytes"] > 3000

    @embedded
    async def test_bodies_larger_than_any_medium_are_not_read(self, client_for: ClientFactory) -> None:
        author = await client_for("item_author")
        allowed = await upload(author, b"x" * 100_000, "attachment", "a.txt")
        assert allowed.status_code == 201
        assert faults(await upload(author, b"x" * 100_001, "attachment", "a.txt")) == ["media_too_large"]
        assert (await upload(author, b"x" * 170_000, "attachment", "a.txt")).status_code == 413
        elsewhere = await author.post("/api/items", content=b"x" * 70_000)
        assert elsewhere.status_code == 413
