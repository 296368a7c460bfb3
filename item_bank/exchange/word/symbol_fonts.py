"""Characters of the fonts Symbol and Wingdings in Unicode, where they stand for signs and Greek letters.

References
----------
The Unicode Consortium, mapping table of the Adobe Symbol encoding; Unicode 7.0, sources of the Wingdings symbols.
"""

import re

_PRIVATE = 0xF000
_PRIVATE_SIGN = re.compile("[\ue000-\uf8ff]")
_SYMBOL_RANGES = {
    0x20: " !∀#∃%&∋()∗+,−./0123456789:;<=>?",
    0x40: "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x60: "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA0: "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵",
    0xC0: "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓",
    0xE0: "◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪",
    0xF1: "⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
}
_WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x36: "⌛", 0x37: "⌨", 0x38: "🖰", 0x3A: "🖳", 0x3C: "💾", 0x3D: "🖬", 0x3F: "✍",
    0x41: "✌", 0x43: "👍", 0x44: "👎", 0x45: "☜", 0x46: "☞", 0x47: "☝", 0x48: "☟", 0x4A: "☺", 0x4C: "☹", 0x51: "✈",
    0x52: "☼", 0x54: "❄", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖",
    0x77: "⬥", 0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xD8: "➢", 0xDF: "←",
    0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE7: "🡄", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xF3: "⬄",
    0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0x97: "●"}
_SYMBOL = {start + offset: sign for start, signs in _SYMBOL_RANGES.items() for offset, sign in enumerate(signs)}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}


def symbol(font: str, code: int) -> str | None:
    """Return the sign that a symbol font draws for a code, None where it is not known here."""
    return _FONTS.get(font.strip().lower(), {}).get(code - _PRIVATE if code >= _PRIVATE else code)


def has_private(text: str) -> bool:
    """Whether a character of a text has no meaning but in the symbol font that it was typed in."""
    return _PRIVATE_SIGN.search(text) is not None


def translate(font: str, text: str) -> str:
    """Return text with the characters of a symbol font replaced where they are known.

    Only characters of the private area are: programs put the codes of symbol fonts there.
    """
    return _PRIVATE_SIGN.sub(lambda found: symbol(font, ord(found.group())) or found.group(), text)
