"""Items as one file of Moodle XML."""

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from exam_engine.interactions.rich_text import plain_text
from item_bank.exchange.exported import ExportedItem, ExportedMedia, ExportedStimulus, WrittenFile
from item_bank.exchange.imported import Notice
from item_bank.exchange.moodle_xml import marks
from item_bank.exchange.moodle_xml.metadata import LEVEL, MODULE, REFERENCE, SECONDS, SOURCE
from item_bank.exchange.moodle_xml.writing.kinds import written
from item_bank.exchange.moodle_xml.writing.texts import CannotWriteError, TextWriter, text_element, value_element
from item_bank.items.content import ItemDraft, ItemMetadata

_LONGEST_NAME = 100
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_moodle_xml(items: Sequence[ExportedItem], media: Mapping[str, ExportedMedia]) -> WrittenFile:
    """Return a file that Moodle 4.4 or later imports, its media inside.

    ``left_out`` names by item code what Moodle has no form for (severity ``left_out``: the item is not in the file) and
    what it has in another form only (``warning``: it is). The same items always give the same bytes.
    """
    root = etree.Element("quiz")
    notices: list[Notice] = []
    category = None
    for item in sorted(items, key=lambda one: (one.draft.metadata.module_code, one.draft.code)):
        texts = TextWriter(media)
        code = item.draft.code
        try:
            question = _question(item, texts)
        except CannotWriteError as error:
            notices.append(Notice("left_out", error.code, code, params=dict(error.params)))
            continue
        notices += [Notice("warning", warning, code, params=dict(params)) for warning, params in texts.warnings]
        if item.draft.metadata.module_code != category:
            category = item.draft.metadata.module_code
            root.append(_category(category))
        root.append(question)
    etree.indent(root)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return WrittenFile(content, tuple(notices))


def _category(module: str) -> etree._Element:
    question = etree.Element("question", {"type": "category"})
    path = f"$course$/top/{module.replace('/', '//')}"
    etree.SubElement(etree.SubElement(question, "category"), "text").text = path
    return question


def _question(item: ExportedItem, texts: TextWriter) -> etree._Element:
    draft = item.draft
    made = written(draft, texts)
    question = etree.Element("question", {"type": made.kind})
    etree.SubElement(etree.SubElement(question, "name"), "text").text = _name(draft)
    stimulus = "" if item.stimulus is None else _stimulus(item.stimulus, texts, made.files)
    question.append(text_element("questiontext", stimulus + made.text, made.files))
    question.append(texts.element("generalfeedback", draft.explanation))
    question.append(value_element("defaultgrade", format(draft.metadata.points, "f")))
    question.append(value_element("penalty", "0"))
    question.append(value_element("hidden", "0"))
    question.append(value_element("idnumber", draft.code))
    question.extend(made.more)
    tags = etree.SubElement(question, "tags")
    for tag in _tags(draft.metadata):
        etree.SubElement(etree.SubElement(tags, "tag"), "text").text = _NO_XML.sub("", tag)
    return question


def _name(draft: ItemDraft) -> str:
    words = " ".join(plain_text(draft.content.stem or getattr(draft.content, "passage", "")).split())
    return _NO_XML.sub("", f"{draft.code} {words}")[:_LONGEST_NAME].strip()


def _stimulus(stimulus: ExportedStimulus, texts: TextWriter, files: dict[str, bytes]) -> str:
    heading = {"data-code": stimulus.code, "title": stimulus.title, "lang": stimulus.language}
    # Signs of gaps inside a stimulus are words.
    return marks.block("stimulus", texts.raw(stimulus.content, files, gap=lambda _: ""), **heading)


def _tags(metadata: ItemMetadata) -> list[str]:
    said = [*metadata.tags, f"{MODULE}{metadata.module_code}", f"{REFERENCE}{metadata.reference_code}"]
    said.append(f"{LEVEL}{metadata.cognitive_level}")
    if metadata.expected_seconds is not None:
        said.append(f"{SECONDS}{metadata.expected_seconds}")
    if metadata.source:
        said.append(f"{SOURCE}{metadata.source}")
    return said
