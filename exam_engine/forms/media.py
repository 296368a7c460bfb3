"""The media that delivered items show: pictures and sounds in their texts, pictures pointed at, files of tasks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exam_engine.forms.schemas import ITEM_VIEW
from exam_engine.interactions.content import ItemContent
from exam_engine.interactions.rich_text import media_of
from exam_engine.interactions.texts import media_hashes, texts


def media_of_views(views: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the hash of each medium that delivered items show, with the ref of the first item that shows it."""
    found: dict[str, str] = {}
    for view in views:
        item = ITEM_VIEW.validate_python(view)
        stimulus = item.stimulus.content if item.stimulus is not None else ""
        for sha256 in media_of_item(item, stimulus):
            found.setdefault(sha256, item.ref)
    return found


def media_of_item(content: ItemContent, stimulus: str = "") -> Iterator[str]:
    """Yield the hashes of the media that an item and its stimulus show; one may come several times."""
    for html in (stimulus, *(html for _, html in texts(content))):
        yield from media_of(html)
    yield from media_hashes(content)
