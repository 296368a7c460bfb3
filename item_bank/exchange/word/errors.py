"""What the reader of Word files refuses, and what it reports of a file that it can read."""

from enum import StrEnum
from typing import Any

from exam_engine.core.errors import Fault, InvalidInputError


class Refusal(StrEnum):
    """Why a file is not read at all."""

    TOO_LARGE = "word_too_large"
    EMPTY = "word_empty"
    IS_ENCRYPTED = "word_is_encrypted"
    IS_DOC = "word_is_doc"
    IS_RTF = "word_is_rtf"
    IS_PDF = "word_is_pdf"
    IS_ODT = "word_is_odt"
    HAS_MACROS = "word_has_macros"
    NOT_WORD = "word_not_word"
    SUSPICIOUS = "word_suspicious"
    TOO_DEEP = "word_too_deep"
    DAMAGED = "word_damaged"


class NoteCode(StrEnum):
    """What a reader of the blocks cannot see in them: left out, accepted or doubtful, with its place."""

    TRACKED_INSERTION = "word_tracked_insertion"
    TRACKED_DELETION = "word_tracked_deletion"
    TEXT_BOX = "word_text_box"
    FOOTNOTE = "word_footnote"
    COMMENT = "word_comment"
    HIDDEN_TEXT = "word_hidden_text"
    EMBEDDED_DOCUMENT = "word_embedded_document"
    DRAWING = "word_drawing"
    OLE_EQUATION = "word_ole_equation"
    OLE_OBJECT = "word_ole_object"
    METAFILE = "word_metafile"
    EXTERNAL_PICTURE = "word_external_picture"
    PICTURE_MISSING = "word_picture_missing"
    FORMULA_LOSS = "word_formula_loss"
    FORMULA_FIELD = "word_formula_field"
    NUMBER_FIELD = "word_number_field"
    FIELD_UNCLOSED = "word_field_unclosed"
    NUMBER_FORMAT = "word_number_format"
    NUMBERING_MISSING = "word_numbering_missing"
    UNKNOWN_SYMBOL = "word_unknown_symbol"
    LEGACY_FONT_OTHER = "word_legacy_font_other"
    LEGACY_FONT_UNICODE = "word_legacy_font_unicode"
    LEGACY_TEXT_SUSPECTED = "word_legacy_text_suspected"


class InvalidWordFileError(InvalidInputError):
    """The file is not a Word document that can be read; its one fault says why and what to do."""

    code = "invalid_word_file"


def refusal(why: Refusal, place: str = "", **params: Any) -> InvalidWordFileError:
    """Return the error that refuses a file."""
    return InvalidWordFileError(faults=[Fault(why.value, place, params)])
