"""What items ask, as interactions of QTI."""

from collections.abc import Sequence

from exam_engine.interactions.content import (
    ExtendedText,
    FileUpload,
    GapMatch,
    HotspotChoice,
    HotText,
    InlineChoice,
    ItemContent,
    Match,
    MultipleResponse,
    NumericEntry,
    Option,
    Order,
    Picture,
    SelectPoint,
    SingleChoice,
    Slider,
    TextEntry,
    TrueFalseTable,
)
from exam_engine.interactions.rich_text.markup import Element, Node
from item_bank.exchange.qti.file_types import media_type
from item_bank.exchange.qti.inline import PASSAGE, STEM
from item_bank.exchange.qti.pointing import SHAPE_NAMES
from item_bank.exchange.qti.writing.dialect import Dialect, identifier, qti, truth
from item_bank.exchange.qti.writing.texts import CannotWriteError, TextWriter

RESPONSE, UNIT = "RESPONSE", "UNIT"
TRUTHS = {True: "T", False: "F"}
"""Identifiers of the columns of a true/false table."""


def response_of(gap: str) -> str:
    """Return the variable that a gap of a text is bound to."""
    return f"{RESPONSE}_{gap}"


def body_of(content: ItemContent, texts: TextWriter, dialect: Dialect) -> list[Node]:
    """Return the blocks of an item's body.

    Raises
    ------
    CannotWriteError
        The version has no form for something in the item.
    """
    stem = Element("div", {"class": STEM}, texts.flow(content.stem))
    return [stem, _Writer(texts, dialect).interaction(content)]


class _Writer:
    def __init__(self, texts: TextWriter, dialect: Dialect) -> None:
        self.texts = texts
        self.dialect = dialect

    def interaction(self, content: ItemContent) -> Node:
        match content:
            case SingleChoice():
                return self._choice(content, 0, 1)
            case MultipleResponse():
                return self._choice(content, content.min_choices, content.max_choices or 0)
            case TrueFalseTable() | Match():
                return self._match(content)
            case Order():
                choices = self._options("simple-choice", content.options)
                return qti("order-interaction", {"response-identifier": RESPONSE, "shuffle": "true"}, *choices)
            case GapMatch():
                return self._gap_match(content)
            case InlineChoice():
                return self._passage(content.passage, self._inline_choices(content))
            case TextEntry():
                return self._passage(
                    content.passage, {gap.id: _field(response_of(gap.id), gap.expected_length) for gap in content.gaps}
                )
            case NumericEntry():
                return self._number(content)
            case HotText():
                limits = _limits(content.min_choices, content.max_choices or 0)
                return qti("hottext-interaction", {**limits}, *self.texts.blocks(content.passage))
            case HotspotChoice():
                return self._hotspot(content)
            case SelectPoint():
                limits = _limits(0, content.max_points)
                return qti("select-point-interaction", limits, self._picture(content.picture))
            case Slider():
                return self._slider(content)
            case ExtendedText():
                attributes = {
                    "response-identifier": RESPONSE,
                    "expected-length": str(content.max_characters),
                    "expected-lines": str(content.expected_lines),
                }
                return qti("extended-text-interaction", attributes)
            case FileUpload():
                return self._upload(content)

    def _options(self, name: str, options: Sequence[Option], **attributes: str) -> list[Element]:
        return [
            qti(
                name,
                {"identifier": identifier(option.id), **attributes, **({"fixed": "true"} if option.is_fixed else {})},
                *self.texts.flow(option.content),
            )
            for option in options
        ]

    def _choice(self, content: SingleChoice | MultipleResponse, least: int, most: int) -> Element:
        attributes = {**_limits(least, most), "shuffle": truth(content.is_shuffled)}
        return qti("choice-interaction", attributes, *self._options("simple-choice", content.options))

    def _match(self, content: TrueFalseTable | Match) -> Element:
        name = "simple-associable-choice"
        if isinstance(content, TrueFalseTable):
            rows = [
                qti(name, {"identifier": identifier(one.id), "match-max": "1"}, *self.texts.flow(one.content))
                for one in content.statements
            ]
            said = ("Đúng", "Sai") if content.language.partition("-")[0] == "vi" else ("True", "False")
            columns = [
                qti(name, {"identifier": value, "match-max": "0", "fixed": "true"}, text)
                for value, text in zip(TRUTHS.values(), said, strict=True)
            ]
        else:
            rows = self._options(name, content.sources, **{"match-max": str(content.max_per_source)})
            columns = self._options(name, content.targets, **{"match-max": str(content.max_per_target or 0)})
        attributes = {
            "response-identifier": RESPONSE,
            "shuffle": truth(content.is_shuffled),
            "max-associations": "0",
        }
        if self.dialect.is_3 and isinstance(content, TrueFalseTable) and _has_distinct_rows(content):
            # A class of QTI's shared vocabulary: a table with a row for each statement.
            attributes = {"class": "qti-match-tabular", **attributes}
        sets = [qti("simple-match-set", {}, *rows), qti("simple-match-set", {}, *columns)]
        return qti("match-interaction", attributes, *sets)

    def _gap_match(self, content: GapMatch) -> Element:
        most = "0" if content.is_reusable else "1"
        choices = [
            qti(
                "gap-text",
                {"identifier": identifier(text.id), "match-max": most},
                *(self.texts.inline(text.content) if self.dialect.is_3 else self.texts.words(text.content)),
            )
            for text in content.texts
        ]
        passage = self.texts.blocks(content.passage, lambda gap: qti("gap", {"identifier": identifier(gap)}))
        attributes = {"response-identifier": RESPONSE, "shuffle": truth(content.is_shuffled)}
        return qti("gap-match-interaction", attributes, *choices, *passage)

    def _inline_choices(self, content: InlineChoice) -> dict[str, Element]:
        return {
            gap.id: self._inline_choice(response_of(gap.id), gap.options, is_shuffled=content.is_shuffled)
            for gap in content.gaps
        }

    def _inline_choice(self, response: str, options: Sequence[Option], *, is_shuffled: bool) -> Element:
        choices = [
            qti(
                "inline-choice",
                {"identifier": identifier(option.id), **({"fixed": "true"} if option.is_fixed else {})},
                *(self.texts.inline(option.content) if self.dialect.is_3 else self.texts.words(option.content)),
            )
            for option in options
        ]
        attributes = {"response-identifier": response, "shuffle": truth(is_shuffled)}
        return qti("inline-choice-interaction", attributes, *choices)

    def _passage(self, html: str, fields: dict[str, Element]) -> Element:
        return Element("div", {"class": PASSAGE}, self.texts.blocks(html, lambda gap: fields[gap]))

    def _number(self, content: NumericEntry) -> Element:
        field = _field(RESPONSE, content.expected_length)
        inside: list[Node] = [field]
        if content.units:
            inside += [" ", self._inline_choice(UNIT, content.units, is_shuffled=False)]
        elif content.unit:
            inside.append(f" {content.unit}")
        return Element("p", {}, inside)

    def _picture(self, picture: Picture) -> Element:
        path = self.texts.path(picture.media)
        size = {"width": str(picture.width), "height": str(picture.height)}
        if self.dialect.is_3:
            return Element("img", {"src": path, "alt": picture.alternative_text, **size})
        type_ = self.texts.media[picture.media].content_type
        return Element("object", {"data": path, "type": type_, **size}, [picture.alternative_text])

    def _hotspot(self, content: HotspotChoice) -> Element:
        choices = [
            qti(
                "hotspot-choice",
                {
                    "identifier": identifier(one.id),
                    "shape": SHAPE_NAMES[one.shape],
                    "coords": ",".join(map(str, one.coordinates)),
                    "hotspot-label": one.label,
                },
            )
            for one in content.hotspots
        ]
        limits = _limits(content.min_choices, content.max_choices or 0)
        return qti("hotspot-interaction", limits, self._picture(content.picture), *choices)

    def _slider(self, content: Slider) -> Element:
        if self.dialect.is_3 and content.lower.startswith("-"):
            raise CannotWriteError("qti_export_scale_below_nought", lower=content.lower)
        if not self.dialect.is_3 and "." in content.step.rstrip("0").rstrip("."):
            raise CannotWriteError("qti_export_scale_step", step=content.step)
        step = content.step if self.dialect.is_3 else content.step.partition(".")[0]
        attributes = {
            "response-identifier": RESPONSE,
            "lower-bound": content.lower,
            "upper-bound": content.upper,
            "step": step,
        }
        return qti("slider-interaction", attributes)

    def _upload(self, content: FileUpload) -> Node:
        types = list(dict.fromkeys(media_type(ending) for ending in content.file_types))
        # Version 2.1 has room for one type; without any, all are taken.
        named = " ".join(types) if self.dialect.is_3 else types[0] if len(types) == 1 else ""
        attributes = {"response-identifier": RESPONSE, **({"type": named} if named else {})}
        links: list[Node] = [
            Element("p", {}, [Element("a", {"href": self.texts.path(file.media)}, [file.name])])
            for file in content.starting_files
        ]
        return Element("div", {"class": "item-bank-task"}, [*links, qti("upload-interaction", attributes)])


def _has_distinct_rows(content: TrueFalseTable) -> bool:
    """Return whether no statement's identifier is part of another one's answers.

    Where it is, as S1 of "S10 T", a widely used player takes one row's answer back when the other one is answered.
    """
    names = [identifier(one.id) for one in content.statements]
    answers = {name: " ".join([name, *TRUTHS.values()]) for name in names}
    return not any(name in answers[other] for name in names for other in names if name != other)


def _limits(least: int, most: int) -> dict[str, str]:
    limits = {"response-identifier": RESPONSE, "max-choices": str(most)}
    return {**limits, "min-choices": str(least)} if least else limits


def _field(response: str, length: int) -> Element:
    return qti("text-entry-interaction", {"response-identifier": response, "expected-length": str(length)})
