"""One item as an XML file of QTI."""

import re
from collections.abc import Mapping
from decimal import Decimal

from exam_engine.interactions.content import MARKED_BY_PEOPLE
from exam_engine.interactions.keys import RubricKey
from exam_engine.interactions.rich_text import plain_text
from exam_engine.interactions.rich_text.markup import Element, Node
from item_bank.exchange.exported import ExportedMedia, ExportedStimulus
from item_bank.exchange.qti.rubrics import CRITERION, DESCRIPTION, MODEL_ANSWER, POINTS, TITLE
from item_bank.exchange.qti.stimuli import OWN_STIMULUS, SHARED_STIMULUS
from item_bank.exchange.qti.writing.bodies import body_of
from item_bank.exchange.qti.writing.dialect import Dialect, document, qti
from item_bank.exchange.qti.writing.keys import keyed
from item_bank.exchange.qti.writing.rules import RIGHT, Processing
from item_bank.exchange.qti.writing.texts import TextWriter
from item_bank.items.content import ItemDraft

FEEDBACK, EXPLANATION = "FEEDBACK", "explanation"
_ODD = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_TITLE = 80


def item_identifier(code: str) -> str:
    """Return the identifier of an item or a stimulus with a code.

    >>> item_identifier("IU01/2.1-007")
    'IU01_2.1-007'
    """
    name = _ODD.sub("_", code)
    return name if name[:1].isalpha() else f"_{name}"


def write_item(
    draft: ItemDraft,
    stimulus: ExportedStimulus | None,
    media: Mapping[str, ExportedMedia],
    dialect: Dialect,
) -> tuple[bytes, set[str]]:
    """Return the XML file of an item and the hashes of the media that it shows.

    Raises
    ------
    CannotWriteError
        The version has no form for something in the item.
    """
    texts = TextWriter(media, has_audio=dialect.is_3)
    points = draft.metadata.points
    right = keyed(draft.content, draft.key, points)
    body = qti("item-body", {}, *_stimulus(stimulus, texts, dialect), *body_of(draft.content, texts, dialect))
    if isinstance(draft.key, RubricKey):
        body.children.append(_rubric(draft.key, texts, dialect))
    title = " ".join(plain_text(draft.content.stem or getattr(draft.content, "passage", "")).split())
    attributes = {
        "identifier": item_identifier(draft.code),
        "title": title[:_LONGEST_TITLE] or draft.code,
        "adaptive": "false",
        "time-dependent": "false",
        "xml:lang": draft.content.language,
    }
    parts: list[Node] = [*right.declarations, *_outcomes(draft, right.processing, points, dialect)]
    if stimulus is not None and dialect.is_3:
        name = item_identifier(stimulus.code)
        parts.append(qti("assessment-stimulus-ref", {"identifier": name, "href": f"../stimuli/{name}.xml"}))
    parts.append(body)
    parts.extend(_processing(right.processing, dialect))
    if draft.explanation:
        parts.append(_feedback(draft.explanation, texts, dialect))
    return document(qti("assessment-item", attributes, *parts), dialect), texts.used


def write_stimulus(
    stimulus: ExportedStimulus, media: Mapping[str, ExportedMedia], dialect: Dialect
) -> tuple[bytes, set[str]]:
    """Return the XML file of a stimulus and the hashes of the media that it shows."""
    texts = TextWriter(media, has_audio=dialect.is_3)
    attributes = {
        "identifier": item_identifier(stimulus.code),
        "title": stimulus.title or stimulus.code,
        "xml:lang": stimulus.language,
    }
    body = qti("stimulus-body", {}, Element("div", {}, texts.flow(stimulus.content)))
    return document(qti("assessment-stimulus", attributes, body), dialect), texts.used


def _outcomes(draft: ItemDraft, processing: Processing, points: Decimal, dialect: Dialect) -> list[Element]:
    score = {"identifier": "SCORE", "cardinality": "single", "base-type": "float"}
    if draft.content.interaction in MARKED_BY_PEOPLE and dialect.is_3:
        score |= {"external-scored": "human"}
    full = format(points, "f")
    found = [
        qti("outcome-declaration", score | {"normal-maximum": full}, _default("0")),
        qti("outcome-declaration", {**score, "identifier": "MAXSCORE"} if "external-scored" not in score else
            {"identifier": "MAXSCORE", "cardinality": "single", "base-type": "float"}, _default(full)),
    ]  # fmt: skip
    if processing.is_counting:
        right = {"identifier": RIGHT, "cardinality": "single", "base-type": "float"}
        found.append(qti("outcome-declaration", right, _default("0")))
    if draft.explanation:
        feedback = {"identifier": FEEDBACK, "cardinality": "single", "base-type": "identifier"}
        found.append(qti("outcome-declaration", feedback))
    return found


def _default(value: str) -> Element:
    return qti("default-value", {}, qti("value", {}, value))


def _processing(processing: Processing, dialect: Dialect) -> list[Element]:
    if processing.template:
        return [qti("response-processing", {"template": dialect.templates.format(name=processing.template)})]
    return [qti("response-processing", {}, *processing.rules)] if processing.rules else []


def _stimulus(stimulus: ExportedStimulus | None, texts: TextWriter, dialect: Dialect) -> list[Node]:
    """Return the place where players show the stimulus; the stimulus itself where the version has no files for it."""
    if stimulus is None:
        return []
    if dialect.is_3:
        place = {"class": "qti-shared-stimulus", SHARED_STIMULUS: item_identifier(stimulus.code)}
        return [Element("div", place)]
    attributes = {"class": OWN_STIMULUS, "label": stimulus.title, "xml:lang": stimulus.language}
    return [Element("div", attributes, texts.flow(stimulus.content))]


def _rubric(key: RubricKey, texts: TextWriter, dialect: Dialect) -> Element:
    blocks: list[Node] = []
    for criterion in key.criteria:
        lines: list[Node] = [
            Element("p", {}, [
                Element("span", {"class": TITLE}, [criterion.title]), " (",
                Element("span", {"class": POINTS}, [criterion.points]), ")",
            ]),
        ]  # fmt: skip
        if criterion.description:
            lines.append(Element("p", {"class": DESCRIPTION}, _lines(criterion.description)))
        blocks.append(Element("div", {"class": CRITERION}, lines))
    if key.model_answer:
        blocks.append(Element("div", {"class": MODEL_ANSWER}, texts.flow(key.model_answer)))
    if dialect.is_3:
        body = qti("content-body", {}, *blocks)
        return qti("rubric-block", {"use": "scoring", "view": "scorer"}, body)
    return qti("rubric-block", {"view": "scorer"}, *blocks)


def _lines(text: str) -> list[Node]:
    nodes: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        nodes += ([Element("br")] if number else []) + [line]
    return nodes


def _feedback(explanation: str, texts: TextWriter, dialect: Dialect) -> Element:
    attributes = {"outcome-identifier": FEEDBACK, "show-hide": "show", "identifier": EXPLANATION}
    inside = Element("div", {}, texts.flow(explanation))
    return qti("modal-feedback", attributes, qti("content-body", {}, inside) if dialect.is_3 else inside)
