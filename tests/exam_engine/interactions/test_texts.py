"""The texts of an item are found with their places, whatever its interaction."""

from hypothesis import given

from exam_engine.interactions.content import CONTENT
from exam_engine.interactions.texts import media_hashes, part_texts, texts
from tests.exam_engine.interactions import makers
from tests.exam_engine.interactions.strategies import Item, items


def test_texts_come_in_reading_order_with_their_places() -> None:
    content = makers.inline_choice({"g1": "AB", "g2": "C D".replace(" ", "")})
    assert [place for place, _ in texts(content)] == [
        "stem", "passage", "gaps/g1/A", "gaps/g1/B", "gaps/g2/C", "gaps/g2/D",
    ]  # fmt: skip
    match = makers.match("AB", "xy")
    assert dict(part_texts(match))["targets/y"] == "Cột y"
    assert [place for place, _ in texts(match)] == ["stem", "sources/A", "sources/B", "targets/x", "targets/y"]


@given(items())
def test_no_rich_text_of_any_item_is_forgotten(item: Item) -> None:
    content, _ = item

    def marked(value: object, name: str = "") -> object:
        """The item with a mark in each field of HTML."""
        if isinstance(value, dict):
            return {field: marked(inner, field) for field, inner in value.items()}
        if isinstance(value, list):
            return [marked(inner, name) for inner in value]
        return f"@{value}" if name in {"stem", "passage", "content"} else value

    changed = CONTENT.validate_python(marked(content.model_dump(mode="json")))
    assert [text for _, text in texts(changed)] == [f"@{text}" for _, text in texts(content)]
    assert changed.model_dump_json().count('"@') == sum(1 for _ in texts(changed))


def test_pictures_pointed_at_and_files_of_tasks_are_media_of_the_item() -> None:
    file = {"name": "de.docx", "media": "cd" * 32, "content_type": "application/x", "size_bytes": 1}
    assert list(media_hashes(makers.select_point())) == ["ab" * 32]
    assert list(media_hashes(makers.hotspot())) == ["ab" * 32]
    assert list(media_hashes(makers.file_upload(starting_files=[file]))) == ["cd" * 32]
    assert list(media_hashes(makers.single_choice())) == []
