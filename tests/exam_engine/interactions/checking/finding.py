"""What the checks find in an item, in a form that is short to compare."""

from exam_engine.core.i18n import load_messages
from exam_engine.interactions.checking import check_item
from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.keys import ItemKey

Places = set[tuple[str, str]]

MESSAGES = [load_messages("exam_engine", language) for language in ("vi", "en")]


def found(content: ItemContent, key: ItemKey | None) -> Places:
    """Codes without their common beginning, with their places; both texts of each must find their values."""
    faults = check_item(content, key)
    for messages in MESSAGES:
        for fault in faults:
            for code in (fault.code, f"{fault.code}.fix"):
                assert "{" not in messages[code].format(**fault.params)
    return {(fault.code.removeprefix("item_"), fault.place) for fault in faults}


def found_in(content: ItemContent) -> Places:
    """What is found in the content alone."""
    return found(content, None) - {("key_missing", "key")}
