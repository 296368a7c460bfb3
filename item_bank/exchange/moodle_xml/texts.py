"""Texts of Moodle questions as the HTML that items keep: formulas in TeX, pictures and sounds from inside the file."""

import re
from collections.abc import Callable
from html import escape, unescape

from exam_engine.core.text import clean_text
from exam_engine.interactions.rich_text import (
    LatexError,
    RichTextTooComplexError,
    RichTextTooLongError,
    formulas,
    latex_to_mathml,
    sanitise,
    text_to_html,
)
from exam_engine.media.limits import Purpose
from item_bank.exchange.moodle_xml.media import MediaStore, linked

Note = Callable[..., None]
"""Called with severity, code, part and values."""

_TAG = re.compile(r"(<[^<>]*>)")
_SOURCE = re.compile(r"(<(?:img|audio|source|video)\b[^<>]*?\ssrc\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_SOUND_SOURCE = re.compile(r"<audio\b[^<>]*>\s*<source\b[^<>]*?\ssrc=\"(media:[0-9a-f]{64})\"[^<>]*>", re.IGNORECASE)
_OPENING = re.compile(r"\\\(|\\\[|\$\$")
_CLOSING = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
_DEFAULTS = re.compile(r' (?:dir="ltr"|style="text-align: ?left;?")')
_UNSEEN = {"@class", "@id", "@dir", "@tabindex", "@name"}
"""Attributes whose loss shows nowhere."""


class TextReader:
    """Turns the texts of one question into sanitised HTML."""

    def __init__(self, media: MediaStore, note: Note) -> None:
        self._media, self._note = media, note

    def html(self, raw: str, kind: str, files: dict[str, bytes], part: str = "") -> str:
        """Return a text of a stated format as HTML; what cannot be carried is noted at its part of the item."""
        if kind in {"plain_text", "markdown"}:
            if kind == "markdown" and raw.strip():
                self._note("warning", "moodle_markdown", part)
            return self._typed(raw, part)
        if kind == "moodle_auto_format" and "<p" not in raw and "<br" not in raw:
            raw = raw.strip().replace("\n", "<br>")
        marked = self._with_formulas(self._with_media(_DEFAULTS.sub("", raw), files, part), part)
        try:
            found = sanitise(marked.strip())
        except (RichTextTooComplexError, RichTextTooLongError) as error:
            self._note("error", error.code, part, **error.params)
            return ""
        if dropped := sorted(set(found.removed) - _UNSEEN):
            self._note("left_out", "moodle_markup_dropped", part, names=", ".join(dropped)[:200])
        return found.html

    def _typed(self, text: str, part: str) -> str:
        try:
            return formulas(clean_text(text))
        except LatexError as error:
            self._note("left_out", "moodle_formula", part, formula=error.latex[:80])
            return text_to_html(clean_text(text))

    def _with_media(self, html: str, files: dict[str, bytes], part: str) -> str:
        def replaced(match: re.Match[str]) -> str:
            source = unescape(match[2][1:-1])
            purpose: Purpose = "picture" if match[1][:4].lower() == "<img" else "sound"
            if match[1][:6].lower() == "<video":
                return match[0]
            found = linked(source, files)
            if found is None:
                code = "moodle_media_outside" if "://" in source else "moodle_media_missing"
                self._note("left_out", code, part, file=source[:120])
                return f'{match[1]}""'
            prepared = self._media.prepared(found[1], found[0], purpose)
            if prepared is None:
                self._note("left_out", "moodle_media_refused", part, file=found[0][:120])
                return f'{match[1]}""'
            return f'{match[1]}"media:{prepared.sha256}"'

        if "src" not in html.lower():
            return html
        return _SOUND_SOURCE.sub(r'<audio controls src="\1">', _SOURCE.sub(replaced, html))

    def _with_formulas(self, html: str, part: str) -> str:
        r"""Return HTML with what stands between ``\(…\)``, ``\[…\]`` or ``$$…$$`` as MathML, tag by tag."""
        if "\\" not in html and "$$" not in html:
            return html
        pieces = _TAG.split(html)
        for index in range(0, len(pieces), 2):
            pieces[index] = self._segment(pieces[index], part)
        return "".join(pieces)

    def _segment(self, text: str, part: str) -> str:
        pieces: list[str] = []
        missing: set[str] = set()
        done = at = 0
        while opening := _OPENING.search(text, at):
            at = opening.end()
            closing = _CLOSING[opening[0]]
            end = -1 if closing in missing else text.find(closing, at)
            if end < 0:
                missing.add(closing)
                continue
            latex = unescape(text[at:end]).strip()
            at = end + len(closing)
            if not latex:
                continue
            try:
                formula = latex_to_mathml(latex, display=opening[0] != r"\(")
            except LatexError:
                self._note("left_out", "moodle_formula", part, formula=latex[:80])
                continue
            pieces += [text[done : opening.start()], formula]
            done = at
        return "".join([*pieces, text[done:]])


def as_html(text: str) -> str:
    """Return plain words as markup."""
    return escape(text, quote=False)
