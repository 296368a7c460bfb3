"""Made-up responses of the right form for every kind of item, from what candidates see of it."""

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

ItemView = dict[str, Any]

_WORDS = (
    "Máy tính", "lưu", "tệp", "vào", "thư mục", "của", "người dùng", "rồi", "đóng", "trang tính", "trước khi",
    "in", "văn bản", "và", "kiểm tra", "kết nối", "mạng", "bằng", "trình duyệt", "an toàn",
)  # fmt: skip


def made_up_response(item: ItemView, rng: random.Random) -> list[str]:
    """Return a response that the item accepts; whether it is right is left to chance.

    Parameters
    ----------
    item : as it stands in the paper. Tasks that ask for files are answered by uploads, not here.
    """
    return _KINDS[item["interaction"]](item, rng)


def _ids(parts: list[dict[str, Any]]) -> list[str]:
    return [part["id"] for part in parts]


def _some(ids: list[str], item: ItemView, rng: random.Random) -> list[str]:
    most = min(item["max_choices"] or len(ids), len(ids))
    return rng.sample(ids, rng.randint(max(1, min(item["min_choices"], most)), most))


def _multiple(item: ItemView, rng: random.Random) -> list[str]:
    return _some(_ids(item["options"]), item, rng)


def _true_false(item: ItemView, rng: random.Random) -> list[str]:
    return [f"{id_} {rng.choice(('true', 'false'))}" for id_ in _ids(item["statements"])]


def _match(item: ItemView, rng: random.Random) -> list[str]:
    targets = _ids(item["targets"])
    free = targets * (item["max_per_target"] or len(item["sources"]))
    rng.shuffle(free)
    return [f"{source} {target}" for source, target in zip(_ids(item["sources"]), free, strict=False)]


def _order(item: ItemView, rng: random.Random) -> list[str]:
    ids = _ids(item["options"])
    return rng.sample(ids, len(ids))


def _gap_match(item: ItemView, rng: random.Random) -> list[str]:
    gaps = _ids(item["gaps"])
    texts = rng.sample(_ids(item["texts"]), len(item["texts"]))
    return [f"{text} {gap}" for text, gap in zip(texts, gaps, strict=False)]


def _inline(item: ItemView, rng: random.Random) -> list[str]:
    return [f"{gap['id']} {rng.choice(_ids(gap['options']))}" for gap in item["gaps"]]


def _typed(item: ItemView, rng: random.Random) -> list[str]:
    return [
        f"{gap['id']} {rng.randint(1, 999) if gap['is_numeric'] else rng.choice(_WORDS).lower()}"
        for gap in item["gaps"]
    ]


def _number(item: ItemView, rng: random.Random) -> list[str]:
    return [str(rng.randint(1, 999)), *([rng.choice(_ids(item["units"]))] if item["units"] else [])]


def _point(item: ItemView, rng: random.Random) -> list[str]:
    picture = item["picture"]
    return [f"{rng.randint(0, picture['width'])} {rng.randint(0, picture['height'])}"]


def _slider(item: ItemView, rng: random.Random) -> list[str]:
    lower, upper, step = (Fraction(item[name]) for name in ("lower", "upper", "step"))
    value = lower + rng.randint(0, int((upper - lower) / step)) * step
    return [f"{float(value):.10f}".rstrip("0").rstrip(".")]


def _written(item: ItemView, rng: random.Random) -> list[str]:
    words = (rng.choice(_WORDS) for _ in range(rng.randint(20, 150)))
    return [" ".join(words)[: item["max_characters"]]]


_KINDS: dict[str, Callable[[ItemView, random.Random], list[str]]] = {
    "single_choice": lambda item, rng: [rng.choice(_ids(item["options"]))],
    "multiple_response": _multiple,
    "true_false_table": _true_false,
    "match": _match,
    "order": _order,
    "gap_match": _gap_match,
    "inline_choice": _inline,
    "text_entry": _typed,
    "numeric_entry": _number,
    "hot_text": lambda item, rng: _some(item["hottexts"], item, rng),
    "hotspot": lambda item, rng: _some(_ids(item["hotspots"]), item, rng),
    "select_point": _point,
    "slider": _slider,
    "extended_text": _written,
}
