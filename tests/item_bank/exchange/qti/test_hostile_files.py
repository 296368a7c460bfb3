"""Files made to harm, damaged files and files of other kinds are refused or read without harm."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from item_bank.exchange.qti.errors import InvalidQtiFileError
from item_bank.exchange.qti.own import OWN_PATH
from item_bank.exchange.qti.package import resolve
from item_bank.exchange.qti.reading import looks_like, read
from item_bank.exchange.qti.writing.package import write_qti3
from tests.item_bank.exchange.qti.foreign import MATCH, choice, declared, item_2, manifest, template
from tests.item_bank.exchange.qti.making import MEDIA, exported, files_of, zipped
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY

ITEM = item_2(choice("A:một", "B:hai"), declared("single", "identifier", "A"), template(MATCH))
PACKAGE = write_qti3([exported(CHOICE, CHOICE_KEY)], MEDIA).content
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def with_prologue(prologue: bytes) -> bytes:
    head, _, rest = ITEM.partition(b"?>\n")
    return head + b"?>\n" + prologue + rest


def refused(content: bytes, name: str = "goi.zip") -> str:
    with pytest.raises(InvalidQtiFileError) as caught:
        read(content, name)
    [fault] = caught.value.faults
    return fault.code


@pytest.mark.parametrize("prologue", [LAUGHS, OUTSIDE, b"<!DOCTYPE assessmentItem>", b"<!-- x --><!doctype y>"])
def test_document_types_and_entities_are_refused(prologue: bytes) -> None:
    assert refused(with_prologue(prologue), "a.xml") == "qti_suspicious"
    in_utf_16 = with_prologue(prologue).replace(b"UTF-8", b"UTF-16").decode().encode("utf-16")
    assert refused(in_utf_16, "a.xml") == "qti_suspicious"


def test_nesting_without_end_is_refused() -> None:
    assert refused(item_2("<div>" * 90 + "</div>" * 90), "a.xml") == "qti_suspicious"
    assert refused(item_2("<div>" * 9000 + "</div>" * 9000), "a.xml") == "qti_damaged"
    assert read(item_2("<div>" * 60 + "</div>" * 60), "a.xml").items[0].notices


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"  ", "qti_empty"),
        (b"GIF89a", "qti_not_qti"),
        (b"<html><body/></html>", "qti_not_qti"),
        (b"<assessmentItem><itemBody>", "qti_damaged"),
        (b"<questestinterop><assessment/></questestinterop>", "qti_old_version"),
        (PACKAGE[:-30], "qti_damaged"),
        (zipped({"a.txt": "x"}), "qti_not_qti"),
        (zipped({"imsmanifest.xml": "<manifest>"}), "qti_damaged"),
        (zipped({"imsmanifest.xml": manifest({}), "../x.xml": ITEM}), "qti_suspicious"),
        (zipped({"imsmanifest.xml": manifest({}), "/etc/x.xml": ITEM}), "qti_suspicious"),
        (zipped({"imsmanifest.xml": manifest({}), "a.xml": ITEM, "A.XML": ITEM}), "qti_suspicious"),
        (zipped({"imsmanifest.xml": manifest({}), "bomb": b"\0" * 40_000_000}), "qti_suspicious"),
        (zipped({"a.xml": "<questestinterop/>"}), "qti_old_version"),
    ],
)
def test_files_that_are_none_of_ours_are_refused_with_a_reason(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_many_entries_are_counted_before_they_are_read() -> None:
    assert refused(b"PK\x03\x04" + b"PK\x01\x02" * 20_001) == "qti_suspicious"


def test_a_damaged_item_does_not_keep_out_the_others() -> None:
    types = {"a.xml": "imsqti_item_xmlv2p1", "b.xml": "imsqti_item_xmlv2p1", "c.xml": "imsqti_item_xmlv2p1"}
    files: dict[str, bytes | str] = {"imsmanifest.xml": manifest(types), "a.xml": b"<a", "b.xml": ITEM}
    file = read(zipped(files), "goi.zip")
    bad, good = file.items
    assert ([notice.code for notice in bad.notices], bad.content) == (["qti_damaged"], None)
    assert good.key is not None
    assert [(notice.code, notice.place) for notice in file.notices] == [("qti_file_missing", "c.xml")]


@pytest.mark.parametrize(
    "link",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://example.org/a.png",
        "..\\..\\x",
        "%2e%2e/%2e%2e/x",
        "a%00.png",
    ],
)
def test_links_never_lead_out_of_the_package(link: str) -> None:
    assert resolve("items", link) is None
    body = f'<p><img src="{link}" alt="x"/></p>' + choice("A:một", "B:hai")
    files: dict[str, bytes | str] = {
        "imsmanifest.xml": manifest({"items/a.xml": "imsqti_item_xmlv2p1"}),
        "items/a.xml": item_2(body),
    }
    [item] = read(zipped(files), "goi.zip").items
    assert item.content is not None
    assert "img" not in item.content.stem
    assert [notice.code for notice in item.notices] == ["qti_media_outside"]


def test_pictures_that_are_none_and_scripts_are_left_out() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    body = '<p>Xem <img src="a.svg" alt="x"/><img src="b.png" alt="y"/></p><script>alert(1)</script>'
    body += '<p onclick="alert(1)">Chọn</p>' + choice("A:một", "B:hai")
    files: dict[str, bytes | str] = {
        "imsmanifest.xml": manifest({"a.xml": "imsqti_item_xmlv2p1"}),
        "a.xml": item_2(body),
        "a.svg": svg,
    }
    [item] = read(zipped(files), "goi.zip").items
    assert item.content is not None
    assert item.content.stem == "<p>Xem </p><p>Chọn</p><p>Chọn gì?</p>"
    assert {notice.code for notice in item.notices} == {"qti_media_refused", "qti_media_missing", "qti_markup_left_out"}


def test_what_a_file_says_in_our_name_is_cleaned_like_anything_else() -> None:
    files = files_of(PACKAGE)
    said = json.loads(files[OWN_PATH])
    [draft] = said["items"].values()
    draft["content"]["stem"] = "<p>Hàm nào?<script>alert(1)</script><img src=x onerror=alert(1)></p>"
    files[OWN_PATH] = json.dumps(said).encode()
    [item] = read(zipped(files), "goi.zip").items
    assert item.content is not None
    assert item.content.stem == CHOICE.stem


@pytest.mark.parametrize("own", [b"{", b"[]", b'{"format": "item-bank-qti", "version": 1, "items": 3}', b"[" * 100_000])
def test_a_broken_file_of_our_own_is_passed_over(own: bytes) -> None:
    files = files_of(PACKAGE) | {OWN_PATH: own}
    [item] = read(zipped(files), "goi.zip").items
    assert item.key == CHOICE_KEY


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damage_anywhere_is_refused_or_told(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([PACKAGE, ITEM])))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    try:
        file = read(bytes(content), "goi.zip")
    except InvalidQtiFileError:
        return
    for item in file.items:
        assert item.content is not None or item.notices


@given(st.recursive(st.text(alphabet="ab<>&", max_size=3), lambda inner: st.lists(inner, max_size=3)), st.sampled_from(
    [f"{name}Interaction" for name in ("match", "gapMatch", "order", "hotspot", "slider", "hottext", "inlineChoice")]
))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_interactions_that_lack_what_they_need_never_break_the_reader(inside: object, name: str) -> None:
    def written(node: object) -> str:
        if isinstance(node, list):
            return "".join(f"<p>{written(one)}</p>" for one in node)
        return str(node).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    xml = item_2(
        f'<{name} responseIdentifier="RESPONSE">{written(inside)}</{name}>', declared("single", "identifier", "A")
    )
    [item] = read(xml, "a.xml").items
    assert item.key is None


def test_packages_are_known_by_their_manifest_and_items_by_their_root() -> None:
    assert looks_like("a.zip", PACKAGE)
    assert looks_like("a.xml", ITEM)
    assert looks_like("a.xml", ITEM.decode().replace("UTF-8", "UTF-16").encode("utf-16"))
    assert not looks_like("a.docx", zipped({"word/document.xml": "<w/>"}))
    assert not looks_like("a.xml", b"<quiz><question/></quiz>")
