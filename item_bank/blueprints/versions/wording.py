"""Facts of blueprints in the words and numbers of a language."""

from exam_engine.core.i18n import Catalogue, Language
from item_bank.blueprints.versions.facts import Bounds, Coded, Share, Subject, Value

_DIGITS = 4
"""Behind the decimal sign; nobody states a figure more finely."""


def number_text(value: float, language: Language) -> str:
    """Return a number as the language writes it, without needless digits."""
    text = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    text = "0" if text in {"-0", ""} else text.replace("-", "−")
    return text.replace(".", ",") if language == "vi" else text


def bounds_text(bounds: Bounds, catalogue: Catalogue, language: Language) -> str:
    """Return a range as people write it into a cell: ``3``, ``2–4``, ``≥ 2``, ``≤ 4``."""
    minimum, maximum = bounds.minimum, bounds.maximum
    if minimum is None and maximum is None:
        return catalogue.text("blueprint_fact.unbounded", language)
    if minimum == maximum:
        return str(minimum)
    if minimum is None:
        return f"≤ {maximum}"
    return f"≥ {minimum}" if maximum is None else f"{minimum}–{maximum}"


def subject_text(subject: Subject, catalogue: Catalogue, language: Language) -> str:
    """Return what a fact is about."""
    params = dict(subject.params)
    if "theta" in params:
        params["theta"] = number_text(float(params["theta"]), language)
    return catalogue.text(subject.code, language, params)


def value_text(value: Value, catalogue: Catalogue, language: Language) -> str:
    """Return what a fact states."""
    match value:
        case Bounds():
            return bounds_text(value, catalogue, language)
        case Share():
            percent = number_text(100.0 * value.value, language)
            return f"{percent} %" if language == "vi" else f"{percent}%"
        case Coded():
            return ", ".join(catalogue.text(code, language) for code in value.codes)
        case str():
            return value
    return number_text(value, language)
