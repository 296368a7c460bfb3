"""Formulas of Word (Office Math) as LaTeX.

References
----------
ECMA-376 part 1, 22.1, Office Math markup.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from exam_engine.core.text import nfc
from item_bank.exchange.word.names import M, W, name_of, text_of
from item_bank.exchange.word.omml_symbols import FUNCTIONS, command, fence
from item_bank.exchange.word.omml_text import join, math_text, text

_DEEPEST = 40
_VALUE = f"{M}val"
_OFF = frozenset({"0", "false", "off"})
_TALL = re.compile(r"\\(?:frac|begin|sqrt|sum|prod|int|i+nt|oint|lim|over|under|atop|left|binom|big|x\w+arrow)")
_WITH_LIMITS = re.compile(r"\\(?:lim|max|min|sup|inf|sum|prod|coprod|bigcup|bigcap)$")
_ATOM = re.compile(r"[A-Za-z0-9]|\\[A-Za-z]+|\\math[a-z]+\{[^{}]*\}|\\left(?:(?!\\right).)*\\right.|\{[^{}]*\}")
_INTEGRALS = frozenset("∫∬∭∮")
_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring", "\u030c": "check", "\u20db": "dddot",
    "\u20d7": "vec", "\u20d6": "overleftarrow", "\u20e1": "overleftrightarrow", "¯": "bar", "^": "hat", "~": "tilde",
    "→": "vec", "´": "acute", "`": "grave", "˙": "dot", "¨": "ddot",
}  # fmt: skip
# Accents over more than one letter stretch.
_WIDE = {"hat": "widehat", "tilde": "widetilde", "bar": "overline", "vec": "overrightarrow"}
_BRACES = {("⏟", "bot"): "underbrace", ("⏞", "top"): "overbrace"}
_LONG_ARROWS = {"→": "xrightarrow", "←": "xleftarrow"}
_MATRICES = {("(", ")"): "pmatrix", ("[", "]"): "bmatrix", ("{", "}"): "Bmatrix", ("|", "|"): "vmatrix",
             ("‖", "‖"): "Vmatrix"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Converted:
    """A formula in LaTeX without delimiters; ``losses`` name the elements that LaTeX could not be given for."""

    latex: str
    losses: tuple[str, ...] = ()


def latex_of(formula: etree._Element) -> Converted:
    """Return an ``m:oMath`` as LaTeX; what is not known is named, its text is kept."""
    converter = _Converter()
    latex = converter.children(formula)
    return Converted(nfc(latex.strip()), tuple(dict.fromkeys(converter.losses)))


@dataclass(slots=True)
class _Converter:
    losses: list[str] = field(default_factory=list)
    depth: int = 0
    in_array: bool = False

    def children(self, element: etree._Element | None) -> str:
        """Convert what stands inside an element, one after another."""
        if element is None:
            return ""
        if self.depth >= _DEEPEST:
            self.losses.append("depth")
            return ""
        self.depth += 1
        try:
            return join([self.convert(child) for child in element])
        finally:
            self.depth -= 1

    def convert(self, element: etree._Element) -> str:
        """Convert one element."""
        name = name_of(element.tag)
        if name.endswith("Pr") or name in {"w:del", "w:moveFrom"}:
            return ""
        if name == "m:r":
            return self._run(element)
        if name in {
            "m:e",
            "m:box",
            "m:oMath",
            "w:ins",
            "w:moveTo",
            "w:sdt",
            "w:sdtContent",
            "w:smartTag",
            "w:customXml",
        }:
            return self.children(element)
        structure = _STRUCTURES.get(name)
        if structure is not None:
            return structure(self, element)
        if name.startswith("m:") or name in {"w:drawing", "w:object", "w:pict"}:
            self.losses.append(name)
            return self.children(element) if name.startswith("m:") else ""
        if name == "w:r":
            return text(text_of(element, f"{W}t"))
        return ""

    def part(self, element: etree._Element, name: str) -> str:
        """Convert the named part of a structure; empty if it has none."""
        return self.children(element.find(f"{M}{name}"))

    def _run(self, element: etree._Element) -> str:
        properties = element.find(f"{M}rPr")
        pieces = []
        for child in element:
            kind = name_of(child.tag)
            if kind in {"m:t", "w:t"}:
                written = child.text or ""
                if _switch(properties, "nor"):
                    pieces.append(text(written))
                else:
                    style, script = _setting(properties, "sty"), _setting(properties, "scr")
                    pieces.append(math_text(written, style, script, keep_marks=self.in_array))
            elif kind == "w:br":
                pieces.append(r"\\")
            elif kind in {"w:drawing", "w:object", "w:pict", "w:sym"}:
                self.losses.append(kind)
        return join(pieces)


def _fraction(converter: _Converter, element: etree._Element) -> str:
    above, below = converter.part(element, "num"), converter.part(element, "den")
    kind = _setting(element.find(f"{M}fPr"), "type")
    if kind == "lin":
        return f"{_group(above)}/{_group(below)}"
    if kind == "skw":
        return rf"{{}}^{{{above}}}/_{{{below}}}"
    return rf"{{{above}\atop {below}}}" if kind == "noBar" else rf"\frac{{{above}}}{{{below}}}"


def _scripts(converter: _Converter, element: etree._Element) -> str:
    base = _group(_base(converter, element.find(f"{M}e")))
    lower, upper = converter.part(element, "sub"), converter.part(element, "sup")
    return f"{base}{_attached(lower, upper)}"


def _scripts_before(converter: _Converter, element: etree._Element) -> str:
    lower, upper = converter.part(element, "sub"), converter.part(element, "sup")
    return join([f"{{}}{_attached(lower, upper)}", converter.part(element, "e")])


def _radical(converter: _Converter, element: etree._Element) -> str:
    degree = "" if _switch(element.find(f"{M}radPr"), "degHide") else converter.part(element, "deg")
    index = f"[{degree}]" if degree else ""
    return rf"\sqrt{index}{{{converter.part(element, 'e')}}}"


def _large_operator(converter: _Converter, element: etree._Element) -> str:
    properties = element.find(f"{M}naryPr")
    sign = _setting(properties, "chr", "∫") or "∫"
    lower = "" if _switch(properties, "subHide") else converter.part(element, "sub")
    upper = "" if _switch(properties, "supHide") else converter.part(element, "sup")
    place = _setting(properties, "limLoc")
    limits = ""
    if lower or upper:
        limits = r"\limits" if place == "undOvr" and sign in _INTEGRALS else ""
        limits = r"\nolimits" if place == "subSup" and sign not in _INTEGRALS else limits
    return join([f"{command(sign)}{limits}{_attached(lower, upper)}", converter.part(element, "e")])


def _delimiters(converter: _Converter, element: etree._Element) -> str:
    properties = element.find(f"{M}dPr")
    first, last = _setting(properties, "begChr", "("), _setting(properties, "endChr", ")")
    parts = element.findall(f"{M}e")
    inner = list(parts[0].iterchildren(f"{M}m", f"{M}eqArr", f"{M}r")) if len(parts) == 1 else []
    if len(inner) == 1 and len([child for child in parts[0] if not name_of(child.tag).endswith("Pr")]) == 1:
        kind = name_of(inner[0].tag)
        if kind == "m:m" and (first, last) in _MATRICES:
            return _environment(_MATRICES[first, last], _rows(converter, inner[0], "mr"))
        if kind == "m:eqArr" and (first, last) == ("{", ""):
            rows = _equations(converter, inner[0])
            if max(row.count("&") for row in rows) <= 1:
                return _environment("cases", rows)
    contents = [converter.children(part) for part in parts]
    separator = _setting(properties, "sepChr", "|")
    is_tall = any(_TALL.search(content) for content in contents)
    if not first or not last or is_tall:
        between = rf"\middle{fence(separator)}" if separator in {"|", "‖", "/"} else separator
        inside = join([piece for content in contents for piece in (between, content)][1:])
        return join([rf"\left{fence(first)}", inside, rf"\right{fence(last)}"])
    inside = join([piece for content in contents for piece in (command(separator), content)][1:])
    return join([fence(first), inside, fence(last)])


def _matrix(converter: _Converter, element: etree._Element) -> str:
    return _environment("matrix", _rows(converter, element, "mr"))


def _equation_array(converter: _Converter, element: etree._Element) -> str:
    rows = _equations(converter, element)
    marks = max((row.count("&") for row in rows), default=0)
    # Marks of alignment stand between columns that end and begin there.
    columns = ("rl" * (marks // 2 + 1))[: marks + 1] if marks else "l"
    return _environment("array", rows, f"{{{columns}}}")


def _function(converter: _Converter, element: etree._Element) -> str:
    return join([_function_name(converter, element.find(f"{M}fName")), converter.part(element, "e")])


def _function_name(converter: _Converter, element: etree._Element | None) -> str:
    if element is None:
        return ""
    name = _plain_name(element)
    if name in FUNCTIONS:
        return f"\\{name}"
    is_word = len(name) > 1 and name.isascii() and name.isalpha()
    return rf"\operatorname{{{name}}}" if is_word else converter.children(element)


def _base(converter: _Converter, element: etree._Element | None) -> str:
    """Convert what scripts and limits are attached to; the name of a function such as ``lim`` is upright there."""
    name = _plain_name(element) if element is not None else ""
    return f"\\{name}" if name in FUNCTIONS else converter.children(element)


def _plain_name(element: etree._Element) -> str:
    parts = [child for child in element if not name_of(child.tag).endswith("Pr")]
    is_plain = all(name_of(part.tag) == "m:r" for part in parts)
    return "".join(text_of(part, f"{M}t") for part in parts).strip() if is_plain else ""


def _limit(converter: _Converter, element: etree._Element, kind: str) -> str:
    inner = element.find(f"{M}e")
    base, limit = _base(converter, inner), converter.part(element, "lim")
    mark = "_" if kind == "under" else "^"
    if (kind == "under" and _WITH_LIMITS.fullmatch(base)) or base.startswith(f"\\{kind}brace"):
        return f"{base}{mark}{{{limit}}}"
    return rf"\{kind}set{{{limit}}}{{{base}}}"


def _accent(converter: _Converter, element: etree._Element) -> str:
    sign = _setting(element.find(f"{M}accPr"), "chr", "\u0302")
    base = converter.part(element, "e")
    accent = _ACCENTS.get(sign)
    if accent is None:
        converter.losses.append(f"m:acc {' '.join(f'U+{ord(letter):04X}' for letter in sign[:4])}")
        return base
    if len(base) > 1 and not re.fullmatch(r"\\[A-Za-z]+", base):
        accent = _WIDE.get(accent, accent)
    return rf"\{accent}{{{base}}}"


def _bar(converter: _Converter, element: etree._Element) -> str:
    side = "over" if _setting(element.find(f"{M}barPr"), "pos", "bot") == "top" else "under"
    return rf"\{side}line{{{converter.part(element, 'e')}}}"


def _group_character(converter: _Converter, element: etree._Element) -> str:
    properties = element.find(f"{M}groupChrPr")
    sign, place = _setting(properties, "chr", "⏟"), _setting(properties, "pos", "bot")
    base = converter.part(element, "e")
    if (sign, place) in _BRACES:
        return rf"\{_BRACES[sign, place]}{{{base}}}"
    if sign in _LONG_ARROWS:
        return rf"\{_LONG_ARROWS[sign]}{{{base}}}" if place == "bot" else rf"\{_LONG_ARROWS[sign]}[{base}]{{}}"
    return rf"\{'over' if place == 'bot' else 'under'}set{{{base}}}{{{command(sign)}}}"


def _bordered(converter: _Converter, element: etree._Element) -> str:
    # Boxes and strokes that cancel a term are not drawn in an item.
    properties = element.find(f"{M}borderBoxPr")
    hidden = [_switch(properties, f"hide{side}") for side in ("Top", "Bot", "Left", "Right")]
    strokes = [_switch(properties, f"strike{way}") for way in ("BLTR", "TLBR", "H", "V")]
    if not all(hidden) or any(strokes):
        converter.losses.append("m:borderBox")
    return converter.part(element, "e")


def _phantom(converter: _Converter, element: etree._Element) -> str:
    shown = _setting(element.find(f"{M}phantPr"), "show", "1") not in _OFF
    inside = converter.part(element, "e")
    return inside if shown else rf"\phantom{{{inside}}}"


_STRUCTURES: dict[str, Callable[[_Converter, etree._Element], str]] = {
    "m:f": _fraction,
    "m:sSup": _scripts,
    "m:sSub": _scripts,
    "m:sSubSup": _scripts,
    "m:sPre": _scripts_before,
    "m:rad": _radical,
    "m:nary": _large_operator,
    "m:d": _delimiters,
    "m:m": _matrix,
    "m:eqArr": _equation_array,
    "m:func": _function,
    "m:limLow": lambda converter, element: _limit(converter, element, "under"),
    "m:limUpp": lambda converter, element: _limit(converter, element, "over"),
    "m:acc": _accent,
    "m:bar": _bar,
    "m:groupChr": _group_character,
    "m:borderBox": _bordered,
    "m:phant": _phantom,
}


def _rows(converter: _Converter, element: etree._Element, tag: str) -> list[str]:
    return [
        "&".join(converter.children(cell) for cell in row.iterchildren(f"{M}e"))
        for row in element.iterchildren(f"{M}{tag}")
    ]


def _equations(converter: _Converter, element: etree._Element) -> list[str]:
    outer, converter.in_array = converter.in_array, True
    try:
        return [converter.children(line) for line in element.iterchildren(f"{M}e")] or [""]
    finally:
        converter.in_array = outer


def _environment(name: str, rows: Sequence[str], columns: str = "") -> str:
    return rf"\begin{{{name}}}{columns}" + r"\\".join(rows) + rf"\end{{{name}}}"


def _attached(lower: str, upper: str) -> str:
    return (f"_{{{lower}}}" if lower else "") + (f"^{{{upper}}}" if upper else "")


def _group(latex: str) -> str:
    return latex if _ATOM.fullmatch(latex) else f"{{{latex}}}"


def _setting(properties: etree._Element | None, name: str, default: str = "") -> str:
    child = properties.find(f"{M}{name}") if properties is not None else None
    return child.get(_VALUE, default) if child is not None else default


def _switch(properties: etree._Element | None, name: str) -> bool:
    child = properties.find(f"{M}{name}") if properties is not None else None
    return child is not None and child.get(_VALUE, "1") not in _OFF
