"""Common items of two calibrations, matched by name or by a table of names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from exam_engine.psychometrics.item_parameters import FAMILY_OF, ItemParameters
from exam_engine.psychometrics.linking.errors import LinkingError


@dataclass(frozen=True, eq=False, slots=True)
class AnchorItems:
    """The same items as calibrated twice; row j of ``new`` and row j of ``old`` are one item.

    Parameters
    ----------
    new : parameters on the scale that is to be moved.
    old : parameters on the scale that stays.
    """

    new: ItemParameters
    old: ItemParameters

    def __len__(self) -> int:
        """Number of common items."""
        return len(self.new)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the common items in the new calibration."""
        return self.new.names

    def without(self, names: Sequence[str]) -> Self:
        """The anchor without the named items (names of the new calibration)."""
        leaving = set(names)
        kept = [position for position, name in enumerate(self.names) if name not in leaving]
        return type(self)(
            self.new.select([self.new.names[position] for position in kept]),
            self.old.select([self.old.names[position] for position in kept]),
        )


def match_anchors(
    new: ItemParameters, old: ItemParameters, anchors: Mapping[str, str] | Sequence[str] | None = None
) -> AnchorItems:
    """Pair the common items of two calibrations.

    Parameters
    ----------
    new, old : parameters of all items of the two calibrations.
    anchors : names of the common items; or, where an item is named differently, a mapping from its name in the new
        calibration to its name in the old one; None takes every name that occurs in both.

    Raises
    ------
    LinkingError
        ``too_few_anchors`` when there is none, ``anchor_missing`` when a named item is not in a calibration,
        ``anchor_items_differ`` when an item has another family of models or another number of categories.
    """
    if anchors is None:
        both = set(new.names) & set(old.names)
        anchors = [name for name in new.names if name in both]
    pairs = dict(anchors) if isinstance(anchors, Mapping) else {name: name for name in anchors}
    if not pairs:
        raise LinkingError("too_few_anchors", "the two calibrations have no item in common; name the pairs in anchors")
    for names, table, which in ((pairs.keys(), new, "new"), (pairs.values(), old, "old")):
        known = set(table.names)
        missing = [name for name in names if name not in known]
        if missing:
            raise LinkingError("anchor_missing", f"anchor item {missing[0]!r} is not in the {which} calibration")
    if len(set(pairs.values())) != len(pairs):
        raise LinkingError("anchor_items_differ", "two anchor items are paired with the same item of the old scale")
    result = AnchorItems(new.select(list(pairs.keys())), old.select(list(pairs.values())))
    for j, name in enumerate(result.names):
        families = FAMILY_OF[result.new.models[j]], FAMILY_OF[result.old.models[j]]
        if families[0] != families[1] or result.new.n_categories[j] != result.old.n_categories[j]:
            raise LinkingError(
                "anchor_items_differ",
                f"anchor item {name!r} is {result.new.models[j]} with {result.new.n_categories[j]} categories in the "
                f"new calibration and {result.old.models[j]} with {result.old.n_categories[j]} in the old one; "
                "leave it out of the anchor",
            )
    return result
