"""Hypothesis strategies for valid items of every interaction: content and key that belong together."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exam_engine.interactions.content import CONTENT, ItemContent
from exam_engine.interactions.keys import KEY, ItemKey

Item = tuple[ItemContent, ItemKey]

MEDIA = "5e" * 32
WIDTH, HEIGHT = 640, 480

ids = st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True)
lower_ids = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
"""Gaps and marked words stand in the passage's HTML."""
words = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ", min_size=1, max_size=12).filter(lambda text: text.strip() != "")
numbers = st.decimals(-9999, 9999, places=3, allow_nan=False, allow_infinity=False).map(lambda value: f"{value:f}")
shares = st.integers(0, 10_000).map(lambda value: f"{Decimal(value) / 10_000:f}")


def items(interaction: str | None = None) -> SearchStrategy[Item]:
    """Valid pairs of content and key, of one interaction or of all fifteen."""
    return st.one_of(list(_BY_INTERACTION.values())) if interaction is None else _BY_INTERACTION[interaction]


def _item(content: dict[str, Any], key: dict[str, Any]) -> Item:
    return CONTENT.validate_python({"stem": "Hỏi gì?", **content}), KEY.validate_python(key)


def _names(draw: DrawFn, least: int, most: int, of: SearchStrategy[str] = ids) -> list[str]:
    return draw(st.lists(of, min_size=least, max_size=most, unique=True))


def _options(names: Sequence[str], text: str = "Phương án") -> list[dict[str, Any]]:
    """Options that look different: their texts are numbered."""
    return [{"id": name, "content": f"{text} {number}"} for number, name in enumerate(names)]


def _subset(draw: DrawFn, names: Sequence[str], least: int = 1) -> list[str]:
    return draw(st.lists(st.sampled_from(names), min_size=least, max_size=len(names), unique=True))


def _by_count(draw: DrawFn, parts: int) -> dict[str, Any]:
    middle = sorted(draw(st.lists(st.integers(0, 10_000), min_size=parts - 1, max_size=parts - 1)))
    return {"rule": "by_count", "shares": ["0", *(f"{Decimal(value) / 10_000:f}" for value in middle), "1"]}


def _mapped(draw: DrawFn, correct: Sequence[str], wrong: Sequence[str]) -> dict[str, Any]:
    """Right choices earn everything together, wrong ones cost something or nothing."""
    each = 10_000 // len(correct)
    parts = [each] * (len(correct) - 1) + [10_000 - each * (len(correct) - 1)]
    given = {name: f"{Decimal(part) / 10_000:f}" for name, part in zip(correct, parts, strict=True)}
    costs = {name: f"-{draw(shares)}" for name in wrong if draw(st.booleans())}
    return {"rule": "mapped", "shares": {**given, **costs}, "default": draw(st.sampled_from(["0", "-0.5"]))}


def _by_choices(draw: DrawFn, correct: Sequence[str], wrong: Sequence[str]) -> dict[str, Any]:
    rule = draw(st.sampled_from(["all_or_nothing", "per_option", "mapped"]))
    if rule == "mapped":
        return _mapped(draw, correct, wrong)
    return {"rule": rule, "penalty": draw(shares)} if rule == "per_option" else {"rule": rule}


def _by_parts(draw: DrawFn, parts: int) -> dict[str, Any]:
    rule = draw(st.sampled_from(["all_or_nothing", "per_part", "by_count"]))
    return _by_count(draw, parts) if rule == "by_count" else {"rule": rule}


@st.composite
def _single_choice(draw: DrawFn) -> Item:
    names = _names(draw, 2, 6)
    right, *wrong = draw(st.permutations(names))
    key = {"form": "choice", "correct": [right], "scoring": _by_choices(draw, [right], wrong)}
    return _item({"interaction": "single_choice", "options": _options(names)}, key)


def _choices(draw: DrawFn, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    correct = _subset(draw, names)
    wrong = [name for name in names if name not in correct]
    scoring = _by_choices(draw, correct, wrong)
    # Where wrong choices may be free, nobody may choose more than what is right.
    are_wrong_free = scoring["rule"] == "mapped" or scoring.get("penalty") == "0"
    limits = {
        "min_choices": draw(st.integers(0, len(correct))),
        "max_choices": len(correct) if are_wrong_free else draw(st.none() | st.integers(len(correct), len(names))),
    }
    return limits, {"form": "choice", "correct": correct, "scoring": scoring}


@st.composite
def _multiple_response(draw: DrawFn) -> Item:
    names = _names(draw, 2, 7)
    limits, key = _choices(draw, names)
    return _item({"interaction": "multiple_response", "options": _options(names), **limits}, key)


@st.composite
def _hot_text(draw: DrawFn) -> Item:
    names = _names(draw, 2, 7, lower_ids)
    limits, key = _choices(draw, names)
    passage = " ".join(f'<span data-hottext="{name}">từ</span>' for name in names)
    return _item({"interaction": "hot_text", "passage": passage, "hottexts": names, **limits}, key)


def _picture() -> dict[str, Any]:
    return {"media": MEDIA, "alternative_text": "Bàn phím", "width": WIDTH, "height": HEIGHT}


@st.composite
def areas(draw: DrawFn) -> dict[str, Any]:
    """A sound area of the picture; polygons are triangles with a right angle."""
    shape = draw(st.sampled_from(["rectangle", "circle", "polygon"]))
    x, y = draw(st.integers(0, WIDTH - 50)), draw(st.integers(0, HEIGHT - 50))
    width, height = draw(st.integers(1, 50)), draw(st.integers(1, 50))
    coordinates = {
        "rectangle": [x, y, x + width, y + height],
        "circle": [x, y, width],
        "polygon": [x, y, x + width, y, x, y + height],
    }
    return {"shape": shape, "coordinates": coordinates[shape]}


@st.composite
def _hotspot(draw: DrawFn) -> Item:
    names = _names(draw, 2, 6)
    limits, key = _choices(draw, names)
    hotspots = [{"id": name, "label": f"Phím {name}", **draw(areas())} for name in names]
    return _item({"interaction": "hotspot", "picture": _picture(), "hotspots": hotspots, **limits}, key)


@st.composite
def _true_false_table(draw: DrawFn) -> Item:
    names = _names(draw, 1, 6)
    values = {name: draw(st.booleans()) for name in names}
    content = {"interaction": "true_false_table", "statements": _options(names, "Mệnh đề")}
    return _item(content, {"form": "true_false", "values": values, "scoring": _by_parts(draw, len(names))})


def _pair_scoring(draw: DrawFn, parts: int, pairs: Sequence[Sequence[str]], wrong: Sequence[str]) -> dict[str, Any]:
    if draw(st.booleans()):
        return _by_parts(draw, parts)
    return _by_choices(draw, [" ".join(pair) for pair in pairs], wrong)


@st.composite
def _match(draw: DrawFn) -> Item:
    sources, targets = _names(draw, 1, 4), _names(draw, 2, 4)
    pairs = draw(st.lists(st.tuples(st.sampled_from(sources), st.sampled_from(targets)), min_size=1, unique=True))
    per_source = max(sum(first == name for first, _ in pairs) for name in sources)
    per_target = max(sum(second == name for _, second in pairs) for name in targets)
    wrong = [f"{first} {second}" for first in sources for second in targets if (first, second) not in pairs]
    content = {
        "interaction": "match",
        "sources": _options(sources, "Hàng"),
        "targets": _options(targets, "Cột"),
        "max_per_source": draw(st.integers(per_source, len(targets))),
        "max_per_target": draw(st.none() | st.integers(per_target, len(sources))),
    }
    paired_sources = len({first for first, _ in pairs})
    key = {"form": "pairs", "pairs": pairs, "scoring": _pair_scoring(draw, paired_sources, pairs, wrong)}
    return _item(content, key)


@st.composite
def _order(draw: DrawFn) -> Item:
    names = _names(draw, 2, 6)
    key = {"form": "order", "order": draw(st.permutations(names)), "scoring": _by_parts(draw, len(names))}
    return _item({"interaction": "order", "options": _options(names, "Bước")}, key)


def _passage(gaps: Sequence[str]) -> str:
    return "<p>Điền: " + ", ".join(f'<span data-gap="{gap}"></span>' for gap in gaps) + "</p>"


@st.composite
def _gap_match(draw: DrawFn) -> Item:
    gaps = _names(draw, 1, 4, lower_ids)
    texts = _names(draw, max(2, len(gaps)), 6)
    is_reusable = draw(st.booleans())
    used = [draw(st.sampled_from(texts)) for _ in gaps] if is_reusable else draw(st.permutations(texts))[: len(gaps)]
    pairs = list(zip(used, gaps, strict=True))
    wrong = [f"{text} {gap}" for text in texts for gap in gaps if (text, gap) not in pairs]
    content = {
        "interaction": "gap_match",
        "passage": _passage(gaps),
        "texts": _options(texts, "Từ"),
        "gaps": [{"id": gap} for gap in gaps],
        "is_reusable": is_reusable,
    }
    key = {"form": "pairs", "pairs": pairs, "scoring": _pair_scoring(draw, len(gaps), pairs, wrong)}
    return _item(content, key)


@st.composite
def _inline_choice(draw: DrawFn) -> Item:
    gaps = {gap: _names(draw, 2, 4) for gap in _names(draw, 1, 4, lower_ids)}
    pairs = [(gap, draw(st.sampled_from(options))) for gap, options in gaps.items()]
    wrong = [f"{gap} {option}" for gap, options in gaps.items() for option in options if (gap, option) not in pairs]
    content = {
        "interaction": "inline_choice",
        "passage": _passage(list(gaps)),
        "gaps": [{"id": gap, "options": _options(options)} for gap, options in gaps.items()],
    }
    key = {"form": "pairs", "pairs": pairs, "scoring": _pair_scoring(draw, len(gaps), pairs, wrong)}
    return _item(content, key)


@st.composite
def _text_gap_key(draw: DrawFn) -> dict[str, Any]:
    """One text of full worth and others that differ from it and from each other however texts are compared."""
    best, *others = draw(st.lists(words, min_size=1, max_size=3))
    accepted = [{"text": best}, *({"text": f"{text} {n}", "share": draw(shares)} for n, text in enumerate(others))]
    flags = (
        "is_case_sensitive", "is_tone_placement_sensitive", "are_marks_required", "are_spaces_ignored",
    )  # fmt: skip
    return {"accepted": accepted, "comparison": {flag: draw(st.booleans()) for flag in flags}}


@st.composite
def _text_entry(draw: DrawFn) -> Item:
    gaps = _names(draw, 1, 4, lower_ids)
    content = {"interaction": "text_entry", "passage": _passage(gaps), "gaps": [{"id": gap} for gap in gaps]}
    key = {
        "form": "text",
        "gaps": {gap: draw(_text_gap_key()) for gap in gaps},
        "scoring": _by_parts(draw, len(gaps)),
    }
    return _item(content, key)


@st.composite
def _numeric_entry(draw: DrawFn) -> Item:
    units = _names(draw, 2, 4) if draw(st.booleans()) else []
    content = {
        "interaction": "numeric_entry",
        "unit": "" if units else draw(st.sampled_from(["", "KB", "%"])),
        "units": _options(units, "đơn vị"),
    }
    key = {
        "form": "number",
        "value": draw(numbers),
        "tolerance": draw(st.sampled_from(["0", "0.5", "10"])),
        "tolerance_in": draw(st.sampled_from(["units", "percent"])),
        "unit": draw(st.sampled_from(units)) if units else None,
        "share_with_wrong_unit": draw(shares),
    }
    return _item(content, key)


@st.composite
def _slider(draw: DrawFn) -> Item:
    lower, step = Decimal(draw(numbers)), Decimal(draw(st.sampled_from(["1", "0.1", "0.25", "5"])))
    steps = draw(st.integers(1, 200))
    value = lower + draw(st.integers(0, steps)) * step
    content = {"interaction": "slider", "lower": str(lower), "upper": str(lower + steps * step), "step": str(step)}
    return _item(content, {"form": "number", "value": str(value), "tolerance": draw(st.sampled_from(["0", "2"]))})


@st.composite
def _select_point(draw: DrawFn) -> Item:
    """Areas that lie apart, one in each field of a grid; together they earn everything or more."""
    count = draw(st.integers(1, 4))
    drawn = []
    for number in range(count):
        left = 100 * number
        shape = draw(st.sampled_from(["rectangle", "circle", "polygon"]))
        coordinates = {
            "rectangle": [left, 10, left + draw(st.integers(1, 90)), 60],
            "circle": [left + 45, 100, draw(st.integers(1, 45))],
            "polygon": [left, 200, left + 80, 200, left + 80, 280, left + 40, 220, left, 280],
        }
        share = f"{Decimal(-(-10_000 // count)) / 10_000:f}"
        drawn.append({"shape": shape, "coordinates": coordinates[shape], "share": share})
    content = {"interaction": "select_point", "picture": _picture(), "max_points": draw(st.integers(count, 6))}
    return _item(content, {"form": "areas", "areas": drawn, "penalty": draw(shares)})


@st.composite
def _rubric(draw: DrawFn) -> dict[str, Any]:
    criteria = [
        {"id": name, "title": "Tiêu chí", "points": draw(st.sampled_from(["0.25", "1", "2.5"]))}
        for name in _names(draw, 1, 4)
    ]
    return {"form": "rubric", "criteria": criteria}


@st.composite
def _extended_text(draw: DrawFn) -> Item:
    content = {"interaction": "extended_text", "max_characters": draw(st.integers(20, 10_000))}
    return _item(content, draw(_rubric()))


@st.composite
def _file_upload(draw: DrawFn) -> Item:
    types = draw(st.lists(st.sampled_from(["docx", "xlsx", "pptx", "pdf"]), min_size=1, unique=True))
    files = [
        {"name": f"tep-{number}.{type_}", "media": MEDIA, "content_type": "application/octet-stream", "size_bytes": 9}
        for number, type_ in enumerate(types)
        if draw(st.booleans())
    ]
    content = {
        "interaction": "file_upload",
        "starting_files": files,
        "file_types": types,
        "max_files": draw(st.integers(1, 10)),
    }
    return _item(content, draw(_rubric()))


_MAKERS: dict[str, Callable[[], SearchStrategy[Item]]] = {
    "single_choice": _single_choice,
    "multiple_response": _multiple_response,
    "true_false_table": _true_false_table,
    "match": _match,
    "order": _order,
    "gap_match": _gap_match,
    "inline_choice": _inline_choice,
    "text_entry": _text_entry,
    "numeric_entry": _numeric_entry,
    "hot_text": _hot_text,
    "hotspot": _hotspot,
    "select_point": _select_point,
    "slider": _slider,
    "extended_text": _extended_text,
    "file_upload": _file_upload,
}
_BY_INTERACTION = {interaction: make() for interaction, make in _MAKERS.items()}
