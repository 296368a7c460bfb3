"""The files that lie inside a Moodle question, prepared once each and named by the hash of their stored bytes."""

import base64
import hashlib
import posixpath
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_to_bytes

from lxml import etree

from exam_engine.media.errors import InvalidMediaError
from exam_engine.media.limits import Purpose
from exam_engine.media.preparing import PreparedMedia, prepare

PLUGIN_FILE = "@@PLUGINFILE@@/"


def files_in(holder: etree._Element) -> dict[str, bytes]:
    """Return the files beside a text by path and name as links have them; those that cannot be decoded are empty."""
    files: dict[str, bytes] = {}
    for file in holder.findall("file"):
        path = posixpath.join(file.get("path") or "/", file.get("name") or "").lstrip("/")
        if (file.get("encoding") or "base64") == "base64":
            files.setdefault(path, _decoded(file.text or ""))
    return files


def old_picture(question: etree._Element) -> tuple[str, bytes] | None:
    """Return name and bytes of the one picture that a question of Moodle 1.9 has beside its text."""
    data = question.findtext("image_base64") or ""
    if not data.strip():
        return None
    return posixpath.basename((question.findtext("image") or "").strip()) or "image", _decoded(data)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


@dataclass(slots=True)
class MediaStore:
    """The media of one file; ``kept`` are those that texts show."""

    kept: dict[str, PreparedMedia] = field(default_factory=dict)
    _prepared: dict[tuple[str, Purpose], PreparedMedia | None] = field(default_factory=dict)

    def prepared(self, content: bytes, name: str, purpose: Purpose) -> PreparedMedia | None:
        """Return the medium as it is kept, None when it cannot be taken."""
        mark = (hashlib.sha256(content).hexdigest(), purpose)
        if mark not in self._prepared:
            try:
                self._prepared[mark] = prepare(content, name, purpose)
            except InvalidMediaError:
                self._prepared[mark] = None
        found = self._prepared[mark]
        if found is not None:
            self.kept[found.sha256] = found
        return found


def linked(source: str, files: dict[str, bytes]) -> tuple[str, bytes] | None:
    """Return name and bytes of what a link means: a file of the question, or data in the link itself."""
    if source.startswith("data:"):
        head, comma, data = source[5:].partition(",")
        if not comma:
            return None
        content = _decoded(unquote(data)) if head.endswith(";base64") else unquote_to_bytes(data)
        return "data", content
    if source.startswith(PLUGIN_FILE):
        name = unquote(source.removeprefix(PLUGIN_FILE).split("?", 1)[0])
        if name in files:
            return name, files[name]
    return None
