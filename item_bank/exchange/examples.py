"""A file for each format to fill in or to learn it from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from exam_engine.core.i18n import Catalogue, Language
from item_bank.exchange.sheet import template_file

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Example:
    """A file and how to make it."""

    name: str
    media_type: str
    content: Callable[[], bytes]


def example_of(format_code: str, catalogue: Catalogue, language: Language) -> Example | None:
    """Return the example of a format, None where there is none."""
    if format_code == "sheet":
        return Example("mau-cau-hoi.xlsx", _XLSX, partial(template_file, catalogue, language))
    text = catalogue.find(f"import_example.{format_code}", language)
    if text is None:
        return None
    return Example(f"vi-du-{format_code}.txt", "text/plain; charset=utf-8", text.encode)
