"""Opening a Word file and walking through it, block by block, with bounded memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from exam_engine.core.errors import Fault
from item_bank.exchange.word.blocks import Block, Picture, first_words
from item_bank.exchange.word.drawings import DrawingReader
from item_bank.exchange.word.fields import Fields
from item_bank.exchange.word.inline import InlineReader, plain_text
from item_bank.exchange.word.names import W
from item_bank.exchange.word.notes import Notes
from item_bank.exchange.word.numbering import read_numbering
from item_bank.exchange.word.package import USUAL_LIMITS, Package, Relation, WordLimits
from item_bank.exchange.word.reading import BodyReader
from item_bank.exchange.word.styles import read_styles
from item_bank.exchange.word.theme import read_theme


def open_word(content: bytes, limits: WordLimits = USUAL_LIMITS) -> "WordDocument":
    """Open a .docx file; takes CPU time as it is read, so keep it off the event loop.

    Raises
    ------
    InvalidWordFileError
        Not such a file, with macros, protected by a password, damaged, larger than the limits or made to exhaust
        memory. Damage of the text itself shows only while the blocks are read, so read all before storing any.
    """
    return WordDocument(Package(content, limits))


@dataclass
class WordDocument:
    """An opened file. ``notes`` grow as the blocks are read and are complete behind the last one."""

    package: Package
    notes: list[Fault] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """Yield paragraphs and tables in order; each pass reads the file anew and begins the notes anew.

        Raises
        ------
        InvalidWordFileError
            The text is damaged, nested too deep or larger than the limits.
        """
        notes = Notes()
        self.notes = notes.settled
        reader = self._reader(notes)
        for element in self.package.blocks():
            yield from reader.read(element)
        yield from reader.finish()

    def picture_bytes(self, picture: Picture) -> bytes:
        """Return the bytes of a picture as they stand in the file; empty if the file holds none.

        Raises
        ------
        InvalidWordFileError
            The part is damaged or larger than the limits.
        """
        return self.package.read(picture.part, self.package.limits.picture_bytes) if picture.part else b""

    def _reader(self, notes: Notes) -> BodyReader:
        package = self.package
        theme = read_theme(self._part("theme"), self._part("settings"))
        styles = read_styles(self._part("styles"), theme)
        inline = InlineReader(
            styles=styles,
            theme=theme,
            drawings=DrawingReader(package, self._relations, notes),
            notes=notes,
            fields=Fields(notes),
            link_targets={name: link.target for name, link in self._relations.items() if link.kind == "hyperlink"},
            side_text=self._side_text,
            depth=package.limits.depth,
        )
        numbering = read_numbering(self._part("numbering"), styles, theme)
        return BodyReader(styles, numbering, inline, package.limits.depth)

    def _part(self, kind: str) -> etree._Element | None:
        """Return the root of the part that the document names for a purpose, such as ``styles``."""
        for link in self._relations.values():
            if link.kind == kind and not link.is_external and link.target in self.package:
                return self.package.parse(link.target)
        return None

    @cached_property
    def _relations(self) -> Mapping[str, Relation]:
        return self.package.relations(self.package.main)

    @cached_property
    def _side_texts(self) -> dict[str, dict[str, str]]:
        return {}

    def _side_text(self, kind: str, name: str) -> str:
        texts = self._side_texts.get(kind)
        if texts is None:
            root = self._part(kind)
            elements = list(root) if root is not None else []
            texts = {element.get(f"{W}id", ""): first_words(plain_text(element)) for element in elements}
            self._side_texts[kind] = texts
        return texts.get(name, "")
