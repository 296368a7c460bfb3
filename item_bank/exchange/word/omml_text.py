"""The letters of a formula in LaTeX: variables, words, numbers, alphabets; joined so that commands stay apart."""

import re
from collections.abc import Iterable

from item_bank.exchange.word.omml_symbols import FUNCTIONS, command

_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")
_COMMAND = 30
_TOKEN = re.compile(r"[^\W\d_]+|\s+|.", re.DOTALL)
_NEEDS_ESCAPE = re.compile(r"([{}%#&_$^~\\])")
_WORD_EDGE = re.compile(r"[\w}]")
# Alphabets of runs: script first, then weight.
_SCRIPTS = {
    "double-struck": "mathbb",
    "fraktur": "mathfrak",
    "script": "mathcal",
    "sans-serif": "mathsf",
    "monospace": "mathtt",
}


def join(pieces: Iterable[str]) -> str:
    """Put pieces of LaTeX side by side, with a space where a command would swallow the next letter."""
    joined: list[str] = []
    for piece in filter(None, pieces):
        if joined and piece[0].isalpha() and piece[0].isascii() and _ENDS_IN_COMMAND.search(joined[-1][-_COMMAND:]):
            joined.append(" ")
        joined.append(piece)
    return "".join(joined)


def text(written: str) -> str:
    r"""Return words as ``\text``; signs that LaTeX reserves stand outside of it, where an escape is understood."""
    pieces = [piece for piece in _NEEDS_ESCAPE.split(written) if piece]
    return "".join(command(piece) if _NEEDS_ESCAPE.fullmatch(piece) else rf"\text{{{piece}}}" for piece in pieces)


def math_text(written: str, style: str, script: str, *, keep_marks: bool) -> str:
    """Return the text of a mathematical run.

    Parameters
    ----------
    style : ``p`` upright, ``b`` bold, ``bi`` bold italic; empty or ``i`` italic, which is how LaTeX sets letters.
    script : alphabet, such as ``double-struck``; empty for Latin letters as usual.
    keep_marks : an ampersand marks an alignment.
    """
    pieces: list[str] = []
    tokens = _TOKEN.findall(written)
    for number, token in enumerate(tokens):
        if token.isspace():
            # Word spaces operators itself; a space typed between words or letters is meant.
            before, after = tokens[number - 1 : number], tokens[number + 1 : number + 2]
            if before and after and _WORD_EDGE.match(before[0]) and _WORD_EDGE.match(after[0]):
                pieces.append("\\ ")
        elif token == "&" and keep_marks:  # noqa: S105 - a sign, no secret
            pieces.append("&")
        elif len(token) > 1 or token.isalpha():
            pieces.append(_letters(token, style, script))
        else:
            pieces.append(command(token))
    return join(pieces)


def _letters(word: str, style: str, script: str) -> str:
    if any("À" <= letter <= "ɏ" or "Ḁ" <= letter <= "ỹ" for letter in word):
        # Letters with marks are words of a language, not variables.
        return rf"\text{{{word}}}"
    letters = join(command(letter) for letter in word)
    if script in _SCRIPTS:
        return rf"\{_SCRIPTS[script]}{{{letters}}}"
    if style in {"b", "bi"}:
        return rf"\boldsymbol{{{letters}}}" if style == "bi" or not word.isascii() else rf"\mathbf{{{letters}}}"
    if style == "p" and word.isascii() and len(word) > 1:
        return f"\\{word}" if word in FUNCTIONS else rf"\mathrm{{{word}}}"
    return letters
