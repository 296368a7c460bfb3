"""The bank's own package: every kind of item comes home unchanged, and nothing in a package is believed unchecked."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_engine.interactions.cleaning import cleaned_content, cleaned_text
from exam_engine.interactions.content import FileUpload, HotspotChoice, SelectPoint
from exam_engine.interactions.keys import RubricKey
from item_bank.exchange.exported import ExportedItem, ExportedMedia, ExportedStimulus
from item_bank.exchange.formats import recognise
from item_bank.exchange.imported import ImportedItem
from item_bank.exchange.package.errors import InvalidPackageError
from item_bank.exchange.package.reading import read
from item_bank.exchange.package.writing import write_package
from item_bank.items.content import ItemDraft, ItemMetadata
from tests.exam_engine.interactions.strategies import Item, items
from tests.item_bank.exchange.qti.making import FILE, MEDIA, PICTURE, STIMULUS, draft, exported, files_of, png, zipped
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY

SHOWN = f'<p>Xem hình <img src="media:{PICTURE.sha256}" alt="Bảng"></p>'


def kept(item: Item) -> Item:
    """An item as the bank keeps it: canonical texts, media that are there."""
    content, key = item
    if isinstance(content, HotspotChoice | SelectPoint):
        content = content.model_copy(update={"picture": content.picture.model_copy(update={"media": PICTURE.sha256})})
    if isinstance(content, FileUpload):
        files = tuple(
            one.model_copy(update={"media": FILE.sha256, "name": "diem.csv"}) for one in content.starting_files
        )
        content = content.model_copy(update={"starting_files": files})
    if isinstance(key, RubricKey):
        key = key.model_copy(update={"model_answer": cleaned_text(key.model_answer).html})
    return cleaned_content(content).content, key


def as_draft(item: ImportedItem) -> ItemDraft:
    """The draft that an item would become in a bank that knows its module."""
    said = item.metadata
    assert item.content is not None
    assert said.module is not None
    assert said.reference_code is not None
    assert said.cognitive_level is not None
    assert said.points is not None
    metadata = ItemMetadata(
        said.module,
        said.reference_code,
        said.cognitive_level,
        said.points,
        said.expected_seconds,
        said.source,
        said.tags,
        item.stimulus,
    )
    return ItemDraft(item.code or "", item.content, item.key, metadata, item.explanation)


@given(
    given_items=st.lists(items().map(kept), min_size=1, max_size=4),
    points=st.sampled_from(["0.25", "1", "2.5", "100"]),
    has_key=st.booleans(),
    has_stimulus=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_every_item_comes_home_as_it_left(
    given_items: list[Item], points: str, has_key: bool, has_stimulus: bool
) -> None:
    drafts = [
        draft(
            content,
            key if has_key else None,
            code=f"IU03-{number:03d}",
            points=points,
            explanation=SHOWN,
            stimulus_code=STIMULUS.code if has_stimulus else None,
        )
        for number, (content, key) in enumerate(given_items, start=1)
    ]
    leaving = [ExportedItem(one, STIMULUS if has_stimulus else None) for one in drafts]
    written = write_package(leaving, MEDIA)
    assert written.left_out == ()
    home = read(written.content, "ngan-hang.zip")
    assert [as_draft(one) for one in home.items] == drafts
    assert [one.notices for one in home.items] == [()] * len(drafts)
    assert [(one.code, one.title, one.content) for one in home.stimuli] == (
        [(STIMULUS.code, STIMULUS.title, STIMULUS.content)] if has_stimulus else []
    )
    assert home.media[PICTURE.sha256].content == PICTURE.content
    assert write_package(leaving, MEDIA) == written


def test_a_package_is_recognised_and_holds_only_media_that_its_items_show() -> None:
    written = write_package([exported(CHOICE, CHOICE_KEY, explanation=SHOWN)], MEDIA)
    assert files_of(written.content).keys() == {"item-bank.json", f"media/{PICTURE.sha256}"}
    found = recognise("tep.zip", written.content)
    assert found is not None
    assert found.code == "package"


def test_a_medium_that_is_gone_is_named_with_its_item_and_the_item_is_written_all_the_same() -> None:
    written = write_package([exported(CHOICE, CHOICE_KEY, explanation=SHOWN)], {})
    assert [(one.code, one.place) for one in written.left_out] == [("export_media_missing", "IU03-001")]
    assert read(written.content, "a.zip").items[0].explanation == SHOWN


def changed(change: Mapping[str, Any], **files: bytes) -> bytes:
    """A package whose first item says something else than the bank wrote."""
    package = files_of(write_package([exported(CHOICE, CHOICE_KEY, explanation=SHOWN)], MEDIA).content)
    contents = json.loads(package["item-bank.json"])
    contents["items"][0].update(change)
    return zipped({**package, "item-bank.json": json.dumps(contents), **files})


def test_scripts_written_into_a_package_are_dropped_and_named() -> None:
    [item] = read(changed({"explanation": "<p onclick='x()'>Vì thế<script>x()</script></p>"}), "a.zip").items
    assert item.explanation == "<p>Vì thế</p>"
    assert [(one.severity, one.code, one.part) for one in item.notices] == [
        ("left_out", "formatting_left_out", "explanation")
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"content": {"interaction": "essay", "stem": ""}}, "package_item_unreadable"),
        ({"key": {"form": "choice", "correct": []}}, "package_item_unreadable"),
        ({"metadata": None}, "package_item_unreadable"),
    ],
)
def test_an_item_that_is_not_as_it_must_be_is_refused_alone(change: dict[str, Any], code: str) -> None:
    [item] = read(changed(change), "a.zip").items
    assert (item.content, item.key, item.code) == (None, None, "IU03-001")
    assert [(one.severity, one.code, one.place) for one in item.notices] == [("error", code, "IU03-001")]


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({"points": "0"}, "points_invalid"),
        ({"points": "100.5"}, "points_invalid"),
        ({"expected_seconds": 4}, "seconds_invalid"),
        ({"tags": ["x" * 61]}, "tags_invalid"),
        ({"stimulus_code": "IU03-S9"}, "package_stimulus_missing"),
    ],
)
def test_metadata_out_of_bounds_are_errors_of_the_item(metadata: dict[str, Any], code: str) -> None:
    stated = {
        "module_code": "IU03",
        "reference_code": "IU03.2.1",
        "cognitive_level": "TH",
        "points": "1",
        "expected_seconds": 5,
        "source": "",
        "tags": ["x" * 60],
        "stimulus_code": None,
    }
    assert read(changed({"metadata": stated}), "a.zip").items[0].notices == ()
    [item] = read(changed({"metadata": stated | metadata}), "a.zip").items
    assert [(one.severity, one.code) for one in item.notices] == [("error", code)]


def test_media_whose_bytes_were_exchanged_are_not_taken() -> None:
    path = f"media/{PICTURE.sha256}"
    for other in (FILE.content, png(10, 10), b"GIF89a"):
        home = read(changed({}, **{path: other}), "a.zip")
        assert home.media == {}
        assert [one.code for one in home.items[0].notices] == ["package_media_refused"]


def test_a_stimulus_with_scripts_is_cleaned_and_one_that_cannot_be_read_is_an_error() -> None:
    bad = replace(STIMULUS, content="<p>Đoạn<script>x()</script></p>")
    leaving = [ExportedItem(draft(CHOICE, CHOICE_KEY, stimulus_code=bad.code), bad)]
    home = read(write_package(leaving, {}).content, "a.zip")
    assert home.stimuli[0].content == "<p>Đoạn</p>"
    assert [one.code for one in home.stimuli[0].notices] == ["formatting_left_out"]
    nameless = ExportedStimulus("không mã", "", "")
    home = read(write_package([ExportedItem(leaving[0].draft, nameless)], {}).content, "a.zip")
    assert [one.code for one in home.notices] == ["package_stimulus_unreadable"]


def test_files_that_are_no_package_are_refused_with_the_reason() -> None:
    def code(content: bytes) -> str:
        with pytest.raises(InvalidPackageError) as caught:
            read(content, "a.zip")
        return caught.value.faults[0].code

    whole = write_package([exported(CHOICE, CHOICE_KEY)], MEDIA).content
    assert code(whole[:-30]) == "package_damaged"
    assert code(zipped({"readme.txt": "x"})) == "package_without_contents"
    assert code(zipped({"item-bank.json": '{"format": "other"}'})) == "package_without_contents"
    assert code(zipped({"item-bank.json": "{"})) == "package_damaged"
    assert code(zipped({"item-bank.json": "[" * 100_000})) == "package_damaged"
    assert code(zipped({"item-bank.json": '{"format": "item-bank", "version": 1, "items": 7}'})) == "package_damaged"
    assert code(zipped({"item-bank.json": '{"format": "item-bank", "version": 2}'})) == "package_newer_version"
    assert code(zipped({"item-bank.json": "{}", "../out": "x"})) == "package_suspicious"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("item-bank.json", b" " * 30_000_000)
    assert code(buffer.getvalue()) == "package_suspicious"


def test_points_keep_their_value_whatever_zeros_they_are_written_with() -> None:
    home = read(write_package([exported(CHOICE, CHOICE_KEY, points="2.50")], {}).content, "a.zip")
    assert home.items[0].metadata.points == Decimal("2.5")


def test_packed_media_are_stored_and_texts_are_packed() -> None:
    sheet = ExportedMedia(b"a,b\n" * 5_000, "text/csv")
    task = FileUpload.model_validate(
        {
            "stem": "<p>Tính</p>",
            "file_types": ["xlsx"],
            "starting_files": [{"name": "a.csv", "media": "0" * 64, "content_type": "text/csv", "size_bytes": 20_000}],
        }
    )
    assert len(write_package([exported(task, None)], {"0" * 64: sheet}).content) < 4_000
