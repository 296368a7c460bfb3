"""Packages are read file by file: the manifest, what the bank says of its items, and the items."""

import gc
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.imported import ImportedItem
from item_bank.exchange.qti.errors import InvalidQtiFileError
from item_bank.exchange.qti.own import OWN_PATH
from item_bank.exchange.qti.own_text import JsonText
from item_bank.exchange.qti.reading import begin
from item_bank.exchange.qti.writing.package import write_qti3
from tests.item_bank.exchange.qti.making import MEDIA, PICTURE, exported, files_of, zipped
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def in_pieces(content: bytes, size: int) -> Iterator[bytes]:
    """Bytes, some at a time."""
    return (content[start : start + size] for start in range(0, len(content), size))


@given(
    whole=st.dictionaries(st.text(max_size=5), values, max_size=5),
    size=st.integers(1, 7),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    indent=st.sampled_from([None, 1]),
)
@settings(max_examples=300)
def test_members_of_an_object_are_read_wherever_the_pieces_end(
    whole: dict[str, object], size: int, encoding: str, indent: int | None
) -> None:
    text = JsonText(in_pieces(json.dumps(whole, ensure_ascii=False, indent=indent).encode(encoding), size))
    found = {}
    for name in text.members():
        found[name], said = text.value()
        assert json.loads(said) == found[name]
    assert found == whole
    assert text.next_sign() == ""


@pytest.mark.parametrize("text", ["{", '{"a"', '{"a": }', '{"a": 1,}', "{1: 2}", '{"a": 1.', '{"a": 1 "b"', "[", ""])
def test_what_is_no_json_is_told(text: str) -> None:
    found = JsonText(in_pieces(text.encode(), 3))
    with pytest.raises(ValueError, match=r".*"):
        [found.value() for _ in found.members()]


def package(count: int, content: ItemContent = CHOICE) -> bytes:
    """A package of as many items of this bank."""
    items = [exported(content, CHOICE_KEY, code=f"IU03-{number:04d}") for number in range(1, count + 1)]
    return write_qti3(items, MEDIA).content


def held(kind: type[object]) -> int:
    """How many objects of a kind there are."""
    gc.collect()
    return sum(type(one) is kind for one in gc.get_objects())


@pytest.mark.usefixtures("only_new_objects")
@pytest.mark.parametrize("count", [20, 200])
def test_one_item_is_held_however_many_the_package_has(count: int) -> None:
    before = held(Element), held(ImportedItem)
    reading = begin(package(count), "goi.zip")
    assert held(Element) == before[0]
    for item in reading.items:
        assert (item.key, item.metadata.expected_seconds) == (CHOICE_KEY, 90)
        if item.number in {2, count}:
            assert held(ImportedItem) == before[1] + 1
            assert held(Element) < before[0] + 100
    assert held(Element) == before[0]
    assert item.number == count


def test_damage_in_the_manifest_refuses_the_package_before_any_item_is_given() -> None:
    files = files_of(package(30))
    files["imsmanifest.xml"] = files["imsmanifest.xml"].replace(b"</resources>", b"<x:a/></resources>")
    with pytest.raises(InvalidQtiFileError) as caught:
        begin(zipped(files), "goi.zip")
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("qti_damaged", "imsmanifest.xml")]


def test_a_medium_that_cannot_be_unpacked_refuses_the_package_in_the_middle() -> None:
    shown = CHOICE.model_copy(update={"stem": f'<p>Xem <img src="media:{PICTURE.sha256}" alt="bảng"></p>'})
    files = {**files_of(package(3, shown)), OWN_PATH: b"{}"}
    plain = files_of(package(3))
    files["items/IU03-0001.xml"] = plain["items/IU03-0001.xml"]
    whole = zipped(files)
    entry = whole.index(f"media/{PICTURE.sha256}".encode())
    damaged = bytearray(whole)
    damaged[entry + 100 : entry + 110] = b"x" * 10
    reading = begin(bytes(damaged), "goi.zip")
    assert next(reading.items).key == CHOICE_KEY
    with pytest.raises(InvalidQtiFileError) as caught:
        next(reading.items)
    assert caught.value.faults[0].code == "qti_damaged"


def test_a_file_of_our_own_that_is_broken_at_its_end_is_not_believed_at_all() -> None:
    files = files_of(package(3))
    files[OWN_PATH] += b"}"
    items = list(begin(zipped(files), "goi.zip").items)
    assert [item.metadata.reference_code for item in items] == [None] * 3
