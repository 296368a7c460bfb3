"""Letters and digits in bold, double-struck, script and the like, each a character of its own in Unicode."""

import unicodedata

# Names in Unicode of what MathML calls variants; the longer ones first, since one name begins another.
_STYLES = {
    "BOLD ITALIC": "bold-italic",
    "BOLD SCRIPT": "bold-script",
    "BOLD FRAKTUR": "bold-fraktur",
    "SANS-SERIF BOLD ITALIC": "sans-serif-bold-italic",
    "SANS-SERIF BOLD": "bold-sans-serif",
    "SANS-SERIF ITALIC": "sans-serif-italic",
    "SANS-SERIF": "sans-serif",
    "BOLD": "bold",
    "ITALIC": "italic",
    "SCRIPT": "script",
    "FRAKTUR": "fraktur",
    "DOUBLE-STRUCK": "double-struck",
    "MONOSPACE": "monospace",
}
# Letters that Unicode had before it took in the alphabets.
_OLDER = {
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    "italic": {"h": "ℎ"},
}
_FIRST, _LAST = 0x1D400, 0x1D7FF


def _alphabets() -> dict[str, dict[str, str]]:
    alphabets: dict[str, dict[str, str]] = {variant: dict(_OLDER.get(variant, {})) for variant in _STYLES.values()}
    for code in range(_FIRST, _LAST + 1):
        letter = chr(code)
        name = unicodedata.name(letter, "").removeprefix("MATHEMATICAL ")
        style = next((style for style in _STYLES if name.startswith(f"{style} ")), None)
        if style:
            alphabets[_STYLES[style]][unicodedata.normalize("NFKC", letter)] = letter
    return alphabets


_ALPHABETS = _alphabets()


def in_variant(text: str, variant: str) -> str | None:
    """Return text in a variant of MathML such as ``bold``; None when Unicode lacks one of its letters there."""
    alphabet = _ALPHABETS.get(variant)
    if alphabet is None or not all(letter in alphabet for letter in text):
        return None
    return "".join(alphabet[letter] for letter in text)
