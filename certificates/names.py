"""Which names may stand on a certificate: NFC text in the letters of Vietnam's written languages, nothing else."""

import unicodedata
from dataclasses import dataclass

LONGEST_NAME_BYTES = 80
"""Longest name in UTF-8; the QR code of the certificate keeps readable modules up to here."""

_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_VIETNAMESE_VOWELS = "aăâeêioôơuưy"
# Ê-đê, Gia Rai, Ba Na, M'Nông, Cơ Ho, Mạ and Chu Ru write these beyond the Vietnamese and the basic Latin letters.
_HIGHLAND_LETTERS = "ƀčĕĭñŏŭ"
BREVE = "\u0306"
# Their short ê, ô, ơ and ư have no single code point, so the breve stays a mark of its own after these letters alone.
LETTERS_BEFORE_BREVE = frozenset("êôơưÊÔƠƯ")
APOSTROPHES = frozenset("'\u2019")


def _letters() -> frozenset[str]:
    lower = {chr(code) for code in range(ord("a"), ord("z") + 1)} | {"đ"} | set(_HIGHLAND_LETTERS)
    lower |= {unicodedata.normalize("NFC", vowel + tone) for vowel in _VIETNAMESE_VOWELS for tone in _TONES}
    return frozenset(lower | {letter.upper() for letter in lower})


LETTERS = _letters()
"""Every single letter a name may contain, in both cases."""

ALLOWED_CHARACTERS = LETTERS | APOSTROPHES | frozenset({" ", "-", BREVE})


@dataclass(frozen=True, slots=True)
class NameFault:
    """Why a name cannot be printed: a stable code, the 1-based place and the character as ``U+0430``."""

    code: str
    position: int = 0
    character: str = ""


class UnprintableNameError(ValueError):
    """The name must be corrected in the register of candidates before a certificate can carry it."""

    def __init__(self, fault: NameFault) -> None:
        super().__init__(f"{fault.code} at {fault.position} {fault.character}".strip())
        self.fault = fault


def normalise_name(text: str) -> str:
    """Return the name as it is printed and signed: NFC, one space between words; the spelling stays the person's own.

    Raises
    ------
    UnprintableNameError
        With code ``name_empty``, ``name_too_long``, ``name_hidden_character``, ``name_digit``,
        ``name_foreign_script``, ``name_stray_mark``, ``name_character`` or ``name_punctuation``.
    """
    # Only plain spaces are folded: a no-break space or a tab is refused like any other hidden character.
    name = " ".join(word for word in unicodedata.normalize("NFC", text).split(" ") if word)
    fault = find_fault(name)
    if fault is not None:
        raise UnprintableNameError(fault)
    return name


def find_fault(name: str) -> NameFault | None:
    """Return the first reason why ``name``, exactly as it stands, may not be signed; None when it may."""
    if not name:
        return NameFault("name_empty")
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME_BYTES:
        return NameFault("name_too_long")
    previous = " "
    for position, character in enumerate(name, start=1):
        code = _fault_of(character, previous)
        if code is not None:
            return NameFault(code, position, f"U+{ord(character):04X}")
        previous = character
    if previous in {" ", "-"}:
        return NameFault("name_punctuation", len(name), f"U+{ord(previous):04X}")
    if not unicodedata.is_normalized("NFC", name):
        return NameFault("name_not_nfc")
    return None


def _fault_of(character: str, previous: str) -> str | None:
    if character not in ALLOWED_CHARACTERS:
        return _code_of_foreign(character)
    if character == BREVE:
        return None if previous in LETTERS_BEFORE_BREVE else "name_stray_mark"
    if character in LETTERS:
        return None
    # A space, hyphen or apostrophe joins what stands before it, so it needs a letter there; only a space may
    # also follow an apostrophe, as in "K' Brếp".
    if previous in LETTERS or previous == BREVE or (character == " " and previous in APOSTROPHES):
        return None
    return "name_punctuation"


def _code_of_foreign(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}:
        return "name_hidden_character"
    if category.startswith("N"):
        return "name_digit"
    if category.startswith("M"):
        return "name_stray_mark"
    if category.startswith("L"):
        return "name_foreign_script"
    return "name_character"
