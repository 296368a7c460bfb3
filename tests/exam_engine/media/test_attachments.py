"""Starting files are kept byte for byte, unless something in them could act or exhaust a machine."""

import io
import random
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import docx
import pytest
from PIL import Image

from exam_engine.media.limits import MediaLimits
from tests.exam_engine.media.makers import (
    archive,
    excel_file,
    photograph,
    png_declaring,
    refused,
    refused_at,
    saved,
    taken,
    tone,
    with_parts,
    word_file,
)

EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"'
    b' Target="http://host.test/a.dotm" TargetMode="%s"/></Relationships>'
)
WORD_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def slides() -> bytes:
    main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    types = f'<Types><Override PartName="/ppt/presentation.xml" ContentType="{main}"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), "ppt/presentation.xml": b"<p/>"})


def open_document(mimetype: str, **parts: bytes) -> bytes:
    return archive({"mimetype": mimetype.encode(), "content.xml": b"<a/>", **parts})


def part_of(package: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return source.read(name)


def retyped(package: bytes, change: Callable[[bytes], bytes]) -> bytes:
    name = "[Content_Types].xml"
    return with_parts(package, {name: change(part_of(package, name))})


def with_lying_size(content: bytes, claimed: int) -> bytes:
    """Return a ZIP of one file whose headers state another unpacked size than it has."""
    damaged = bytearray(content)
    (central,) = struct.unpack_from("<I", content, len(content) - 22 + 16)
    for at in (22, central + 24):
        struct.pack_into("<I", damaged, at, claimed)
    return bytes(damaged)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("de.docx", word_file(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("bang.xlsx", excel_file(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("trinh-chieu.pptx", slides(), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("a.odt", open_document("application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
        ("a.png", saved(photograph(8, 8), "PNG"), "image/png"),
        ("a.JPEG", saved(photograph(8, 8), "JPEG"), "image/jpeg"),
        ("a.bmp", saved(photograph(8, 8), "BMP"), "image/bmp"),
        ("a.txt", "Tiếng Việt\r\n".encode(), "text/plain"),
        ("a.csv", "Họ tên;Điểm\r\n".encode("utf-16"), "text/csv"),
        ("a.zip", archive({"trang/index.html": b"<html>", "trang/a.docx": word_file()}), "application/zip"),
    ],
)
def test_files_of_practical_tasks_are_kept_byte_for_byte(name: str, content: bytes, content_type: str) -> None:
    kept = taken(content, "attachment", name)
    assert (kept.content, kept.sha256) == (content, kept.original_sha256)
    assert (kept.content_type, kept.original_name) == (content_type, name)


def test_a_name_without_an_ending_gets_the_one_of_its_type() -> None:
    assert taken(word_file(), "attachment", "Bài 1").original_name == "Bài 1.docx"
    assert taken(b"Nam", "attachment", "ghi").original_name == "ghi.txt"
    longest = taken(word_file(), "attachment", "x" * 300).original_name
    assert len(longest) == 200
    assert longest.endswith("x.docx")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bai.docx", b"Nam", "attachment_name_disagrees"),
        ("bai.txt", word_file(), "attachment_name_disagrees"),
        ("bai.docx", excel_file(), "attachment_name_disagrees"),
        ("bai.docx", archive({"a.txt": b"x"}), "attachment_name_disagrees"),
        ("anh.png", saved(photograph(8, 8), "JPEG"), "attachment_name_disagrees"),
        ("bai.docm", word_file(), "attachment_name_disagrees"),
        ("kieu.css", b"p { color: red }", "attachment_type_unsupported"),
        ("trang.html", b"<!doctype html><p>x", "attachment_type_unsupported"),
        ("csdl.accdb", b"\0\1\0\0Standard ACE DB\0", "attachment_type_unsupported"),
        ("chay.txt", b"MZ\x90\0\3", "attachment_type_unsupported"),
        ("nghe.wav", tone("WAV", seconds=0.1), "attachment_type_unsupported"),
        ("cu.txt", "Vi\xb6t Nam".encode("latin-1"), "attachment_text_not_unicode"),
        ("cu.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "attachment_old_office"),
        (
            "mat-khau.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "attachment_encrypted",
        ),
        ("cut.docx", word_file()[:2000], "attachment_damaged"),
        ("trong.zip", archive({}), "media_empty"),
        ("trong.zip", archive({"a/": b""}), "media_empty"),
    ],
)
def test_files_that_are_not_what_their_names_say_or_cannot_be_used_are_refused(
    name: str, content: bytes, code: str
) -> None:
    assert refused(content, "attachment", name) == code


def test_the_limit_of_bytes_holds_from_the_first_one_too_many() -> None:
    assert taken(b"x" * 1000, "attachment", limits=MediaLimits(attachment_bytes=1000)).content_type == "text/plain"
    assert refused(b"x" * 1001, "attachment", limits=MediaLimits(attachment_bytes=1000)) == "media_too_large"


def test_pictures_given_as_files_are_decoded_to_be_sure_that_they_open() -> None:
    whole = saved(Image.effect_noise((200, 150), 60).convert("RGB"), "PNG")
    assert refused(whole[:-2000], "attachment", "a.png") == "picture_damaged"
    assert refused(png_declaring(100_000, 100_000), "attachment", "a.png") == "picture_too_many_pixels"


# --- Office documents -----------------------------------------------------------------------------------------------


def test_a_document_whose_main_part_has_another_name_is_known_by_its_content_types() -> None:
    package = word_file()
    renamed = with_parts(package, {"word/document2.xml": part_of(package, "word/document.xml")})
    renamed = retyped(renamed, lambda types: types.replace(b"/word/document.xml", b"/word/document2.xml"))
    assert taken(renamed, "attachment", "a.docx").content == renamed


@pytest.mark.parametrize(
    "package",
    [
        with_parts(word_file(), {"word/vbaProject.bin": b"\xd0\xcf"}),
        with_parts(excel_file(), {"xl/VBAPROJECT.BIN": b"\xd0\xcf"}),
        with_parts(excel_file(), {"xl/macrosheets/sheet1.xml": b"<a/>"}),
        with_parts(word_file(), {"word/activeX/activeX1.bin": b"x"}),
        retyped(
            word_file(),
            lambda types: types.replace(WORD_MAIN, b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        ),
        # The macros may lie under any name; their type tells them.
        retyped(
            with_parts(word_file(), {"word/a.dat": b"\xd0\xcf"}),
            lambda types: types.replace(
                b"</Types>",
                b'<Override PartName="/word/a.dat" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
            ),
        ),
        open_document("application/vnd.oasis.opendocument.text", **{"Basic/Standard/Module1.xml": b"<a/>"}),
        with_parts(word_file(), {"word/embeddings/Sheet.xlsm": with_parts(excel_file(), {"xl/vbaProject.bin": b"x"})}),
        archive({"bai/a.docx": with_parts(word_file(), {"word/vbaProject.bin": b"x"})}),
    ],
)
def test_macros_are_refused_wherever_they_hide(package: bytes) -> None:
    assert refused(package, "attachment") == "attachment_has_macros"


def test_content_types_in_utf_16_hide_no_macros() -> None:
    hidden = retyped(
        word_file(),
        lambda types: (
            types.decode()
            .replace(WORD_MAIN.decode(), "application/vnd.ms-word.document.macroEnabled.main+xml")
            .replace("UTF-8", "UTF-16")
            .encode("utf-16")
        ),
    )
    assert refused(hidden, "attachment", "a.docx") == "attachment_has_macros"


@pytest.mark.parametrize("kind", [b"attachedTemplate", b"oleObject", b"frame"])
def test_what_would_be_fetched_from_elsewhere_is_refused(kind: bytes) -> None:
    rels = "word/_rels/settings.xml.rels"
    remote = with_parts(word_file(), {rels: EXTERNAL % (kind, b"External")})
    assert refused_at(remote, "attachment", "a.docx") == ("attachment_loads_remote", rels)
    local = with_parts(word_file(), {rels: EXTERNAL % (kind, b"Internal")})
    assert taken(local, "attachment", "a.docx").content == local


def test_a_document_with_links_to_web_pages_is_taken() -> None:
    linked = with_parts(word_file(), {"word/_rels/document.xml.rels": EXTERNAL % (b"hyperlink", b"External")})
    assert taken(linked, "attachment", "a.docx").content == linked


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str) -> None:
    lol = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'.encode(encoding)
    hostile = with_parts(word_file(), {"word/extra.xml": lol})
    assert refused_at(hostile, "attachment", "a.docx") == ("attachment_suspicious", "word/extra.xml")


def test_documents_inside_one_another_are_followed_a_little_way_only() -> None:
    nested = word_file()
    for _ in range(2):
        nested = with_parts(word_file(), {"word/embeddings/a.docx": nested})
    assert taken(nested, "attachment", "a.docx").content == nested
    deeper = with_parts(word_file(), {"word/embeddings/a.docx": nested})
    assert refused(deeper, "attachment", "a.docx") == "attachment_archive_nested"


def test_a_real_document_with_a_picture_and_a_table_is_taken() -> None:
    document = docx.Document()
    document.add_picture(io.BytesIO(saved(photograph(300, 200), "JPEG")))
    document.add_table(3, 2).cell(0, 0).text = "STT"
    buffer = io.BytesIO()
    document.save(buffer)
    assert taken(buffer.getvalue(), "attachment", "a.docx").content == buffer.getvalue()


# --- archives -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../a.txt", "a/../../b.txt", "/etc/a.txt", "C:/a.txt", "C:a.txt", "a\\..\\b.txt", "a//b.txt", "./a.txt"]
)
def test_paths_that_lead_out_of_the_folder_are_refused(name: str) -> None:
    code, place = refused_at(archive({"tot.txt": b"x", name: b"x"}), "attachment", "a.zip")
    assert code == "attachment_archive_path"
    assert place == name


def test_names_cut_by_a_nul_links_and_names_that_stand_twice_are_refused() -> None:
    cut = archive({"a.txtZ.exe": b"x"}).replace(b"a.txtZ.exe", b"a.txt\0.exe")
    assert refused(cut, "attachment", "a.zip") == "attachment_archive_path"
    assert refused(archive({"A.txt": b"x", "a.TXT": b"y"}), "attachment", "a.zip") == "attachment_archive_path"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    assert refused(buffer.getvalue(), "attachment", "a.zip") == "attachment_archive_path"


def test_a_bomb_is_refused_by_what_it_states() -> None:
    bomb = archive({f"{number}.txt": b"\0" * 5_000_000 for number in range(4)})
    assert len(bomb) < 25_000
    assert refused(bomb, "attachment", "a.zip") == "attachment_archive_too_large"


def test_a_bomb_that_lies_about_its_size_is_never_unpacked() -> None:
    real = 60_000_000
    lying = with_lying_size(archive({"a.txt": b"\0" * real}), 1000)
    tracemalloc.start()
    try:
        assert refused(lying, "attachment", "a.zip") == "attachment_damaged"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < real / 20


def test_archives_inside_archives_share_what_may_be_unpacked() -> None:
    # Each document alone is well within the limits: 30 MB, packed about 90 to 1.
    part = random.Random(1).randbytes(300_000) + bytes(29_700_000)
    document = with_parts(word_file(), {"word/media/data.bin": part})
    assert taken(document, "attachment", "a.docx").content == document
    several = archive({f"{number}.docx": document for number in range(7)}, zipfile.ZIP_STORED)
    limits = MediaLimits(attachment_bytes=len(several))
    assert refused(several, "attachment", "a.zip", limits) == "attachment_archive_too_large"


def test_the_number_of_files_is_limited_from_the_first_one_too_many() -> None:
    most = {f"{number}.txt": b"x" for number in range(2000)}
    assert taken(archive(most), "attachment", "a.zip").content_type == "application/zip"
    assert refused(archive(most | {"z.txt": b"x"}), "attachment", "a.zip") == "attachment_archive_too_large"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_unpacked_up_to_a_limit_are_refused(method: int) -> None:
    assert refused(archive({"a.txt": b"x" * 100}, method), "attachment", "a.zip") == "attachment_suspicious"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"chay.exe": b"MZ\x90\0\3"}, "attachment_archive_program"),
        ({"anh.png": b"MZ\x90\0\3"}, "attachment_archive_program"),
        ({"a.BAT": b"del *"}, "attachment_archive_program"),
        ({"a.xlsm": excel_file()}, "attachment_archive_program"),
        ({"a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, "attachment_old_office"),
        ({"a.zip": archive({"b.txt": b"x"})}, "attachment_archive_nested"),
        ({"a.rar": b"Rar!\x1a\x07\x01\x00"}, "attachment_archive_nested"),
        ({"a.pdf": b"%PDF-1.7\n"}, "attachment_damaged"),
    ],
)
def test_what_an_archive_holds_is_held_to_the_same_rules(files: dict[str, bytes], code: str) -> None:
    assert refused(archive({"doc.txt": b"x", **files}), "attachment", "a.zip") == code


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(archive({"a.txt": b"x"}))
    (central,) = struct.unpack_from("<I", content, len(content) - 22 + 16)
    content[6] |= 1
    content[central + 8] |= 1
    assert refused(bytes(content), "attachment", "a.zip") == "attachment_encrypted"


def test_an_entry_with_a_wrong_checksum_is_refused() -> None:
    content = archive({"a.txt": b"dung"}, zipfile.ZIP_STORED)
    assert zlib.crc32(b"dung") != zlib.crc32(b"sai!")
    assert refused(content.replace(b"dung", b"sai!"), "attachment", "a.zip") == "attachment_damaged"
