"""Raw runs of a paragraph become text: neighbours joined, legacy encodings and symbol fonts decoded, NFC."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exam_engine.core.text import nfc
from item_bank.exchange.word.blocks import Format, Formula, Inline, Picture, Run
from item_bank.exchange.word.errors import NoteCode
from item_bank.exchange.word.legacy_detection import suspected_encoding
from item_bank.exchange.word.legacy_encodings import Encoding, decode_legacy, is_possible, starts_with_mark
from item_bank.exchange.word.legacy_fonts import legacy_font
from item_bank.exchange.word.notes import Notes
from item_bank.exchange.word.symbol_fonts import is_private, translate

_SOFT_HYPHEN = "\u00ad"


@dataclass(slots=True)
class RawRun:
    """Text as the file holds it."""

    text: str
    format: Format
    link: str = ""


Piece = RawRun | Picture | Formula


def join_pieces(pieces: Sequence[Piece], notes: Notes) -> tuple[Inline, ...]:
    """Return the content of a paragraph.

    Text in a legacy font is decoded if all of the paragraph's text in fonts of that encoding can be in it; if some of
    it is evidently Unicode, nothing is, and a note says so.
    """
    joined = list(_joined(pieces))
    runs = [piece for piece in joined if isinstance(piece, RawRun)]
    for run in runs:
        run.text = translate(run.format.font, run.text)
    _decode_legacy_fonts(runs, notes)
    for run in runs:
        run.text = nfc(run.text.replace(_SOFT_HYPHEN, ""))
        if any(map(is_private, run.text)):
            notes.add(NoteCode.UNKNOWN_SYMBOL, font=run.format.font)
        if run.format.is_hidden and run.text.strip():
            notes.add(NoteCode.HIDDEN_TEXT)
    return tuple(
        Run(piece.text, piece.format, piece.link) if isinstance(piece, RawRun) else piece
        for piece in joined
        if not isinstance(piece, RawRun) or piece.text
    )


def label_text(text: str, font: str) -> str:
    """Return an automatic number as it is drawn in its font."""
    text = translate(font, text)
    legacy = legacy_font(font)
    if legacy is not None and legacy.encoding is not None and is_possible(text, legacy.encoding):
        text = decode_legacy(text, legacy.encoding, all_capitals=legacy.is_all_capitals)
    return nfc(text)


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join neighbours of one format; marks that a change of format cut off go back to their letter."""
    last: RawRun | None = None
    for piece in pieces:
        if not isinstance(piece, RawRun):
            if last is not None:
                yield last
                last = None
            yield piece
            continue
        if last is not None and last.text[-1:].isalpha():
            _move_marks(last, piece)
        if not piece.text:
            continue
        if last is not None and last.format == piece.format and last.link == piece.link:
            last.text += piece.text
            continue
        if last is not None:
            yield last
        last = RawRun(piece.text, piece.format, piece.link)
    if last is not None:
        yield last


def _move_marks(last: RawRun, run: RawRun) -> None:
    encoding = _encoding(run)
    if encoding == "vni" and (_encoding(last) != encoding or last.text[-1:].lower() not in "aeouyôö"):
        return
    most = 1 if encoding == "vni" else len(run.text)
    while most and starts_with_mark(run.text, encoding):
        last.text, run.text, most = last.text + run.text[0], run.text[1:], most - 1


def _encoding(run: RawRun) -> Encoding | None:
    font = legacy_font(run.format.font)
    return font.encoding if font is not None else None


def _decode_legacy_fonts(runs: Sequence[RawRun], notes: Notes) -> None:
    by_encoding: dict[Encoding, list[RawRun]] = {}
    others = []
    for run in runs:
        font = legacy_font(run.format.font)
        if font is None:
            others.append(run)
        elif font.encoding is not None:
            by_encoding.setdefault(font.encoding, []).append(run)
        elif not run.text.isascii():
            notes.add(NoteCode.LEGACY_FONT_OTHER, font=run.format.font)
    for encoding, encoded in by_encoding.items():
        if not is_possible("".join(run.text for run in encoded), encoding):
            notes.add(NoteCode.LEGACY_FONT_UNICODE, font=encoded[0].format.font)
            continue
        for run in encoded:
            font = legacy_font(run.format.font)
            all_capitals = font is not None and font.is_all_capitals
            run.text = decode_legacy(run.text, encoding, all_capitals=all_capitals)
    suspected = suspected_encoding("".join(run.text for run in others))
    if suspected is not None:
        notes.add(NoteCode.LEGACY_TEXT_SUSPECTED, encoding=suspected.upper())
