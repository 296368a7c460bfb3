"""Negative stems: a question that asks for what is not so."""

import re
from dataclasses import dataclass

from exam_engine.core.text import nfc
from item_bank.quality.linting.markup import read_markup

# "Không" in these is part of a term or of a polite question, and turns nothing round.
_TERMS = re.compile(
    r"\bkhông (?:đồng bộ|dây|gian|khí|quân|tên|giới hạn|lưu|trung|vận|phận|tập|đối xứng|tuyến tính)\b"
    r"|\b(?:hàng|số|có|hay|điểm) không\b|\bkhông\?"
)
_SUBJECT = r"(?:phát biểu|nhận định|khẳng định|mệnh đề|kết luận|câu|ý|phương án|đáp án|nội dung|điều|cách|trường hợp)"
_POINTER = r"(?:\s+(?:sau đây|dưới đây|sau|trên|bên dưới|trong số đó))*"
# Words between the question word and the negation that keep them in one clause.
_LINK = r"(?:\s+(?:là|thì|được coi là|được xem là|được cho là|có thể|lại|mà|phát biểu|nói|bị coi là))*"
_NOT = r"(?P<word>không(?: phải| đúng| nên| thể| thuộc| được| có| chính xác)?|sai|chưa đúng|chẳng phải)"
_VERDICT = r"(?P<word>sai|không đúng|không chính xác|chưa đúng)"
_PATTERNS_VI = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:nào|gì|ai|đâu){_POINTER}{_LINK}\s+{_NOT}\b",
        rf"\b{_SUBJECT}(?:\s+nào)?{_POINTER}{_LINK}\s+{_VERDICT}\b",
        rf"\b{_SUBJECT}(?:\s+nào)?{_POINTER}\s+(?:nói\s+)?về\s[^,.?!:]{{1,80}}?\s(?:là|bị coi là)\s+{_VERDICT}\b",
        r"\b(?P<word>ngoại trừ)\b",
        r"\bđều\b[^.?!]{0,120},?\s(?P<word>trừ)\b",
        rf"\b(?P<word>trừ)\s+(?:{_SUBJECT}\b|:|…|\.\.\.|\?)",
    )
)
_PATTERNS_EN = (
    re.compile(r"\b(?:which|what|who|where)\b[^.?!]{0,60}?\b(?P<word>not|n't|cannot|except|incorrect|false|least)\b"),
    re.compile(r"\b(?P<word>except)\b(?=\s*(?:for|:|\?|\.{3}|…|$|one\b))"),
)
# One of these stands in whatever the patterns match: most stems hold none, and are not searched.
_TURNING_VI = re.compile("không|sai|trừ|chưa đúng|chẳng phải")
_TURNING_EN = re.compile("not|n't|except|incorrect|false|least")
_NEGATIVE_VI = re.compile(r"\b(?:không|chưa|chẳng|ngoại trừ)\b")
_NEGATIVE_EN = re.compile(r"\b(?:not|cannot|never|except)\b|n't\b")


@dataclass(frozen=True, slots=True)
class Negation:
    """The word that turns a stem round, as written, and whether a reader cannot miss it."""

    word: str
    is_emphasised: bool


def negation(stem: str, stem_html: str, language: str) -> Negation | None:
    """Return the negation of a stem that asks for what is not so, or None.

    Only the word that turns the question counts ("nào KHÔNG phải là…", "ngoại trừ"); a "không" inside the described
    situation ("máy không khởi động được, nên làm gì?") does not. Emphasised is what is in capitals, bold or underlined.
    """
    text = nfc(stem)
    lowered = text.lower()
    if not (_TURNING_VI if language == "vi" else _TURNING_EN).search(lowered):
        return None
    if len(lowered) != len(text):  # a letter such as İ grows when lowered; places would no longer agree
        text = lowered
    masked = _TERMS.sub(lambda found: "·" * len(found.group()), lowered) if language == "vi" else lowered
    for pattern in _PATTERNS_VI if language == "vi" else _PATTERNS_EN:
        if found := pattern.search(masked):
            word = text[slice(*found.span("word"))]
            # The first syllable carries the negation: "KHÔNG phải" is emphasised.
            head = word.split()[0]
            marked = " ".join(read_markup(stem_html).emphasised)
            return Negation(word, head.isupper() or head in nfc(marked).split())
    return None


def has_negation(text: str, language: str) -> bool:
    """Return whether an option or a statement denies something."""
    lowered = nfc(text).lower()
    if language == "vi":
        return bool(_NEGATIVE_VI.search(_TERMS.sub("", lowered)))
    return bool(_NEGATIVE_EN.search(lowered))
