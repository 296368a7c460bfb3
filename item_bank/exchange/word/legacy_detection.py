"""Text that is evidently of a legacy Vietnamese encoding though its font is one of Unicode."""

import re
import unicodedata
from functools import lru_cache

from item_bank.exchange.word.legacy_encodings import Encoding, decode_legacy

_ENCODINGS: tuple[Encoding, ...] = ("tcvn3", "vni")
_TONES = {"\u0300", "\u0301", "\u0309", "\u0303", "\u0323"}
_STOP_TONES = {"\u0301", "\u0323"}
_WORD = re.compile("[A-Za-z\u00a1-\u00ff\u00ad]+")
_ONSET = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
_RIMES = re.findall(
    r"\S+",
    """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uô uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uyn uynh
uyt uyu ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
    """,
)
_SYLLABLE = re.compile(f"{_ONSET}(?:{'|'.join(sorted(_RIMES, key=len, reverse=True))})")
_STOPPED = re.compile("(?:c|ch|p|t)$")
_MOST_OTHERS = 0.4
_LONG_ENOUGH = 3
# "nghiêng", each mark of it a character of its own.
_LONGEST_SYLLABLE = 9


def suspected_encoding(text: str) -> Encoding | None:
    """Return the legacy encoding that a text is evidently in, None when there is no such evidence.

    Evidence are words that are no Vietnamese syllable as they stand and become one when decoded. There must be two
    different ones, or one of three letters with a sign in it that no word has, and most of the words with letters
    outside of ASCII must be such.
    """
    if text.isascii():
        return None
    words = {word for word in _WORD.findall(text) if not word.isascii() and any(map(str.isascii, word))}
    if not words:
        return None
    doubtful = {word for word in words if not is_syllable(word)}
    best, most = None, 0
    for encoding in _ENCODINGS:
        decoded = {word for word in doubtful if is_syllable(decode_legacy(word, encoding))}
        is_enough = len(decoded) > 1 or any(map(_has_odd_sign, decoded))
        if is_enough and len(words - decoded) <= _MOST_OTHERS * len(words) and len(decoded) > most:
            best, most = encoding, len(decoded)
    return best


def is_syllable(word: str) -> bool:
    """Whether a word has the form of a Vietnamese syllable: onset, rime and at most one tone that the rime takes."""
    return len(word) <= _LONGEST_SYLLABLE and _is_syllable(word)


@lru_cache(maxsize=8192)
def _is_syllable(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in decomposed if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
    if len(tones) > 1 or _SYLLABLE.fullmatch(bare) is None:
        return False
    return not _STOPPED.search(bare) or (len(tones) == 1 and tones[0] in _STOP_TONES)


def _has_odd_sign(word: str) -> bool:
    return len(word) >= _LONG_ENOUGH and any(not letter.isalpha() or letter in "ªµº" for letter in word)
