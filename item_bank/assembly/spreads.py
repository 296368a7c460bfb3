"""How far the forms of an assembly lie apart, figure by figure, beside what the blueprint allows."""

from collections.abc import Iterable, Sequence
from typing import Any

from item_bank.assembly.detail import AssemblyDetail
from item_bank.assembly.requirements import points_of
from item_bank.assembly.schemas import Spread


def spreads_of(detail: AssemblyDetail) -> list[Spread]:
    """Return least, greatest and mean of every figure over the forms; nothing without forms."""
    return list(_spreads(detail)) if detail.forms else []


def _spreads(detail: AssemblyDetail) -> Iterable[Spread]:
    statement = detail.statement
    figures = [form.figures for form in detail.forms]
    for place, theta in enumerate(points_of(statement)):
        yield _spread("information", [figure.information[place] for figure in figures], theta=theta)
        yield _spread("expected_score", [figure.expected_score[place] for figure in figures], theta=theta)
    words, seconds, keys = statement.words, statement.seconds, statement.key_balance
    yield _spread("words", [figure.words for figure in figures], bounds=words)
    yield _spread("seconds", [figure.seconds for figure in figures], bounds=seconds)
    for letter in sorted({letter for figure in figures for letter in figure.key_counts}):
        yield _spread("key", [figure.key_counts.get(letter, 0) for figure in figures], letter=letter, bounds=keys)


def _spread(figure: str, values: Sequence[float], *, bounds: Any = None, **named: Any) -> Spread:
    least, most = min(values), max(values)
    return Spread.model_validate(
        {
            "figure": figure,
            "minimum": least,
            "maximum": most,
            "mean": sum(values) / len(values),
            "difference": most - least,
            "relative": None if least <= 0 else most / least - 1.0,
            "lower": None if bounds is None else bounds.minimum,
            "upper": None if bounds is None else bounds.maximum,
            **named,
        }
    )
