"""Files are taken in item by item: what is held does not grow with the file, and nothing is lost by it."""

import tracemalloc
from collections.abc import Callable

import pytest

from benchmarks.imports.files import aiken_file, csv_file, gift_file, moodle_xml_file, qti_file, word_file
from item_bank.exchange import intake
from item_bank.exchange.formats import FORMATS
from item_bank.exchange.intake import Intake, begin_reading, prepare, read_file
from item_bank.exchange.package.writing import write_package
from tests.item_bank.exchange.qti.making import exported
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY

AT_ONCE = 20
SIZE = 60
MOST_KEPT_OF_AN_ITEM = 2_500
"""Bytes, of which the search for repetitions takes most: the words of an item as numbers."""

MOST_KEPT_WHILE_READ = {"word": 2_500, "text": 2_500, "qti": 2_500, "package": 8_000}
"""Bytes of an item in formats of which more is held than one item: its lines packed, its entry in a ZIP, its JSON."""


def text_file(size: int) -> bytes:
    """Return plain text as people type it; the questions of the Aiken file begin with their numbers."""
    return aiken_file(size).replace(b"ANSWER: ", "Đáp án: ".encode())


def package_file(size: int) -> bytes:
    """Return a package of this bank."""
    items = [exported(CHOICE, CHOICE_KEY, code=f"IU03-{number:04d}") for number in range(1, size + 1)]
    return write_package(items, {}).content


STREAMED = [
    pytest.param(csv_file, "items.csv", "sheet", id="csv"),
    pytest.param(gift_file, "items.gift", "gift", id="gift"),
    pytest.param(aiken_file, "items.txt", "aiken", id="aiken"),
    pytest.param(moodle_xml_file, "items.xml", "moodle_xml", id="moodle_xml"),
    pytest.param(word_file, "items.docx", "word", id="word"),
    pytest.param(text_file, "items.txt", "text", id="text"),
    pytest.param(qti_file, "items.zip", "qti", id="qti"),
    pytest.param(package_file, "items.zip", "package", id="package"),
]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few items are enough to make several batches."""
    monkeypatch.setattr(intake, "ROWS_AT_ONCE", AT_ONCE)


def peak(work: Callable[[], None]) -> int:
    """The most bytes that were held at one time while something was done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("make", "name", "code"), STREAMED)
def test_reading_holds_one_item_at_a_time(make: Callable[[int], bytes], name: str, code: str) -> None:
    def read(content: bytes) -> Callable[[], None]:
        def work() -> None:
            for _ in begin_reading(content, name, code).items:
                pass

        return work

    small, large = make(SIZE), make(3 * SIZE)
    read(large)()
    grown = peak(read(large)) - peak(read(small))
    # The text of a file may be held decoded, two bytes a letter.
    assert grown < 3 * (len(large) - len(small)) + 50_000 + 2 * SIZE * MOST_KEPT_WHILE_READ.get(code, 0)


@pytest.mark.parametrize(("make", "name", "code"), STREAMED)
def test_looking_keeps_little_of_an_item_that_was_handed_on(make: Callable[[int], bytes], name: str, code: str) -> None:
    def look(content: bytes) -> Callable[[], None]:
        def work() -> None:
            for _ in Intake(begin_reading(content, name, code)).batches():
                pass

        return work

    small, large = make(SIZE), make(3 * SIZE)
    look(large)()
    grown = peak(look(large)) - peak(look(small))
    kept = MOST_KEPT_OF_AN_ITEM + MOST_KEPT_WHILE_READ.get(code, 0)
    assert grown < 3 * (len(large) - len(small)) + 2 * SIZE * kept


@pytest.mark.parametrize(("make", "name", "code"), STREAMED)
def test_batches_hold_every_row_in_order(make: Callable[[int], bytes], name: str, code: str) -> None:
    content = make(AT_ONCE + 1)
    taking_in = Intake(begin_reading(content, name, code))
    batches = list(taking_in.batches())
    assert [len(rows) for rows in batches] == [AT_ONCE, 1]
    prepared = prepare(read_file(content, name, code))
    assert [row for rows in batches for row in rows] == prepared.rows
    assert [row["number"] for row in prepared.rows] == [*range(1, AT_ONCE + 2)]
    assert taking_in.facts() == prepared.facts


def test_every_format_is_tried_here() -> None:
    assert {one.code for one in FORMATS} == {param.values[2] for param in STREAMED}
