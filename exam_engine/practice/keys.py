"""Keys of the sample exam, by item; read by its marking only."""

from functools import cache

from exam_engine.interactions.keys import KEY, ItemKey

_KEYS: dict[str, dict[str, object]] = {
    "q01": {"form": "choice", "correct": ["c"]},
    "q02": {"form": "true_false", "values": {"a": True, "b": False, "c": True, "d": False}},
    "q03": {"form": "choice", "correct": ["a", "c", "e"], "scoring": {"rule": "per_option", "penalty": "1"}},
    "q04": {"form": "pairs", "pairs": [["s1", "t3"], ["s2", "t1"], ["s3", "t2"]], "scoring": {"rule": "per_part"}},
    "q05": {"form": "order", "order": ["b", "d", "a", "c"]},
    "q06": {"form": "pairs", "pairs": [["c", "g1"], ["b", "g2"]], "scoring": {"rule": "per_part"}},
    "q07": {"form": "pairs", "pairs": [["g1", "b"], ["g2", "a"]], "scoring": {"rule": "per_part"}},
    "q08": {
        "form": "text",
        "gaps": {"g1": {"accepted": [{"text": "8"}, {"text": "tám"}]}, "g2": {"accepted": [{"text": "bàn phím"}]}},
    },
    "q09": {"form": "number", "value": "12.5", "unit": "u2"},
    "q10": {"form": "choice", "correct": ["h1", "h4"]},
    "q11": {"form": "choice", "correct": ["p2"]},
    "q12": {
        "form": "areas",
        "areas": [
            {"shape": "rectangle", "coordinates": [120, 180, 220, 280], "share": "0.5"},
            {"shape": "rectangle", "coordinates": [420, 180, 520, 280], "share": "0.5"},
        ],
    },
    "q13": {"form": "number", "value": "30"},
    "q14": {
        "form": "rubric",
        "criteria": [{"id": "c1", "title": "Nêu được rằng lộ một nơi là lộ mọi nơi", "points": "1"}],
    },
}


@cache
def sample_keys() -> dict[str, ItemKey]:
    """Return the key of each item, by ref."""
    return {ref: KEY.validate_python(key) for ref, key in _KEYS.items()}
