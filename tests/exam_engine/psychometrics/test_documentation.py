import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import exam_engine.psychometrics as package

DOCS = Path(__file__).parents[3] / "docs"
PAGES = [DOCS / "psychometrics.md", *sorted((DOCS / "psychometrics").glob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(package.__path__, "exam_engine.psychometrics.")
]
IS_CODE = re.compile(r"(Code|Flag|Reason|Status)$")
ERROR_CODE = re.compile(r'\b\w+Error\(\s*"([a-z_]+)",')


def code_types() -> dict[str, Any]:
    """Every type of stable codes in the library, by name."""
    return {
        name: value
        for module in MODULES
        for name, value in vars(module).items()
        if IS_CODE.search(name) and get_origin(value) is Literal
    }


def test_every_stable_code_is_explained_in_the_documentation() -> None:
    found = code_types()

    assert {"ItemFlag", "WarningCode", "ExclusionReason", "KeyFlag", "RowCode"} <= found.keys()
    codes = {code for values in found.values() for code in get_args(values)}
    assert sorted(code for code in codes if f"`{code}`" not in TEXT) == []


def test_every_error_code_is_named_in_the_documentation() -> None:
    sources = (Path(str(module.__file__)).read_text(encoding="utf-8") for module in MODULES)
    raised = {code for source in sources for code in ERROR_CODE.findall(source)}

    assert len(raised) > 40
    assert sorted(code for code in raised if f"`{code}`" not in TEXT) == []
