"""A change of metadata and the change that takes it back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from exam_engine.core.text import clean_line
from item_bank.items.content import CognitiveLevel, ItemMetadata


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of items' metadata; None and empty tuples leave things as they are."""

    level: CognitiveLevel | None = None
    reference_code: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return self == Change()


def changed(metadata: ItemMetadata, change: Change, module_code: str | None) -> ItemMetadata:
    """Return metadata after a change; the module is that of the new reference, None without one."""
    tags = {*metadata.tags, *change.add_tags} - {*change.remove_tags}
    metadata = replace(metadata, tags=tuple(sorted({clean_line(tag) for tag in tags} - {""})))
    if change.level is not None:
        metadata = replace(metadata, cognitive_level=change.level)
    if change.reference_code is not None and module_code is not None:
        metadata = replace(metadata, reference_code=change.reference_code, module_code=module_code)
    return metadata


def inverse(before: ItemMetadata, after: ItemMetadata) -> Change:
    """Return the change that leads from what became of metadata back to what it was."""
    return Change(
        level=before.cognitive_level if before.cognitive_level != after.cognitive_level else None,
        reference_code=before.reference_code if before.reference_code != after.reference_code else None,
        add_tags=tuple(sorted({*before.tags} - {*after.tags})),
        remove_tags=tuple(sorted({*after.tags} - {*before.tags})),
    )


def grouped(changes: Iterable[tuple[UUID, Change]]) -> list[tuple[Change, list[UUID]]]:
    """Return each change once with the items that it is for."""
    groups: dict[Change, list[UUID]] = {}
    for item_id, change in changes:
        groups.setdefault(change, []).append(item_id)
    return list(groups.items())
