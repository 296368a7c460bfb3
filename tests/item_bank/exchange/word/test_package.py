"""Files that are refused, and that no file costs more than the limits allow."""

import struct
import zipfile
from dataclasses import replace

import pytest

from exam_engine.core.errors import Fault
from item_bank.exchange.word.blocks import Paragraph
from item_bank.exchange.word.document import open_word
from item_bank.exchange.word.errors import InvalidWordFileError
from item_bank.exchange.word.package import USUAL_LIMITS
from tests.item_bank.exchange.word.word_files import (
    MAIN_TYPE,
    NAMESPACES,
    archive,
    content_types,
    paragraph,
    read,
    relationship,
    relationships,
    run,
    word_file,
)

MEGABYTE = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal_of(content: bytes, **limits: int) -> Fault:
    """Why a file is refused, at the latest while its blocks are read."""
    with pytest.raises(InvalidWordFileError) as caught:
        list(open_word(content, replace(USUAL_LIMITS, **limits)).blocks())
    (fault,) = caught.value.faults
    return fault


def rebuilt(document: bytes) -> bytes:
    """A file with nothing but this document."""
    return archive(
        {
            "[Content_Types].xml": content_types().encode(),
            "_rels/.rels": relationships(relationship("main", "officeDocument", "word/document.xml")).encode(),
            "word/document.xml": document,
        }
    )


def changed(content: bytes, **values: int) -> bytes:
    """The same archive with other values in the headers of all its entries, in both lists of them."""
    changed = bytearray(content)
    offsets = {"flags": (6, 8), "method": (8, 10)}
    for name, value in values.items():
        local, central = offsets[name]
        for magic, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
            start = changed.find(magic)
            while start >= 0:
                struct.pack_into("<H", changed, start + offset, value)
                start = changed.find(magic, start + 4)
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "word_empty"),
        (b"  \r\n", "word_empty"),
        (OLE + bytes(600), "word_is_doc"),
        (OLE + bytes(64) + "EncryptedPackage".encode("utf-16-le") + bytes(600), "word_is_encrypted"),
        (b"{\\rtf1\\ansi Hello}", "word_is_rtf"),
        (b"%PDF-1.7\n", "word_is_pdf"),
        (b"<html><body>Word</body></html>", "word_not_word"),
        ("Câu 1. Văn bản".encode(), "word_not_word"),
        (b"PK\x03\x04 cut short", "word_damaged"),
        (archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}), "word_is_odt"),
        (archive({"readme.txt": b"hello"}), "word_not_word"),
    ],
)
def test_what_is_no_word_file_is_refused_with_what_it_is(content: bytes, code: str) -> None:
    assert refusal_of(content).code == code


def test_a_spreadsheet_is_no_word_file() -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert refusal_of(word_file(paragraph("a"), main_type=kind)).code == "word_not_word"


@pytest.mark.parametrize("kind", ["document", "template"])
def test_documents_with_macros_are_refused(kind: str) -> None:
    stated = f"application/vnd.ms-word.{kind}.macroEnabled.main+xml"
    assert refusal_of(word_file(paragraph("a"), main_type=stated)).code == "word_has_macros"


def test_macros_are_found_under_the_type_of_a_document_without_them() -> None:
    assert refusal_of(word_file(paragraph("a"), files={"word/VbaProject.BIN": OLE})).code == "word_has_macros"


def test_a_template_without_macros_is_read() -> None:
    content = word_file(paragraph("a"), main_type=MAIN_TYPE.replace("document.main", "template.main"))
    assert [block.text for block in read(content)[0]] == ["a"]


def test_a_file_of_the_limit_is_read_and_one_byte_more_refused() -> None:
    content = word_file(paragraph("a"))
    assert list(open_word(content, replace(USUAL_LIMITS, file_bytes=len(content))).blocks())
    fault = refusal_of(content, file_bytes=len(content) - 1)
    assert (fault.code, fault.params) == ("word_too_large", {"megabytes": 0})


def test_locked_entries_are_told_from_damage() -> None:
    assert refusal_of(changed(word_file(paragraph("a")), flags=1)).code == "word_is_encrypted"


def test_packing_that_the_format_does_not_know_is_refused_unopened() -> None:
    assert refusal_of(changed(word_file(paragraph("a")), method=zipfile.ZIP_BZIP2)).code == "word_suspicious"


def test_a_bomb_is_refused_by_what_it_claims_to_unpack_to() -> None:
    bomb = word_file(paragraph("a"), files={"word/media/a.bin": bytes(8 * MEGABYTE)})
    assert len(bomb) < 20_000
    assert refusal_of(bomb).code == "word_suspicious"


def test_a_repetitive_document_is_no_bomb() -> None:
    body = "".join(paragraph(f"Câu {number}. Đáp án đúng là phương án A.") for number in range(20_000))
    content = word_file(body)
    assert len(content) * 15 < len(body)
    assert sum(1 for _ in open_word(content).blocks()) == 20_000


def test_an_entry_that_unpacks_to_more_than_it_claims_is_damage() -> None:
    content = bytearray(rebuilt(b"<a>" + bytes(100_000)))
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.rfind(magic)
        struct.pack_into("<I", content, start + offset, 50)
    assert refusal_of(bytes(content)).code == "word_damaged"


def test_no_more_entries_are_listed_than_allowed() -> None:
    content = word_file(paragraph("a"), files={f"word/media/{number}.png": b"" for number in range(6)})
    assert list(open_word(content, replace(USUAL_LIMITS, parts=10)).blocks())
    assert refusal_of(content, parts=9).code == "word_suspicious"


def test_two_entries_of_one_name_are_refused() -> None:
    content = word_file(paragraph("a"), files={"Word/Document.XML": b"<other/>"})
    assert refusal_of(content).code == "word_suspicious"


@pytest.mark.parametrize(
    "document",
    [
        f'<!DOCTYPE d [<!ENTITY a "b">]><w:document {NAMESPACES}><w:body/></w:document>',
        f'<!doctype d SYSTEM "http://example.org/d.dtd"><w:document {NAMESPACES}><w:body/></w:document>',
        f'<!--{"x" * 9000}--><!DOCTYPE d [<!ENTITY a "b">]><w:document {NAMESPACES}><w:body/></w:document>',
    ],
)
def test_document_types_are_refused_wherever_they_stand(document: str) -> None:
    fault = refusal_of(rebuilt(document.encode()))
    assert (fault.code, fault.place) == ("word_suspicious", "word/document.xml")


def test_document_types_are_found_in_utf_16() -> None:
    document = f'<!DOCTYPE d [<!ENTITY a "b">]><w:document {NAMESPACES}><w:body/></w:document>'
    assert refusal_of(rebuilt(document.encode("utf-16"))).code == "word_suspicious"


def test_document_types_are_refused_in_other_parts_too() -> None:
    styles = b'<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><s>&a;</s>'
    links = relationship("s", "styles", "styles.xml")
    fault = refusal_of(word_file(paragraph("a"), files={"word/styles.xml": styles}, links=links))
    assert (fault.code, fault.place) == ("word_suspicious", "word/styles.xml")


def test_a_document_in_utf_16_is_read() -> None:
    document = f'<?xml version="1.0" encoding="UTF-16"?><w:document {NAMESPACES}><w:body>{paragraph("Hệ điều hành")}'
    blocks, _ = read(rebuilt(f"{document}</w:body></w:document>".encode("utf-16")))
    assert [block.text for block in blocks] == ["Hệ điều hành"]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_file_cut_off_is_damaged(cut: float) -> None:
    content = word_file("".join(paragraph(f"Câu {number}") for number in range(2000)))
    assert refusal_of(content[: int(len(content) * cut)]).code == "word_damaged"


def test_text_with_a_wrong_checksum_is_damaged() -> None:
    content = bytearray(rebuilt(f"<w:document {NAMESPACES}><w:body>{paragraph('a')}</w:body></w:document>".encode()))
    # The document is the last entry.
    for magic, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        struct.pack_into("<I", content, content.rfind(magic) + offset, 1)
    assert refusal_of(bytes(content)).code == "word_damaged"


@pytest.mark.parametrize("document", ["", "<w:document", f"<w:document {NAMESPACES}/>", "<a><b></a>"])
def test_text_that_is_no_document_is_damaged_and_named(document: str) -> None:
    fault = refusal_of(rebuilt(document.encode()))
    assert (fault.code, fault.place) == ("word_damaged", "word/document.xml")


def test_blocks_before_damage_are_yielded_and_the_damage_still_raised() -> None:
    body = "".join(paragraph(f"Câu {number}") for number in range(5000))
    blocks = open_word(rebuilt(f"<w:document {NAMESPACES}><w:body>{body}<w:p>".encode())).blocks()
    assert next(blocks).text == "Câu 0"
    with pytest.raises(InvalidWordFileError):
        list(blocks)


def test_one_paragraph_may_not_fill_the_memory() -> None:
    content = word_file(paragraph("trước") + f"<w:p>{'<w:r><w:t>bbbbbbbb</w:t></w:r>' * 20_000}</w:p>")
    assert list(open_word(content).blocks())
    assert refusal_of(content, block_bytes=300_000).code == "word_suspicious"


def test_a_text_larger_than_the_limit_is_refused_before_it_is_unpacked() -> None:
    content = word_file(paragraph("a" * 1000))
    assert refusal_of(content, text_bytes=1000).code == "word_suspicious"


def nested_tables(depth: int) -> str:
    inside = paragraph("trong cùng")
    for _ in range(depth):
        inside = f"<w:tbl><w:tr><w:tc>{inside}</w:tc></w:tr></w:tbl>"
    return inside


def test_tables_in_tables_are_read_to_the_depth_allowed() -> None:
    assert list(open_word(word_file(nested_tables(10))).blocks())
    assert refusal_of(word_file(nested_tables(30))).code == "word_too_deep"


def test_wrapping_elements_are_followed_to_the_depth_allowed() -> None:
    body = f"<w:p>{'<w:smartTag>' * 60}<w:r><w:t>a</w:t></w:r>{'</w:smartTag>' * 60}</w:p>"
    assert refusal_of(word_file(body)).code == "word_too_deep"


def test_xml_nested_by_the_thousand_is_refused() -> None:
    body = f"<w:p>{'<w:x>' * 5000}{'</w:x>' * 5000}</w:p>"
    assert refusal_of(word_file(body)).code == "word_damaged"


def test_strict_vocabularies_are_read_like_the_usual_ones() -> None:
    strict = NAMESPACES.replace("http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/").replace(
        "/2006/", "/"
    )
    document = f'<w:document {strict} w:conformance="strict"><w:body>{paragraph(run("đậm", "<w:b/>"))}'
    (block,), _ = read(rebuilt(f"{document}</w:body></w:document>".encode()))
    assert isinstance(block, Paragraph)
    assert [(run.text, run.format.is_bold) for run in block.runs] == [("đậm", True)]


def test_names_of_parts_are_found_whatever_their_case_and_slashes() -> None:
    content = archive(
        {
            "[content_types].XML": content_types().encode(),
            "_rels\\.rels": relationships(relationship("main", "officeDocument", "/word\\Document.xml")).encode(),
            "WORD/document.xml": f"<w:document {NAMESPACES}><w:body>{paragraph('a')}</w:body></w:document>".encode(),
        }
    )
    assert [block.text for block in read(content)[0]] == ["a"]
