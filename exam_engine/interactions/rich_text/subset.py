"""The HTML subset of items: elements, attributes and the values that they may have."""

import re
from collections.abc import Callable, Mapping

FORMATTING = frozenset({"strong", "em", "u", "s", "sub", "sup", "code"})
VOID = frozenset({"br", "img"})
LISTS = frozenset({"ul", "ol"})
TABLE_SECTIONS = frozenset({"thead", "tbody"})
CELLS = frozenset({"th", "td"})
TABLE_PARTS = frozenset({"caption", "tr"}) | TABLE_SECTIONS | CELLS
FLOW_BLOCKS = frozenset({"p", "table", "pre", "blockquote", "figure"}) | LISTS
BLOCKS = FLOW_BLOCKS | TABLE_PARTS | {"li", "figcaption"}

HTML_ELEMENTS = BLOCKS | FORMATTING | VOID | {"span", "audio", "math"}

MATH_TOKENS = frozenset({"mi", "mn", "mo", "mtext"})
MATH_ARITY: Mapping[str, int] = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
MATH_ELEMENTS = (
    MATH_TOKENS
    | frozenset(MATH_ARITY)
    | {"math", "mrow", "mspace", "msqrt", "mstyle", "mpadded", "mphantom", "mtable", "mtr", "mtd"}
    | {"semantics", "annotation"}
)
TEX = "application/x-tex"

RENAMED: Mapping[str, str] = {
    "b": "strong",
    "i": "em",
    "var": "em",
    "cite": "em",
    "dfn": "em",
    "ins": "u",
    "del": "s",
    "strike": "s",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
    "tfoot": "tbody",
    "ms": "mtext",
    "menclose": "mrow",
    "merror": "mrow",
    "maction": "mrow",
    **dict.fromkeys(
        [
            "address",
            "article",
            "aside",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
            "footer",
            "form",
            "header",
            "hgroup",
            "legend",
            "main",
            "nav",
            "search",
            "section",
            "summary",
        ],
        "p",
    ),
}
"""Elements that have an equal in the subset, or whose only meaning here is that a new paragraph starts."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

SPLIT = frozenset({"mfenced"})
"""Elements that are rewritten as several others."""

DROPPED_WITH_CONTENT = frozenset(
    [
        "annotation-xml",
        "applet",
        "canvas",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "math-field",
        "math-value",
        "mglyph",
        "malignmark",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "optgroup",
        "option",
        "param",
        "plaintext",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
        "xmp",
    ]
)
"""Elements whose content is no text of the item, or is read by other rules than those of HTML."""

SILENT = frozenset({"html", "body", "colgroup", "col", "wbr"}) | HEADINGS | SPLIT | frozenset(RENAMED)
"""Elements that go without a word in the list of what was removed: their text and its meaning stay."""

MEDIA = re.compile(r"media:[0-9a-f]{64}")
IDENTIFIER = re.compile(r"[a-z0-9]{1,8}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_LENGTH = re.compile(r"[+-]?(?:\d{1,4}(?:\.\d{0,4})?|\.\d{1,4})(?:em|ex|px|pt|cm|mm|in|%)?")
_LENGTHS = re.compile(rf"{_LENGTH.pattern}(?: {_LENGTH.pattern}){{0,19}}")
_LINES = re.compile(r"(?:none|solid|dashed)(?: (?:none|solid|dashed)){0,49}")
_ALIGNMENTS = re.compile(r"(?:left|center|right)(?: (?:left|center|right)){0,19}")
_ROW_ALIGNMENTS = re.compile(r"(?:top|bottom|center|baseline|axis)(?: (?:top|bottom|center|baseline|axis)){0,19}")
_LEVEL = re.compile(r"[+-]?\d")
_VARIANTS = re.compile(
    "normal|bold|italic|bold-italic|double-struck|bold-fraktur|script|bold-script|fraktur|sans-serif|bold-sans-serif"
    "|sans-serif-italic|sans-serif-bold-italic|monospace"
)
_TRUTH = re.compile("true|false")

Check = Callable[[str], bool]


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda value: pattern.fullmatch(value) is not None


def _one_of(*values: str) -> Check:
    return frozenset(values).__contains__


def _number(lowest: int, highest: int) -> Check:
    digits = re.compile(r"-?(?:0|[1-9]\d{0,6})")
    return lambda value: digits.fullmatch(value) is not None and lowest <= int(value) <= highest


def _any(_: str) -> bool:
    return True


_MATH_ANY: dict[str, Check] = {
    "displaystyle": _matches(_TRUTH),
    "scriptlevel": _matches(_LEVEL),
    "mathvariant": _matches(_VARIANTS),
}
_MATH_TABLE: dict[str, Check] = {
    "columnalign": _matches(_ALIGNMENTS),
    "columnlines": _matches(_LINES),
    "columnspacing": _matches(_LENGTHS),
    "rowalign": _matches(_ROW_ALIGNMENTS),
    "rowlines": _matches(_LINES),
    "rowspacing": _matches(_LENGTHS),
}
_MATH_CELL: dict[str, Check] = {
    "columnalign": _matches(_ALIGNMENTS),
    "rowalign": _matches(_ROW_ALIGNMENTS),
    "columnspan": _number(1, 100),
    "rowspan": _number(1, 1000),
}
_MATH_BOX: dict[str, Check] = dict.fromkeys(("width", "height", "depth", "lspace", "voffset"), _matches(_LENGTH))
_MATH_OPERATOR: dict[str, Check] = {
    **dict.fromkeys(
        ("accent", "fence", "largeop", "movablelimits", "separator", "stretchy", "symmetric"), _matches(_TRUTH)
    ),
    **dict.fromkeys(("lspace", "rspace", "minsize", "maxsize"), _matches(_LENGTH)),
    "form": _one_of("prefix", "infix", "postfix"),
}
_LANG: dict[str, Check] = {"lang": _matches(_LANGUAGE)}
_SPAN: dict[str, Check] = {"colspan": _number(1, 100), "rowspan": _number(1, 1000)}
_MEDIA: dict[str, Check] = {"src": _matches(MEDIA)}

ATTRIBUTES: Mapping[str, Mapping[str, Check]] = {
    **dict.fromkeys(BLOCKS, _LANG),
    "ol": _LANG | {"start": _number(-9999, 9999), "type": _one_of("1", "a", "A", "i", "I")},
    "li": _LANG | {"value": _number(-9999, 9999)},
    "td": _LANG | _SPAN,
    "th": _LANG | _SPAN | {"scope": _one_of("row", "col", "rowgroup", "colgroup")},
    "span": _LANG | {"data-gap": _matches(IDENTIFIER), "data-hottext": _matches(IDENTIFIER)},
    "img": _MEDIA | {"alt": _any, "width": _number(1, 10_000), "height": _number(1, 10_000)},
    "audio": _MEDIA | {"controls": _any},
    **dict.fromkeys(MATH_ELEMENTS - {"annotation", "semantics"}, _MATH_ANY),
    "math": _MATH_ANY | {"display": _one_of("block", "inline")},
    "mo": _MATH_ANY | _MATH_OPERATOR,
    "mspace": _MATH_ANY | _MATH_BOX | {"linebreak": _one_of("newline")},
    "mpadded": _MATH_ANY | _MATH_BOX,
    "mfrac": _MATH_ANY | {"linethickness": _matches(_LENGTH)},
    "munder": _MATH_ANY | {"accentunder": _matches(_TRUTH)},
    "mover": _MATH_ANY | {"accent": _matches(_TRUTH)},
    "munderover": _MATH_ANY | {"accent": _matches(_TRUTH), "accentunder": _matches(_TRUTH)},
    "mtable": _MATH_ANY | _MATH_TABLE,
    "mtr": _MATH_ANY | _MATH_CELL,
    "mtd": _MATH_ANY | _MATH_CELL,
    "annotation": {"encoding": _one_of(TEX)},
}
"""For each element the attributes it may carry, in the order in which they are written, and what they may hold."""
