"""The manifest of a content package: the files that it lists, read one after another without a tree of them all."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.imported import StatedMetadata
from item_bank.exchange.qti.metadata import stated_metadata
from item_bank.exchange.qti.package import Package, resolve
from item_bank.exchange.qti.tree import MAX_DEPTH, child, children, normalised, parse_into

MANIFEST = "imsmanifest.xml"


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that the manifest names, with what it says about it."""

    type: str
    path: str
    metadata: StatedMetadata


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest lists, in its order; ``missing`` are paths that lead to no file of the package."""

    resources: tuple[Resource, ...]
    missing: tuple[str, ...]


def read_manifest(package: Package) -> Manifest | None:
    """Return the manifest, None where the package has none; it may lie in one folder that holds everything.

    Raises
    ------
    InvalidQtiFileError
        The manifest is no XML that is read.
    """
    found = sorted((path for path in package.names if posixpath.basename(path) == MANIFEST), key=len)
    if not found:
        return None
    lists = _Lists(package, posixpath.dirname(found[0]))
    parse_into(lists, package.read(found[0]), found[0])
    resources = tuple(resource for one in lists.found for resource in one.resources)
    return Manifest(resources, tuple(href for one in lists.found for href in one.missing))


@dataclass(slots=True)
class _List:
    """One list of resources; a list inside another comes behind it."""

    folder: str
    resources: list[Resource] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class _Lists:
    """Takes the elements of a manifest; only those of the resource that is being read are kept."""

    def __init__(self, package: Package, folder: str) -> None:
        self.found: list[_List] = []
        self.is_too_deep = False
        self._package = package
        self._folder = folder
        self._open: list[Element] = []
        self._open_lists: list[_List] = []
        self._listed = 0

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:
        """Take the beginning of an element."""
        element = normalised(tag, attrib)
        base = element.attributes.get("base", "")
        if not self._open:
            self._folder = posixpath.join(self._folder, base)
        self.is_too_deep = self.is_too_deep or len(self._open) > MAX_DEPTH
        self._listed += self._is_listed(element)
        if element.name == "resources":
            self._open_lists.append(_List(posixpath.join(self._folder, base)))
            self.found.append(self._open_lists[-1])
        self._open.append(element)

    def data(self, text: str | bytes) -> None:
        """Take a piece of text."""
        if self._listed:
            self._open[-1].children.append(str(text))

    def end(self, tag: str | bytes) -> None:
        """Take the end of an element."""
        element = self._open.pop()
        if element.name == "resources":
            self._open_lists.pop()
        if self._is_listed(element):
            self._listed -= 1
            self._take(element, self._open_lists[-1])
        elif self._listed:
            self._open[-1].children.append(element)

    def close(self) -> None:
        """Take the end of the manifest."""

    def _is_listed(self, element: Element) -> bool:
        return element.name == "resource" and bool(self._open) and self._open[-1].name == "resources"

    def _take(self, resource: Element, into: _List) -> None:
        attributes = resource.attributes
        href = attributes.get("href") or next(
            (file.attributes.get("href", "") for file in children(resource, "file")), ""
        )
        path = resolve(posixpath.join(into.folder, attributes.get("base", "")), href)
        if path is None or path not in self._package:
            into.missing.append(href)
            return
        metadata = stated_metadata(child(resource, "metadata"))
        into.resources.append(Resource(attributes.get("type", ""), path, metadata))
