"""Content packages: ZIP archives opened under limits, their manifest, and paths that never lead out of them."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from exam_engine.interactions.rich_text.markup import Element
from exam_engine.media.archives import Allowance, opened
from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import MEGABYTE
from item_bank.exchange.qti.errors import Refusal, refusal
from item_bank.exchange.qti.tree import children, descendants, parse

MANIFEST = "imsmanifest.xml"
MOST_BYTES = 250 * MEGABYTE
_MOST_ENTRIES = 20_000
_MOST_UNPACKED = 600 * MEGABYTE
_ENTRY_MAGIC = b"PK\x01\x02"


class Package:
    """The files of one package; nothing is unpacked before it is asked for."""

    def __init__(self, content: bytes) -> None:
        # Counted before the list of entries is read, for each would become an object in memory.
        if content.count(_ENTRY_MAGIC) > _MOST_ENTRIES:
            raise refusal(Refusal.SUSPICIOUS)
        try:
            with opened(content, Allowance(_MOST_ENTRIES, _MOST_UNPACKED)):
                pass
        except InvalidMediaError as error:
            raise _refused(error) from error
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._entries = {entry.filename: entry for entry in self._archive.infolist() if not entry.is_dir()}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The paths of all files, sorted."""
        return tuple(sorted(self._entries))

    @cached_property
    def named_by_hash(self) -> dict[str, str]:
        """The paths of files in the folder in which this bank writes media, by their name without its ending."""
        return {posixpath.splitext(name)[0].removeprefix("media/"): name for name in self.names if name[:6] == "media/"}

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that is there."""
        entry = self._entries[path]
        try:
            with self._archive.open(entry) as packed:
                # With the stated size given, an entry that holds more fails its checksum instead of filling memory.
                return packed.read(entry.file_size + 1)
        except Exception as error:
            # zipfile and the decompressors raise errors of many kinds on damaged data.
            raise refusal(Refusal.DAMAGED, path) from error


def _refused(error: InvalidMediaError) -> Exception:
    fault = error.faults[0]
    why = {"attachment_damaged": Refusal.DAMAGED, "attachment_encrypted": Refusal.ENCRYPTED}
    return refusal(why.get(fault.code, Refusal.SUSPICIOUS), fault.place)


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
