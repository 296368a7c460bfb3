"""Pictures and formulas of a Word document as the HTML that items hold."""

from dataclasses import dataclass, field
from html import escape

from exam_engine.interactions.rich_text import LatexError, latex_to_mathml, text_to_html
from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.preparing import PreparedMedia, prepare
from item_bank.exchange.question_text.findings import Findings
from item_bank.exchange.word.blocks import Formula, Picture, Place
from item_bank.exchange.word.document import WordDocument

_PIXELS_A_POINT = 96 / 72
_LONGEST_TEXT = 500


@dataclass
class Objects:
    """Reads the objects of one document; each picture is prepared once, however often it is shown."""

    document: WordDocument
    findings: Findings
    media: dict[str, PreparedMedia] = field(default_factory=dict)
    _prepared: dict[str, PreparedMedia | InvalidMediaError] = field(default_factory=dict)
    _formulas: dict[tuple[str, bool], str] = field(default_factory=dict)

    def picture(self, picture: Picture, place: Place) -> str:
        """Return a picture as HTML; empty when it cannot be shown, which is then noted as left out."""
        # The reader of the document has noted metafiles, and pictures that are not in the file.
        if picture.kind == "metafile" or not picture.part:
            return ""
        prepared = self._prepare(picture)
        if isinstance(prepared, InvalidMediaError):
            if picture.kind == "image":
                for fault in prepared.faults:
                    self.findings.add("left_out", fault.code, place, **fault.params)
            return ""
        self.media[prepared.sha256] = prepared
        text = " ".join(picture.alternative_text.split())[:_LONGEST_TEXT]
        if not text:
            self.findings.add("warning", "picture_without_text", place)
        if picture.is_anchored:
            self.findings.add("warning", "picture_floats", place)
        width, height = picture.width * _PIXELS_A_POINT, picture.height * _PIXELS_A_POINT
        if not (width >= 1 and height >= 1):
            width, height = prepared.width or 1, prepared.height or 1
        size = f'width="{min(10_000, round(width))}" height="{min(10_000, round(height))}"'
        return f'<img src="media:{prepared.sha256}" alt="{escape(text)}" {size}>'

    def formula(self, formula: Formula, place: Place) -> str:
        """Return a formula as MathML; its LaTeX as text when it cannot be drawn."""
        wanted = (formula.latex, formula.is_display)
        if wanted not in self._formulas:
            try:
                self._formulas[wanted] = latex_to_mathml(formula.latex, display=formula.is_display)
            except LatexError as error:
                self.findings.add("warning", "formula_unreadable", place, formula=formula.latex[:100], why=str(error))
                return text_to_html(formula.latex)
        return self._formulas[wanted]

    def _prepare(self, picture: Picture) -> PreparedMedia | InvalidMediaError:
        if picture.part not in self._prepared:
            try:
                content = self.document.picture_bytes(picture)
                self._prepared[picture.part] = prepare(content, picture.part, "picture")
            except InvalidMediaError as error:
                self._prepared[picture.part] = error
        return self._prepared[picture.part]
