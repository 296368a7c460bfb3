"""Items to be linted, made in one line."""

from typing import Any

from item_bank.quality.linting import Finding, LintedItem, LintedOption, LintedStatement, lint

PLAIN = ("Bàn phím", "Chuột", "Máy in", "Màn hình")


def choice(stem: str, *options: str, key: str | None = None, **facts: Any) -> LintedItem:
    """A single-choice item; ``key`` holds the letters of right options, None for those who may not see keys."""
    texts = options or PLAIN
    return LintedItem(
        **(
            {
                "interaction": "single_choice",
                "stem": stem,
                "stem_html": stem,
                "options": tuple(
                    LintedOption(letter, text) for letter, text in zip("ABCDEFGH"[: len(texts)], texts, strict=True)
                ),
                "correct": None if key is None else frozenset(key),
            }
            | facts
        )
    )


def table(stem: str, *statements: tuple[str, bool | None]) -> LintedItem:
    """A true/false table."""
    lines = tuple(
        LintedStatement(letter, text, is_true)
        for letter, (text, is_true) in zip("abcdefgh"[: len(statements)], statements, strict=True)
    )
    return LintedItem("true_false_table", stem, stem_html=stem, statements=lines)


def found(item: LintedItem, rule: str) -> list[Finding]:
    """The findings of one rule."""
    return [finding for finding in lint(item) if finding.rule == f"flaw_{rule}"]


def places(item: LintedItem, rule: str) -> list[str]:
    """Where one rule is broken."""
    return [finding.place for finding in found(item, rule)]
