"""What other programs say about an item in learning object metadata: keywords and the typical time."""

import re

from exam_engine.core.text import clean_line
from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.imported import StatedMetadata
from item_bank.exchange.qti.tree import children, descendants, words

_NOTHING = StatedMetadata()
_MOST_TAGS, _LONGEST_TAG = 20, 60
_DURATION = re.compile(r"P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})(?:\.\d+)?S)?)?")


def stated_metadata(metadata: Element | None) -> StatedMetadata:
    """Return tags and expected time as the metadata of a resource say them."""
    if metadata is None:
        return _NOTHING
    keywords = [word for general in descendants([metadata], "general") for word in children(general, "keyword")]
    tags = [tag for tag in (clean_line(words(keyword)) for keyword in keywords) if 0 < len(tag) <= _LONGEST_TAG]
    times = [words(one) for one in descendants([metadata], "typical-learning-time")]
    if not (tags or times):
        return _NOTHING
    return StatedMetadata(
        tags=tuple(dict.fromkeys(tags))[:_MOST_TAGS], expected_seconds=_seconds(times[0]) if times else None
    )


def _seconds(text: str) -> int | None:
    found = _DURATION.match(text.upper())
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = days * 86_400 + hours * 3600 + minutes * 60 + seconds
    return total if 5 <= total <= 36_000 else None
