"""Message catalogues: every text a user sees, by code, in Vietnamese and English."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import Depends, Request

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


class Catalogue:
    """The texts of all loaded packages; each package ships ``messages/vi.toml`` and ``messages/en.toml``."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._texts: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        for package in packages:
            for language in LANGUAGES:
                for code, text in load_messages(package, language).items():
                    if code in self._texts[language]:
                        raise ValueError(f"message {code!r} is defined twice (again in {package})")
                    self._texts[language][code] = text

    def text(self, code: str, language: Language, params: Mapping[str, Any] | None = None) -> str:
        """Return the text of ``code``; a code without text is shown as it is, so that nothing is hidden."""
        template = self._texts[language].get(code)
        if template is None:
            return code
        return template.format_map(_Lenient(params or {}))

    def find(self, code: str, language: Language, params: Mapping[str, Any] | None = None) -> str | None:
        """Return the text of ``code`` or None when there is none."""
        return self.text(code, language, params) if code in self._texts[language] else None

    def codes(self, language: Language) -> frozenset[str]:
        """Return all codes of a language."""
        return frozenset(self._texts[language])


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@cache
def load_messages(package: str, language: Language) -> Mapping[str, str]:
    """Return the texts a package ships for a language; empty when it ships none. They are read once a process."""
    source = resources.files(package) / "messages" / f"{language}.toml"
    if not source.is_file():
        return MappingProxyType({})
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return MappingProxyType({code: text for table in tables.values() for code, text in table.items()})


def preferred_language(request: Request) -> Language:
    """Return the language the browser asks for (RFC 9110, section 12.5.4); Vietnamese unless English is preferred."""
    weights: dict[Language, float] = {}
    for part in request.headers.get("accept-language", "").split(","):
        tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
        for language in LANGUAGES:
            if tag == language or tag.startswith(f"{language}-"):
                weights[language] = max(_weight(parameters), weights.get(language, 0.0))
    # Equal weights: the first of LANGUAGES, which is Vietnamese.
    wanted = [language for language in LANGUAGES if weights.get(language, 0.0) > 0.0]
    return max(wanted, key=lambda language: weights[language], default="vi")


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def catalogue_of(request: Request) -> Catalogue:
    """Return the application's catalogue."""
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


LanguageDep = Annotated[Language, Depends(preferred_language)]
CatalogueDep = Annotated[Catalogue, Depends(catalogue_of)]
