"""Rules about cues: what lets a candidate find the key without knowing the answer. All of them need the key."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from exam_engine.core.text import nfc, search_key
from item_bank.quality.linting.item import LintedItem, LintedOption, Spot, place_of

LONGER_BY = 1.4
"""A key counts as longest from this ratio to the next longest option, and from ``LONGER_AT_LEAST`` characters."""
LONGER_AT_LEAST = 12

_ABSOLUTE_VI = re.compile(
    r"\b(?:luôn luôn|luôn|không bao giờ|không (?:ai|gì|nơi nào|trường hợp nào)|hoàn toàn|tuyệt đối|duy nhất|bất k[ỳì]"
    r"|mọi|tất cả|toàn bộ|vĩnh viễn"
    # "Chỉ" is also part of "địa chỉ", "chứng chỉ", "chỉ số", "chỉ đọc" (read-only) and the like.
    r"|(?<!địa )(?<!chứng )(?<!tín )chỉ(?! (?:số|mục|dẫn|đọc|thị|tiêu|định|đạo|huy|ra|giới)\b))\b"
)
_ABSOLUTE_EN = re.compile(r"\b(?:always|never|all|none|only|every|completely|absolutely|impossible|must)\b")
_WORD = re.compile(r"\w+")
_SEPARATOR = re.compile(r"[,;+/]|\s+(?:và|and|-|–)\s+")
# What a question quotes or points at must be named in options; repeating it is no cue.
_QUOTED = re.compile(r"https?://\S+|\S+@\S+|“[^”]{0,300}”|\"[^\"]{0,300}\"|\[[^\]]{0,300}\]")
_VOWEL_START = re.compile(r"[aeiou]", re.IGNORECASE)

# Words that tell nothing about a topic, folded. A clang or a repeated element made of them is none.
_EMPTY_WORDS = """
a ai an and anh are as ba bam ban bang bao be bi boi by cac cach can cau chi cho chon chua chuc chung co con
cong cua cung da dang day de den deu di do doi dung duoc duoi em for from gi giua hai hay hoac hon in is it khac
khi khong la lai lam len lenh loai luc ma mo moi mot muc muon nang nao nay nen neu ngay nguoi nhan nhat nhieu
nho nhu nhung noi not nua nut o of on or phai phan phim qua ra rat roi sang sau se so su tac tai tat tay thao
that the theo thi thiet this thuc thuong to tren trong tu tung use used va vao vat ve vi viec voi what when which
with xuong y
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def key_longest(item: LintedItem) -> Iterator[Spot]:
    """The key is by far the longest option: authors qualify what must be right and hurry over what is wrong.

    Haladyna, Downing & Rodriguez (2002), guidelines 24 and 28d; NBME guide, ch. 3 ("long correct answer").
    The limits are ours: 1.4 times the next longest and 12 characters more.
    """
    if len(item.keys) != 1 or len(item.distractors) < 2 or not item.is_choice:
        return
    length = len(item.keys[0].line)
    longest = max(len(option.line) for option in item.distractors)
    if length >= LONGER_BY * longest and length - longest >= LONGER_AT_LEAST:
        yield Spot(place_of(item.keys[0].id), {"length": length, "next": longest})


def absolute_distractors(item: LintedItem) -> Iterator[Spot]:
    """Words such as "luôn luôn", "chỉ", "mọi" stand in most distractors and not in the key.

    Haladyna, Downing & Rodriguez (2002), guideline 28a; NBME guide, ch. 3 (absolute terms).
    """
    if not item.is_choice or len(item.distractors) < 2:
        return
    pattern = _ABSOLUTE_VI if item.language == "vi" else _ABSOLUTE_EN
    if any(pattern.search(nfc(option.text).lower()) for option in item.keys):
        return
    found = [hit.group() for option in item.distractors if (hit := pattern.search(nfc(option.text).lower()))]
    if len(found) >= 2 and len(found) > len(item.distractors) / 2:
        yield Spot("options", {"words": ", ".join(dict.fromkeys(found)), "count": len(found)})


def clang(item: LintedItem) -> Iterator[Spot]:
    """A telling word of the stem comes back in the key and in no distractor.

    Haladyna, Downing & Rodriguez (2002), guideline 28b (clang associations); NBME guide, ch. 3 (word repeats).
    Vietnamese words are mostly of two syllables; a pair of syllables counts, a single one only when it is no
    Vietnamese syllable ("Excel", "router"). What the stem quotes, and addresses, are left out.
    """
    if not item.is_choice or len(item.keys) != 1 or len(item.distractors) < 2:
        return
    stem = set(_terms(_QUOTED.sub(" ; ", item.stem)))
    key = _terms(item.keys[0].text)
    elsewhere = {term for option in item.distractors for term in _terms(option.text)}
    shared = [term for term in key if term in stem and term not in elsewhere]
    # A pair whose halves both stand in distractors is made of words that all options play with.
    loose = {word for option in item.distractors for word in _words(option.text)}
    shared = [term for term in shared if not set(term.split()) & loose]
    if shared:
        yield Spot(place_of(item.keys[0].id), {"words": shared[0]})


def grammar_cue(item: LintedItem) -> Iterator[Spot]:
    """The key alone fits the grammar of the stem, or alone begins otherwise than all distractors.

    Haladyna, Downing & Rodriguez (2002), guidelines 23 and 28c; NBME guide, ch. 3 (grammatical cues). In English an
    article at the end of the stem; in Vietnamese, which does not inflect, the first word ("Vì…", "Để…", "Khi…").
    """
    if not item.is_choice or len(item.keys) != 1 or len(item.distractors) < 2:
        return
    key = item.keys[0]
    if item.language == "en" and (article := re.search(r"(?<!/)\b(an?)\s*(?:_+|…|:)?\s*$", item.stem.lower())):
        has_n = article.group(1) == "an"
        fits = {option.id: bool(_VOWEL_START.match(option.text)) is has_n for option in item.options}
        if fits[key.id] and not any(fits[option.id] for option in item.distractors):
            yield Spot(place_of(key.id), {"word": article.group(1)})
        return
    firsts = [_first_word(option) for option in item.distractors]
    if len(firsts) >= 3 and len(set(firsts)) == 1 and firsts[0] in _LEADS and _first_word(key) != firsts[0]:
        yield Spot(place_of(key.id), {"word": firsts[0]})
    elif _first_word(key) in _LEADS and not any(first in _LEADS for first in firsts):
        yield Spot(place_of(key.id), {"word": _first_word(key)})


# First words that tell what kind of answer follows: a reason, a purpose, a condition, a place.
_LEADS = frozenset(("vì", "do", "bởi", "để", "nhằm", "khi", "nếu", "tại", "nhờ", "because", "to", "when", "if"))


def convergence(item: LintedItem) -> Iterator[Spot]:
    """Options are put together from elements, and the key is the one that shares most of them with the others.

    NBME guide, ch. 3 (convergence); Haladyna, Downing & Rodriguez (2002), guideline 28e. Counted are elements parted
    by commas, "và", "+": the key must share at least two more than any distractor does, so that a plain 2 × 2 of
    options is left alone.
    """
    if not item.is_choice or len(item.keys) != 1 or len(item.options) < 4:
        return
    elements = {option.id: _elements(option) for option in item.options}
    if sum(len(found) >= 2 for found in elements.values()) < len(item.options) - 1:
        return
    counts = Counter(element for found in elements.values() for element in found)
    shares = {id_: sum(counts[element] - 1 for element in found) for id_, found in elements.items()}
    own = shares.pop(item.keys[0].id)
    sizes = {len(found) for found in elements.values()}
    if len(sizes) == 1 and own >= max(shares.values()) + 2:
        yield Spot(place_of(item.keys[0].id), {"elements": ", ".join(sorted(elements[item.keys[0].id]))})


def _elements(option: LintedOption) -> frozenset[str]:
    parts = (search_key(part).strip(" .") for part in _SEPARATOR.split(nfc(option.text)))
    return frozenset(part for part in parts if part)


def _first_word(option: LintedOption) -> str:
    found = _WORD.search(nfc(option.text).lower())
    return found.group() if found else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(nfc(text).lower())


def _terms(text: str) -> list[str]:
    """Return pairs of neighbouring telling syllables, and single words that are no Vietnamese syllable."""
    words = _words(text)
    folded = _WORD.findall(search_key(text))
    if len(folded) != len(words):  # a sign that is a word only in one of the two forms, such as "½"
        folded = [search_key(word) for word in words]
    pairs = [
        f"{one} {two}"
        for (one, two), (first, second) in zip(pairwise(words), pairwise(folded), strict=True)
        if first not in _EMPTY and second not in _EMPTY and not (first + second).isdigit()
    ]
    singles = [word for word, key in zip(words, folded, strict=True) if _is_term(word, key)]
    return singles + pairs


# Onset, vowels, ending of a syllable written without marks; what does not fit is a foreign word or a name.
_SYLLABLE = re.compile(
    r"(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|r|s|t|th|tr|v|x)?"
    r"[aeiouy]{1,3}(?:c|ch|m|n|ng|nh|p|t)?"
)


def _is_term(word: str, folded: str) -> bool:
    return len(word) >= 4 and folded.isalpha() and folded not in _EMPTY and not _SYLLABLE.fullmatch(folded)
