"""All that can be wrong with an item's content and key, each with its place and its fix."""

from collections.abc import Iterator

from exam_engine.core.errors import Fault
from exam_engine.interactions.checking.content_faults import content_faults
from exam_engine.interactions.checking.key_faults import key_faults
from exam_engine.interactions.checking.scoring_faults import reach_faults, scoring_faults
from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import KEY_FORMS, ItemKey

ItemFault = Fault
"""What is wrong (message code), where in the item (``options/A``, ``key/pairs``), and the values for its texts."""


def check_item(content: ItemContent, key: ItemKey | None) -> list[ItemFault]:
    """Return what is wrong with an item, nothing when it can be delivered and scored.

    A missing key is a state of drafts and imports, and here a fault of its own: ``item_key_missing``.
    """
    return [*content_faults(content), *_key_faults(content, key)]


def _key_faults(content: ItemContent, key: ItemKey | None) -> Iterator[ItemFault]:
    if key is None:
        yield Fault("item_key_missing", "key")
    elif not isinstance(key, KEY_FORMS[content.interaction]):
        yield Fault("item_key_form", "key", {"form": key.form, "interaction": content.interaction})
    else:
        faults = [*key_faults(content, key), *scoring_faults(content, key)]
        yield from faults or reach_faults(content, key)
