"""Kinds of files are told by their bytes."""

import pytest

from exam_engine.media.sniffing import Kind, sniff, text_of
from tests.exam_engine.media.makers import archive, pdf, photograph, saved, tone


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO"])
def test_pictures_of_every_writer_are_told(form: str) -> None:
    assert sniff(saved(photograph(20, 16), form)) is Kind[form]


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3", "AIFF"])
def test_sounds_of_every_writer_are_told(form: str) -> None:
    assert sniff(tone(form, seconds=0.2)) is Kind[form]


def test_an_mp3_with_a_tag_before_its_frames_is_told() -> None:
    assert sniff(b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + tone("MP3", seconds=0.2)) is Kind.MP3


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\0\0\0\x20ftypM4A \0\0\0\0", Kind.MP4),
        (b"\0\0\0\x20ftypisom\0\0\0\0", Kind.MP4),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Kind.HEIC),
        (b"\0\0\0\x18ftypavif\0\0\0\0", Kind.AVIF),
        (b"\xff\xf1\x50\x80\x00\x1f\xfc", Kind.AAC),
        (b"\x01\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 60, Kind.EMF),
        (b"\xd7\xcd\xc6\x9a\0\0", Kind.WMF),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Kind.SVG),
        ('<?xml version="1.0"?>\n<!-- vẽ -->\n<!DOCTYPE svg [<!ENTITY a "b">]>\n<SVG>'.encode(), Kind.SVG),
        ("\ufeff<svg/>".encode(), Kind.SVG),
        ("<svg/>".encode("utf-16"), Kind.SVG),
        (b"<!-- a --><!DOCTYPE html><title>x</title>", Kind.HTML),
        (b"MZ\x90\x00\x03", Kind.PROGRAM),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLD_OFFICE),
        (b"Rar!\x1a\x07\x01\x00", Kind.ARCHIVE),
        ("Bài 1. Định dạng văn bản\n".encode(), Kind.TEXT),
        (b"BM la viet tat", Kind.TEXT),
        (b"\x00\x01\x02\x03", Kind.UNKNOWN),
        (b"RIFF\0\0\0\0AVI ", Kind.UNKNOWN),
        (b"\xff", Kind.UNKNOWN),
    ],
)
def test_other_kinds_are_told(content: bytes, kind: Kind) -> None:
    assert sniff(content) is kind


def test_archives_and_documents_are_told() -> None:
    assert sniff(archive({"a.txt": b"x"})) is Kind.ZIP
    assert sniff(archive({})) is Kind.ZIP
    assert sniff(pdf()) is Kind.PDF


def test_a_text_of_thousands_of_comments_is_looked_at_once() -> None:
    # A search that tries every way to part the comments would take longer than the age of the universe.
    assert sniff(b"<!--a-->" * 5000 + b"<x>") is Kind.TEXT


@pytest.mark.parametrize("content", ["Tiếng Việt\r\n\t".encode(), "Tiếng Việt".encode("utf-16"), b""])
def test_texts_are_read_in_unicode(content: bytes) -> None:
    assert text_of(content) is not None


@pytest.mark.parametrize("content", [b"a\0b", b"\x1b[31m", "Tiếng Việt".encode("cp1258", "replace") + b"\xff\xfe\x80"])
def test_bytes_that_are_no_text_have_none(content: bytes) -> None:
    assert text_of(content) is None
