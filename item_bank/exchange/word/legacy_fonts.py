"""Which fonts draw text of a legacy Vietnamese encoding, by their names."""

import re
from dataclasses import dataclass
from functools import lru_cache

from item_bank.exchange.word.legacy_encodings import Encoding

_TCVN3 = re.compile(r"\.vn", re.IGNORECASE)
_VNI = re.compile(r"vni(?:[ -]|$)", re.IGNORECASE)
# Encodings that are too rare for a table here: VPS, Vietware, VISCII.
_OTHER = re.compile(r"vps |s?vn ?times new roman|vnswitzerland|vi ?times$", re.IGNORECASE)
# ".VnTimeH" draws capitals; written all in lower case, the name shows it only by the letter behind a known one.
_CAPITALS = re.compile(r".*H|\.vn(?:time|arial|helvet(?:ins)?|avant|univers?e?|courier|park|book-antiqua)h", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LegacyFont:
    """What a font means for the text in it: its encoding, None for one without a table here."""

    encoding: Encoding | None
    is_all_capitals: bool = False


@lru_cache(maxsize=1024)
def legacy_font(name: str) -> LegacyFont | None:
    """Return what the font means, None for a font of Unicode."""
    name = name.strip()
    if _TCVN3.match(name):
        return LegacyFont("tcvn3", _CAPITALS.fullmatch(name) is not None)
    if _VNI.match(name):
        return LegacyFont("vni")
    return LegacyFont(None) if _OTHER.match(name) else None
