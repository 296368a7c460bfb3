"""Rich text of items: the HTML subset in which stems, options and passages are stored and shown; pure."""

from exam_engine.interactions.rich_text.checking import RichTextFault, check
from exam_engine.interactions.rich_text.errors import LatexError, RichTextTooComplexError, RichTextTooLongError
from exam_engine.interactions.rich_text.formulas import editable, formulas, set_formulas
from exam_engine.interactions.rich_text.latex import latex_to_mathml
from exam_engine.interactions.rich_text.plain import plain_text, text_to_html
from exam_engine.interactions.rich_text.references import gaps_of, hottexts_of, media_of
from exam_engine.interactions.rich_text.sanitising import Sanitised, sanitise

__all__ = [
    "LatexError",
    "RichTextFault",
    "RichTextTooComplexError",
    "RichTextTooLongError",
    "Sanitised",
    "check",
    "editable",
    "formulas",
    "gaps_of",
    "hottexts_of",
    "latex_to_mathml",
    "media_of",
    "plain_text",
    "sanitise",
    "set_formulas",
    "text_to_html",
]
