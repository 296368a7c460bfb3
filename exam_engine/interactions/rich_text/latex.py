"""LaTeX to canonical presentation MathML, with the source kept beside for the next change."""

from latex2mathml.converter import convert_to_element

from exam_engine.interactions.rich_text.characters import clean
from exam_engine.interactions.rich_text.drawing import drawn
from exam_engine.interactions.rich_text.errors import LatexError
from exam_engine.interactions.rich_text.latex_syntax import MAX_NESTING, as_drawn, check_latex
from exam_engine.interactions.rich_text.markup import Element, Node, write
from exam_engine.interactions.rich_text.mathematics import formula
from exam_engine.interactions.rich_text.subset import TEX


def latex_to_mathml(latex: str, *, display: bool = False) -> str:
    """Return a formula typed as LaTeX as canonical MathML that carries its source; ``display`` gives it its own line.

    A comma between two whole numbers is a decimal comma; in a list, type a space after it.

    Raises
    ------
    LatexError
        The formula cannot be read or drawn; the fault names what and, where known, the character.
    """
    source = clean(latex).strip()
    offset = len(latex) - len(latex.lstrip())
    try:
        check_latex(source)
        content = _drawn(source, display=display)
    except LatexError as error:
        raise error.moved(offset) if offset and error.position is not None else error from error.__cause__
    attributes = {"display": "block"} if display else {}
    annotation = Element("annotation", {"encoding": TEX}, [source])
    return write([formula(Element("math", attributes, [*content, annotation]), set())])


def _drawn(latex: str, *, display: bool) -> list[Node]:
    try:
        tree = convert_to_element(as_drawn(latex), display="block" if display else "inline")
    except RecursionError as error:
        raise LatexError("latex_too_deep", latex=latex, max_nesting=MAX_NESTING) from error
    except Exception as error:
        # Besides its own errors the library lets out StopIteration, IndexError and KeyError: each means that
        # something expected did not come.
        raise LatexError("latex_incomplete", latex=latex) from error
    return drawn(tree, latex)
