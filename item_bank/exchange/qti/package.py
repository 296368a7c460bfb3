"""Content packages: ZIP archives opened under limits, and paths that never lead out of them."""

import posixpath
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import unquote

from item_bank.exchange.archive import Archive
from item_bank.exchange.qti.errors import archive_refusal


class Package(Archive):
    """The files of one package; nothing is unpacked before it is asked for."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content, archive_refusal)

    @cached_property
    def named_by_hash(self) -> dict[str, str]:
        """The paths of files in the folder in which this bank writes media, by their name without its ending."""
        return {posixpath.splitext(name)[0].removeprefix("media/"): name for name in self.names if name[:6] == "media/"}


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
