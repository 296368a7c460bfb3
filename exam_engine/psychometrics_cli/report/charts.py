"""Plots of a report as SVG that stands in the page itself."""

import io
import re
from collections.abc import Callable
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.figure import Figure

_RC: Final[Any] = {  # matplotlib's own type lists every key
    # Letters stay letters: they can be searched, copied and read out. Verdana has the widths of DejaVu Sans.
    "svg.fonttype": "none",
    # The same data give the same file, whose hash a board may keep.
    "svg.hashsalt": "exam-engine",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
}
_ID: Final = re.compile(r'(\bid="|url\(#|href="#)')
_PROLOGUE: Final = re.compile(r"^.*?(?=<svg)", re.DOTALL)


def svg(draw: Callable[[], Figure], prefix: str, title: str) -> Markup:
    """An SVG element with ids of its own and a name for those who do not see it.

    Parameters
    ----------
    draw : makes the figure; called under the settings above.
    prefix : begins every id, so that several plots can stand in one page.
    title : what the plot shows.
    """
    with mpl.rc_context(_RC):
        figure = draw()
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    body = _PROLOGUE.sub("", text.getvalue(), count=1)
    body = _ID.sub(lambda match: match.group(1) + prefix, body)
    name = f'role="img" aria-label="{escape(title)}"'
    return Markup(body.replace("<svg ", f"<svg {name} ", 1))  # noqa: S704 - written by matplotlib, names escaped by it
