"""Things to order, pair and place in an order of the paper's own: the stored one is often the right answer."""

import hashlib
from collections.abc import Sequence

from exam_engine.interactions.content import GapMatch, ItemContent, Match, Option, Order


def arranged(content: ItemContent, code: str) -> ItemContent:
    """Return content as the paper shows it; the same item is always shown in the same order, whatever its key."""
    match content:
        case Order():
            return content.model_copy(update={"options": _mixed(content.options, code)})
        case Match() if content.is_shuffled:
            return content.model_copy(update={"targets": _mixed(content.targets, code)})
        case GapMatch() if content.is_shuffled:
            return content.model_copy(update={"texts": _mixed(content.texts, code)})
    return content


def _mixed(options: Sequence[Option], code: str) -> tuple[Option, ...]:
    loose = [option for option in options if not option.is_fixed]
    loose.sort(key=lambda option: hashlib.sha256(f"{code}\n{option.id}".encode()).digest())
    rest = iter(loose)
    return tuple(option if option.is_fixed else next(rest) for option in options)
