"""What may be typed as LaTeX: commands, environments and limits, with the place of each fault."""

import re

from latex2mathml import commands
from latex2mathml.symbols_parser import SYMBOLS

from exam_engine.interactions.rich_text.errors import LatexError

MAX_LENGTH = 2000
"""Longest formula, in characters."""

MAX_NESTING = 20
"""How deep braces, ``\\left`` and environments may lie in each other."""

_ENVIRONMENTS = frozenset(
    [
        "align",
        "align*",
        "aligned",
        "array",
        "bmatrix",
        "Bmatrix",
        "cases",
        "gathered",
        "matrix",
        "pmatrix",
        "smallmatrix",
        "split",
        "vmatrix",
        "Vmatrix",
    ]
)

# Definitions make formulas of unbounded size; the others ask for links, styles or files of the page, or for boxes and
# strokes that MathML Core does not draw, so that the formula would say something else than was typed.
_REFUSED = frozenset(
    [
        r"\newcommand",
        r"\renewcommand",
        r"\providecommand",
        r"\DeclareMathOperator",
        r"\newenvironment",
        r"\def",
        r"\gdef",
        r"\edef",
        r"\xdef",
        r"\let",
        r"\futurelet",
        r"\require",
        r"\href",
        r"\class",
        r"\style",
        r"\cssId",
        r"\unicode",
        r"\boxed",
        r"\fbox",
        r"\sout",
        r"\cancel",
        r"\bcancel",
        r"\xcancel",
        r"\rule",
        r"\colorbox",
        r"\fcolorbox",
        r"\color",
        r"\textcolor",
        r"\verb",
        r"\genfrac",
        r"\char",
        r"\cr",
        r"\displaylines",
        r"\eqalign",
        r"\eqalignno",
        r"\input",
        r"\include",
        r"\label",
        r"\math",
        r"\ref",
        r"\begingroup",
        r"\endgroup",
        # Accents that the library knows as signs only: it would set them before their letter.
        r"\annuity",
        r"\asteraccent",
        r"\bbrktbrk",
        r"\candra",
        r"\droang",
        r"\enclosecircle",
        r"\enclosediamond",
        r"\enclosesquare",
        r"\enclosetriangle",
        r"\leftharpoonaccent",
        r"\lvec",
        r"\obrbrak",
        r"\ocirc",
        r"\ocommatopright",
        r"\oturnedcomma",
        r"\overbar",
        r"\ovhook",
        r"\rightharpoonaccent",
        r"\ring",
        r"\threeunderdot",
        r"\ubrbrak",
        r"\underleftharpoondown",
        r"\underrightharpoondown",
        r"\utilde",
        r"\vertoverlay",
        r"\Dot",
        r"\DDot",
        r"\DDDot",
        r"\LVec",
        r"\Vec",
        r"\widebridgeabove",
        r"\wideutilde",
    ]
)

_TEXT = r"\\(?:text(?:bf|it|md|normal|rm|sf|tt|up)?|mbox|hbox|emph|tag\*?|[rl]lap|clap|underbar)"
_LEXEME = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[{}%$&]|.", re.DOTALL)
_TEXT_COMMAND = re.compile(_TEXT)
_NO_LETTER_OF_TEXT = re.compile(r"\\(?![%&#_$ ])|\{")
_ENVIRONMENT_NAME = re.compile(r"\s*\{\s*([A-Za-z]+\*?)\s*\}")

# The library draws these only under other names; the source that is kept has the author's.
_DRAWN_AS = {"aligned": "split", "gathered": "matrix"}
_ENVIRONMENT = re.compile(rf"(\\(?:begin|end)\s*\{{)\s*({'|'.join(_DRAWN_AS)})\s*\}}")
_ARC = re.compile(r"\\wideparen(?![A-Za-z])")
_OPERATOR_NAME = re.compile(r"\\operatorname\*?\s*(\{[^{}\\]*[^\x00-\x7f][^{}\\]*\})")
# Digits, one comma, digits: a decimal number as it is written in Vietnamese. Longer chains are lists.
_DECIMAL = re.compile(rf"({_TEXT}\s*\{{[^}}]*\}})|(?<![\d.,])(\d+),(?=\d+(?![\d,]))")


def _known_commands() -> frozenset[str]:
    names = {r"\begin", r"\end", "\\ ", r"\operatorname", r"\wideparen"} | set(SYMBOLS)
    for value in vars(commands).values():
        if isinstance(value, str):
            names.add(value)
        elif isinstance(value, tuple | dict):
            names.update(name for name in value if isinstance(name, str))
    # Environments stand in the library's list as commands of their name.
    plain = {name for name in names if name.startswith("\\")} - {f"\\{name}" for name in _ENVIRONMENTS}
    return frozenset(plain - _REFUSED - {"\\"})


_KNOWN = _known_commands()


def check_latex(latex: str) -> None:
    """Refuse what the library would misread without a word, with the place.

    Raises
    ------
    LatexError
        What is wrong, at which character.
    """
    if not latex:
        raise LatexError("latex_empty")
    if len(latex) > MAX_LENGTH:
        raise LatexError("latex_too_long", latex=latex, max_length=MAX_LENGTH)
    open_groups: list[tuple[str, int]] = []
    for lexeme in _LEXEME.finditer(latex):
        sign, position = lexeme[0], lexeme.start() + 1
        if sign in {"{", r"\left"}:
            open_groups.append((sign, position))
        elif sign in {"}", r"\right"}:
            _close(open_groups, "{" if sign == "}" else r"\left", sign, position, latex)
        elif sign in {r"\begin", r"\end"}:
            name = _environment(latex, lexeme)
            if sign == r"\begin":
                open_groups.append((f"\\begin{{{name}}}", position))
            else:
                _close(open_groups, f"\\begin{{{name}}}", f"\\end{{{name}}}", position, latex)
        elif sign == "%":
            raise LatexError("latex_bare_percent", position=position, latex=latex)
        elif sign == "$":
            raise LatexError("latex_bare_dollar", position=position, latex=latex)
        elif sign == "&" and not open_groups:
            raise LatexError("latex_bare_ampersand", position=position, latex=latex)
        elif sign[0] == "\\":
            _check_command(latex, lexeme)
        if len(open_groups) > MAX_NESTING:
            raise LatexError("latex_too_deep", position=position, latex=latex, max_nesting=MAX_NESTING)
    if open_groups:
        opening, position = open_groups[-1]
        raise LatexError("latex_not_closed", position=position, latex=latex, opening=opening)


def as_drawn(latex: str) -> str:
    """Return LaTeX as the library reads it: names that it knows, decimal commas held together."""
    latex = _ENVIRONMENT.sub(lambda found: f"{found[1]}{_DRAWN_AS[found[2]]}}}", latex)
    latex = _ARC.sub(r"\\overparen", latex)
    latex = _OPERATOR_NAME.sub(r"\\text\1", latex)
    return _DECIMAL.sub(lambda found: found[1] or f"{found[2]}{{,}}", latex)


def _check_command(latex: str, lexeme: re.Match[str]) -> None:
    sign, position = lexeme[0], lexeme.start() + 1
    # A star after a command that has no starred form is a multiplication sign.
    if sign not in _KNOWN and not (sign.endswith("*") and len(sign) > 2 and sign[:-1] in _KNOWN):
        raise LatexError("latex_command_unknown", position=position, latex=latex, command=sign)
    if not _TEXT_COMMAND.fullmatch(sign):
        return
    start = lexeme.end() + len(latex[lexeme.end() :]) - len(latex[lexeme.end() :].lstrip())
    if latex[start : start + 1] != "{":
        raise LatexError("latex_text_unbraced", position=position, latex=latex, command=sign)
    end = latex.find("}", start)
    strange = _NO_LETTER_OF_TEXT.search(latex, start + 1, end if end >= 0 else len(latex))
    if strange:
        raise LatexError("latex_text_nested", position=strange.start() + 1, latex=latex, command=sign)


def _environment(latex: str, lexeme: re.Match[str]) -> str:
    named = _ENVIRONMENT_NAME.match(latex, lexeme.end())
    name = named[1] if named else ""
    if name not in _ENVIRONMENTS:
        raise LatexError("latex_environment_unknown", position=lexeme.start() + 1, latex=latex, name=name or lexeme[0])
    return name


def _close(open_groups: list[tuple[str, int]], opening: str, sign: str, position: int, latex: str) -> None:
    if not open_groups or open_groups[-1][0] != opening:
        raise LatexError("latex_not_opened", position=position, latex=latex, closing=sign)
    open_groups.pop()
