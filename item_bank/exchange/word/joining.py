"""Raw runs of a paragraph become text: neighbours joined, legacy encodings and symbol fonts decoded, NFC."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exam_engine.core.text import nfc
from item_bank.exchange.word.blocks import Format, Formula, Inline, Picture, Run
from item_bank.exchange.word.errors import NoteCode
from item_bank.exchange.word.legacy_detection import suspected_encoding
from item_bank.exchange.word.legacy_encodings import Encoding, decode_legacy, is_mark, is_possible
from item_bank.exchange.word.legacy_fonts import legacy_font
from item_bank.exchange.word.notes import Notes
from item_bank.exchange.word.symbol_fonts import has_private, translate

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
        if has_private(run.text):
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
    texts: list[str] = []
    for piece in pieces:
        text = ""
        if isinstance(piece, RawRun):
            text = piece.text
            marks = _marks(texts[-1], last, piece) if last is not None else 0
            if marks:
                texts.append(text[:marks])
                text = text[marks:]
            if not text:
                continue
            if last is not None and last.format == piece.format and last.link == piece.link:
                texts.append(text)
                continue
        if last is not None:
            yield RawRun("".join(texts), last.format, last.link)
            last, texts = None, []
        if isinstance(piece, RawRun):
            last, texts = piece, [text]
        else:
            yield piece
    if last is not None:
        yield RawRun("".join(texts), last.format, last.link)


def _marks(letters: str, last: RawRun, run: RawRun) -> int:
    """Count the characters at the start of a run that are marks of the letter before it."""
    encoding = _encoding(run)
    if encoding == "vni":
        takes_mark = _encoding(last) == encoding and letters[-1:].lower() in "aeouyôö"
        return int(takes_mark and is_mark(run.text[:1], encoding))
    if not (letters[-1].isalpha() or is_mark(letters[-1], encoding)):
        return 0
    return next((number for number, sign in enumerate(run.text) if not is_mark(sign, encoding)), len(run.text))


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
