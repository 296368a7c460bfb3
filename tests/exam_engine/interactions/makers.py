"""Short ways to write contents and keys in tests."""

from collections.abc import Iterable, Mapping
from typing import Any

from exam_engine.interactions.content import CONTENT, ItemContent
from exam_engine.interactions.keys import KEY, ItemKey

PICTURE = {"media": "ab" * 32, "alternative_text": "Màn hình nền", "width": 100, "height": 80}


def content(interaction: str, **fields: Any) -> ItemContent:
    return CONTENT.validate_python({"interaction": interaction, "stem": "Hỏi gì?", **fields})


def key(form: str, **fields: Any) -> ItemKey:
    return KEY.validate_python({"form": form, **fields})


def options(names: Iterable[str], text: str = "Phương án") -> list[dict[str, str]]:
    return [{"id": name, "content": f"{text} {name}"} for name in names]


def passage(*gaps: str) -> str:
    return " ".join(f'<span data-gap="{gap}"></span>' for gap in gaps)


def rule(name: str, **fields: Any) -> Mapping[str, Any]:
    return {"rule": name, **fields}


def single_choice(names: str = "ABCD") -> ItemContent:
    return content("single_choice", options=options(names))


def multiple_response(names: str = "ABCDE", **fields: Any) -> ItemContent:
    return content("multiple_response", options=options(names), **fields)


def true_false_table(names: str = "abcd") -> ItemContent:
    return content("true_false_table", statements=options(names, "Mệnh đề"))


def match(sources: str = "ABC", targets: str = "xyz", **fields: Any) -> ItemContent:
    return content("match", sources=options(sources, "Hàng"), targets=options(targets, "Cột"), **fields)


def order(names: str = "ABCD") -> ItemContent:
    return content("order", options=options(names, "Bước"))


def gap_match(texts: str = "ABC", gaps: Iterable[str] = ("g1", "g2"), **fields: Any) -> ItemContent:
    listed = [{"id": gap} for gap in gaps]
    return content("gap_match", passage=passage(*gaps), texts=options(texts, "Từ"), gaps=listed, **fields)


def inline_choice(gaps: Mapping[str, str]) -> ItemContent:
    listed = [{"id": gap, "options": options(names)} for gap, names in gaps.items()]
    return content("inline_choice", passage=passage(*gaps), gaps=listed)


def text_entry(*gaps: str) -> ItemContent:
    return content("text_entry", passage=passage(*gaps), gaps=[{"id": gap} for gap in gaps])


def numeric_entry(units: str = "", **fields: Any) -> ItemContent:
    return content("numeric_entry", units=options(units, "đơn vị"), **fields)


def hot_text(names: Iterable[str] = ("h1", "h2", "h3"), **fields: Any) -> ItemContent:
    marked = " ".join(f'<span data-hottext="{name}">từ</span>' for name in names)
    return content("hot_text", passage=marked, hottexts=list(names), **fields)


def hotspot(names: str = "ABC", **fields: Any) -> ItemContent:
    spots = [
        {"id": name, "shape": "rectangle", "coordinates": [10 * number, 0, 10 * number + 5, 5], "label": f"Nút {name}"}
        for number, name in enumerate(names)
    ]
    return content("hotspot", picture=PICTURE, hotspots=spots, **fields)


def select_point(max_points: int = 1) -> ItemContent:
    return content("select_point", picture=PICTURE, max_points=max_points)


def slider(lower: str = "0", upper: str = "100", step: str = "1") -> ItemContent:
    return content("slider", lower=lower, upper=upper, step=step)


def extended_text(max_characters: int = 4000) -> ItemContent:
    return content("extended_text", max_characters=max_characters)


def file_upload(*types: str, **fields: Any) -> ItemContent:
    return content("file_upload", file_types=types or ("docx", "xlsx"), **fields)


def rubric() -> ItemKey:
    return key("rubric", criteria=[{"id": "c1", "title": "Đúng yêu cầu", "points": "1"}])
