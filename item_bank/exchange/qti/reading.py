"""QTI files read: a content package in a ZIP archive, or a single item in XML."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from exam_engine.core.text import clean_line
from exam_engine.interactions.rich_text.markup import Element
from exam_engine.media.limits import MEGABYTE
from item_bank.exchange.archive import MOST_BYTES
from item_bank.exchange.imported import (
    FileReading,
    ImportedFile,
    ImportedItem,
    ImportedStimulus,
    Notice,
    StatedMetadata,
)
from item_bank.exchange.qti.errors import InvalidQtiFileError, Refusal, refusal
from item_bank.exchange.qti.items import read_item
from item_bank.exchange.qti.manifest import Manifest, Resource, read_manifest
from item_bank.exchange.qti.media import MediaReader
from item_bank.exchange.qti.own import OwnItems, read_own
from item_bank.exchange.qti.package import Package, item_paths, resolve
from item_bank.exchange.qti.stimuli import OWN_STIMULUS, read_stimulus
from item_bank.exchange.qti.texts import TextReader
from item_bank.exchange.qti.tree import child, children, parse

FORMAT = "qti"
_ZIP = b"PK\x03\x04"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:qti-assessment-item|assessmentItem)[\s>/]")
_OLD_ROOT = re.compile(rb"<(?:[\w.-]+:)?questestinterop[\s>/]")
_HEAD = 16 * 1024
_ITEM = re.compile(r"imsqti_(?:apip)?item_xmlv[23]p\d|imsqti_item_xmlv2p\d")
_STIMULUS = re.compile(r"imsqti_(?:apip)?stimulus_xmlv[23]p\d")
_TEST = re.compile(r"imsqti_(?:apip)?(?:test|section)_xmlv[23]p\d")


def looks_like(name: str, content: bytes) -> bool:
    """Return whether a file seems to be QTI: a ZIP archive with a manifest, or XML whose root is an item."""
    if content.startswith(_ZIP):
        # The table of contents at the end holds the names as they are.
        return b"imsmanifest.xml" in content
    head = content[:_HEAD].replace(b"\0", b"")
    return bool(_ROOT.search(head) or _OLD_ROOT.search(head))


def read(content: bytes, name: str) -> ImportedFile:
    """Return the items and stimuli of a QTI file with all that was noticed.

    Raises
    ------
    InvalidQtiFileError
        The file cannot be read at all.
    """
    return begin(content, name).whole()


def begin(content: bytes, name: str) -> FileReading:
    """Begin to read a QTI file, as :func:`read`; the items of a package come one at a time."""
    if len(content) > MOST_BYTES:
        raise refusal(Refusal.TOO_LARGE, megabytes=MOST_BYTES // MEGABYTE)
    if not content.strip():
        raise refusal(Refusal.EMPTY)
    if content.startswith(_ZIP):
        return _PackageReader(Package(content)).begin()
    head = content[:_HEAD].replace(b"\0", b"")
    if _OLD_ROOT.search(head):
        raise refusal(Refusal.OLD_VERSION)
    if not head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        raise refusal(Refusal.NOT_QTI)
    root = parse(content, name)
    if root.name != "assessment-item":
        raise refusal(Refusal.NOT_QTI)
    item = read_item(root, 1, posixpath.basename(name) or "xml", MediaReader(None), StatedMetadata())
    return FileReading(FORMAT, iter((item,)))


class _PackageReader:
    """Reads one package: its own items first by what this bank wrote about them, then by their XML."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.media = MediaReader(package)
        self.notices: list[Notice] = []
        self.stimuli: dict[str, ImportedStimulus] = {}
        self.repeated: dict[tuple[str, str], str] = {}
        self.own: OwnItems = read_own(package)

    def begin(self) -> FileReading:
        """Begin to read all that the package holds; stimuli with files of their own are read before the items."""
        manifest = read_manifest(self.package) or self._without_manifest()
        for missing in manifest.missing:
            if missing.lower().endswith(".xml"):
                self.notices.append(
                    Notice("left_out", "qti_file_missing", missing[:200], params={"file": missing[:200]})
                )
        items: dict[str, Resource] = {}
        for resource in manifest.resources:
            type_ = resource.type.lower()
            if _STIMULUS.match(type_):
                self._stimulus(resource.path)
            elif _TEST.match(type_):
                self.notices.append(Notice("left_out", "qti_test_left_out", resource.path))
            elif type_.startswith("imsqti_xmlv1p") or "assessment_xmlv1p" in type_:
                raise refusal(Refusal.OLD_VERSION, resource.path)
            elif _ITEM.match(type_):
                items.setdefault(resource.path, resource)
        if not items and not self.stimuli:
            self._refuse_empty()
        reading = FileReading(FORMAT, iter(()), media=self.media.kept, notices=self.notices)
        reading.items = self._items(list(items.values()), reading)
        return reading

    def _items(self, resources: list[Resource], reading: FileReading) -> Iterator[ImportedItem]:
        for number, resource in enumerate(resources, start=1):
            yield self._item(resource, number)
        reading.stimuli += self.stimuli.values()

    def _without_manifest(self) -> Manifest:
        """Return a list of the XML files whose root is an item or a stimulus."""
        resources: list[Resource] = []
        for path in item_paths(self.package):
            head = self.package.read(path)[:_HEAD].replace(b"\0", b"")
            if _ROOT.search(head):
                resources.append(Resource("imsqti_item_xmlv3p0", path, StatedMetadata()))
        return Manifest(tuple(resources), ())

    def _refuse_empty(self) -> None:
        for path in item_paths(self.package):
            if _OLD_ROOT.search(self.package.read(path)[:_HEAD]):
                raise refusal(Refusal.OLD_VERSION, path)
        raise refusal(Refusal.NOT_QTI)

    def _stimulus(self, path: str) -> None:
        if path in self.stimuli:
            return
        try:
            root = parse(self.package.read(path), path)
        except InvalidQtiFileError as error:
            self.notices.append(Notice("error", error.faults[0].code, path))
            return
        if root.name == "assessment-stimulus":
            self.stimuli[path] = read_stimulus(root, path, self.media)

    def _item(self, resource: Resource, number: int) -> ImportedItem:
        path = resource.path
        try:
            root = parse(self.package.read(path), path)
            if root.name != "assessment-item":
                raise refusal(Refusal.NOT_QTI, path)
        except InvalidQtiFileError as error:
            notice = Notice("error", error.faults[0].code, path)
            return ImportedItem(number, path, None, None, notices=(notice,))
        notices: list[Notice] = []
        stimulus = self._stimulus_of(root, path, notices)
        metadata = self.own.metadata(path) or resource.metadata
        known = self.own.item(path, root, number, self.media)
        item = known or read_item(root, number, path, self.media, metadata)
        return replace(
            item,
            code=self.own.code(path) or item.code,
            stimulus=stimulus,
            notices=(*notices, *item.notices),
        )

    def _stimulus_of(self, root: Element, path: str, notices: list[Notice]) -> str | None:
        """Return which of the file's stimuli an item shows: one that it refers to, or one in its body that is ours."""
        references = list(children(root, "assessment-stimulus-ref"))
        if len(references) > 1:
            notices.append(Notice("left_out", "qti_stimuli_several", path, params={"count": len(references)}))
        for reference in references[:1]:
            target = resolve(posixpath.dirname(path), reference.attributes.get("href", ""))
            if target is not None and target in self.package:
                self._stimulus(target)
            if target in self.stimuli:
                return target
            notices.append(Notice("left_out", "qti_stimulus_missing", path))
        body = child(root, "item-body")
        for block in children(body, "div") if body is not None else ():
            if block.attributes.get("class") == OWN_STIMULUS:
                texts = TextReader(self.media, posixpath.dirname(path), path, notices)
                return self._inner_stimulus(block, texts, path).ref
        return None

    def _inner_stimulus(self, block: Element, texts: TextReader, path: str) -> ImportedStimulus:
        """Return the passage that version 2.x repeats in each item that shows it; equal ones are one."""
        title = clean_line(block.attributes.get("label", ""))
        content = texts.html(block.children, "stimulus")
        ref = self.repeated.setdefault((title, content), f"{path}#stimulus")
        if ref not in self.stimuli:
            code = self.own.stimulus_code(path)
            language = block.attributes.get("lang", "vi")
            self.stimuli[ref] = ImportedStimulus(ref, path, title, content, language, code)
        return self.stimuli[ref]
