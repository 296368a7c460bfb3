"""Pictures, sounds and files of a package, prepared once each and named by the hash of their stored bytes."""

import posixpath
from dataclasses import dataclass, field

from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import Purpose
from exam_engine.media.preparing import PreparedMedia, prepare
from item_bank.exchange.imported import Notice
from item_bank.exchange.qti.package import Package, resolve


@dataclass(slots=True)
class MediaReader:
    """Reads media for the texts of a package; what cannot be taken is noticed."""

    package: Package | None
    kept: dict[str, PreparedMedia] = field(default_factory=dict)
    _read: dict[tuple[str, Purpose], PreparedMedia | str] = field(default_factory=dict)

    def read(self, folder: str, href: str, purpose: Purpose, place: str, notices: list[Notice]) -> PreparedMedia | None:
        """Return the file that a link in a folder means, None with a notice when there is none that can be taken."""
        path = resolve(folder, href)
        if path is None:
            notices.append(Notice("left_out", "qti_media_outside", place, params={"file": href[:200]}))
            return None
        if self.package is None or path not in self.package:
            notices.append(Notice("left_out", "qti_media_missing", place, params={"file": path[:200]}))
            return None
        found = self._read.get((path, purpose))
        if found is None:
            found = _prepared(self.package, path, purpose)
            self._read[path, purpose] = found
        if isinstance(found, str):
            notices.append(Notice("left_out", found, place, params={"file": path[:200]}))
            return None
        self.kept[found.sha256] = found
        return found


def _prepared(package: Package, path: str, purpose: Purpose) -> PreparedMedia | str:
    try:
        return prepare(package.read(path), posixpath.basename(path), purpose)
    except InvalidMediaError:
        return "qti_media_refused"
