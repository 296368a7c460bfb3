"""Content packages: a manifest, items, stimuli, media, and what only this bank knows about them."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from item_bank.exchange.exported import ExportedItem, ExportedMedia, ExportedStimulus, WrittenFile
from item_bank.exchange.imported import Notice
from item_bank.exchange.qti.manifest import MANIFEST
from item_bank.exchange.qti.own import OWN_PATH, OwnWriter
from item_bank.exchange.qti.writing.dialect import QTI_3, QTI_21, Dialect
from item_bank.exchange.qti.writing.items import item_identifier, write_item, write_stimulus
from item_bank.exchange.qti.writing.manifest import ManifestEntry, manifest
from item_bank.exchange.qti.writing.texts import CannotWriteError, media_path

_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_qti3(items: Sequence[ExportedItem], media: Mapping[str, ExportedMedia]) -> WrittenFile:
    """Return a QTI 3.0 package of items, their stimuli and the media that they show, by the hash of their bytes.

    The same items always give the same bytes. What the version has no form for is named in ``left_out``.
    """
    return _Writer(media, QTI_3).write(items)


def write_qti21(items: Sequence[ExportedItem], media: Mapping[str, ExportedMedia]) -> WrittenFile:
    """Return a QTI 2.1 package as :func:`write_qti3` does; stimuli are repeated in each item that shows them."""
    return _Writer(media, QTI_21).write(items)


class _Writer:
    def __init__(self, media: Mapping[str, ExportedMedia], dialect: Dialect) -> None:
        self.media = media
        self.dialect = dialect
        self.files: dict[str, bytes] = {}
        self.entries: list[ManifestEntry] = []
        self.left_out: list[Notice] = []
        self.own = OwnWriter()
        self.used: set[str] = set()
        self.taken: set[str] = set()

    def write(self, items: Sequence[ExportedItem]) -> WrittenFile:
        stimuli: dict[str, ExportedStimulus] = {}
        items = sorted(items, key=lambda item: item.draft.code)
        for item in items:
            if item.stimulus is not None:
                stimuli.setdefault(item.stimulus.code, item.stimulus)
        if self.dialect.is_3:
            for stimulus in stimuli.values():
                self._stimulus(stimulus)
        for item in items:
            self._item(item)
        for sha256 in sorted(self.used):
            path = media_path(sha256, self.media[sha256])
            self.files[path] = self.media[sha256].content
            self.entries.append(ManifestEntry(f"media-{sha256[:16]}", "webcontent", path))
        self.files[OWN_PATH] = self.own.content()
        self.entries.append(ManifestEntry("item-bank", "extension" if self.dialect.is_3 else "webcontent", OWN_PATH))
        self.files = {MANIFEST: manifest(self.entries, self.dialect), **self.files}
        return WrittenFile(_zipped(self.files), tuple(self.left_out))

    def _stimulus(self, stimulus: ExportedStimulus) -> None:
        try:
            content, used = write_stimulus(stimulus, self.media, self.dialect)
        except CannotWriteError as error:
            self.left_out.append(Notice("left_out", error.code, stimulus.code, params=dict(error.params)))
            return
        path = f"stimuli/{item_identifier(stimulus.code)}.xml"
        self.files[path] = content
        self.own.add_stimulus(path, stimulus.code)
        self.entries.append(
            ManifestEntry(f"stimulus-{len(self.entries) + 1}", "imsqti_stimulus_xmlv3p0", path, media=self._used(used))
        )

    def _item(self, item: ExportedItem) -> None:
        draft = item.draft
        try:
            content, used = write_item(draft, item.stimulus, self.media, self.dialect)
        except CannotWriteError as error:
            self.left_out.append(Notice("left_out", error.code, draft.code, params=dict(error.params)))
            return
        path = self._free(f"items/{item_identifier(draft.code)}")
        self.files[path] = content
        self.own.add_item(path, draft, item.stimulus.code if item.stimulus is not None else None)
        stimulus_path = ""
        if item.stimulus is not None and self.dialect.is_3:
            stimulus_path = f"stimuli/{item_identifier(item.stimulus.code)}.xml"
        self.entries.append(
            ManifestEntry(
                f"item-{len(self.entries) + 1}",
                self.dialect.item_type,
                path,
                media=self._used(used),
                stimulus_path=stimulus_path,
                draft=draft,
            )
        )

    def _free(self, stem: str) -> str:
        """Return a path that no other file has, whatever the case of its letters."""
        path, number = f"{stem}.xml", 1
        while path.casefold() in self.taken:
            number += 1
            path = f"{stem}-{number}.xml"
        self.taken.add(path.casefold())
        return path

    def _used(self, used: set[str]) -> tuple[str, ...]:
        self.used |= used
        return tuple(f"media-{sha256[:16]}" for sha256 in sorted(used))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
