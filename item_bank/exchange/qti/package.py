"""Content packages: ZIP archives opened under limits, their manifest, and paths that never lead out of them."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from exam_engine.interactions.rich_text.markup import Element
from item_bank.exchange.archive import Archive
from item_bank.exchange.qti.errors import archive_refusal
from item_bank.exchange.qti.tree import children, descendants, parse

MANIFEST = "imsmanifest.xml"


class Package(Archive):
    """The files of one package; nothing is unpacked before it is asked for."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, archive_refusal)

    @cached_property
    def named_by_hash(self) -> dict[str, str]:
        """The paths of files in the folder in which this bank writes media, by their name without its ending."""
        return {posixpath.splitext(name)[0].removeprefix("media/"): name for name in self.names if name[:6] == "media/"}


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that the manifest names, with what it says about it."""

    identifier: str
    type: str
    path: str
    metadata: Element | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest lists, in its order; ``missing`` are paths that lead to no file of the package."""

    resources: tuple[Resource, ...]
    missing: tuple[str, ...]


def read_manifest(package: Package) -> Manifest | None:
    """Return the manifest, None where the package has none; it may lie in one folder that holds everything."""
    found = sorted((path for path in package.names if posixpath.basename(path) == MANIFEST), key=len)
    if not found:
        return None
    root = parse(package.read(found[0]), found[0])
    resources: list[Resource] = []
    missing: list[str] = []
    folder = posixpath.join(posixpath.dirname(found[0]), root.attributes.get("base", ""))
    for listing in descendants([root], "resources"):
        below = posixpath.join(folder, listing.attributes.get("base", ""))
        for resource in children(listing, "resource"):
            href = resource.attributes.get("href") or next(
                (file.attributes.get("href", "") for file in children(resource, "file")), ""
            )
            base = posixpath.join(below, resource.attributes.get("base", ""))
            path = resolve(base, href)
            if path is None or path not in package:
                missing.append(href)
                continue
            metadata = next(children(resource, "metadata"), None)
            attributes = resource.attributes
            resources.append(Resource(attributes.get("identifier", ""), attributes.get("type", ""), path, metadata))
    return Manifest(tuple(resources), tuple(missing))


def resolve(folder: str, href: str) -> str | None:
    """Return the path inside the package that a link means, None for a link out of it or to an address.

    >>> resolve("items", "../media/key.png")
    'media/key.png'
    """
    target = unquote(href.strip().partition("#")[0].partition("?")[0])
    if not target or ":" in target or target.startswith("/") or "\\" in target or "\0" in target:
        return None
    path = posixpath.normpath(posixpath.join(folder, target))
    return None if path.startswith("../") or path == ".." or path.startswith("/") else path


def item_paths(package: Package) -> Iterator[str]:
    """Yield the XML files of a package without a manifest."""
    return (path for path in package.names if path.lower().endswith(".xml"))
