"""Single-choice content and keys for tests; option ids are A, B, C, …"""

from collections.abc import Sequence

from exam_engine.interactions.content import ItemContent, Option, SingleChoice
from exam_engine.interactions.keys import ChoiceKey
from exam_engine.interactions.rich_text import plain_text


def choice_content(stem: str, options: Sequence[str]) -> SingleChoice:
    """Return an item with the given stem and options (HTML)."""
    return SingleChoice(
        stem=stem, options=tuple(Option(id=chr(65 + number), content=text) for number, text in enumerate(options))
    )


def choice_key(correct: int) -> ChoiceKey:
    """Return the key by which the option at a place, counted from 0, is right."""
    return ChoiceKey(correct=(chr(65 + correct),))


def plain_options(content: ItemContent) -> tuple[str, ...]:
    """Return the options of a single-choice item as plain text."""
    assert isinstance(content, SingleChoice)
    return tuple(plain_text(option.content) for option in content.options)
