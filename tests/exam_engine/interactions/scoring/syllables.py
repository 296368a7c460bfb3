"""Vietnamese syllables with their tones, spelled by the two customs of placing tone marks.

Written out from the spelling rules themselves: the rimes with their main vowel, the consonants that may begin a
syllable, and the article on tone marks in the Ministry of Education and Training's Decision 1989/QĐ-BGDĐT of
25 May 2018 (on the letter of the main vowel; on the first letter of ia, ua, ưa, the second of iê, yê, uô, ươ).
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
"""None, grave, acute, hook above, tilde, dot below."""

_RIMES = """
A Ac Ach Ai Am An Ang Anh Ao Ap At Au Ay Ăc Ăm Ăn Ăng Ăp Ăt Âc Âm Ân Âng Âp Ât Âu Ây
E Ec Em En Eng Eo Ep Et Ê Êch Êm Ên Ênh Êp Êt Êu
I Ia iÊc iÊm iÊn iÊng iÊp iÊt iÊu Ich Im In Inh Ip It Iu
O oA oAc oAch oAi oAm oAn oAng oAnh oAo oAp oAt oAy oĂc oĂm oĂn oĂng oĂt Oc oE oEn oEo oEt Oi Om On Ong Op Ot
Ô Ôc Ôi Ôm Ôn Ông Ôp Ôt Ơ Ơi Ơm Ơn Ơp Ơt
U Ua uÂn uÂng uÂt uÂy uÊ uÊch uÊn uÊnh Uc Ui Um Un Ung uƠ uÔc uÔi uÔm uÔn uÔng uÔt Up Ut
uY uYa uyÊn uyÊt uYnh uYt uYu Ư Ưa Ưc Ưi Ưm Ưn Ưng ưƠc ưƠi ưƠm ưƠn ưƠng ưƠp ưƠt ưƠu Ưt Ưu
Y yÊm yÊn yÊng yÊt yÊu
"""
"""The main vowel is the capital."""

_INITIALS = "b c ch d đ g gh h k kh l m n ng ngh nh p ph r s t th tr v x qu gi"
_BEFORE_FRONT_VOWELS = {"k", "gh", "ngh"}
_BEFORE_OTHER_VOWELS = {"c", "g", "ng"}
_OPEN_AFTER_GLIDE = {"oA", "oE", "uY"}
"""Rimes in which the older custom sets the tone one letter earlier."""


@dataclass(frozen=True)
class Syllable:
    """By the Ministry's rule, by the older custom, and as hasty typists and keyboards also place its tone."""

    written: str
    older: str
    mistaken: str


def syllables() -> Iterator[Syllable]:
    """Yield every initial with every rime and tone that spelling allows."""
    for initial in ["", *_INITIALS.split()]:
        for rime in _RIMES.split():
            if not _go_together(initial, rime):
                continue
            for tone in TONES:
                main = next(place for place, letter in enumerate(rime) if letter.isupper())
                older = main - 1 if rime in _OPEN_AFTER_GLIDE else main
                letters = rime.lower()
                written = initial + _with_tone(letters, main, tone)
                # The u of qu and the i of gi are taken for vowels of the rime.
                mistaken = _with_tone(initial + letters, len(initial) - 1, tone) if initial in {"qu", "gi"} else written
                yield Syllable(written, initial + _with_tone(letters, older, tone), mistaken)


def _go_together(initial: str, rime: str) -> bool:
    first = rime[0].lower()
    if initial == "qu":
        return first in "aăâeêiơy"
    if initial == "gi":
        return first not in "iy"
    if initial in _BEFORE_FRONT_VOWELS:
        return first in "eêiy"
    return not (initial in _BEFORE_OTHER_VOWELS and first in "eêiy")


def _with_tone(letters: str, place: int, tone: str) -> str:
    return unicodedata.normalize("NFC", letters[: place + 1] + tone + letters[place + 1 :])
