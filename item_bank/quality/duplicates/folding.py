"""Texts of items as tokens that stay the same however a copy is typed, spelt, numbered or lettered."""

import re
from dataclasses import dataclass
from functools import lru_cache

from exam_engine.core.text import look_alikes, nfc, search_key

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_][^\W_]*|[=<>$%^*+#@~|&]")
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})+")
_CHUNK = re.compile(r"\S+")
# A question's number and the tags around it: "Câu 5:", "Question 12.", "[NB]", "7)".
_NUMBERING = re.compile(
    r"^\s*(?:\[\w{1,4}\]\s*)?(?:(?:câu(?:\s+hỏi)?|cau(?:\s+hoi)?|bài|bai|question|item)(?:\s+số|\s+so)?\s*\d+\s*[.:)/-]*"
    r"|\d{1,3}\s*[.:)/](?=\s))?\s*(?:\[\w{1,4}\]\s*)?",
    re.IGNORECASE,
)
_LETTERING = re.compile(r"^\s*(?:[*#]\s*)?(?:[A-H]\s*[.)]\s*|[A-Ha-h]\s*[.):/]\s+)")
# Folded syllables spelt with y or with i; marks have fallen, so one letter is left to agree on.
_Y_SYLLABLES = frozenset({"hy", "ky", "ly", "my", "quy", "sy", "ty", "vy"})

# Folded words of which questions are made whatever they ask. They count for little when texts are compared.
_TEMPLATE_TEXT = """
ai bao biet bieu cac cach can cau cho chon chua chung co con cua cung da dau day de den deu dinh do doan doi du dung
duoc duoi em ghi gi giup giua goi hai hay hien hoac hoi khac khang khi khong la lam loi lua luc ma menh mot muon nao
nay nen neu ngoai ngay nguoi nhan nham nhat nhieu nhu nhung nhat no noi o phai phat phep phuong qua ra roi sai sao
sau se so su ta tai tat the theo thi thich thuc thuong tim tra trang tren tri trong tru truoc tu tuong va ve vi viec
voi vua xac y
a an and are as at be by can do does for from how in is it not of on or that the these this to what when where which
with you
"""
TEMPLATE_WORDS = frozenset(_TEMPLATE_TEXT.split())


@dataclass(frozen=True, slots=True)
class ItemText:
    """What of an item is compared: plain texts of stem and options (statements, gap texts … count as options)."""

    stem: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedToken:
    """A token with the span of the original text that it stands in."""

    text: str
    start: int
    end: int


def stem_tokens(text: str) -> list[str]:
    """Return the tokens of a stem without the number of the question.

    >>> stem_tokens("Câu 5: Kĩ thuật nào cần 1.000 đồng?") == stem_tokens("Kỹ thuât nao cần 1000 đồng ?")
    True
    """
    return _tokens(_NUMBERING.sub("", nfc(text), count=1))


def option_tokens(text: str) -> list[str]:
    """Return the tokens of an option without a letter in front of it."""
    text = nfc(text)
    return _tokens(_LETTERING.sub("", text, count=1)) or _tokens(text)


def placed_tokens(text: str) -> list[PlacedToken]:
    """Return the tokens of a document, each with its place in the text as given."""
    return [
        PlacedToken(token, found.start(), found.end())
        for found in _CHUNK.finditer(text)
        for token in _fold(nfc(found.group()))
    ]


def _tokens(text: str) -> list[str]:
    return [token for chunk in text.split() for token in _fold(chunk)]


@lru_cache(maxsize=1 << 16)
def _fold(chunk: str) -> tuple[str, ...]:
    if strange := look_alikes(chunk):
        letters = list(chunk)
        for one in strange:
            letters[one.position - 1] = one.latin
        chunk = "".join(letters)
    return tuple(_canonical(token) for token in _TOKEN.findall(search_key(chunk)))


def _canonical(token: str) -> str:
    if token[0].isdigit():
        if (grouped := _THOUSANDS.fullmatch(token)) and token[0] != "0":
            return token.replace(grouped.group(1), "")
        return token.replace(",", ".")
    return token[:-1] + "i" if token in _Y_SYLLABLES else token
