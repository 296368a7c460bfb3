"""JSON read piece by piece: the members of a large object one at a time, with the text of each."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

_WHITE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_ENDS = frozenset(" \t\n\r,:]}")
_ENCODING_SHOWS = 4
"""Bytes by which the encoding is told."""


class JsonText:
    """A JSON text that comes in pieces; no more of it is held than the value that is being read.

    Its methods raise ValueError where the text is no JSON, and RecursionError where it nests too deep.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        head = b""
        for piece in pieces:
            head += piece
            if len(head) >= _ENCODING_SHOWS:
                break
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder(json.detect_encoding(head))("surrogatepass")
        self._text = self._decoder.decode(head)
        self._at = 0
        self._is_over = False

    def members(self) -> Iterator[str]:
        """Yield the names of the object that begins here; the caller takes the value behind each."""
        self.take("{")
        if self.next_sign() == "}":
            self.take("}")
            return
        while True:
            if self.next_sign() != '"':
                raise ValueError("a name is no text")
            name, _ = self.value()
            self.take(":")
            yield str(name)
            if self.take(",}") == "}":
                return

    def value(self) -> tuple[Any, str]:
        """Return the value that begins here, and its text."""
        self.next_sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if self._is_over:
                    raise
            else:
                # A number may go on in the next piece, even behind a point that no digit follows yet.
                if self._text[end : end + 1] in _ENDS or self._is_over:
                    text = self._text[self._at : end]
                    self._at = end
                    return value, text
            self._read_more()

    def take(self, signs: str) -> str:
        """Return the next sign, which is one of some, and go on behind it."""
        sign = self.next_sign()
        if not sign or sign not in signs:
            raise ValueError(f"none of {signs}")
        self._at += 1
        return sign

    def next_sign(self) -> str:
        """Return the next sign that is no white space; empty at the end."""
        while True:
            found = _WHITE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or self._is_over:
                return self._text[self._at : self._at + 1]
            self._read_more()

    def _read_more(self) -> None:
        # What is not whole yet is tried again with twice its text, so that long values take no time in their square.
        rest = self._text[self._at :]
        parts, size = [rest], 0
        while size <= len(rest) and not self._is_over:
            piece = next(self._pieces, None)
            self._is_over = piece is None
            parts.append(self._decoder.decode(piece or b"", final=self._is_over))
            size += len(parts[-1])
        self._text = "".join(parts)
        self._at = 0
