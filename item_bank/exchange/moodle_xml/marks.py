"""Blocks by which this bank finds the parts of its own items again in texts that Moodle keeps as one."""

import re
from html import escape, unescape

_END = '<span class="item-bank-end"></span>'
_BLOCK = re.compile(
    r'\s*<div class="item-bank-(stimulus|stem)"([^<>]*)>(.*?)</div><span class="item-bank-end"></span>', re.DOTALL
)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_STATEMENT = '<li class="item-bank-statement">'
_STATEMENTS = re.compile(r'\s*<ol class="item-bank-statements">(.*)</ol>\s*', re.DOTALL)
GAP_AFTER_STATEMENT = re.compile(r'(.*) <span data-gap="([a-z0-9]+)"></span></li>\s*', re.DOTALL)


def block(name: str, html: str, **attributes: str) -> str:
    """Return a text as a block of its own."""
    said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f'<div class="item-bank-{name}"{said}>{html}</div>{_END}'


def take_block(name: str, html: str) -> tuple[str, dict[str, str], str] | None:
    """Return the text of a block at the beginning, its attributes, and what follows; None when there is none."""
    found = _BLOCK.match(html)
    if found is None or found[1] != name:
        return None
    attributes = {key: unescape(value) for key, value in _ATTRIBUTE.findall(found[2])}
    return found[3], attributes, html[found.end() :]


def statements(lines: list[str]) -> str:
    """Return statements as a list."""
    return f'<ol class="item-bank-statements">{"".join(f"{_STATEMENT}{line}</li>" for line in lines)}</ol>'


def take_statements(html: str) -> list[str] | None:
    """Return the lines of a list of statements, each up to its ``</li>``; None when a text is none."""
    found = _STATEMENTS.fullmatch(html)
    return None if found is None else found[1].split(_STATEMENT)[1:]
