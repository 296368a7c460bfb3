"""Reading modules of the sample bank: pictures and files by name, canonical texts, enemies, errors with their place."""

import io
from pathlib import Path

import pytest
from PIL import Image

from exam_engine.interactions.content import FileUpload, HotspotChoice, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.rich_text import media_of, plain_text
from exam_engine.media.preparing import prepare
from item_bank.sample.bank import sample_rows
from item_bank.sample.modules import (
    SampleEnemies,
    SampleError,
    SampleModule,
    load_module,
    module_files,
    sample_bank,
    table_drafts,
)

CHOICE = """
module = "IU07"
[[stimuli]]
code = "IU07-S1"
title = "Hình"
content = '<p>Xem hình.</p><img src="picture:iu07-map.png" alt="Sơ đồ">'
[[items]]
code = "IU07-001"
reference = "IU07.3"
level = "NB"
seconds = 45
tags = ["mục lục"]
stimulus = "IU07-S1"
explanation = "Vì 1 < 2 & 3."
checked = "LibreOffice Writer 7.4"
[items.content]
interaction = "single_choice"
stem = "Ô nào <b>đúng</b>?"
options = [ { id = "A", content = "x < y" }, { id = "B", content = "y" } ]
[items.key]
form = "choice"
correct = ["B"]
"""

HOTSPOT = """
module = "IU07"
[[items]]
code = "IU07-002"
reference = "IU07.3"
level = "TH"
seconds = 45
explanation = "Vì thế."
checked = "Nhìn hình"
[items.content]
interaction = "hotspot"
stem = "Chọn nút."
picture = { media = "picture:iu07-map.png", alternative_text = "Thanh công cụ" }
hotspots = [
  { id = "h1", shape = "rectangle", coordinates = [0, 0, 30, 30], label = "Nút trái" },
  { id = "h2", shape = "rectangle", coordinates = [40, 0, 70, 30], label = "Nút phải" },
]
[items.key]
form = "choice"
correct = ["h1"]
"""

TASK = """
module = "IU07"
[[items]]
code = "IU07-P1"
reference = "IU07"
level = "VD"
seconds = 1800
points = 2
explanation = "Xem đáp án mẫu."
checked = "Đã làm thử"
[items.content]
interaction = "file_upload"
stem = "Làm theo tệp."
file_types = ["docx"]
starting_files = [ { name = "Dữ liệu.csv", media = "file:iu07-data.csv" } ]
[items.key]
form = "rubric"
model_answer = "<p>Bài mẫu.</p>"
criteria = [ { id = "a", title = "Có mục lục", description = "Có: 2 điểm.", points = "2" } ]
"""

PAIR = """
[[enemies]]
items = ["IU07-001", "IU07-P1"]
reason = "Bài mách câu."
"""
ENEMIES = CHOICE + TASK.replace('module = "IU07"', "") + PAIR


def folder(tmp_path: Path, text: str) -> Path:
    for name in ("pictures", "files"):
        (tmp_path / name).mkdir(exist_ok=True)
    Image.new("RGB", (80, 40), "white").save(tmp_path / "pictures" / "iu07-map.png")
    (tmp_path / "files" / "iu07-data.csv").write_text("Mã,Tên\n1,Ô\n", encoding="utf-8")
    (tmp_path / "iu07.toml").write_text(text, encoding="utf-8")
    return tmp_path


def read(tmp_path: Path, text: str) -> SampleModule:
    place = folder(tmp_path, text)
    return load_module(place / "iu07.toml", place)


def test_pictures_are_named_by_what_is_stored_of_them(tmp_path: Path) -> None:
    module = read(tmp_path, CHOICE)
    stored = prepare((tmp_path / "pictures" / "iu07-map.png").read_bytes(), "iu07-map.png", "picture")
    assert media_of(module.stimuli[0].content) == (stored.sha256,)
    assert module.media == {stored.sha256: stored}
    with Image.open(io.BytesIO(stored.content)) as picture:
        assert picture.size == (80, 40)


def test_an_item_keeps_all_that_is_said_of_it_and_its_texts_are_canonical(tmp_path: Path) -> None:
    (item,) = read(tmp_path, CHOICE).items
    draft, metadata = item.draft, item.draft.metadata
    assert isinstance(draft.content, SingleChoice)
    assert draft.content.stem == "Ô nào <strong>đúng</strong>?"
    assert plain_text(draft.content.options[0].content) == "x < y"
    assert draft.key == ChoiceKey(correct=("B",))
    assert draft.explanation == "Vì 1 &lt; 2 &amp; 3."
    assert (metadata.module_code, metadata.reference_code, metadata.cognitive_level) == ("IU07", "IU07.3", "NB")
    assert (metadata.expected_seconds, metadata.tags, metadata.stimulus_code) == (45, ("mục lục",), "IU07-S1")
    assert "LibreOffice Writer 7.4" in metadata.source


def test_the_size_of_a_picture_is_taken_from_the_picture(tmp_path: Path) -> None:
    content = read(tmp_path, HOTSPOT).items[0].draft.content
    assert isinstance(content, HotspotChoice)
    assert (content.picture.width, content.picture.height) == (80, 40)


def test_the_facts_of_a_starting_file_are_taken_from_the_file(tmp_path: Path) -> None:
    module = read(tmp_path, TASK)
    content = module.items[0].draft.content
    assert isinstance(content, FileUpload)
    (file,) = content.starting_files
    written = (tmp_path / "files" / "iu07-data.csv").read_bytes()
    assert (file.name, file.content_type, file.size_bytes) == ("Dữ liệu.csv", "text/csv", len(written))
    assert module.media[file.media].content == written


def test_enemies_are_pairs_of_items_with_a_reason(tmp_path: Path) -> None:
    assert read(tmp_path, ENEMIES).enemies == (SampleEnemies("IU07-001", "IU07-P1", "Bài mách câu."),)
    assert read(tmp_path, CHOICE).enemies == ()


@pytest.mark.parametrize(
    ("text", "change", "words"),
    [
        (CHOICE, ("picture:iu07-map.png", "picture:iu07-gone.png"), ["IU07-S1", "pictures/iu07-gone.png"]),
        (TASK, ("file:iu07-data.csv", "file:iu07-gone.csv"), ["IU07-P1", "files/iu07-gone.csv"]),
        (CHOICE, ("<b>", "<b class=x>"), ["IU07-001", "stem", "@class"]),
        (CHOICE, ("Vì 1", "<script>1</script>Vì 1"), ["IU07-001", "explanation", "script"]),
        (CHOICE, ("<p>Xem hình.</p>", "<p id=a>Xem hình.</p>"), ["IU07-S1", "content", "@id"]),
        (CHOICE, ('stem = "Ô', 'stam = "Ô'), ["IU07-001", "stem"]),
        (CHOICE, ('correct = ["B"]', "correct = []"), ["IU07-001", "correct"]),
        (CHOICE, ('level = "NB"', 'level = "XX"'), ["items/0/level"]),
        (CHOICE, ("seconds = 45", "seconds = 45\npoint = 2"), ["items/0/point"]),
        (CHOICE, ('stimulus = "IU07-S1"', 'stimulus = "IU07-S9"'), ["IU07-001", "IU07-S9"]),
        (CHOICE, ("Vì 1", r"<span data-latex='\\\\frac{1'></span>Vì 1"), ["IU07-001", "explanation", "latex"]),
        (CHOICE, ('module = "IU07"', "module = "), ["line 2"]),
        (ENEMIES, (', "IU07-P1"]', ', "IU07-P2"]'), ["enemies IU07-001, IU07-P2", "IU07-P2 is not in this file"]),
        (ENEMIES, ('"IU07-001", "IU07-P1"', '"IU07-P1", "IU07-001"'), ["enemies IU07-P1, IU07-001", "lower code"]),
        (ENEMIES, ('"IU07-001", "IU07-P1"', '"IU07-001", "IU07-001"'), ["enemies IU07-001, IU07-001", "lower code"]),
        (ENEMIES, (PAIR, PAIR + PAIR), ["enemies IU07-001, IU07-P1", "twice"]),
        (ENEMIES, ("points = 2", 'points = 2\nstimulus = "IU07-S1"'), ["enemies IU07-001, IU07-P1", "IU07-S1"]),
        (ENEMIES, ('reason = "Bài mách câu."', 'reason = ""'), ["enemies/0/reason"]),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else None,
)
def test_an_error_names_the_file_the_item_and_the_place(
    tmp_path: Path, text: str, change: tuple[str, str], words: list[str]
) -> None:
    assert change[0] in text
    with pytest.raises(SampleError) as error:
        read(tmp_path, text.replace(*change, 1))
    assert [word for word in ("iu07.toml", *words) if word not in str(error.value)] == []


def test_a_picture_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path, CHOICE)
    (place / "pictures" / "iu07-map.png").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    with pytest.raises(SampleError, match=r"iu07\.toml: IU07-S1: .*picture_is_vector"):
        load_module(place / "iu07.toml", place)


def test_modules_are_read_in_order_and_nothing_else_is(tmp_path: Path) -> None:
    for name in ("iu08.toml", "iu07.toml", "notes.toml", "iu01.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [file.name for file in module_files(tmp_path)] == ["iu07.toml", "iu08.toml"]


def test_items_of_the_tables_become_drafts_with_the_same_words() -> None:
    rows, drafts = sample_rows(), table_drafts()
    assert [draft.code for draft in drafts] == [row["code"] for row in rows]
    for row, draft in zip(rows, drafts, strict=True):
        assert isinstance(draft.content, SingleChoice)
        assert plain_text(draft.content.stem) == row["stem"]
        assert [plain_text(option.content) for option in draft.content.options] == [
            row[f"option_{letter}"] for letter in "abcd"
        ]
        assert draft.key == ChoiceKey(correct=(row["key"],))


def test_the_bank_holds_each_thing_once_and_all_that_its_items_name() -> None:
    bank = sample_bank()
    assert len({draft.code for draft in bank.drafts}) == len(bank.drafts) >= 240
    assert len({file.sha256 for file in bank.media}) == len(bank.media)
    named = {draft.metadata.stimulus_code for draft in bank.drafts} - {None}
    assert named == {stimulus.code for stimulus in bank.stimuli}
    codes = {draft.code for draft in bank.drafts}
    assert bank.enemies
    assert {code for pair in bank.enemies for code in (pair.first, pair.second)} <= codes
