"""Every code that can reach a user has a text in both languages, and both say the same values."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from exam_engine.core.config import DEFAULT_PACKAGES
from exam_engine.core.errors import DomainError
from exam_engine.core.i18n import Catalogue, load_messages

PACKAGES = DEFAULT_PACKAGES
ROOT = Path(__file__).resolve().parents[2]


def import_everything() -> None:
    for package in PACKAGES:
        module = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)


def all_errors(base: type[DomainError] = DomainError) -> set[type[DomainError]]:
    return {base}.union(*(all_errors(error) for error in base.__subclasses__()))


def test_both_languages_have_the_same_codes() -> None:
    catalogue = Catalogue(PACKAGES)
    assert catalogue.codes("vi") == catalogue.codes("en")


def test_every_error_has_a_text() -> None:
    import_everything()
    codes = Catalogue(PACKAGES).codes("vi")
    own = {error for error in all_errors() if error.__module__.split(".")[0] in PACKAGES}
    assert {error.code for error in own} - codes == set()


def test_every_fault_named_in_the_code_has_a_text() -> None:
    codes = Catalogue(PACKAGES).codes("vi")
    named = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            named |= set(re.findall(r'\bFault\(\s*"([a-z0-9_.]+)"', file.read_text(encoding="utf-8")))
    assert len(named) > 10
    assert named - codes == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_translations_fill_in_the_same_values(package: str) -> None:
    vietnamese, english = load_messages(package, "vi"), load_messages(package, "en")
    places = re.compile(r"\{(\w+)\}")
    for code, text in vietnamese.items():
        assert set(places.findall(text)) == set(places.findall(english[code])), code


@pytest.mark.parametrize("package", PACKAGES)
def test_vietnamese_texts_are_in_the_composed_form(package: str) -> None:
    import unicodedata

    for code, text in load_messages(package, "vi").items():
        assert unicodedata.is_normalized("NFC", text), code
