"""Places of a file in words: readers name them without words of any language, so that stored runs have none."""

import re

from exam_engine.core.i18n import Catalogue, Language

_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d*(?::[A-Z]{1,3}[1-9]\d*)?")
_PARAGRAPH = re.compile(r"¶ (?P<paragraph>\d+)(?: \[(?P<table>\d+): (?P<cell>[A-Z]+\d+)\])?(?P<words>.*)", re.DOTALL)


def worded_place(place: str, catalogue: Catalogue, language: Language) -> str:
    """Return `dòng 12`, `ô I5`, `đoạn 3 “Câu 1…”`; what is a name already, such as that of a file, stays as it is."""
    if place.isascii() and place.isdigit():
        return catalogue.text("import_place.row", language, {"row": place})
    if _CELL.fullmatch(place):
        return catalogue.text("import_place.cell", language, {"cell": place})
    found = _PARAGRAPH.fullmatch(place)
    if found is None:
        return place
    code = "import_place.paragraph" if found["table"] is None else "import_place.table"
    return catalogue.text(code, language, found.groupdict())
