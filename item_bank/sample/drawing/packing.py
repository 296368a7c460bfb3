"""Office files that come out the same whenever they are written: no clock in their packages."""

import re
import zipfile
from pathlib import Path

_WHEN = (2026, 1, 5, 8, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def settle(path: Path) -> None:
    """Write a package anew with one fixed time for all its entries and for its last change."""
    with zipfile.ZipFile(path) as package:
        entries = [(name, package.read(name)) for name in package.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries:
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2026-01-05T08:00:00Z", content)
            package.writestr(zipfile.ZipInfo(name, _WHEN), content, zipfile.ZIP_DEFLATED)
